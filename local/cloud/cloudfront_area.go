package cloud

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"

	"github.com/portico-iac/portico/internal/awstable"
)

const distributionToken = "aws:cloudfront/distribution:Distribution"

// cloudFrontZone is the hosted zone of all distributions.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
// *sourced*
const cloudFrontZone = awstable.CloudFrontHostedZone

// certificateRegion is where CloudFront looks for certificates and web ACLs.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
// *sourced*
const certificateRegion = "us-east-1"

// cloudfrontArea is what is supported of CloudFront: distributions with custom
// origins and managed policies.
func cloudfrontArea() area {
	return area{
		kinds: []kind{distributionKind()},
		invokes: []invoke{
			{
				token:  "aws:cloudfront/getCachePolicy:getCachePolicy",
				inputs: reflect.TypeOf(cloudfront.LookupCachePolicyArgs{}),
				run:    lookUpCachePolicy,
			},
			{
				token:  "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy",
				inputs: reflect.TypeOf(cloudfront.LookupOriginRequestPolicyArgs{}),
				run:    lookUpOriginRequestPolicy,
			},
		},
	}
}

// distributionKind is a distribution.
func distributionKind() kind {
	return kind{
		token:    distributionToken,
		inputs:   cloudfront.DistributionArgs{}.ElementType(),
		state:    reflect.TypeOf(cloudfront.Distribution{}),
		global:   true,
		required: []string{"defaultCacheBehavior", "enabled", "origins", "restrictions", "viewerCertificate"},
		changes: map[string]change{
			"aliases":               updatesSetOnly,
			"comment":               updates,
			"customErrorResponses":  updatesSetOnly,
			"defaultCacheBehavior":  updatesSetOnly, // the lists of methods are sets
			"defaultRootObject":     updates,
			"enabled":               updates,
			"httpVersion":           updates,
			"isIpv6Enabled":         updates,
			"orderedCacheBehaviors": updates,
			"origins":               updatesSetOnly,
			"priceClass":            updates,
			"restrictions":          updatesSetOnly,
			"tags":                  updates,
			"viewerCertificate":     updates,
			"waitForDeployment":     updates,
			"webAclId":              updates,
		},
		defaults: object{
			"httpVersion":       "http2",
			"priceClass":        "PriceClass_All",
			"retainOnDelete":    false,
			"staging":           false,
			"waitForDeployment": true,
		},
		rules:  distributionRules(),
		create: createDistribution,
		update: updateDistribution,
	}
}

// distributionRules are all rules of a distribution on its inputs alone.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
// *sourced*
func distributionRules() []rule {
	rules := []rule{
		atMost("InvalidArgument", "comment", 128),
		oneOf("InvalidArgument", "httpVersion", "http1.1", "http2", "http2and3", "http3"),
		oneOf("InvalidArgument", "priceClass", "PriceClass_100", "PriceClass_200", "PriceClass_All"),
		rootObjectRule,
		webACLRule,
		aliasFormRule,
		aliasesNeedCertificateRule,
		certificateChoiceRule,
		originIDsRule,
		inBlocks("viewerCertificate", viewerCertificateRules()...),
		inBlocks("origins", originRules()...),
		inBlocks("origins.customOriginConfig", customOriginRules()...),
		inBlocks("customErrorResponses", errorCodeRule, errorPageRule),
		inBlocks("restrictions.geoRestriction", geoRestrictionRule),
		grpcRule,
	}
	for _, path := range []string{"defaultCacheBehavior", "orderedCacheBehaviors"} {
		rules = append(rules, inBlocks(path, behaviorRules()...), knownOriginRule(path))
	}
	return rules
}
