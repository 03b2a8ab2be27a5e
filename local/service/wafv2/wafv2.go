// Package wafv2 is AWS WAF: web ACLs, their associations with load balancers, their logs, and IP sets.
package wafv2

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// Tokens of the types.
const (
	WebACLToken      = "aws:wafv2/webAcl:WebAcl"
	AssociationToken = "aws:wafv2/webAclAssociation:WebAclAssociation"
	IPSetToken       = "aws:wafv2/ipSet:IpSet"
	LoggingToken     = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
)

// WAF's error codes.
const (
	invalid = "WAFInvalidParameterException"
	lost    = "WAFNonexistentItemException"
	inUse   = "WAFAssociatedItemException"
)

// Scopes of web ACLs and IP sets.
const (
	forCloudFront = "CLOUDFRONT"
	regional      = "REGIONAL"
)

// Service is what the local AWS has of WAF.
func Service() core.Service {
	return core.Service{Types: []core.Type{webACLType(), associationType(), ipSetType(), loggingType()}}
}

// uuid is the form of ids.
const uuid = "{hex8}-{hex4}-{hex4}-{hex4}-{hex12}"

// entityName is the form of the names of web ACLs, rules and IP sets.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html
var entityName = regexp.MustCompile(`^[\w\-]{1,128}$`)

const entityNameForm = "1-128 letters, digits, _ and -"

// arn is the ARN of something of a scope. What is for CloudFront can only be made in
// us-east-1.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html (Scope)
// *sourced*, the wording inferred
func arn(t *core.Tx, kind, id string, in core.Object) (core.Object, error) {
	scope := "regional"
	if in.Str("scope") == forCloudFront {
		scope = "global"
		if t.Region() != "us-east-1" {
			return nil, core.Refuse(invalid, "The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT (the Region must be us-east-1, it is %s)", t.Region())
		}
	}
	return core.Object{"arn": t.ARN("wafv2", scope+"/"+kind+"/"+in.Str("name")+"/"+id)}, nil
}

// ipSetType is a set of addresses.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_IPSet.html
// *sourced*
func ipSetType() core.Type {
	return core.Type{
		Token:  IPSetToken,
		Name:   &core.Autoname{Property: "name", MaxLength: 128},
		Inputs: []string{"addresses", "description", "ipAddressVersion", "name", "scope", "tags"},
		Fills:  core.Object{"namePrefix": ""},
		ID:     uuid,
		InUse:  inUse,
		Unique: []core.Unique{{Inputs: []string{"name", "scope"}, Code: "WAFDuplicateItemException", Message: duplicate}},
		Rules: []core.Rule{
			core.OneOf(invalid, "scope", forCloudFront, regional),
			core.OneOf(invalid, "ipAddressVersion", "IPV4", "IPV6"),
			core.Matching(invalid, "name", entityName, entityNameForm),
			core.AtMostItems("WAFLimitsExceededException", "addresses", 10_000),
			addressesRule,
		},
		Recomputes: map[string][]string{core.AnyInput: {"lockToken"}},
		Apply: func(t *core.Tx, id string, in core.Object) (core.Object, error) {
			out, err := arn(t, "ipset", id, in)
			return out.With(core.Object{"lockToken": t.Hex(32)}), err
		},
	}
}

const duplicate = "AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one: {name}"

// associationType puts a web ACL before a load balancer. A load balancer has one at most;
// AWS would replace it, and two owners are refused here.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
// *sourced*, the second owner inferred
func associationType() core.Type {
	return core.Type{
		Token:  AssociationToken,
		Inputs: []string{"resourceArn", "webAclArn"},
		ID:     "{webAclArn},{resourceArn}",
		References: []core.Reference{
			{Input: "webAclArn", To: []string{WebACLToken}, By: "arn", Code: lost},
			{Input: "resourceArn", To: []string{"aws:lb/loadBalancer:LoadBalancer"}, Code: lost, Cascades: true},
		},
		FreeToDelete: "nothing refers to an association",
		Unique: []core.Unique{{Inputs: []string{"resourceArn"}, Code: "WAFInvalidOperationException",
			Message: "the resource {resourceArn} is already associated with a web ACL"}},
		Rules: []core.Rule{core.Matching(invalid, "webAclArn", regexp.MustCompile(`:regional/webacl/`),
			"the ARN of a web ACL of scope REGIONAL: one of scope CLOUDFRONT is attached by its distribution")},
	}
}
