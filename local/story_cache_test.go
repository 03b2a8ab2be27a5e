package local_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/requestpath"
)

// cachedShop is CloudFront before one instance, with all cookies forwarded and everything
// cached, as one writes it to make a site fast.
type cachedShop struct {
	keyed bool // the session cookie is in the cache key
}

func (s cachedShop) program(ctx *pulumi.Context) error {
	group, err := newGroup(ctx, "origin-group")
	if err != nil {
		return err
	}
	if err := admitAddresses(ctx, "from-cloudfront", group.ID(), ""); err != nil {
		return err
	}
	if _, err := newInstance(ctx, "origin", "origin.example.com", group); err != nil {
		return err
	}
	policy := pulumi.String("658327ea-f89d-4fab-a63d-7e88639e58f6").ToStringOutput() // CachingOptimized
	if s.keyed {
		own, err := cloudfront.NewCachePolicy(ctx, "by-session", &cloudfront.CachePolicyArgs{
			ParametersInCacheKeyAndForwardedToOrigin: &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginArgs{
				CookiesConfig: &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigArgs{
					CookieBehavior: pulumi.String("whitelist"),
					Cookies: &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigCookiesArgs{
						Items: pulumi.ToStringArray([]string{"session"}),
					},
				},
				HeadersConfig:      &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigArgs{HeaderBehavior: pulumi.String("none")},
				QueryStringsConfig: &cloudfront.CachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigArgs{QueryStringBehavior: pulumi.String("all")},
			},
		})
		if err != nil {
			return err
		}
		policy = own.ID().ToStringOutput()
	}
	return distribution(ctx, cloudfront.DistributionOriginArgs{
		OriginId: pulumi.String("origin"), DomainName: pulumi.String("origin.example.com"),
		CustomOriginConfig: cloudfront.DistributionOriginCustomOriginConfigArgs{
			OriginProtocolPolicy: pulumi.String("https-only"), HttpPort: pulumi.Int(80), HttpsPort: pulumi.Int(443),
			OriginSslProtocols: pulumi.ToStringArray([]string{"TLSv1.2"}),
		},
	}, exceptHost, true, func(args *cloudfront.DistributionArgs) {
		behavior := args.DefaultCacheBehavior.(cloudfront.DistributionDefaultCacheBehaviorArgs)
		behavior.CachePolicyId = policy
		args.DefaultCacheBehavior = behavior
	})
}

// A viewer sees the account page of the one before. Nothing is an error: every answer is
// 200, and only X-Cache tells. The cause is named before it happens.
func TestAnotherViewersCachedAnswer(t *testing.T) {
	t.Parallel()
	viewer := func(session string) requestpath.Request {
		return requestpath.Request{Name: "shop.example.com", Path: "/account", Headers: []requestpath.Header{{Name: "Cookie", Value: "session=" + session}}}
	}
	servers := local.WithServers(map[string]server.Server{"origin": {Listeners: []server.Listener{{
		Port: 443, Protocol: "HTTPS", Certificates: []pki.Spec{{Names: []string{"origin.example.com"}}},
	}}}})
	stack := local.New(t, cachedShop{}.program, servers)
	stack.Up()
	named := stack.Explain(viewer("bob")).Outcome
	assert.Equal(t, 200, named.Status)
	require.NotEmpty(t, named.Warnings)
	assert.Equal(t, "shared-answer", named.Warnings[0].Fact.ID)
	assert.Contains(t, named.Warnings[0].Text, "the origin sees the viewer's Cookie, which is not in the cache key")
	seen := []string{stack.Request(viewer("alice")).XCache, stack.Request(viewer("bob")).XCache}
	assert.Equal(t, []string{"Miss from cloudfront", "Hit from cloudfront"}, seen, "bob gets what was made for alice")

	stack.Use(cachedShop{keyed: true}.program)
	stack.Up()
	assert.Empty(t, stack.Explain(viewer("bob")).Outcome.Warnings)
	seen = []string{stack.Request(viewer("alice")).XCache, stack.Request(viewer("bob")).XCache, stack.Request(viewer("bob")).XCache}
	assert.Equal(t, []string{"Miss from cloudfront", "Miss from cloudfront", "Hit from cloudfront"}, seen, "each viewer has answers of their own")
	assert.Empty(t, stack.Up().Changes())
}
