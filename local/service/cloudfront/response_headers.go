package cloudfront

import (
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// ResponseHeadersPolicyToken is the type of response headers policies.
const ResponseHeadersPolicyToken = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"

// responseHeadersPolicyType is a response headers policy.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateResponseHeadersPolicy.html
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteResponseHeadersPolicy.html
func responseHeadersPolicyType() core.Type {
	return core.Type{
		Token:  ResponseHeadersPolicyToken,
		Global: true,
		Name:   &core.Autoname{Property: "name", MaxLength: 128},
		Inputs: responseHeadersInputs(),
		ID:     "{hex8}-{hex4}-{hex4}-{hex4}-{hex12}",
		ARN:    "cloudfront:response-headers-policy/{id}",
		InUse:  "ResponseHeadersPolicyInUse",
		Unique: []core.Unique{{Inputs: []string{"name"}, Code: "ResponseHeadersPolicyAlreadyExists",
			Message: "A response headers policy with this name already exists. You must provide a unique name: {name}"}},
		// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
		Quotas: []core.Quota{{Most: 20, Code: "TooManyResponseHeadersPolicies",
			Message: "You have reached the maximum number of response headers policies for this AWS account"}},
		Recomputes: map[string][]string{core.AnyInput: {"etag"}},
		Rules:      responseHeadersRules(),
		Apply: func(t *core.Tx, _ string, _ core.Object) (core.Object, error) {
			return core.Object{"etag": "E" + strings.ToUpper(t.Hex(13))}, nil
		},
	}
}

// isManagedResponseHeadersPolicy tells whether a policy is one of AWS's.
func isManagedResponseHeadersPolicy(_ *core.Tx, id string) bool {
	return id == awstable.SecurityHeadersPolicy
}

// responseHeadersInputs are the inputs that have rules.
func responseHeadersInputs() []string {
	return slices.Concat(
		[]string{"comment", "name"},
		core.Fields("corsConfig", "accessControlAllowCredentials", "accessControlAllowHeaders.items",
			"accessControlAllowMethods.items", "accessControlAllowOrigins.items", "accessControlExposeHeaders.items",
			"accessControlMaxAgeSec", "originOverride"),
		core.Fields("customHeadersConfig.items", "header", "override", "value"),
		[]string{"removeHeadersConfig.items.header"},
		core.Fields("securityHeadersConfig", "contentSecurityPolicy", "contentTypeOptions", "frameOptions", "referrerPolicy",
			"strictTransportSecurity", "xssProtection"),
	)
}

// responseHeadersRules are all rules of a response headers policy on its inputs alone.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html
// *sourced*; the words are inferred
func responseHeadersRules() []core.Rule {
	return []core.Rule{
		core.Matching(invalidArgument, "name", regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`), "1-128 letters, digits, - and _"),
		core.AtMost(invalidArgument, "comment", 128),
		addsHeadersRule,
		core.InBlocks("securityHeadersConfig", securityHeadersRules()...),
		core.InBlocks("corsConfig", corsRules()...),
		core.InBlocks("customHeadersConfig", customResponseHeadersRules()...),
		core.InBlocks("removeHeadersConfig",
			core.AtMostItems("TooManyRemoveHeadersInResponseHeadersPolicy", "items", awstable.MaxRemovedResponseHeaders),
			core.InBlocks("items", responseHeaderName,
				core.NotMatching(invalidArgument, "header", fixedResponseHeader, "name a header that cannot be removed"))),
	}
}

// addsHeadersRule is the provider's rule that a policy has something to do.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/cloudfront/response_headers_policy.go
func addsHeadersRule(in core.Object) *core.Refusal {
	configs := []string{"corsConfig", "customHeadersConfig", "removeHeadersConfig", "securityHeadersConfig"}
	if slices.ContainsFunc(configs, in.Has) {
		return nil
	}
	return &core.Refusal{Property: configs[0], Message: "one of `" + strings.Join(configs, ",") + "` must be specified"}
}

// securityHeadersRules are the rules of the block securityHeadersConfig.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyStrictTransportSecurity.html
func securityHeadersRules() []core.Rule {
	const longest = "contentSecurityPolicy"
	return []core.Rule{
		core.InBlocks("contentSecurityPolicy",
			core.AtMost("TooLongCSPInResponseHeadersPolicy", longest, awstable.MaxResponseHeaderValue),
			core.NotMatching(invalidArgument, longest, controlCharacter, "have line breaks or other control characters")),
		core.InBlocks("frameOptions", core.OneOf(invalidArgument, "frameOption", awstable.FrameOptions...)),
		core.InBlocks("referrerPolicy", core.OneOf(invalidArgument, "referrerPolicy", awstable.ReferrerPolicies...)),
		core.InBlocks("strictTransportSecurity", core.Within(invalidArgument, "accessControlMaxAgeSec", 0, 2147483647)),
		core.InBlocks("xssProtection", func(x core.Object) *core.Refusal {
			if x.Bool("modeBlock") && x.Str("reportUri") != "" {
				return core.Invalid(invalidArgument, "reportUri", "cannot be given together with modeBlock")
			}
			return nil
		}),
	}
}

// corsRules are the rules of the block corsConfig.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
// https://github.com/aws/aws-cdk/pull/35308 (credentials with any header)
func corsRules() []core.Rule {
	items := func(list string, rules ...core.Rule) core.Rule {
		return core.InBlocks(list, append(rules, core.Required(invalidArgument, "items"))...)
	}
	return []core.Rule{
		items("accessControlAllowHeaders", core.Matching(invalidArgument, "items", headerPattern, "names of headers, or *")),
		items("accessControlAllowMethods", core.OneOf(invalidArgument, "items", append([]string{awstable.CorsAllMethods}, awstable.CorsMethods...)...)),
		items("accessControlAllowOrigins", core.Matching(invalidArgument, "items", allowedOrigin,
			"*, or origins such as https://www.example.com, with * as the leftmost part of the name at most")),
		core.InBlocks("accessControlExposeHeaders", core.Matching(invalidArgument, "items", headerPattern, "names of headers, or *")),
		core.Within(invalidArgument, "accessControlMaxAgeSec", 0, 2147483647),
		core.When("accessControlAllowCredentials", true, func(cors core.Object) *core.Refusal {
			for _, name := range cors.StrsAt("accessControlAllowHeaders.items") {
				if strings.Contains(name, "*") {
					return core.Invalid(invalidArgument, "accessControlAllowHeaders",
						"is wrong: The parameter Access-Control-Allow-Headers cannot contain * when allowCredentials is true")
				}
			}
			return nil
		}),
	}
}

// customResponseHeadersRules are the rules of the block customHeadersConfig.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
// *inferred*: that what cannot be removed cannot be set either
func customResponseHeadersRules() []core.Rule {
	return []core.Rule{
		core.AtMostItems("TooManyCustomHeadersInResponseHeadersPolicy", "items", awstable.MaxResponseHeaders),
		core.InBlocks("items", responseHeaderName,
			core.NotMatching(invalidArgument, "header", fixedResponseHeader, "name a header that CloudFront sets itself"),
			core.NotMatching(invalidArgument, "header", securityHeader,
				"name a security header: The parameter CustomHeaders contains a header that is a security header and cannot be set as custom header"),
			core.AtMost(invalidArgument, "value", awstable.MaxResponseHeaderValue),
			core.NotMatching(invalidArgument, "value", controlCharacter, "have line breaks or other control characters")),
		distinctResponseHeadersRule,
	}
}

// distinctResponseHeadersRule refuses a header twice, and too much text altogether.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
func distinctResponseHeadersRule(custom core.Object) *core.Refusal {
	total := 0
	seen := map[string]bool{}
	for _, h := range custom.Blocks("items") {
		name := strings.ToLower(h.Str("header"))
		if name != "" && seen[name] {
			return core.Invalid(invalidArgument, "items", "must name %s only once", h.Str("header"))
		}
		seen[name] = true
		total += len(name) + len(h.Str("value"))
	}
	if total > awstable.MaxResponseHeadersCharacters {
		return core.Invalid(invalidArgument, "items", "must have at most %d characters together, got %d", awstable.MaxResponseHeadersCharacters, total)
	}
	return nil
}

const invalidArgument = "InvalidArgument"

var (
	responseHeaderName = core.Matching(invalidArgument, "header", headerName, "1-256 characters of a header's name")
	// headerPattern is a header's name, or * for any.
	headerPattern    = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$")
	controlCharacter = regexp.MustCompile(`[\x00-\x1f\x7f]`)
	// allowedOrigin is an origin in the sense of CORS. AWS's examples have names without a
	// scheme, too.
	allowedOrigin = regexp.MustCompile(`^(\*|(https?://)?(\*\.)?([A-Za-z0-9_-]+\.)*[A-Za-z0-9-]+(:\d{1,5})?)$`)
	// fixedResponseHeader is a header that CloudFront sets itself.
	fixedResponseHeader = regexp.MustCompile("(?i)^((" + strings.Join(awstable.FixedResponseHeaders, "|") + ")$|" +
		strings.Join(awstable.FixedResponseHeaderPrefixes, "|") + ")")
	securityHeader = regexp.MustCompile("(?i)^(" + strings.Join(awstable.SecurityHeaderNames, "|") + ")$")
)
