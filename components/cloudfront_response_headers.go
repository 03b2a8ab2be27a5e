package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// longestPolicyName is how many characters the name of a policy can have.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html
const longestPolicyName = 128

// newResponseHeadersPolicy makes the policy of the distribution's behaviors, unless AWS's
// own does.
func (c *CloudFrontFront) newResponseHeadersPolicy(ctx *pulumi.Context) (err error) {
	a := c.args.ResponseHeaders
	if !a.needsOwnPolicy() {
		return nil
	}
	args := &cloudfront.ResponseHeadersPolicyArgs{
		Comment: pulumi.String(c.name), SecurityHeadersConfig: a.securityHeaders(), CorsConfig: a.Cors.config(),
	}
	if len(a.Custom) > 0 {
		var items cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArray
		for _, h := range a.Custom {
			items = append(items, cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArgs{
				Header: pulumi.String(h.Name), Value: pulumi.String(h.Value), Override: pulumi.Bool(!h.KeepOrigins),
			})
		}
		args.CustomHeadersConfig = cloudfront.ResponseHeadersPolicyCustomHeadersConfigArgs{Items: items}
	}
	if len(a.Remove) > 0 {
		var items cloudfront.ResponseHeadersPolicyRemoveHeadersConfigItemArray
		for _, name := range a.Remove {
			items = append(items, cloudfront.ResponseHeadersPolicyRemoveHeadersConfigItemArgs{Header: pulumi.String(name)})
		}
		args.RemoveHeadersConfig = cloudfront.ResponseHeadersPolicyRemoveHeadersConfigArgs{Items: items}
	}
	name := awsrule.PhysicalName(longestPolicyName-randomSuffix, c.name, "headers")
	c.ResponseHeadersPolicy, err = cloudfront.NewResponseHeadersPolicy(ctx, name, args, pulumi.Parent(c))
	return err
}

// responseHeadersPolicyID is the policy of every behavior; nil for none.
func (c *CloudFrontFront) responseHeadersPolicyID() pulumi.StringPtrInput {
	switch {
	case c.ResponseHeadersPolicy != nil:
		return c.ResponseHeadersPolicy.ID().ToStringOutput().ToStringPtrOutput()
	case c.args.ResponseHeaders.Security == SecurityHeadersManaged:
		return pulumi.String(awstable.SecurityHeadersPolicy)
	}
	return nil
}

// securityHeaders are those of AWS's policy, with the single headers that are set. Of the
// others only X-Content-Type-Options takes the place of the origin's, as in AWS's policy.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
func (a *ResponseHeadersArgs) securityHeaders() cloudfront.ResponseHeadersPolicySecurityHeadersConfigPtrInput {
	if a.Security == SecurityHeadersNone {
		return nil
	}
	frame, referrer, hsts := a.frameOptions(), a.referrerPolicy(), a.hsts()
	out := cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs{
		ContentTypeOptions: cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs{Override: pulumi.Bool(true)},
		FrameOptions: cloudfront.ResponseHeadersPolicySecurityHeadersConfigFrameOptionsArgs{
			FrameOption: pulumi.String(frame.value), Override: pulumi.Bool(frame.override),
		},
		ReferrerPolicy: cloudfront.ResponseHeadersPolicySecurityHeadersConfigReferrerPolicyArgs{
			ReferrerPolicy: pulumi.String(referrer.value), Override: pulumi.Bool(referrer.override),
		},
		StrictTransportSecurity: cloudfront.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs{
			AccessControlMaxAgeSec: pulumi.Int(*hsts.MaxAgeSeconds), IncludeSubdomains: pulumi.Bool(hsts.IncludeSubdomains),
			Preload: pulumi.Bool(hsts.Preload), Override: pulumi.Bool(a.Hsts != nil),
		},
		XssProtection: cloudfront.ResponseHeadersPolicySecurityHeadersConfigXssProtectionArgs{
			Protection: pulumi.Bool(true), ModeBlock: pulumi.Bool(true), Override: pulumi.Bool(false),
		},
	}
	if a.ContentSecurityPolicy != "" {
		out.ContentSecurityPolicy = cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicyArgs{
			ContentSecurityPolicy: pulumi.String(a.ContentSecurityPolicy), Override: pulumi.Bool(true),
		}
	}
	return out
}

// chosenHeader is the value of a security header, which overrides the origin's if it is set.
type chosenHeader struct {
	value    string
	override bool
}

func chosenOr(given, managed string) chosenHeader {
	if given == "" {
		return chosenHeader{managed, false}
	}
	return chosenHeader{given, true}
}

func (a *ResponseHeadersArgs) frameOptions() chosenHeader {
	return chosenOr(a.FrameOptions, "SAMEORIGIN")
}

func (a *ResponseHeadersArgs) referrerPolicy() chosenHeader {
	return chosenOr(a.ReferrerPolicy, "strict-origin-when-cross-origin")
}

func (a *ResponseHeadersArgs) hsts() HstsArgs {
	if a.Hsts == nil {
		return HstsArgs{MaxAgeSeconds: pulumi.IntRef(secondsOfAYear)}
	}
	return *a.Hsts
}

func (h HstsArgs) value() string {
	value := fmt.Sprintf("max-age=%d", *h.MaxAgeSeconds)
	if h.IncludeSubdomains {
		value += "; includeSubDomains"
	}
	if h.Preload {
		value += "; preload"
	}
	return value
}

func (a *CorsArgs) config() cloudfront.ResponseHeadersPolicyCorsConfigPtrInput {
	if a == nil {
		return nil
	}
	out := cloudfront.ResponseHeadersPolicyCorsConfigArgs{
		AccessControlAllowCredentials: pulumi.Bool(a.AllowCredentials),
		AccessControlAllowOrigins:     cloudfront.ResponseHeadersPolicyCorsConfigAccessControlAllowOriginsArgs{Items: pulumi.ToStringArray(a.AllowOrigins)},
		AccessControlAllowMethods:     cloudfront.ResponseHeadersPolicyCorsConfigAccessControlAllowMethodsArgs{Items: pulumi.ToStringArray(a.AllowMethods)},
		AccessControlAllowHeaders:     cloudfront.ResponseHeadersPolicyCorsConfigAccessControlAllowHeadersArgs{Items: pulumi.ToStringArray(a.AllowHeaders)},
		OriginOverride:                pulumi.Bool(true),
	}
	if len(a.ExposeHeaders) > 0 {
		out.AccessControlExposeHeaders = cloudfront.ResponseHeadersPolicyCorsConfigAccessControlExposeHeadersArgs{Items: pulumi.ToStringArray(a.ExposeHeaders)}
	}
	if a.MaxAgeSeconds > 0 {
		out.AccessControlMaxAgeSec = pulumi.Int(a.MaxAgeSeconds)
	}
	return out
}

// planned is what the policy does with responses, in a plan; nil is that of a distribution
// of which nothing is known.
func (a *ResponseHeadersArgs) planned() requestpath.ResponseHeaders {
	var out requestpath.ResponseHeaders
	if a == nil {
		return out
	}
	if !a.needsOwnPolicy() && a.Security == SecurityHeadersManaged {
		for _, h := range awstable.SecurityHeaders {
			out.Add = append(out.Add, requestpath.ResponseHeader(h))
		}
		return out
	}
	add := func(name string, h chosenHeader) {
		out.Add = append(out.Add, requestpath.ResponseHeader{Name: name, Value: h.value, Override: h.override})
	}
	if a.Security == SecurityHeadersManaged {
		if a.ContentSecurityPolicy != "" {
			add("Content-Security-Policy", chosenHeader{a.ContentSecurityPolicy, true})
		}
		add("X-Content-Type-Options", chosenHeader{"nosniff", true})
		add("X-Frame-Options", a.frameOptions())
		add("Referrer-Policy", a.referrerPolicy())
		add("Strict-Transport-Security", chosenHeader{a.hsts().value(), a.Hsts != nil})
		add("X-XSS-Protection", chosenHeader{"1; mode=block", false})
	}
	for _, h := range a.Custom {
		add(h.Name, chosenHeader{h.Value, !h.KeepOrigins})
	}
	out.Remove = a.Remove
	if c := a.Cors; c != nil {
		out.CORS = &requestpath.CORS{
			Origins: c.AllowOrigins, Methods: c.AllowMethods, Headers: c.AllowHeaders, Expose: c.ExposeHeaders,
			MaxAgeSeconds: c.MaxAgeSeconds, Credentials: c.AllowCredentials, Override: true,
		}
	}
	return out
}
