package cloudfront

import (
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/elb"
	"github.com/portico-iac/portico/local/service/region"
)

// VPCOriginToken is the type of VPC origins.
const VPCOriginToken = "aws:cloudfront/vpcOrigin:VpcOrigin"

// vpcOriginType is a VPC origin: CloudFront's way to a load balancer or an instance without
// a public address. The local AWS deploys it at once. What it leads to can be deleted before
// it: AWS does not say otherwise (inferred).
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateVpcOrigin.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
func vpcOriginType() core.Type {
	const config = "vpcOriginEndpointConfig"
	return core.Type{
		Token:  VPCOriginToken,
		Global: true,
		Inputs: append(
			core.Fields(config, "arn", "httpPort", "httpsPort", "name", "originProtocolPolicy",
				"originSslProtocols.items", "originSslProtocols.quantity"),
			"tags"),
		ID:  "vo_{hex22}",
		ARN: "cloudfront:vpcorigin/{id}",
		References: []core.Reference{{
			Input: config + ".arn", To: []string{elb.LoadBalancerToken, ec2.InstanceToken}, By: "arn", Code: "InvalidArgument",
			Loose: true, Exists: func(t *core.Tx, arn string) bool { return endpointWith(t, arn) != nil },
		}},
		InUse: "CannotDeleteEntityWhileInUse",
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
		Quotas: []core.Quota{{Most: 25, Code: "EntityLimitExceeded", Message: "You have reached the maximum number of VPC origins: 25"}},
		// *inferred*: that the name is what an entity "already exists" by
		Unique: []core.Unique{{Inputs: []string{config + ".name"}, Code: "EntityAlreadyExists",
			Message: "A VPC origin with the same name already exists"}},
		Recomputes: map[string][]string{config: {"etag"}},
		Rules: []core.Rule{core.InBlocks(config,
			originPortRule("httpPort"), originPortRule("httpsPort"), vpcOriginNameRule,
			core.OneOf("InvalidArgument", "originProtocolPolicy", "http-only", "https-only", "match-viewer"),
			core.OneOf("InvalidArgument", "originSslProtocols.items", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"),
			countedProtocolsRule,
		)},
		Create: createVPCOrigin,
		Update: updateVPCOrigin,
		Delete: removeVPCOrigin,
	}
}

// vpcOriginNameRule requires a name of at most 64 characters.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginEndpointConfig.html
// *inferred* (the length, which is that of other names of CloudFront's)
func vpcOriginNameRule(config core.Object) *core.Refusal {
	if n := len(config.Str("name")); config.Known("name") && (n == 0 || n > 64) {
		return core.Invalid("InvalidArgument", "name", "must have 1-64 characters, got %d", n)
	}
	return nil
}

// countedProtocolsRule requires the number of TLS versions beside them to be right.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginSslProtocols.html
func countedProtocolsRule(config core.Object) *core.Refusal {
	protocols := config.Block("originSslProtocols")
	n, known := protocols.Num("quantity")
	if known && !protocols.Pending("items") && int(n) != len(protocols.List("items")) {
		return core.Invalid("InconsistentQuantities", "originSslProtocols.quantity", "must be the number of items, %d, got %v",
			len(protocols.List("items")), n)
	}
	return nil
}

// endpoint is what a VPC origin leads to.
type endpoint struct {
	t       *core.Tx // in its Region
	vpc     string
	subnets []string
	groups  []string
}

// endpointWith finds a load balancer or an instance by its ARN, in whatever Region; nil if
// there is none.
func endpointWith(t *core.Tx, arn string) *endpoint {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 {
		return nil
	}
	there := t.In(parts[3])
	if lb, ok := there.Get(elb.LoadBalancerToken, arn); ok {
		return &endpoint{there, lb.Str("vpcId"), lb.Strs("subnets"), lb.Strs("securityGroups")}
	}
	for _, i := range there.Where(ec2.InstanceToken, "arn", arn) {
		subnet, _ := there.Get(ec2.SubnetToken, i.Str("subnetId"))
		return &endpoint{there, subnet.Str("vpcId"), []string{i.Str("subnetId")}, i.Strs("vpcSecurityGroupIds")}
	}
	return nil
}

// createVPCOrigin refuses what CloudFront cannot reach: in a VPC without an internet
// gateway, in a zone where there are no VPC origins, or without a security group. Subnets
// need not be private: AWS's page has them made so after the VPC origin. That a subnet has a
// free address is not checked, a limit of the local AWS.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
// *sourced* (codes and words are inferred)
func createVPCOrigin(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	to := endpointWith(t, in.Block("vpcOriginEndpointConfig").Str("arn"))
	if len(to.t.Where(ec2.InternetGatewayToken, "vpcId", to.vpc)) == 0 {
		return nil, core.Refuse("InvalidArgument", "VPC %s has no internet gateway, which a VPC with VPC origins must have although "+
			"nothing is routed through it", to.vpc)
	}
	if len(to.groups) == 0 {
		return nil, core.Refuse("InvalidArgument", "a VPC origin must have a security group")
	}
	for _, id := range to.subnets {
		subnet, _ := to.t.Get(ec2.SubnetToken, id)
		if zone := region.ZoneNamed(to.t, subnet.Str("availabilityZone")); zone.Refuses() {
			return nil, core.Refuse("InvalidArgument", "VPC origins are not supported in the Availability Zone %s (%s) of subnet %s",
				zone.Name, zone.ID, id)
		}
	}
	ec2.MakeVPCOriginGroup(to.t, to.vpc)
	return core.Object{"etag": "E" + strings.ToUpper(t.Hex(13))}, nil
}

// updateVPCOrigin refuses a change while a distribution has the VPC origin. Tags are no such
// change: they have calls of their own.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateVpcOrigin.html
// https://github.com/aws/aws-cdk/issues/34629 (the words)
func updateVPCOrigin(t *core.Tx, id string, old, in core.Object) (core.Object, error) {
	const config = "vpcOriginEndpointConfig"
	if core.Equal(old[config], in[config], false) {
		return nil, nil
	}
	if len(t.Where(DistributionToken, "origins.vpcOriginConfig.vpcOriginId", id)) > 0 {
		return nil, core.Refuse("CannotUpdateEntityWhileInUse", "The specified VPC origin is currently associated with one or more "+
			"distributions. Please disassociate the VPC origin from all distributions before updating or deleting")
	}
	if err := removeVPCOrigin(t, id, old); err != nil {
		return nil, err
	}
	return createVPCOrigin(t, id, in)
}

// removeVPCOrigin removes CloudFront's security group from VPCs without another VPC origin.
func removeVPCOrigin(t *core.Tx, id string, _ core.Object) error {
	used := map[string]bool{}
	for _, other := range t.All(VPCOriginToken) {
		to := endpointWith(t, other.Block("vpcOriginEndpointConfig").Str("arn"))
		if to != nil && other.Str("id") != id {
			used[to.vpc] = true
		}
	}
	for name := range region.Regions {
		ec2.DropVPCOriginGroups(t.In(name), used)
	}
	return nil
}
