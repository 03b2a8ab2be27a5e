package awstable

// How many bytes of a body AWS WAF inspects: at a load balancer always so many, at a
// distribution unless the web ACL says more.
// Sourced: https://docs.aws.amazon.com/waf/latest/APIReference/API_Body.html
const (
	LoadBalancerBodyInspectionBytes = 8 << 10
	DistributionBodyInspectionBytes = 16 << 10
)

// BodyInspectionBytes are the sizes that a web ACL can have inspected at a distribution.
// Sourced: https://docs.aws.amazon.com/waf/latest/APIReference/API_RequestBodyAssociatedResourceTypeConfig.html
var BodyInspectionBytes = map[string]int{"KB_16": 16 << 10, "KB_32": 32 << 10, "KB_48": 48 << 10, "KB_64": 64 << 10}

// CommonRuleSet is the group of managed rules with the rules of CommonRules.
const CommonRuleSet = "AWSManagedRulesCommonRuleSet"

// CommonRule is a managed rule about the size of one attribute of a request.
type CommonRule struct {
	Name string
	// Part is "query", "path", "body", or "header" with the Header's name.
	Part, Header string
	// LargerThan is the size in bytes beyond which it matches. With 0 it matches a request
	// without the header.
	LargerThan int
}

// CommonRules are those of CommonRuleSet that AWS documents in full. They block.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
var CommonRules = []CommonRule{
	{Name: "NoUserAgent_HEADER", Part: "header", Header: "user-agent"},
	{Name: "SizeRestrictions_QUERYSTRING", Part: "query", LargerThan: 2048},
	{Name: "SizeRestrictions_Cookie_HEADER", Part: "header", Header: "cookie", LargerThan: 10240},
	{Name: "SizeRestrictions_BODY", Part: "body", LargerThan: 8192},
	{Name: "SizeRestrictions_URIPATH", Part: "path", LargerThan: 1024},
}

// Further groups of managed rules.
const (
	KnownBadInputsRuleSet = "AWSManagedRulesKnownBadInputsRuleSet"
	IPReputationList      = "AWSManagedRulesAmazonIpReputationList"
)

// ManagedRulesCapacity is how many capacity units (WCU) groups of managed rules need.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
var ManagedRulesCapacity = map[string]int{
	CommonRuleSet: 700, KnownBadInputsRuleSet: 200, IPReputationList: 25,
	"AWSManagedRulesAdminProtectionRuleSet": 100, "AWSManagedRulesSQLiRuleSet": 200, "AWSManagedRulesLinuxRuleSet": 200,
	"AWSManagedRulesUnixRuleSet": 100, "AWSManagedRulesAnonymousIpList": 50,
}
