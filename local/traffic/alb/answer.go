package alb

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/local/traffic/account"
)

// serverName is the Server header of what the load balancer answers itself.
const serverName = "awselb/2.0"

// phrases are the words that go with a status in its own answers, where they are
// not the usual ones. 463 and 464 have none.
var phrases = map[int]string{
	http.StatusMethodNotAllowed:   "Not Allowed",
	http.StatusServiceUnavailable: "Service Temporarily Unavailable",
	http.StatusGatewayTimeout:     "Gateway Time-out",
}

// page is the short page that comes with a status.
func page(status int) string {
	title := strings.TrimSpace(fmt.Sprint(status, " ", cmp.Or(phrases[status], http.StatusText(status))))
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n</body>\r\n</html>\r\n"
}

// send sends an answer that the load balancer makes itself.
func send(w http.ResponseWriter, req *http.Request, status int, contentType, body string) {
	h := w.Header()
	h.Set("Server", serverName)
	if status == http.StatusNoContent || status == http.StatusNotModified {
		h["Content-Type"] = nil
		body = ""
	} else {
		h.Set("Content-Type", cmp.Or(contentType, "text/plain; charset=utf-8"))
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if req.Method != http.MethodHead {
		_, _ = w.Write([]byte(body)) // a client that is gone needs no answer
	}
}

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
