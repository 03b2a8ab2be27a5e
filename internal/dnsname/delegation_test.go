package dnsname_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/dnsname"
)

// resolver gives the same answer whatever it is asked, and remembers the question.
type resolver struct {
	servers []string
	err     error
	asked   string
}

func (r *resolver) LookupNS(_ context.Context, name string) ([]*net.NS, error) {
	r.asked = name
	var found []*net.NS
	for _, s := range r.servers {
		found = append(found, &net.NS{Host: s})
	}
	return found, r.err
}

func TestUndelegated(t *testing.T) {
	ours := []string{"ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk"}
	const lead = `hosted zone "shop.io" is not delegated to its name servers, ns-1.awsdns-01.org, ns-2.awsdns-02.co.uk: `
	for name, tc := range map[string]struct {
		dns     resolver
		zone    string
		servers []string
		want    string
	}{
		"delegated":          {resolver{servers: []string{"NS-2.awsdns-02.co.uk.", "other."}}, "shop.io", ours, ""},
		"to somebody else":   {resolver{servers: []string{"ns.parking.net."}}, "shop.io", ours, lead + "public DNS has ns.parking.net. "},
		"nowhere":            {resolver{err: &net.DNSError{IsNotFound: true}}, "shop.io", ours, lead + "public DNS has no name servers for it. "},
		"DNS out of reach":   {resolver{err: &net.DNSError{IsTimeout: true}}, "shop.io", ours, ""},
		"no DNS at all":      {resolver{err: errors.New("refused")}, "shop.io", ours, ""},
		"nothing to compare": {resolver{err: &net.DNSError{IsNotFound: true}}, "shop.io", nil, ""},
		"reserved":           {resolver{err: &net.DNSError{IsNotFound: true}}, "a.example.com", ours, ""},
		"merely similar":     {resolver{err: &net.DNSError{IsNotFound: true}}, "myexample.com", ours, `hosted zone "myexample.com" is not delegated`},
	} {
		got := dnsname.Undelegated(t.Context(), &tc.dns, tc.zone, tc.servers)
		if tc.want == "" {
			assert.Empty(t, got, name)
			continue
		}
		assert.Contains(t, got, tc.want, name)
		assert.Equal(t, tc.zone+".", tc.dns.asked, name)
	}
}
