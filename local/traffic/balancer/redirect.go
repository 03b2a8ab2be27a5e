package balancer

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/local/traffic/account"
)

// location is where a redirect leads a request that came to a listener. The port
// is always written; the query only when there is one.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
func location(r account.Redirect, l account.Listener, req *http.Request) string {
	keywords := strings.NewReplacer(
		"#{protocol}", l.Protocol,
		"#{host}", hostOf(req),
		"#{port}", strconv.Itoa(l.Port),
		"#{path}", strings.TrimPrefix(req.URL.EscapedPath(), "/"),
		"#{query}", req.URL.RawQuery,
	)
	part := func(given, unchanged string) string { return keywords.Replace(cmp.Or(given, unchanged)) }
	to := strings.ToLower(part(r.Protocol, "#{protocol}")) + "://" + bracketed(part(r.Host, "#{host}")) +
		":" + part(r.Port, "#{port}") + part(r.Path, "/#{path}")
	if query := part(r.Query, "#{query}"); query != "" {
		to += "?" + query
	}
	return to
}

// bracketed is a host as it is written in a URL: IPv6 addresses have brackets.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
