package components_test

import (
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// Types of the resources that make up a front door.
const (
	typeLoadBalancer = "aws:lb/loadBalancer:LoadBalancer"
	typeListener     = "aws:lb/listener:Listener"
	typeListenerRule = "aws:lb/listenerRule:ListenerRule"
	typeTargetGroup  = "aws:lb/targetGroup:TargetGroup"
	typeAttachment   = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	typeExtraCert    = "aws:lb/listenerCertificate:ListenerCertificate"
	typeGroup        = "aws:ec2/securityGroup:SecurityGroup"
	typeIngress      = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	typeEgress       = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	typeRecord       = "aws:route53/record:Record"
	typeDistribution = "aws:cloudfront/distribution:Distribution"
	typePassword     = "random:index/randomPassword:RandomPassword"
)

// frontParts is what the components of a front door are handed.
type frontParts struct {
	network *components.Network
	// domain is for app.example.com, viewers for example.com and its wildcard in
	// us-east-1.
	domain, viewers *components.CertifiedDomain
	secret          *components.OriginSecret
	ctx             *pulumi.Context
}

// files are static content.
func (p *frontParts) files(t *testing.T) *components.StaticContent {
	t.Helper()
	files, err := components.NewStaticContent(p.ctx, "files", nil)
	require.NoError(t, err)
	return files
}

// withParts is a program that makes the parts and goes on with body.
func withParts(body func(*pulumi.Context, *frontParts) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := newFrontParts(ctx)
		if err != nil {
			return err
		}
		return body(ctx, p)
	}
}

func newFrontParts(ctx *pulumi.Context) (*frontParts, error) {
	p := &frontParts{ctx: ctx}
	var err error
	if p.network, err = components.NewNetwork(ctx, "net", nil); err != nil {
		return nil, err
	}
	zone := &components.HostedZoneArgs{Name: "example.com"}
	p.domain, err = components.NewCertifiedDomain(ctx, "app", &components.CertifiedDomainArgs{
		DomainName: "app.example.com", HostedZone: zone,
	})
	if err != nil {
		return nil, err
	}
	p.viewers, err = components.NewCertifiedDomain(ctx, "viewers", &components.CertifiedDomainArgs{
		DomainName: "example.com", SubjectAlternativeNames: []string{"www.example.com", "*.shop.example.com"},
		HostedZone: zone, ForCloudFront: true,
		ExistingCertificateArn: pulumi.String("arn:aws:acm:us-east-1:123456789012:certificate/0a1b"),
	})
	if err != nil {
		return nil, err
	}
	p.secret, err = components.NewOriginSecret(ctx, "secret", nil)
	return p, err
}

// partsAlone is what the parts register by themselves.
var partsAlone = sync.OnceValues(func() (*componentstest.Graph, error) {
	return componentstest.TryDeploy(withParts(func(*pulumi.Context, *frontParts) error { return nil }))
})

// registered says what a run of body registered beyond the parts themselves.
func registered(t *testing.T, body func(*pulumi.Context, *frontParts) error) (all, custom int, err error) {
	t.Helper()
	before, err := partsAlone()
	require.NoError(t, err)
	g, err := componentstest.TryDeploy(withParts(body))
	return len(g.All()) - len(before.All()), len(g.Custom()) - len(before.Custom()), err
}

// assertPartsRefused checks that a program fails with an error that says all of want,
// having registered nothing beyond the parts.
func assertPartsRefused(t *testing.T, body func(*pulumi.Context, *frontParts) error, want ...string) {
	t.Helper()
	all, _, err := registered(t, body)
	require.Error(t, err)
	for _, w := range want {
		assert.ErrorContains(t, err, w)
	}
	assert.Zero(t, all, "resources were registered")
}

// childTypes counts the children of a component by type.
func childTypes(g *componentstest.Graph, parent *componentstest.Resource) map[string]int {
	counts := map[string]int{}
	for _, child := range g.Children(parent) {
		counts[child.Type]++
	}
	return counts
}
