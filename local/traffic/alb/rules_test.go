package alb

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

func TestRulesDecideByPriority(t *testing.T) {
	s := newSite(t, 0)
	paths := func(v ...string) (c account.Condition) {
		c.PathPattern.Values = v
		return c
	}
	elsewhere := account.Action{Type: "redirect", Redirect: account.Redirect{Host: "example.com", StatusCode: "HTTP_302"}}
	s.serve(web(fixed("404", "text/html", "none"),
		ruled(20, paths("/r"), elsewhere), ruled(10, paths("/a/b", "/c"), saying("ten")), ruled(5, paths("/a/*"), saying("five"))))
	for _, c := range []*http.Client{s.client(speaking("HTTP/1.1")), s.client(speaking("HTTP/2"))} {
		for _, tc := range []struct {
			path, text, rule string
			status           int
		}{{"/a/b", "five", "5", 200}, {"/c", "ten", "10", 200}, {"/d", "none", "default", 404}} {
			r := s.send(c, "GET", "https://"+siteName+tc.path, "")
			assert.Equal(t, tc.status, r.StatusCode)
			assert.Equal(t, tc.text, r.text)
			assert.Equal(t, "awselb/2.0", r.Header.Get("Server"))
			e := s.requests()[len(s.requests())-1]
			assert.Equal(t, wire.Event{
				Hop: wire.HopLoadBalancer, Name: "web", Kind: "request", SNI: siteName, TLS: "TLSv1.3", Protocol: protocolName(&http.Request{ProtoMajor: r.ProtoMajor}),
				Host: siteName, Method: "GET", Path: tc.path, Rule: tc.rule, Status: tc.status, Answered: true,
			}, e)
		}
		r := s.send(c, "HEAD", "https://"+siteName+"/r", "")
		assert.Equal(t, 302, r.StatusCode)
		assert.Equal(t, "https://example.com:443/r", r.Header.Get("Location"))
	}
	assert.Len(t, s.events.Of(wire.Handshake), 2)
	assert.Equal(t, siteName, s.events.Of(wire.Handshake)[0].SNI)
}

func TestWhatTheListenerRefuses(t *testing.T) {
	s := newSite(t, 0)
	s.serve(web(saying("fine")))
	c := s.client(speaking("HTTP/1.1"))
	address := "http://" + siteName
	long := func(n int) string { return strings.Repeat("a", n) }
	many := func(n int) []string {
		var out []string
		for range n {
			out = append(out, "X-Many: "+long(8<<10))
		}
		return out
	}
	for name, tc := range map[string]struct {
		method, path string
		headers      []string
		want         int
	}{
		"fine":                     {"GET", "/", nil, 200},
		"TRACE":                    {"TRACE", "/", nil, 405},
		"a line of 16K":            {"GET", "/" + long(16<<10-15), nil, 200},
		"a longer line":            {"GET", "/" + long(16<<10), nil, 400},
		"a header of 16K":          {"GET", "/", []string{"X-Long: " + long(16<<10-8)}, 200},
		"a longer header":          {"GET", "/", []string{"X-Long: " + long(16<<10-7)}, 400},
		"headers below 64K":        {"GET", "/", many(7), 200},
		"headers beyond 64K":       {"GET", "/", many(8), 400},
		"30 addresses":             {"GET", "/", []string{"X-Forwarded-For: 1" + strings.Repeat(", 1", 29)}, 200},
		"31 addresses":             {"GET", "/", []string{"X-Forwarded-For: 1" + strings.Repeat(", 1", 30)}, 463},
		"31 addresses, two fields": {"GET", "/", []string{"X-Forwarded-For: 1", "X-Forwarded-For: 1" + strings.Repeat(", 1", 29)}, 463},
	} {
		r := s.send(c, tc.method, address+tc.path, "", tc.headers...)
		assert.Equal(t, tc.want, r.StatusCode, name)
		assert.Equal(t, "awselb/2.0", r.Header.Get("Server"))
		assert.Equal(t, tc.want, s.requests()[len(s.requests())-1].Status, name)
	}
}

func TestAnswersLookLikeAWS(t *testing.T) {
	assert.Equal(t, "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"+
		"<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n", page(503))
	assert.Contains(t, page(504), "504 Gateway Time-out")
	assert.Contains(t, page(502), "502 Bad Gateway")
	assert.Contains(t, page(464), "<h1>464</h1>")

	s := newSite(t, 0)
	s.serve(web(fixed("204", "", "")))
	r := s.get("http://" + siteName)
	assert.Equal(t, 204, r.StatusCode)
	assert.Empty(t, r.Header.Get("Content-Type"))
}

func TestWeights(t *testing.T) {
	a, b, c := &group{}, &group{}, &group{}
	count := func(s *shares, n int) map[*group]int {
		out := map[*group]int{}
		for range n {
			out[s.next()]++
		}
		return out
	}
	spread := func(weights ...int) *shares {
		out := &shares{}
		for i, w := range weights {
			out.all = append(out.all, &share{group: []*group{a, b, c}[i], weight: w})
		}
		return out
	}
	assert.Equal(t, map[*group]int{a: 30, b: 10}, count(spread(3, 1), 40))
	assert.Equal(t, map[*group]int{a: 20, c: 20}, count(spread(1, 0, 1), 40))
	assert.Equal(t, map[*group]int{a: 40}, count(spread(0), 40), "a weight is among others")
	assert.Equal(t, map[*group]int{nil: 40}, count(spread(0, 0), 40))
}
