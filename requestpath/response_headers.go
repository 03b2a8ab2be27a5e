package requestpath

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// ResponseHeaders are what a behaviour's response headers policy does with responses.
type ResponseHeaders struct {
	// Add are headers of every response. Default: none.
	Add []ResponseHeader `json:"add,omitempty"`
	// Remove are headers that are taken off the origin's responses. Default: none.
	Remove []string `json:"remove,omitempty"`
	// CORS is which pages of other origins may read responses. Default: what the origin says.
	CORS *CORS `json:"cors,omitempty"`
}

// ResponseHeader is a header that a distribution adds.
type ResponseHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Override replaces the origin's header of that name. Default: the origin's stays.
	Override bool `json:"override,omitempty"`
}

// CORS is what a distribution tells browsers about pages of other origins.
type CORS struct {
	// Origins are such as https://www.example.com, with * as the leftmost label at most, or
	// * for all.
	Origins []string `json:"origins"`
	// Methods, Headers and MaxAgeSeconds are told in answers to preflight requests, Expose in
	// others.
	Methods       []string `json:"methods"`
	Headers       []string `json:"headers"`
	Expose        []string `json:"expose,omitempty"`
	MaxAgeSeconds int      `json:"maxAgeSeconds,omitempty"`
	// Credentials lets pages send cookies. Default: false.
	Credentials bool `json:"credentials,omitempty"`
	// Override replaces the origin's headers. Default: the origin's stay.
	Override bool `json:"override,omitempty"`
}

// added are the headers that the distribution adds to the response to a call.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
func (r ResponseHeaders) added(c call) []ResponseHeader {
	return slices.Concat(r.Add, r.CORS.added(c))
}

// added are the headers for a page of an origin that may read the response. An origin that
// is not allowed gets none.
// Sourced: https://fetch.spec.whatwg.org/#http-cors-protocol
func (c *CORS) added(request call) []ResponseHeader {
	page := request.header("Origin")
	if c == nil || page == "" || !slices.ContainsFunc(c.Origins, func(o string) bool { return isOrigin(o, page) }) {
		return nil
	}
	header := func(name, value string) ResponseHeader { return ResponseHeader{name, value, c.Override} }
	allowed := header("Access-Control-Allow-Origin", page)
	if slices.Contains(c.Origins, "*") && !c.Credentials {
		allowed.Value = "*"
	}
	all := []ResponseHeader{allowed}
	if c.Credentials {
		all = append(all, header("Access-Control-Allow-Credentials", "true"))
	}
	if request.method != http.MethodOptions || request.header("Access-Control-Request-Method") == "" {
		if len(c.Expose) > 0 {
			all = append(all, header("Access-Control-Expose-Headers", strings.Join(c.Expose, ",")))
		}
		return all
	}
	all = append(all, header("Access-Control-Allow-Methods", strings.Join(c.Methods, ",")),
		header("Access-Control-Allow-Headers", strings.Join(c.Headers, ",")))
	if c.MaxAgeSeconds > 0 {
		all = append(all, header("Access-Control-Max-Age", strconv.Itoa(c.MaxAgeSeconds)))
	}
	return all
}

// isOrigin compares the origin of a page with an allowed one. One without a scheme is
// allowed with each.
func isOrigin(allowed, page string) bool {
	if allowed == "*" {
		return true
	}
	if !strings.Contains(allowed, "://") {
		_, page, _ = strings.Cut(page, "://")
	}
	before, after, wild := strings.Cut(strings.ToLower(allowed), "*")
	page = strings.ToLower(page)
	return page == before+after || wild && len(page) > len(before)+len(after) && strings.HasPrefix(page, before) && strings.HasSuffix(page, after)
}

// header is the value of a header of the call; "" if it has none.
func (c call) header(name string) string {
	if h := find(c.headers, func(h *Header) bool { return strings.EqualFold(h.Name, name) }); h != nil {
		return h.Value
	}
	return ""
}
