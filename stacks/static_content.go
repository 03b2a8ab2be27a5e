package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// staticContent is the bucket that behaviors of the distribution ask; nil when none does.
func (p *planning) staticContent() *components.StaticContent {
	if !p.given["staticContent"] && !p.asksForStaticContent() {
		return nil
	}
	p.sources[key("cloudFront.staticContent")] = key("staticContent")
	args := p.StaticContent
	content, err := components.PlanStaticContent(nameStatic, &args)
	p.export(func() pulumi.Map { return pulumi.Map{"staticContentBucketName": content.BucketName} })
	return add(p, key("staticContent"), "StaticContent", nameStatic, content, err)
}

// asksForStaticContent says whether some behavior does, at first or after a failure.
func (p *planning) asksForStaticContent() bool {
	return slices.ContainsFunc(append(slices.Clone(p.CloudFront.Behaviors), p.CloudFront.DefaultBehavior), func(b *components.BehaviorArgs) bool {
		return b != nil && (b.ServedBy == components.ServedByStaticContent || b.Failover != nil)
	})
}
