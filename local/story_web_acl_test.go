package local_test

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/requestpath"
)

// sourceWAF is a web ACL before a load balancer or a distribution, and what it blocks
// besides attacks.
func sourceWAF() []story {
	upload := requestpath.Request{Name: "alb.example.com", Method: "POST", Path: "/upload", BodyBytes: 9 << 10}
	monitor := requestpath.Request{Path: "/health", From: requestpath.Source{Address: "198.51.100.77", Country: "US"}}
	silent := requestpath.Request{Path: "/health", Headers: []requestpath.Header{{Name: "User-Agent"}}}
	office := requestpath.Request{From: requestpath.Source{Address: "192.0.2.9"}}
	alone := fargate{version: "HTTP1", admits: "0.0.0.0/0"}
	fronted := fargate{version: "HTTP1", front: true}
	return []story{
		{
			name:  "WAF: managed rules block an upload",
			wrong: alone.guarded(commonRules(pulumi.Map{})), mended: alone.guarded(commonRules(pulumi.Map{"ruleActionOverrides": pulumi.Array{pulumi.Map{
				"name": pulumi.String("SizeRestrictions_BODY"), "actionToUse": pulumi.Map{"count": pulumi.Map{}},
			}}})),
			request: upload, status: 403, by: requestpath.HopLoadBalancer, fact: "web-acl-at-load-balancer",
			why: "its body has 9216 bytes, of which 8192 are inspected here", logged: "the web ACL of the load balancer blocked the request",
		}, {
			name:  "WAF: a limit of its own blocks an upload",
			wrong: alone.guarded(bodyLimit(8000, "MATCH")), mended: alone.guarded(except("/upload"), bodyLimit(8000, "MATCH")),
			request: upload, status: 403, by: requestpath.HopLoadBalancer, fact: "web-acl-at-load-balancer", why: "rule body-limit of web ACL shop",
			logged: "the web ACL of the load balancer blocked the request",
		}, {
			name:  "WAF: a monitor without a User-Agent",
			wrong: fronted.guarded(commonRules(pulumi.Map{})), mended: fronted.guarded(except("/health"), commonRules(pulumi.Map{})),
			request: silent, status: 403, by: requestpath.HopDistribution, fact: "web-acl-at-distribution", why: "it has no header user-agent",
		}, {
			name:  "WAF: a monitor in another country",
			wrong: fronted.guarded(onlyJapan), mended: fronted.guarded(addresses("monitors", "198.51.100.77/32", "allow"), onlyJapan),
			request: monitor, status: 403, by: requestpath.HopDistribution, fact: "web-acl-at-distribution", why: "it comes from US, which is none of JP",
			logged: "as by a web ACL of the distribution",
		}, {
			name:  "WAF: the office's addresses, asked for behind CloudFront",
			wrong: fronted.guardedBehind(onlyOffice), mended: fronted.guarded(onlyOffice),
			request: office, status: 403, by: requestpath.HopLoadBalancer, fact: "web-acl-at-load-balancer",
			why: "CloudFront's address: behind a distribution a load balancer does not see the viewer's",
		},
	}
}

// aclRule makes one rule of a web ACL, with what it refers to.
type aclRule func(ctx *pulumi.Context, acl webACL) (pulumi.Map, error)

// guarded is the program with a web ACL before what viewers meet first.
func (s fargate) guarded(rules ...aclRule) pulumi.RunFunc {
	s.acl = &webACL{scope: "REGIONAL", rules: rules}
	if s.front {
		s.acl.scope = "CLOUDFRONT"
	}
	return s.program
}

// guardedBehind is the program with a web ACL before the load balancer, behind CloudFront.
func (s fargate) guardedBehind(rules ...aclRule) pulumi.RunFunc {
	s.acl = &webACL{scope: "REGIONAL", rules: rules}
	return s.program
}

// webACL is a web ACL of a scope, which lets pass what no rule blocks.
type webACL struct {
	scope string
	rules []aclRule
	opts  []pulumi.ResourceOption
}

// rawResource is a resource that is registered by its type token: the packages of WAF and of
// S3 take too long to compile.
type rawResource struct {
	pulumi.CustomResourceState
	Arn pulumi.StringOutput `pulumi:"arn"`
}

func newWAF(ctx *pulumi.Context, kind, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) (*rawResource, error) {
	return newRaw(ctx, "aws:wafv2/"+kind, name, inputs, opts...)
}

func newRaw(ctx *pulumi.Context, token, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) (*rawResource, error) {
	r := &rawResource{}
	return r, ctx.RegisterResource(token, name, inputs, r, append(opts, pulumi.Version("6.83.4"))...)
}

// register makes the web ACL, and puts one of scope REGIONAL before a load balancer. The ARN
// is nil unless a distribution is to name it.
func (a *webACL) register(ctx *pulumi.Context, loadBalancer pulumi.StringInput) (pulumi.StringPtrInput, error) {
	if a == nil {
		return nil, nil
	}
	if a.scope == "CLOUDFRONT" {
		virginia, err := aws.NewProvider(ctx, "virginia-waf", &aws.ProviderArgs{Region: pulumi.String("us-east-1")})
		if err != nil {
			return nil, err
		}
		a.opts = []pulumi.ResourceOption{pulumi.Provider(virginia)}
	}
	rules := pulumi.Array{}
	for i, make := range a.rules {
		rule, err := make(ctx, *a)
		if err != nil {
			return nil, err
		}
		rule["priority"], rule["visibilityConfig"] = pulumi.Int(i), metrics("rule")
		rules = append(rules, rule)
	}
	acl, err := newWAF(ctx, "webAcl:WebAcl", "shop", pulumi.Map{
		"name": pulumi.String("shop"), "scope": pulumi.String(a.scope), "defaultAction": pulumi.Map{"allow": pulumi.Map{}},
		"rules": rules, "visibilityConfig": metrics("shop"),
	}, a.opts...)
	if err != nil {
		return nil, err
	}
	if a.scope == "CLOUDFRONT" {
		return acl.Arn.ToStringPtrOutput(), nil
	}
	_, err = newWAF(ctx, "webAclAssociation:WebAclAssociation", "web", pulumi.Map{"resourceArn": loadBalancer, "webAclArn": acl.Arn})
	return nil, err
}

func metrics(name string) pulumi.Map {
	return pulumi.Map{
		"cloudwatchMetricsEnabled": pulumi.Bool(true), "metricName": pulumi.String(name), "sampledRequestsEnabled": pulumi.Bool(true),
	}
}

func action(kind string) pulumi.Map { return pulumi.Map{kind: pulumi.Map{}} }

var untransformed = pulumi.Array{pulumi.Map{"priority": pulumi.Int(0), "type": pulumi.String("NONE")}}

// commonRules block as AWS has them, but for some settings.
func commonRules(settings pulumi.Map) aclRule {
	return func(*pulumi.Context, webACL) (pulumi.Map, error) {
		group := pulumi.Map{"vendorName": pulumi.String("AWS"), "name": pulumi.String("AWSManagedRulesCommonRuleSet")}
		for name, value := range settings {
			group[name] = value
		}
		return pulumi.Map{
			"name": pulumi.String("common"), "overrideAction": action("none"), "statement": pulumi.Map{"managedRuleGroupStatement": group},
		}, nil
	}
}

// bodyLimit blocks larger bodies.
func bodyLimit(bytes int, oversize string) aclRule {
	return func(*pulumi.Context, webACL) (pulumi.Map, error) {
		return pulumi.Map{"name": pulumi.String("body-limit"), "action": action("block"), "statement": pulumi.Map{
			"sizeConstraintStatement": pulumi.Map{
				"fieldToMatch":       pulumi.Map{"body": pulumi.Map{"oversizeHandling": pulumi.String(oversize)}},
				"comparisonOperator": pulumi.String("GT"), "size": pulumi.Int(bytes), "textTransformations": untransformed,
			},
		}}, nil
	}
}

// except allows a path before the rules that follow.
func except(path string) aclRule {
	return func(*pulumi.Context, webACL) (pulumi.Map, error) {
		return pulumi.Map{"name": pulumi.String("except"), "action": action("allow"), "statement": pulumi.Map{
			"byteMatchStatement": pulumi.Map{
				"fieldToMatch": pulumi.Map{"uriPath": pulumi.Map{}}, "positionalConstraint": pulumi.String("EXACTLY"),
				"searchString": pulumi.String(path), "textTransformations": untransformed,
			},
		}}, nil
	}
}

// onlyJapan blocks what comes from elsewhere.
func onlyJapan(*pulumi.Context, webACL) (pulumi.Map, error) {
	return pulumi.Map{"name": pulumi.String("only-japan"), "action": action("block"), "statement": pulumi.Map{
		"notStatement": pulumi.Map{"statements": pulumi.Array{pulumi.Map{
			"geoMatchStatement": pulumi.Map{"countryCodes": pulumi.ToStringArray([]string{"JP"})},
		}}},
	}}, nil
}

// addresses does something with what comes from a set of addresses.
func addresses(name, cidr, kind string) aclRule {
	return func(ctx *pulumi.Context, acl webACL) (pulumi.Map, error) {
		set, err := acl.set(ctx, name, cidr)
		return pulumi.Map{"name": pulumi.String(name), "action": action(kind), "statement": set}, err
	}
}

// onlyOffice blocks what does not come from the office.
func onlyOffice(ctx *pulumi.Context, acl webACL) (pulumi.Map, error) {
	set, err := acl.set(ctx, "office", "192.0.2.0/24")
	return pulumi.Map{"name": pulumi.String("only-office"), "action": action("block"), "statement": pulumi.Map{
		"notStatement": pulumi.Map{"statements": pulumi.Array{set}},
	}}, err
}

// set is the statement about a set of addresses.
func (a webACL) set(ctx *pulumi.Context, name, cidr string) (pulumi.Map, error) {
	set, err := newWAF(ctx, "ipSet:IpSet", name, pulumi.Map{
		"name": pulumi.String(name), "scope": pulumi.String(a.scope), "ipAddressVersion": pulumi.String("IPV4"),
		"addresses": pulumi.ToStringArray([]string{cidr}),
	}, a.opts...)
	if err != nil {
		return nil, err
	}
	return pulumi.Map{"ipSetReferenceStatement": pulumi.Map{"arn": set.Arn}}, nil
}
