package traffic

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// privateOrigin is CloudFront before an internal load balancer, which it reaches through a
// VPC origin and which answers by itself. No record has the origin's name.
func (s *site) privateOrigin(t *testing.T, peer func(service string) props) {
	t.Helper()
	group := s.group("web-alb")
	lb, _ := s.create(loadBalancerToken, "web", props{
		"name": "web", "subnets": privateSubnets, "securityGroups": []any{group}, "internal": true})
	s.create("aws:lb/listener:Listener", "https", props{
		"loadBalancerArn": lb, "port": 443, "protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
		"certificateArn": s.certificate(region, "origin.example.com"),
		"defaultActions": []any{props{"type": "fixed-response", "fixedResponse": props{
			"contentType": "text/plain", "messageBody": "private", "statusCode": "200"}}},
	})
	origin, _ := s.create("aws:cloudfront/vpcOrigin:VpcOrigin", "web", props{"vpcOriginEndpointConfig": props{
		"arn": lb, "name": "web", "httpPort": 80, "httpsPort": 443, "originProtocolPolicy": "https-only",
		"originSslProtocols": props{"items": []any{"TLSv1.2"}, "quantity": 1},
	}})
	found, err := s.driver.Invoke("aws:ec2/getSecurityGroup:getSecurityGroup", props{"vpcId": seedVPC, "name": awstable.VPCOriginGroup})
	require.NoError(t, err)
	if rule := peer(text(found, "id")); rule != nil {
		s.rule(ingressToken, group, 443, rule)
	}
	s.distributionBefore(props{"originId": "origin", "domainName": "origin.example.com",
		"vpcOriginConfig": props{"vpcOriginId": origin, "originReadTimeout": 5}})
}

func TestADistributionReachesAPrivateLoadBalancerThroughItsVPCOrigin(t *testing.T) {
	t.Parallel()
	list := ""
	for _, l := range ec2.PrefixLists(region) {
		if l.Name == awstable.CloudFrontPrefixList {
			list = l.ID
		}
	}
	for name, tc := range map[string]struct {
		peer   func(service string) props
		status int
	}{
		"CloudFront's group":  {func(service string) props { return props{"referencedSecurityGroupId": service} }, 200},
		"the prefix list":     {func(string) props { return props{"prefixListId": list} }, 200},
		"the VPC's addresses": {func(string) props { return props{"cidrIpv4": "10.0.0.0/8"} }, 504},
		"nobody":              {func(string) props { return nil }, 504},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.privateOrigin(t, tc.peer)
			w := s.serve(nil)
			internet := viewer(t, w, w.Source(wire.KindInternet, netip.Addr{}, nil))
			assert.Equal(t, tc.status, ask(t, internet, "https://www.example.com/asked").status)
		})
	}
}
