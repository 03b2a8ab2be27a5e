package cloudfront

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
)

// responsePolicy is what a response headers policy does with responses.
type responsePolicy struct {
	remove []string
	add    []responseHeader
	cors   *account.CORS
}

// responseHeader is a header that a policy adds. Unless it overrides, one of the origin's
// stays.
type responseHeader struct {
	name, value string
	overrides   bool
}

// securityHeaders are the headers of SecurityHeadersPolicy. Only X-Content-Type-Options
// overrides a header of the origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
var securityHeaders = []responseHeader{
	{"Referrer-Policy", "strict-origin-when-cross-origin", false},
	{"Strict-Transport-Security", "max-age=31536000", false},
	{"X-Content-Type-Options", "nosniff", true},
	{"X-Frame-Options", "SAMEORIGIN", false},
	{"X-XSS-Protection", "1; mode=block", false},
}

// responsePolicies are AWS's policy of security headers and those of the account's own, by
// id.
func responsePolicies(own []account.ResponseHeadersPolicy) map[string]responsePolicy {
	all := map[string]responsePolicy{awstable.SecurityHeadersPolicy: {add: securityHeaders}}
	for _, p := range own {
		all[p.ID] = ownResponsePolicy(p)
	}
	return all
}

// ownResponsePolicy is a policy of the account's own.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
func ownResponsePolicy(p account.ResponseHeadersPolicy) responsePolicy {
	out := responsePolicy{cors: p.CORS}
	add := func(name, value string, overrides bool) {
		out.add = append(out.add, responseHeader{name, value, overrides})
	}
	s := p.Security
	if h := s.ContentSecurityPolicy; h != nil {
		add("Content-Security-Policy", h.ContentSecurityPolicy, h.Override)
	}
	if h := s.ContentTypeOptions; h != nil {
		add("X-Content-Type-Options", "nosniff", h.Override)
	}
	if h := s.FrameOptions; h != nil {
		add("X-Frame-Options", h.FrameOption, h.Override)
	}
	if h := s.ReferrerPolicy; h != nil {
		add("Referrer-Policy", h.ReferrerPolicy, h.Override)
	}
	if h := s.StrictTransportSecurity; h != nil {
		value := fmt.Sprintf("max-age=%d", h.MaxAge)
		if h.IncludeSubdomains {
			value += "; includeSubDomains"
		}
		if h.Preload {
			value += "; preload"
		}
		add("Strict-Transport-Security", value, h.Override)
	}
	if h := s.XSSProtection; h != nil {
		add("X-XSS-Protection", xssProtection(h.Protection, h.ModeBlock, h.ReportURI), h.Override)
	}
	for _, h := range p.Custom.Items {
		add(h.Header, h.Value, h.Override)
	}
	for _, h := range p.Remove.Items {
		out.remove = append(out.remove, h.Header)
	}
	return out
}

func xssProtection(on, block bool, report string) string {
	switch {
	case !on:
		return "0"
	case block:
		return "1; mode=block"
	case report != "":
		return "1; report=" + report
	}
	return "1"
}

// apply removes headers of the origin and adds the policy's.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
func (p responsePolicy) apply(h http.Header, request *http.Request) {
	for _, name := range p.remove {
		h.Del(name)
		if strings.EqualFold(name, "Server") {
			h.Set("Server", "CloudFront")
		}
	}
	for _, added := range slices.Concat(p.add, corsHeaders(p.cors, request)) {
		if added.overrides || h.Get(added.name) == "" {
			h.Set(added.name, added.value)
		}
	}
}

// corsHeaders are those for a request from a page of an origin that is allowed: a request
// with the header Origin. Which methods and headers the page may use is told in answers to
// preflight requests alone, which go to the origin like all others.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
// https://fetch.spec.whatwg.org/#http-cors-protocol
// Inferred: that an origin which is not allowed gets none of them, and Vary
func corsHeaders(c *account.CORS, request *http.Request) []responseHeader {
	page := request.Header.Get("Origin")
	if c == nil || page == "" || !slices.ContainsFunc(c.AllowOrigins.Items, func(allowed string) bool { return allowsOrigin(allowed, page) }) {
		return nil
	}
	var all []responseHeader
	add := func(name, value string) { all = append(all, responseHeader{name, value, c.OriginOverride}) }
	if slices.Contains(c.AllowOrigins.Items, "*") && !c.AllowCredentials {
		add("Access-Control-Allow-Origin", "*")
	} else {
		add("Access-Control-Allow-Origin", page)
		add("Vary", "Origin")
	}
	if c.AllowCredentials {
		add("Access-Control-Allow-Credentials", "true")
	}
	if request.Method != http.MethodOptions || request.Header.Get("Access-Control-Request-Method") == "" {
		if len(c.ExposeHeaders.Items) > 0 {
			add("Access-Control-Expose-Headers", strings.Join(c.ExposeHeaders.Items, ","))
		}
		return all
	}
	methods := c.AllowMethods.Items
	if slices.Contains(methods, awstable.CorsAllMethods) {
		methods = awstable.CorsMethods
	}
	add("Access-Control-Allow-Methods", strings.Join(methods, ","))
	add("Access-Control-Allow-Headers", strings.Join(c.AllowHeaders.Items, ","))
	if c.MaxAge > 0 {
		add("Access-Control-Max-Age", strconv.Itoa(c.MaxAge))
	}
	return all
}

// allowsOrigin compares the origin of a page with an allowed one, which may have * as its
// leftmost label. One without a scheme allows both.
func allowsOrigin(allowed, page string) bool {
	if !strings.Contains(allowed, "://") {
		_, page, _ = strings.Cut(page, "://")
	}
	matches, _ := regexp.MatchString("(?i)^"+strings.Replace(regexp.QuoteMeta(allowed), `\*`, ".*", 1)+"$", page)
	return matches
}
