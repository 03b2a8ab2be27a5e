package registered

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// responseHeaders is what a behaviour's response headers policy does, AWS's or one's own.
func (r *reader) responseHeaders(d *resource, behavior object, at string) requestpath.ResponseHeaders {
	var out requestpath.ResponseHeaders
	id := behavior.str("responseHeadersPolicyId")
	switch id {
	case "":
		return out
	case awstable.SecurityHeadersPolicy:
		for _, h := range awstable.SecurityHeaders {
			out.Add = append(out.Add, requestpath.ResponseHeader(h))
		}
		return out
	}
	policy := r.one("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", id)
	if policy == nil {
		r.note(d, at+".responseHeadersPolicyId", "policy "+id+" is neither the security headers of AWS nor among the resources: what it adds is not described")
		return out
	}
	out.Add = slices.Concat(securityHeaders(policy.block("securityHeadersConfig")), customHeaders(policy.block("customHeadersConfig")))
	for _, removed := range policy.block("removeHeadersConfig").blocks("items") {
		out.Remove = append(out.Remove, removed.str("header"))
	}
	if c := policy.block("corsConfig"); c != nil {
		out.CORS = corsOf(c)
	}
	return out
}

// securityHeaders are those of a policy of one's own.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
func securityHeaders(s object) []requestpath.ResponseHeader {
	var all []requestpath.ResponseHeader
	for _, h := range []struct {
		block, name string
		value       func(object) string
	}{
		{"contentSecurityPolicy", "Content-Security-Policy", func(h object) string { return h.str("contentSecurityPolicy") }},
		{"contentTypeOptions", "X-Content-Type-Options", func(object) string { return "nosniff" }},
		{"frameOptions", "X-Frame-Options", func(h object) string { return h.str("frameOption") }},
		{"referrerPolicy", "Referrer-Policy", func(h object) string { return h.str("referrerPolicy") }},
		{"strictTransportSecurity", "Strict-Transport-Security", hsts},
		{"xssProtection", "X-XSS-Protection", xssProtection},
	} {
		if block := s.block(h.block); block != nil {
			all = append(all, requestpath.ResponseHeader{Name: h.name, Value: h.value(block), Override: block.flag("override")})
		}
	}
	return all
}

func hsts(h object) string {
	value := fmt.Sprintf("max-age=%d", h.num("accessControlMaxAgeSec"))
	if h.flag("includeSubdomains") {
		value += "; includeSubDomains"
	}
	if h.flag("preload") {
		value += "; preload"
	}
	return value
}

func xssProtection(h object) string {
	report := h.str("reportUri")
	switch {
	case !h.flag("protection"):
		return "0"
	case h.flag("modeBlock"):
		return "1; mode=block"
	case report != "":
		return "1; report=" + report
	}
	return "1"
}

func customHeaders(config object) []requestpath.ResponseHeader {
	var all []requestpath.ResponseHeader
	for _, h := range config.blocks("items") {
		all = append(all, requestpath.ResponseHeader{Name: h.str("header"), Value: h.str("value"), Override: h.flag("override")})
	}
	return all
}

func corsOf(c object) *requestpath.CORS {
	names := func(list string) []string { return c.block(list).strs("items") }
	out := &requestpath.CORS{
		Origins: names("accessControlAllowOrigins"), Methods: names("accessControlAllowMethods"), Headers: names("accessControlAllowHeaders"),
		Expose: names("accessControlExposeHeaders"), MaxAgeSeconds: c.num("accessControlMaxAgeSec"),
		Credentials: c.flag("accessControlAllowCredentials"), Override: c.flag("originOverride"),
	}
	if slices.Contains(out.Methods, awstable.CorsAllMethods) {
		out.Methods = awstable.CorsMethods
	}
	return out
}

// geoRestriction is from which countries a distribution answers requests. Of a request whose
// country is not known both outcomes are possible.
func (r *reader) geoRestriction(d *resource) requestpath.GeoRestriction {
	var out requestpath.GeoRestriction
	restriction := d.block("restrictions").block("geoRestriction")
	switch locations := restriction.strs("locations"); restriction.str("restrictionType") {
	case "whitelist":
		out.Allow = locations
	case "blacklist":
		out.Deny = locations
	}
	country := out.Refused()
	if country == "" {
		return out
	}
	text := "whether the country that a request comes from is answered is not known"
	r.mayFollow(d, "restrictions.geoRestriction", text, func(m *Model, request requestpath.Request) requestpath.Chain {
		if request.From.Country == "" {
			request.From.Country = country
		}
		return requestpath.Follow(m.Plan, request)
	})
	return out
}
