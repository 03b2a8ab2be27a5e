package balancer

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"
)

// newProxy passes requests on and their answers back.
func (r *Running) newProxy() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite:   r.rewrite,
		Transport: roundTripper(r.roundTrip),
		ModifyResponse: func(res *http.Response) error {
			exchangeOf(res.Request).emit(res.StatusCode, false)
			return nil
		},
		ErrorHandler: failed,
		ErrorLog:     log.New(io.Discard, "", 0),
	}
}

// rewrite makes the target's request of the client's.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
func (r *Running) rewrite(p *httputil.ProxyRequest) {
	ex := exchangeOf(p.In)
	l := ex.port.config
	p.Out.URL.Scheme, p.Out.URL.Host = schemeOf(ex.group.config.Secure), ex.target.at.String()
	p.Out.URL.RawQuery = p.In.URL.RawQuery
	p.Out.Host = r.hostFor(p.In, l.Port)
	h := p.Out.Header
	for _, name := range []string{"Forwarded", "X-Forwarded-Host"} { // they are not its own
		if v, ok := p.In.Header[name]; ok {
			h[name] = v
		}
	}
	r.forwardedFor(h, p.In, ex)
	h.Set("X-Forwarded-Proto", schemeOf(l.Secure))
	h.Set("X-Forwarded-Port", strconv.Itoa(l.Port))
	h.Set("X-Amzn-Trace-Id", trace(p.In.Header.Get("X-Amzn-Trace-Id")))
	if r.config.TLSHeaders && p.In.TLS != nil {
		h.Set("X-Amzn-Tls-Version", versionName(p.In.TLS))
		h.Set("X-Amzn-Tls-Cipher-Suite", cipherName(p.In.TLS))
	}
}

// hostFor is the Host header for the target. On another port than 80 and 443 the
// listener's is added where none came; on those two a port that came is left out.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
func (r *Running) hostFor(req *http.Request, port int) string {
	if r.config.PreserveHost {
		return req.Host
	}
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
func (r *Running) forwardedFor(h http.Header, in *http.Request, ex *exchange) {
	came := in.Header.Values("X-Forwarded-For")
	switch r.config.ForwardedFor {
	case "remove":
		return
	case "preserve":
		if len(came) > 0 {
			h["X-Forwarded-For"] = came
		}
		return
	}
	peer := ex.from.String()
	if r.config.ClientPort {
		peer = ex.client.RemoteAddr().String()
	}
	h.Set("X-Forwarded-For", strings.Join(append(came, peer), ", "))
}

// trace is the trace header for the target: one that came gets this hop's id
// before it, in place of that of a hop before.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
func trace(came string) string {
	var id [12]byte
	_, _ = rand.Read(id[:]) // never fails
	own := fmt.Sprintf("1-%08x-%s", time.Now().Unix(), hex.EncodeToString(id[:]))
	fields := []string{"Self=" + own}
	for field := range strings.SplitSeq(came, ";") {
		if !strings.HasPrefix(field, "Self=") {
			fields = append(fields, field)
		}
	}
	if strings.Contains(came, "Root=") {
		return strings.Join(fields, ";")
	}
	return "Root=" + own
}
