package ec2

import (
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// MakeVPCOriginGroup makes the security group that CloudFront's connections to the VPC
// origins of a VPC come from, unless it is there already.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
// *sourced* (the description is inferred)
func MakeVPCOriginGroup(t *core.Tx, vpc string) {
	if slices.ContainsFunc(vpcOriginGroups(t), func(g core.Object) bool { return g.Str("vpcId") == vpc }) {
		return
	}
	id := t.NewID("sg")
	t.Set(SecurityGroupToken, id, core.Object{
		"arn": t.ARN("ec2", "security-group/"+id), "ownerId": t.AccountID(), "vpcId": vpc,
		"name": awstable.VPCOriginGroup, "description": "Managed by CloudFront for VPC origins",
	})
}

// DropVPCOriginGroups removes the group from VPCs that have no VPC origin any more. While a
// rule of another group names it, it stays, and with it the VPC.
// Source: https://github.com/aws/aws-cdk/pull/33318 *sourced* (what happens to a group in use is inferred)
func DropVPCOriginGroups(t *core.Tx, hasVPCOrigin map[string]bool) {
	for _, g := range vpcOriginGroups(t) {
		named := func(token string) bool { return len(t.Where(token, "referencedSecurityGroupId", g.Str("id"))) > 0 }
		if !hasVPCOrigin[g.Str("vpcId")] && !named(IngressRuleToken) && !named(EgressRuleToken) {
			t.Drop(SecurityGroupToken, g.Str("id"))
		}
	}
}

func vpcOriginGroups(t *core.Tx) []core.Object {
	return t.Where(SecurityGroupToken, "name", awstable.VPCOriginGroup)
}
