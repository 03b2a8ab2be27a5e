package requestpath

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// location is where the redirect of a listener leads. The port is always
// written, as load balancers do.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
func (r *Redirect) location(c call, l *Listener) string {
	d := r.withDefaults()
	keywords := keywords(c, l.Protocol, l.Port)
	url := fmt.Sprintf("%s://%s:%s%s", strings.ToLower(keywords.Replace(d.Protocol)),
		keywords.Replace(d.Host), keywords.Replace(d.Port), keywords.Replace(d.Path))
	if query := keywords.Replace(d.Query); query != "" {
		url += "?" + query
	}
	return url
}

// keywords are those that a redirect may hold, with the request's own values.
func keywords(c call, protocol string, port int) *strings.Replacer {
	return strings.NewReplacer(
		"#{protocol}", strings.ToUpper(protocol),
		"#{host}", hostname(c.host),
		"#{port}", strconv.Itoa(port),
		"#{path}", strings.TrimPrefix(c.path, "/"),
		"#{query}", c.query,
	)
}

func (r *Redirect) withDefaults() Redirect {
	d := *r
	d.Protocol = cmp.Or(d.Protocol, "#{protocol}")
	d.Host = cmp.Or(d.Host, "#{host}")
	d.Port = cmp.Or(d.Port, "#{port}")
	d.Path = cmp.Or(d.Path, "/#{path}")
	d.Query = cmp.Or(d.Query, "#{query}")
	d.Status = cmp.Or(d.Status, 301)
	return d
}

// valid says whether AWS takes the redirect: it changes at least one of
// protocol, host, port and path, and leads from HTTPS to HTTPS.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
func (r *Redirect) valid(l *Listener) bool {
	d := r.withDefaults()
	same := d.Protocol == "#{protocol}" && d.Host == "#{host}" && d.Port == "#{port}" && d.Path == "/#{path}"
	toHTTP := l.Protocol == ProtocolHTTPS && d.Protocol == ProtocolHTTP
	known := d.Protocol == "#{protocol}" || d.Protocol == ProtocolHTTP || d.Protocol == ProtocolHTTPS
	port, err := strconv.Atoi(d.Port)
	dialable := d.Port == "#{port}" || err == nil && port >= 1 && port <= 65535
	return !same && !toHTTP && known && dialable && strings.HasPrefix(d.Path, "/") && (d.Status == 301 || d.Status == 302)
}
