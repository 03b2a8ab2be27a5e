package traffic

import "net/netip"

// pool allocates addresses that AWS chooses and that no resource has as a property.
type pool struct{ next netip.Addr }

func (p *pool) take() netip.Addr {
	p.next = p.next.Next()
	return p.next
}

// addressPools are the addresses of CloudFront, S3 and load balancers, from blocks that are
// reserved for tests and documentation.
// https://www.rfc-editor.org/rfc/rfc2544, https://www.rfc-editor.org/rfc/rfc3849
type addressPools struct {
	distribution4, distribution6, loadBalancer4, loadBalancer6, internal6, s3 pool
}

func newAddressPools() *addressPools {
	from := func(text string) pool { return pool{netip.MustParseAddr(text)} }
	return &addressPools{
		distribution4: from("198.18.0.0"), distribution6: from("2001:db8:ed9e::"),
		loadBalancer4: from("198.19.0.0"), loadBalancer6: from("2001:db8:a1b::"),
		internal6: from("fd00:a1b::"), s3: from("198.19.128.0"),
	}
}

// parsed returns the valid addresses among some texts.
func parsed(texts ...string) []netip.Addr {
	var out []netip.Addr
	for _, text := range texts {
		if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, a)
		}
	}
	return out
}
