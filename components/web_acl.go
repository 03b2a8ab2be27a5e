package components

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// Types of WAF. Its package of the SDK is not imported.
const (
	typeWebACL            = "aws:wafv2/webAcl:WebAcl"
	typeWebACLLogging     = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
	typeWebACLAssociation = "aws:wafv2/webAclAssociation:WebAclAssociation"
)

// WebAcl is a web ACL of AWS WAF for a CloudFrontFront or a SecuredALB, which is asked
// about every request before anything else is done with it, and answers 403 to those that
// it blocks.
//
// It creates the web ACL, with a metric for each rule, and its log: the log group
// aws-waf-logs-NAME-... with an entry for every request. The distribution or the load
// balancer that is given the WebAcl attaches it.
//
// Security posture: by default nothing is blocked. The managed rules count what they
// would block, so that the log shows whom that would affect; set ManagedRules to "block"
// once it shows nobody who should be served. Requests that no rule blocks pass.
//
// The request path check knows the rules about paths, and those managed rules that AWS
// documents in full; `portico explain` answers ?? where another one may block.
type WebAcl struct {
	pulumi.ResourceState

	WebAclArn pulumi.StringOutput `pulumi:"webAclArn"`
	// LogGroupName is where requests are logged.
	LogGroupName pulumi.StringOutput `pulumi:"logGroupName"`

	// What Register makes, for whatever the args do not offer.

	// Acl is the web ACL, of type aws:wafv2/webAcl:WebAcl.
	Acl      *RawResource
	LogGroup *cloudwatch.LogGroup
	// Logging is of type aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration.
	Logging *RawResource

	planned
	args *WebAclArgs
	// region and metricName are known once the web ACL is registered.
	region, metricName string
}

// NewWebAcl makes a WebAcl. Nil args make one for a load balancer, whose managed rules
// count. Wrong args register nothing.
func NewWebAcl(ctx *pulumi.Context, name string, args *WebAclArgs, opts ...pulumi.ResourceOption) (*WebAcl, error) {
	return construct(ctx, PlanWebAcl, name, args, opts)
}

// PlanWebAcl is the first half of NewWebAcl.
func PlanWebAcl(name string, args *WebAclArgs) (*WebAcl, error) {
	c := &WebAcl{planned: planned{component: "WebAcl", name: name}, args: cmp.Or(args, &WebAclArgs{}).withDefaults()}
	return c, c.validate(c.args.validate)
}

// Register is the second half of NewWebAcl.
func (c *WebAcl) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	return c.register(ctx, TokenWebAcl, c.args, c, opts, c.checkRegion, c.newAcl, c.newLog)
}

// ForCloudFront says whether the web ACL is one for a distribution.
func (c *WebAcl) ForCloudFront() bool { return c.args.ForCloudFront }

// checkRegion refuses a web ACL for CloudFront elsewhere than in us-east-1.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html
func (c *WebAcl) checkRegion(ctx *pulumi.Context) (err error) {
	c.region, err = regionOf(ctx, pulumi.Parent(c))
	if err == nil && c.args.ForCloudFront && c.region != "" && c.region != awstable.CloudFrontRegion {
		err = fmt.Errorf("must be made in %s, got a provider of %s; give the component a provider of that Region, such as USEast1Provider",
			awstable.CloudFrontRegion, c.region)
	}
	return c.fault("forCloudFront", err)
}

// nameMetric keeps the metrics of stacks apart, which CloudWatch knows by this name alone.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_VisibilityConfig.html
func (c *WebAcl) nameMetric(ctx *pulumi.Context) {
	const longest = 128
	name := fixedName(ctx, c.name)
	c.metricName = name[max(0, len(name)-longest):]
}

// metric of all rules of the web ACL. Those of a Region have it among their dimensions.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
func (c *WebAcl) metric(name string) metric {
	dimensions := []dimension{{"WebACL", pulumi.String(c.metricName)}, {"Rule", pulumi.String("ALL")}}
	if !c.args.ForCloudFront {
		dimensions = append(dimensions, dimension{"Region", pulumi.String(c.region)})
	}
	return metric{"AWS/WAFV2", name, "Sum", dimensions}
}

func (c *WebAcl) newAcl(ctx *pulumi.Context) (err error) {
	scope := "REGIONAL"
	if c.args.ForCloudFront {
		scope = "CLOUDFRONT"
	}
	sampled := c.args.OriginSecret == nil
	c.nameMetric(ctx)
	var rules pulumi.Array
	for i, rule := range c.args.plannedRules() {
		rules = append(rules, rule.inputs(i, sampled))
	}
	inputs := pulumi.Map{
		"scope": pulumi.String(scope), "defaultAction": pulumi.Map{"allow": pulumi.Map{}}, "rules": rules,
		"visibilityConfig": visibility(c.metricName, sampled), "tags": resourceTags(c.args.Tags),
	}
	if kb := c.args.InspectedBodyKb; kb != 0 {
		inputs["associationConfig"] = pulumi.Map{"requestBodies": pulumi.Array{pulumi.Map{"cloudfronts": pulumi.Array{pulumi.Map{
			"defaultSizeInspectionLimit": pulumi.String(fmt.Sprintf("KB_%d", kb)),
		}}}}}
	}
	c.Acl, err = newRaw(ctx, typeWebACL, c.name, inputs, pulumi.Parent(c))
	c.WebAclArn = c.Acl.Arn
	return err
}

// newLog makes the log. WAF gives itself the permission to write to it.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
func (c *WebAcl) newLog(ctx *pulumi.Context) (err error) {
	c.LogGroup, err = cloudwatch.NewLogGroup(ctx, c.name, &cloudwatch.LogGroupArgs{
		NamePrefix:      pulumi.String("aws-waf-logs-" + c.name + "-"), // WAF takes no other beginning
		RetentionInDays: pulumi.Int(c.args.LogRetentionDays),
		Tags:            resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.LogGroupName = c.LogGroup.Name
	hidden := []string{"authorization", "cookie"}
	if c.args.OriginSecret != nil {
		hidden = append(hidden, strings.ToLower(c.args.OriginSecret.HeaderName()))
	}
	var redacted pulumi.Array
	for _, header := range hidden {
		redacted = append(redacted, pulumi.Map{"singleHeader": pulumi.Map{"name": pulumi.String(header)}})
	}
	c.Logging, err = newRaw(ctx, typeWebACLLogging, c.name, pulumi.Map{
		"resourceArn": c.WebAclArn, "logDestinationConfigs": pulumi.StringArray{c.LogGroup.Arn}, "redactedFields": redacted,
	}, pulumi.Parent(c))
	return err
}

// seesSenders says whether a rule is about the address that connects.
func (c *WebAcl) seesSenders() bool {
	places := func(r WebAclRuleArgs) bool { return len(r.Countries) > 0 }
	return c.args.IpReputation != WebAclOff || c.args.RateLimit != nil || slices.ContainsFunc(c.args.Rules, places)
}

// addTo adds the web ACL to a plan and returns its name there.
func (c *WebAcl) addTo(p *requestpath.Plan) string {
	if c == nil {
		return ""
	}
	p.WebACLs = append(p.WebACLs, c.args.plan(c.name))
	return c.name
}

// forDistribution refuses what a distribution cannot have for a web ACL.
func (c *WebAcl) forDistribution(adopted pulumi.StringInput) error {
	switch {
	case c == nil || c.faulty:
		return nil
	case adopted != nil:
		return errors.New("must be empty beside webAclArn: a distribution has one web ACL; leave out one of them")
	case !c.args.ForCloudFront:
		return fmt.Errorf("must be made for CloudFront, got %q, which is for a load balancer; set its forCloudFront", c.name)
	}
	return nil
}

// forLoadBalancer refuses what a load balancer cannot have for a web ACL, or has no use for.
func (c *WebAcl) forLoadBalancer(adopted pulumi.StringInput, accessFrom string) error {
	switch {
	case c == nil || c.faulty:
		return nil
	case adopted != nil:
		return errors.New("must be empty beside webAclArn: a load balancer has one web ACL; leave out one of them")
	case c.args.ForCloudFront:
		return fmt.Errorf("must be made for a load balancer, got %q, which is for CloudFront; "+
			"give it to the CloudFrontFront, or unset its forCloudFront", c.name)
	case (accessFrom == AccessFromCloudFront || accessFrom == AccessFromVpcOrigin) && c.seesSenders():
		return fmt.Errorf("must not have rules about senders' addresses with accessFrom %q, got %q, which has rateLimit, ipReputation or countries: "+
			"the load balancer sees CloudFront's addresses, and would block viewers for what others do; "+
			"give the web ACL to the CloudFrontFront, or set its ipReputation to %q and leave out rateLimit and countries", accessFrom, c.name, WebAclOff)
	}
	return nil
}
