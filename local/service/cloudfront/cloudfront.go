// Package cloudfront is CloudFront: distributions before buckets, custom and VPC origins; cache, origin
// request and response headers policies of the account's own and those that AWS manages; and
// functions.
package cloudfront

import "github.com/portico-iac/portico/local/core"

// Tokens of the types.
const (
	DistributionToken        = "aws:cloudfront/distribution:Distribution"
	OriginAccessControlToken = "aws:cloudfront/originAccessControl:OriginAccessControl"
)

// certificateRegion is where CloudFront looks for certificates and web ACLs.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
const certificateRegion = "us-east-1"

// Service is what the local AWS has of CloudFront.
func Service() core.Service {
	return core.Service{
		Types: []core.Type{accessControlType(), distributionType(), cachePolicyType(), originRequestPolicyType(), responseHeadersPolicyType(), functionType(), vpcOriginType()},
		Functions: []core.Function{
			{
				Token: "aws:cloudfront/getCachePolicy:getCachePolicy",
				Run:   policyLookup("Cache Policy", cachePolicies),
			},
			{
				Token: "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy",
				Run:   policyLookup("Origin Request Policy", originRequestPolicies),
			},
		},
	}
}
