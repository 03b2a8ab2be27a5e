package agreement

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// responseHeadersPolicy is the id of the policy that does what a plan says: AWS's own, or one
// that is registered; "" for none.
func (r *registration) responseHeadersPolicy(h requestpath.ResponseHeaders) (string, error) {
	raw, err := json.Marshal(h)
	if err != nil {
		return "", fmt.Errorf("writing headers: %w", err)
	}
	content := string(raw)
	managed := slices.EqualFunc(h.Add, awstable.SecurityHeaders, func(a requestpath.ResponseHeader, b awstable.ResponseHeader) bool {
		return a == requestpath.ResponseHeader(b)
	})
	switch {
	case content == "{}":
		return "", nil
	case managed && len(h.Remove) == 0 && h.CORS == nil:
		return awstable.SecurityHeadersPolicy, nil
	case r.responsePolicies[content] != "":
		return r.responsePolicies[content], nil
	}
	in := props{"name": fmt.Sprint("headers-", len(r.responsePolicies))}
	security := props{}
	var custom, removed []any
	for _, added := range h.Add {
		if block, config := securityHeader(added); block != "" {
			security[block] = config
			continue
		}
		custom = append(custom, props{"header": added.Name, "value": added.Value, "override": added.Override})
	}
	for _, name := range h.Remove {
		removed = append(removed, props{"header": name})
	}
	if len(security) > 0 {
		in["securityHeadersConfig"] = security
	}
	if len(custom) > 0 {
		in["customHeadersConfig"] = props{"items": custom}
	}
	if len(removed) > 0 {
		in["removeHeadersConfig"] = props{"items": removed}
	}
	if h.CORS != nil {
		in["corsConfig"] = corsConfig(*h.CORS)
	}
	id, _, err := r.create("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", in["name"].(string), in)
	r.responsePolicies[content] = id
	return id, err
}

// securityHeader is the block of a policy for a security header; "" for other headers.
func securityHeader(h requestpath.ResponseHeader) (block string, config props) {
	config = props{"override": h.Override}
	switch h.Name {
	case "Content-Security-Policy":
		config["contentSecurityPolicy"] = h.Value
		return "contentSecurityPolicy", config
	case "X-Content-Type-Options":
		return "contentTypeOptions", config
	case "X-Frame-Options":
		config["frameOption"] = h.Value
		return "frameOptions", config
	case "Referrer-Policy":
		config["referrerPolicy"] = h.Value
		return "referrerPolicy", config
	case "Strict-Transport-Security":
		var seconds int
		_, _ = fmt.Sscanf(h.Value, "max-age=%d", &seconds) // every value begins so
		config["accessControlMaxAgeSec"] = seconds
		config["includeSubdomains"], config["preload"] = strings.Contains(h.Value, "includeSubDomains"), strings.Contains(h.Value, "preload")
		return "strictTransportSecurity", config
	case "X-XSS-Protection":
		config["protection"], config["modeBlock"] = h.Value != "0", strings.HasSuffix(h.Value, "mode=block")
		return "xssProtection", config
	}
	return "", nil
}

func corsConfig(c requestpath.CORS) props {
	items := func(names []string) props { return props{"items": names} }
	out := props{
		"accessControlAllowCredentials": c.Credentials, "accessControlAllowHeaders": items(c.Headers),
		"accessControlAllowMethods": items(c.Methods), "accessControlAllowOrigins": items(c.Origins), "originOverride": c.Override,
	}
	if len(c.Expose) > 0 {
		out["accessControlExposeHeaders"] = items(c.Expose)
	}
	if c.MaxAgeSeconds > 0 {
		out["accessControlMaxAgeSec"] = c.MaxAgeSeconds
	}
	return out
}
