package local_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/requestpath"
)

// cachedShop is CloudFront before one instance, with all cookies forwarded and everything
// cached, as one writes it to make a site fast.
type cachedShop struct {
	keyed bool // the session cookie is in the cache key
	// changes are made to the distribution.
	changes []func(*cloudfront.DistributionArgs)
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
	}, exceptHost, true, append(s.changes, func(args *cloudfront.DistributionArgs) {
		behavior := args.DefaultCacheBehavior.(cloudfront.DistributionDefaultCacheBehaviorArgs)
		behavior.CachePolicyId = policy
		args.DefaultCacheBehavior = behavior
	})...)
}

// shopServer is the instance, with the certificate that CloudFront asks for.
func shopServer(answer server.Answer) local.Option {
	return local.WithServers(map[string]server.Server{"origin": {Listeners: []server.Listener{{
		Port: 443, Protocol: "HTTPS", Certificates: []pki.Spec{{Names: []string{"origin.example.com"}}}, Answer: answer,
	}}}})
}

// A viewer sees the account page of the one before. Nothing is an error: every answer is
// 200, and only X-Cache tells. The cause is named before it happens.
func TestAnotherViewersCachedAnswer(t *testing.T) {
	t.Parallel()
	viewer := func(session string) requestpath.Request {
		return requestpath.Request{Name: "shop.example.com", Path: "/account", Headers: []requestpath.Header{{Name: "Cookie", Value: "session=" + session}}}
	}
	stack := local.New(t, cachedShop{}.program, shopServer(server.Answer{}))
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

// The application fails for one viewer, and for 10 s all others get the same error from
// CloudFront, which does not ask again: the application takes 20 s to answer, and only the
// first viewer waits.
func TestAnotherViewersCachedError(t *testing.T) {
	t.Parallel()
	const delay = 20
	stack := local.New(t, cachedShop{}.program, shopServer(server.Answer{Status: 500, DelaySeconds: delay}))
	stack.Up()
	request := requestpath.Request{Name: "shop.example.com"}
	outcomes := func() (seen []observe.Observation, predicted []requestpath.Outcome) {
		session := requestpath.NewSession(stack.Plan())
		for range 2 {
			seen, predicted = append(seen, stack.Request(request)), append(predicted, session.Walk(request).Outcome)
			assert.Equal(t, 500, seen[len(seen)-1].Status)
			assert.Equal(t, 500, predicted[len(predicted)-1].Status)
		}
		return seen, predicted
	}
	seen, predicted := outcomes()
	assert.GreaterOrEqual(t, seen[0].Took, delay*local.Clock.Second)
	assert.Less(t, seen[1].Took, delay*local.Clock.Second)
	assert.Equal(t, requestpath.HopDistribution, predicted[1].By)
	assert.Contains(t, predicted[1].Why, "the distribution still has that error in its cache")

	stack.Use(cachedShop{changes: []func(*cloudfront.DistributionArgs){func(args *cloudfront.DistributionArgs) {
		args.CustomErrorResponses = cloudfront.DistributionCustomErrorResponseArray{
			cloudfront.DistributionCustomErrorResponseArgs{ErrorCode: pulumi.Int(500), ErrorCachingMinTtl: pulumi.Int(0)},
		}
	}}}.program)
	stack.Up()
	seen, predicted = outcomes()
	assert.GreaterOrEqual(t, seen[1].Took, delay*local.Clock.Second, "each viewer's request is answered by the application")
	assert.NotEqual(t, requestpath.HopDistribution, predicted[1].By)
}
