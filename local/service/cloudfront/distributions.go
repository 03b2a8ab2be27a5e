package cloudfront

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
)

// distributionType is a distribution. The local AWS deploys a change at once; status
// is Deployed only if the program waits for the deployment.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html
func distributionType() core.Type {
	noneTrusted := []any{map[string]any{"enabled": false, "items": []any{}}}
	return core.Type{
		Token:  DistributionToken,
		Global: true,
		Inputs: distributionInputs(),
		Defaults: core.Object{
			"httpVersion":       "http2",
			"priceClass":        "PriceClass_All",
			"retainOnDelete":    false,
			"staging":           false,
			"waitForDeployment": true,
		},
		Fills: core.Object{
			"callerReference":              "portico-{hex26}",
			"continuousDeploymentPolicyId": "",
			"domainName":                   "d{hex13}.cloudfront.net",
			"hostedZoneId":                 awstable.CloudFrontHostedZone,
			"inProgressValidationBatches":  0.0,
			"trustedKeyGroups":             noneTrusted,
			"trustedSigners":               noneTrusted,
		},
		ID:  "E{HEX13}",
		ARN: "cloudfront:distribution/{id}",
		References: append(behaviorReferences(), core.Reference{
			Input: "viewerCertificate.acmCertificateArn", To: []string{acm.CertificateToken}, Code: "InvalidViewerCertificate",
			Exists: isCertificate, Message: noSuchCertificate,
		}, core.Reference{
			// *inferred*: the code
			Input: "origins.vpcOriginConfig.vpcOriginId", To: []string{VPCOriginToken}, Code: "EntityNotFound",
		}, core.Reference{
			Input: "origins.originAccessControlId", To: []string{OriginAccessControlToken}, Code: "InvalidOriginAccessControl",
			Message: func(*core.Tx, string) string { return "The origin access control is not valid." },
		}),
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
		Unique: []core.Unique{{Inputs: []string{"aliases"}, Code: "CNAMEAlreadyExists", Message: "One or more of the CNAMEs you " +
			"provided are already associated with a different resource: {aliases}"}},
		FreeToDelete: "records that point to it stay as they are; the provider disables it first",
		Recomputes:   map[string][]string{core.AnyInput: {"etag", "lastModifiedTime", "status"}},
		Rules:        distributionRules(),
		Rejects:      []core.Rule{vpcOriginLambdaRule},
		Apply:        deploy,
	}
}

// distributionInputs are the inputs that have rules.
func distributionInputs() []string {
	behavior := []string{
		"allowedMethods", "cachePolicyId", "cachedMethods", "compress", "functionAssociations.eventType", "functionAssociations.functionArn",
		"grpcConfig.enabled", "originRequestPolicyId",
		"responseHeadersPolicyId", "targetOriginId", "viewerProtocolPolicy",
	}
	return slices.Concat(
		[]string{
			"aliases", "comment", "defaultRootObject", "enabled", "httpVersion", "isIpv6Enabled", "priceClass", "tags",
			"waitForDeployment", "webAclId",
		},
		core.Fields("customErrorResponses", "errorCachingMinTtl", "errorCode", "responseCode", "responsePagePath"),
		core.Fields("defaultCacheBehavior", behavior...),
		core.Fields("orderedCacheBehaviors", append(behavior, "pathPattern")...),
		core.Fields("origins", "connectionAttempts", "connectionTimeout", "customHeaders.name", "customHeaders.value", "domainName", "originAccessControlId", "originId",
			"originPath"),
		core.Fields("originGroups", "failoverCriteria.statusCodes", "members.originId", "originId"),
		core.Fields("origins.customOriginConfig", "httpPort", "httpsPort", "originKeepaliveTimeout", "originProtocolPolicy",
			"originReadTimeout", "originSslProtocols"),
		core.Fields("origins.vpcOriginConfig", "originKeepaliveTimeout", "originReadTimeout", "vpcOriginId"),
		core.Fields("restrictions.geoRestriction", "locations", "restrictionType"),
		core.Fields("viewerCertificate", "acmCertificateArn", "cloudfrontDefaultCertificate", "minimumProtocolVersion",
			"sslSupportMethod"),
	)
}

// distributionRules are all rules of a distribution on its inputs alone.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
func distributionRules() []core.Rule {
	return []core.Rule{
		core.AtMost("InvalidArgument", "comment", 128),
		core.OneOf("InvalidArgument", "httpVersion", "http1.1", "http2", "http2and3", "http3"),
		core.OneOf("InvalidArgument", "priceClass", "PriceClass_100", "PriceClass_200", "PriceClass_All"),
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
		core.Matching("InvalidDefaultRootObject", "defaultRootObject", regexp.MustCompile("^($|[^/])"), "a path without a slash before it"),
		core.AtMost("InvalidDefaultRootObject", "defaultRootObject", 255),
		core.Matching("InvalidWebACLId", "webAclId", webACL,
			"the ARN of a web ACL of scope CLOUDFRONT (arn:aws:wafv2:us-east-1:...:global/webacl/...)"),
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
		// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
		core.Matching("InvalidArgument", "aliases", aliasForm, "domain names in lower case"),
		core.AtMost("InvalidArgument", "aliases", 253),
		core.AtMostItems("TooManyDistributionCNAMEs", "aliases", 100),
		aliasesNeedCertificateRule,
		certificateChoiceRule,
		core.AtMostItems("TooManyOrigins", "origins", 100),
		// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html (the words are inferred)
		core.Distinct("InvalidArgument", "origins.originId"),
		core.InBlocks("viewerCertificate", viewerCertificateRules()...),
		core.InBlocks("origins", originRules()...),
		core.InBlocks("origins.customOriginConfig", customOriginRules()...),
		core.InBlocks("origins.vpcOriginConfig", originTimeoutRules()...),
		core.InBlocks("customErrorResponses", errorRules()...),
		distinctErrorsRule,
		// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html
		core.InBlocks("restrictions.geoRestriction",
			core.OneOf("InvalidGeoRestrictionParameter", "restrictionType", "none", "whitelist", "blacklist"),
			core.Matching("InvalidGeoRestrictionParameter", "locations", regexp.MustCompile("^[A-Z]{2}$"), "two-letter country codes"),
			core.When("restrictionType", "none", core.Absent("InvalidGeoRestrictionParameter", "locations")),
			core.When("restrictionType", "whitelist", core.Required("InvalidGeoRestrictionParameter", "locations")),
			core.When("restrictionType", "blacklist", core.Required("InvalidGeoRestrictionParameter", "locations"))),
		core.AtMostItems("TooManyOriginGroupsPerDistribution", "originGroups", 10),
		core.Distinct("InvalidArgument", "originGroups.originId"),
		core.InBlocks("originGroups", groupRules()...),
		knownMembersRule,
		core.AtMostItems("TooManyCacheBehaviors", "orderedCacheBehaviors", awstable.BehaviorQuota-1),
		core.InBlocks("defaultCacheBehavior", behaviorRules()...),
		core.InBlocks("orderedCacheBehaviors", behaviorRules()...),
		knownOriginRule,
		groupMethodsRule,
		grpcRule,
		vpcOriginGRPCRule,
	}
}

// webACL is the ARN of a web ACL with the scope CLOUDFRONT, or none.
var webACL = regexp.MustCompile(`^$|^arn:aws:wafv2:us-east-1:\d{12}:global/webacl/[A-Za-z0-9_-]{1,128}/[0-9a-f-]{36}$`)

// aliasForm is an alternate domain name: in lower case, a star as the whole first
// label at most.
var aliasForm = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$`)

// deploy checks a distribution against the account, and makes the outputs that every
// change makes anew.
func deploy(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	status := "InProgress"
	if in.Bool("waitForDeployment") {
		status = "Deployed"
	}
	if err := checkAccessControls(t, in); err != nil {
		return nil, err
	}
	return core.Object{
		"etag":             "E" + strings.ToUpper(t.Hex(13)),
		"lastModifiedTime": t.Now().Format(time.RFC3339),
		"status":           status,
	}, errors.Join(checkViewerCertificate(t, in), checkFunctions(t, in))
}
