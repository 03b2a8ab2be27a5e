package alb

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/accesslog"
)

// rewrite makes the target's request of the client's.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
func (ex *exchange) rewrite(p *httputil.ProxyRequest) {
	p.Out.URL.Scheme, p.Out.URL.Host = strings.ToLower(ex.group.Protocol), ex.target.at.String()
	p.Out.URL.RawQuery = p.In.URL.RawQuery
	attributes := ex.port.loadBalancer.registered
	if !attributes.PreserveHostHeader {
		p.Out.Host = hostFor(p.In, ex.port.Port)
	}
	h := p.Out.Header
	for _, name := range []string{"Forwarded", "X-Forwarded-Host"} { // they are not its own
		if v, ok := p.In.Header[name]; ok {
			h[name] = v
		}
	}
	ex.forwardedFor(h, p.In.Header.Values("X-Forwarded-For"))
	h.Set("X-Forwarded-Proto", strings.ToLower(ex.port.Protocol))
	h.Set("X-Forwarded-Port", strconv.Itoa(ex.port.Port))
	h.Set("X-Amzn-Trace-Id", ex.way.trace)
	if attributes.EnableTLSVersionAndCipherSuiteHeaders && p.In.TLS != nil {
		h.Set("X-Amzn-Tls-Version", awstable.TLSName(p.In.TLS.Version))
		h.Set("X-Amzn-Tls-Cipher-Suite", accesslog.CipherName(p.In.TLS))
	}
}

// hostFor is the Host header for the target of a listener on a port. On another port
// than 80 and 443 the listener's is added where none came; on those two a port that
// came is left out.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
func hostFor(req *http.Request, port int) string {
	if port == 80 || port == 443 {
		return bracketed(hostOf(req))
	}
	if _, _, err := net.SplitHostPort(req.Host); err == nil {
		return req.Host
	}
	return net.JoinHostPort(hostOf(req), strconv.Itoa(port))
}

// forwardedFor sets X-Forwarded-For for the target.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
func (ex *exchange) forwardedFor(h http.Header, came []string) {
	switch ex.port.loadBalancer.registered.XffHeaderProcessingMode {
	case "remove":
	case "preserve":
		if len(came) > 0 {
			h["X-Forwarded-For"] = came
		}
	default:
		peer := ex.from.String()
		if ex.port.loadBalancer.registered.EnableXffClientPort {
			peer = ex.client.RemoteAddr().String()
		}
		h.Set("X-Forwarded-For", strings.Join(append(came, peer), ", "))
	}
}

// trace is the trace header for the target: one that came gets this hop's id
// before it, in place of that of a hop before.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
func trace(came string) string {
	var id [12]byte
	_, _ = rand.Read(id[:]) // never fails
	own := fmt.Sprintf("1-%08x-%x", time.Now().Unix(), id)
	if !strings.Contains(came, "Root=") {
		return "Root=" + own
	}
	fields := slices.DeleteFunc(strings.Split(came, ";"), func(f string) bool { return strings.HasPrefix(f, "Self=") })
	return "Self=" + own + ";" + strings.Join(fields, ";")
}
