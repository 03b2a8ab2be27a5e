package components_test

import (
	"context"
	"net"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// Public DNS is a server that knows no name.
func TestAZoneThatNobodyDelegatesToIsWarnedAbout(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		query := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(query)
			if err != nil {
				return
			}
			query[2], query[3] = 0x81, 0x83 // an answer: NXDOMAIN
			_, _ = server.WriteTo(query[:n], from)
		}
	}()
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}

	program := func(zone *components.HostedZoneArgs) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			_, err := components.NewCertifiedDomain(ctx, "shop", &components.CertifiedDomainArgs{DomainName: "www.shop.io", HostedZone: zone})
			return err
		}
	}
	found := componentstest.WithInvoke("aws:route53/getZone:getZone", func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{
			"id": "Z0SHOP", "zoneId": "Z0SHOP", "name": "shop.io", "privateZone": false, "nameServers": []any{"ns-1.awsdns-01.org"},
		}), nil
	})
	const want = `hosted zone "shop.io" is not delegated to its name servers, ns-1.awsdns-01.org: public DNS has no name servers for it. `
	for name, zone := range map[string]*components.HostedZoneArgs{
		"by name": {Name: "shop.io"}, "by id": {Id: pulumi.String("Z0SHOP")},
	} {
		g := componentstest.Preview(t, program(zone), found)
		require.Len(t, g.Logs("warning"), 1, name)
		assert.Contains(t, g.Logs("warning")[0], want, name)
	}
}
