package components

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// functionRuntime is that of every function that is made here.
const functionRuntime = "cloudfront-js-2.0"

// newFunctions makes the functions of code that is given, the one of the redirects, and for
// each application of one page one that makes them too.
func (c *CloudFrontFront) newFunctions(ctx *pulumi.Context) error {
	c.functionsOf = map[*BehaviorArgs]cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArray{}
	var redirects pulumi.StringInput
	if rules := c.args.redirectRules(); !rules.IsZero() {
		arn, err := c.newFunction(ctx, c.name+"-redirects", "redirects of "+c.name, rules.Code())
		if err != nil {
			return err
		}
		redirects = arn
	}
	for _, b := range c.args.allBehaviors() {
		own := redirects
		if b.SinglePage != "" {
			made, err := c.newFunction(ctx, c.nameFor("page", b), "single page of "+c.name, c.args.rulesOf(b).Code())
			if err != nil {
				return err
			}
			own = made
		}
		if own != nil {
			c.associate(b, FunctionViewerRequest, own)
		}
		for _, f := range b.Functions {
			arn := f.Arn
			if f.Code != "" {
				made, err := c.newFunction(ctx, c.nameFor(strings.TrimPrefix(f.Event, "viewer-"), b), f.Event+" of "+c.name, f.Code)
				if err != nil {
					return err
				}
				arn = made
			}
			c.associate(b, f.Event, arn)
		}
	}
	return nil
}

func (c *CloudFrontFront) newFunction(ctx *pulumi.Context, name, comment, code string) (pulumi.StringInput, error) {
	made, err := cloudfront.NewFunction(ctx, name, &cloudfront.FunctionArgs{
		Code: pulumi.String(code), Comment: pulumi.String(comment), Publish: pulumi.Bool(true), Runtime: pulumi.String(functionRuntime),
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	c.Functions = append(c.Functions, made)
	return made.Arn, nil
}

func (c *CloudFrontFront) associate(b *BehaviorArgs, event string, arn pulumi.StringInput) {
	c.functionsOf[b] = append(c.functionsOf[b], cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArgs{
		EventType: pulumi.String(event), FunctionArn: arn,
	})
}

// functionAssociations are the functions of a behavior; nil without any.
func (c *CloudFrontFront) functionAssociations(b *BehaviorArgs) cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArrayInput {
	if len(c.functionsOf[b]) == 0 {
		return nil
	}
	return c.functionsOf[b]
}

// defaultFunctions are the functions of the default behavior, which has a type of its own.
func (c *CloudFrontFront) defaultFunctions() cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArrayInput {
	var all cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArray
	for _, f := range c.functionsOf[c.args.DefaultBehavior] {
		association := f.(cloudfront.DistributionOrderedCacheBehaviorFunctionAssociationArgs)
		all = append(all, cloudfront.DistributionDefaultCacheBehaviorFunctionAssociationArgs(association))
	}
	if all == nil {
		return nil
	}
	return all
}
