package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	typeAccessControl = "aws:cloudfront/originAccessControl:OriginAccessControl"
)

// The bucket is private, and the distribution, which signs its requests, may read it.
func TestStaticContent(t *testing.T) {
	g := deployUse(t, "CloudFrontFront, with static content")
	bucket, d, control := g.One(t, typeBucket), g.One(t, typeDistribution), g.One(t, typeAccessControl)
	arn := bucket.Output("arn").(string)
	reader := map[string]string{"Service": "cloudfront.amazonaws.com"}
	own := map[string]map[string][]string{"StringEquals": {"aws:SourceArn": {d.Output("arn").(string)}}}
	assert.Equal(t, map[string]statement{
		"TLSOnly": {
			"TLSOnly", "Deny", map[string]string{"AWS": "*"}, []string{"s3:*"}, []string{arn, arn + "/*"},
			map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
		},
		"DistributionReads":              {"DistributionReads", "Allow", reader, []string{"s3:GetObject"}, []string{arn + "/*"}, own},
		"DistributionTellsWhatIsMissing": {"DistributionTellsWhatIsMissing", "Allow", reader, []string{"s3:ListBucket"}, []string{arn}, own},
	}, bucketPolicy(t, g))
	public := g.One(t, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
	for _, property := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
		assert.Equal(t, true, public.Input(property), property)
	}
	assert.Equal(t, "BucketOwnerEnforced", g.One(t, "aws:s3/bucketOwnershipControls:BucketOwnershipControls").Input("rule.objectOwnership"))
	lifecycle := g.One(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2")
	assert.False(t, lifecycle.Has("rules[0].expiration"), "files stay")

	assert.Equal(t, "s3", control.Input("originAccessControlOriginType"))
	assert.Equal(t, "always", control.Input("signingBehavior"))
	assert.Equal(t, map[string]any{
		"originId": "static-content", "domainName": bucket.Output("bucketRegionalDomainName"), "originAccessControlId": control.ID,
	}, d.Input("origins[1]"))
	assert.Equal(t, map[string]any{
		"targetOriginId": "static-content", "viewerProtocolPolicy": "redirect-to-https", "cachePolicyId": cachingOptimized,
		"allowedMethods": []any{"GET", "HEAD"}, "cachedMethods": []any{"GET", "HEAD"},
		"responseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03", "compress": true,
		"functionAssociations": []any{map[string]any{"eventType": "viewer-request", "functionArn": g.One(t, typeFunction).Output("arn")}},
	}, d.Input("defaultCacheBehavior"), "nothing of the viewer's request goes to S3, Host above all")
	assert.Equal(t, "index.html", d.Input("defaultRootObject"))
	assert.Equal(t, "origin", d.Input("orderedCacheBehaviors[0].targetOriginId"))

	policy := g.One(t, typeBucketPolicy)
	assert.True(t, policy.DependsOn(public))
	assert.True(t, g.Get(t, typeRecord, "cdn-a-example.com").DependsOn(policy), "viewers come when the files can be read")
}

func TestFailoverToStaticContent(t *testing.T) {
	g := deployUse(t, "CloudFrontFront, that fails over to static content")
	d := g.One(t, typeDistribution)
	const group = "origin-or-static-content-503"
	assert.Equal(t, []any{map[string]any{
		"originId": group, "failoverCriteria": map[string]any{"statusCodes": []any{503}},
		"members": []any{map[string]any{"originId": "origin"}, map[string]any{"originId": "static-content"}},
	}}, d.Input("originGroups"))
	behavior := d.Input("orderedCacheBehaviors[0]").(map[string]any)
	assert.Equal(t, group, behavior["targetOriginId"])
	assert.Equal(t, []any{"GET", "HEAD", "OPTIONS"}, behavior["allowedMethods"])
	assert.Equal(t, "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", behavior["cachePolicyId"], "answers of the origin are not for everybody")
	assert.Equal(t, "b689b0a8-53d0-40ab-baf2-68738e2966ac", behavior["originRequestPolicyId"])
	assert.Equal(t, "company-site.s3.ap-northeast-1.amazonaws.com", d.Input("origins[1].domainName"))
	assert.Empty(t, g.OfType(typeBucketPolicy), "the owner of the bucket attaches it")
	cdn := g.One(t, components.TokenCloudFrontFront)
	assert.Contains(t, cdn.Output("bucketPolicyJson"), `"Resource":["arn:aws:s3:::company-site/*"]`)
}

// Failovers with the same statuses share a group, and the order of groups is always the same.
func TestOriginGroupsOfAFront(t *testing.T) {
	g := componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, p *frontParts) {
		a.StaticContent = p.files(t)
		a.Behaviors = []*components.BehaviorArgs{
			{PathPattern: "/b", ServedBy: "static-content", Failover: &components.FailoverArgs{Statuses: []int{404}}},
			{PathPattern: "/a", Failover: &components.FailoverArgs{}},
			{PathPattern: "/c", Failover: &components.FailoverArgs{To: "static-content"}},
		}
	}))
	groups := g.One(t, typeDistribution).Input("originGroups").([]any)
	assert.Len(t, groups, 2)
	assert.Equal(t, "origin-or-static-content-500-502-503-504", groups[0].(map[string]any)["originId"])
	assert.Equal(t, "static-content-or-origin-404", groups[1].(map[string]any)["originId"])
}

func TestStaticContentBelongsToOneFront(t *testing.T) {
	_, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		files, err := components.NewStaticContent(ctx, "files", nil)
		require.NoError(t, err)
		args := &components.CloudFrontFrontArgs{
			OriginDomainName: "origin.example.com", StaticContent: files,
			Behaviors: []*components.BehaviorArgs{{PathPattern: "/assets/*", ServedBy: "static-content"}},
		}
		_, err = components.NewCloudFrontFront(ctx, "a", args)
		require.NoError(t, err)
		_, err = components.NewCloudFrontFront(ctx, "b", args)
		return err
	})
	assert.ErrorContains(t, err, `CloudFrontFront "b": staticContent: must be of this distribution alone, got StaticContent "files", which "a" serves already`)
}

func TestWrongStaticContent(t *testing.T) {
	files := &components.FailoverArgs{}
	for want, args := range map[string]components.CloudFrontFrontArgs{
		"behaviors[0].servedBy: needs staticContent":           {Behaviors: []*components.BehaviorArgs{{PathPattern: "/a", ServedBy: "static-content"}}},
		"behaviors[0].failover: needs staticContent":           {Behaviors: []*components.BehaviorArgs{{PathPattern: "/a", Failover: files}}},
		"defaultRootObject: is required since defaultBehavior": {DefaultBehavior: &components.BehaviorArgs{Failover: files}},
	} {
		args.OriginDomainName = "origin.example.com"
		_, err := components.PlanCloudFrontFront("cdn", &args)
		assert.ErrorContains(t, err, want)
	}
	many := components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com"}
	for i := range 11 {
		many.Behaviors = append(many.Behaviors, &components.BehaviorArgs{
			PathPattern: "/" + string(rune('a'+i)), Failover: &components.FailoverArgs{Statuses: []int{[]int{400, 403, 404, 416, 429, 500, 502, 503, 504, 400, 403}[i], 504 - 2*(i/9)}},
		})
	}
	_, err := components.PlanCloudFrontFront("cdn", &many)
	assert.ErrorContains(t, err, "behaviors: must have at most 10 different failovers, got 11")
}

// A bucket that is known beforehand is asked for its Region; one that another resource
// makes is taken to be in the provider's.
func TestAdoptedStaticContent(t *testing.T) {
	for name, bucket := range map[string]pulumi.StringInput{
		"known": pulumi.String("company-site"), "later": pulumi.String("company-site").ToStringOutput(),
	} {
		g := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
			files, err := components.NewStaticContent(ctx, "files", &components.StaticContentArgs{ExistingBucketName: bucket})
			if err != nil {
				return err
			}
			ctx.Export("domain", files.BucketDomainName)
			ctx.Export("arn", files.BucketArn)
			return nil
		})
		assert.Equal(t, "company-site.s3.ap-northeast-1.amazonaws.com", g.Output("domain"), name)
		assert.Equal(t, "arn:aws:s3:::company-site", g.Output("arn"), name)
		assert.Empty(t, g.OfType(typeBucket))
	}
}
