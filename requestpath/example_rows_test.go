package requestpath_test

import (
	"fmt"

	"github.com/portico-iac/portico/requestpath"
)

// The eight rows that were measured of CloudFront before one instance: the name
// that viewers ask for, the name on the instance's certificate, and whether the
// viewer's Host header is forwarded decide over the SNI that the instance is sent
// and over the status.
func Example_eightRows() {
	const www, origin, assigned = "www.example.com", "origin.example.com", "d111111abcdef8.cloudfront.net"

	plan := func(viewer, certified string, forwardsHost bool) requestpath.Plan {
		site := requestpath.Distribution{
			Name: "site", DomainName: assigned,
			Origins: []requestpath.Origin{{DomainName: origin}},
			Default: requestpath.Behavior{ForwardsHost: forwardsHost},
		}
		if viewer != assigned {
			site.Aliases = []string{viewer}
			site.Certificate = &requestpath.Certificate{Names: []string{viewer}}
		}
		return requestpath.Plan{
			Records: []requestpath.Record{
				{Name: www, Alias: assigned},
				{Name: origin, Addresses: []string{"198.51.100.20"}},
			},
			Distributions: []requestpath.Distribution{site},
			Servers: []requestpath.Server{{
				Name: "instance", Addresses: []string{"198.51.100.20"}, SecurityGroups: []string{"instance"},
				Listeners: []requestpath.ServerListener{{
					Port: 443, Protocol: requestpath.ProtocolHTTPS,
					Certificates: []requestpath.Certificate{{Names: []string{certified}}},
				}},
			}},
			SecurityGroups: []requestpath.SecurityGroup{{
				Name: "instance", Ingress: []requestpath.Access{{FromPort: 443, ToPort: 443, PrefixList: requestpath.OriginFacing}},
			}},
		}
	}
	for i, row := range []struct {
		viewer, certified string
		forwardsHost      bool
	}{
		{www, origin, true}, {www, origin, false}, {assigned, origin, true}, {assigned, origin, false},
		{www, www, true}, {www, www, false}, {assigned, www, true}, {assigned, www, false},
	} {
		trace := requestpath.Walk(plan(row.viewer, row.certified, row.forwardsHost), requestpath.Request{Name: row.viewer})
		o := trace.Outcome
		fmt.Printf("%d  %-29s  %-18s  %-5t  SNI %-29s  %d  %-21s  warnings: %d\n",
			i+1, row.viewer, row.certified, row.forwardsHost, trace.Origin().SNI, o.Status, o.XCache, len(o.Warnings))
	}
	// Output:
	// 1  www.example.com                origin.example.com  true   SNI www.example.com                200  Miss from cloudfront   warnings: 1
	// 2  www.example.com                origin.example.com  false  SNI origin.example.com             200  Miss from cloudfront   warnings: 0
	// 3  d111111abcdef8.cloudfront.net  origin.example.com  true   SNI d111111abcdef8.cloudfront.net  200  Miss from cloudfront   warnings: 1
	// 4  d111111abcdef8.cloudfront.net  origin.example.com  false  SNI origin.example.com             200  Miss from cloudfront   warnings: 0
	// 5  www.example.com                www.example.com     true   SNI www.example.com                200  Miss from cloudfront   warnings: 0
	// 6  www.example.com                www.example.com     false  SNI origin.example.com             502  Error from cloudfront  warnings: 0
	// 7  d111111abcdef8.cloudfront.net  www.example.com     true   SNI d111111abcdef8.cloudfront.net  502  Error from cloudfront  warnings: 0
	// 8  d111111abcdef8.cloudfront.net  www.example.com     false  SNI origin.example.com             502  Error from cloudfront  warnings: 0
}
