package alb

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/traffic/account"
)

// echoes answers with the version that arrived, and to gRPC as gRPC does.
func echoes(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	w.Header().Set("Spoken", r.Proto)
	if isGRPC(r) {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Trailer", "Grpc-Status")
		_, _ = w.Write(body)
		w.Header().Set("Grpc-Status", "7")
		return
	}
	_, _ = w.Write(body)
}

func TestVersionsThatTargetGroupsTake(t *testing.T) {
	const (
		http1 = "HTTP/1.1"
		http2 = "HTTP/2"
		grpc  = "gRPC"
	)
	for _, protocol := range []string{"HTTP", "HTTPS"} {
		for _, tc := range []struct {
			request, method, group string
			want                   int
		}{
			{http1, "GET", versionHTTP1, 200}, {http1, "GET", "HTTP2", 464}, {http1, "GET", versionGRPC, 464},
			{http1, "POST", versionHTTP1, 200}, {http1, "POST", "HTTP2", 464}, {http1, "POST", versionGRPC, 464},
			{http2, "GET", versionHTTP1, 200}, {http2, "GET", "HTTP2", 200}, {http2, "GET", versionGRPC, 464},
			{http2, "POST", versionHTTP1, 200}, {http2, "POST", "HTTP2", 200}, {http2, "POST", versionGRPC, 200},
			{grpc, "POST", versionHTTP1, 464}, {grpc, "POST", "HTTP2", 200}, {grpc, "POST", versionGRPC, 200},
		} {
			t.Run(tc.request+" "+tc.method+" to "+tc.group+" over "+protocol, func(t *testing.T) {
				s := newSite(t, 0)
				s.versioned(tc.group, protocol)
				c := s.client(speaking("HTTP/2"))
				if tc.request == http1 {
					c = s.client(speaking("HTTP/1.1"))
				}
				var headers []string
				if tc.request == grpc {
					headers = []string{"Content-Type: application/grpc+proto", "Te: trailers"}
				}
				body := ""
				if tc.method == "POST" {
					body = "hello"
				}
				r := s.send(c, tc.method, "https://"+siteName+"/p", body, headers...)
				assert.Equal(t, tc.want, r.StatusCode)
				e := s.requests()[0]
				assert.Equal(t, tc.want, e.Status)
				assert.Equal(t, tc.want == 464, e.Answered)
				if tc.want == 464 {
					assert.Equal(t, "awselb/2.0", r.Header.Get("Server"))
					return
				}
				assert.Equal(t, body, r.text)
				assert.Equal(t, map[bool]string{true: "HTTP/1.1", false: "HTTP/2.0"}[tc.group == versionHTTP1], r.Header.Get("Spoken"))
				if tc.request == grpc {
					assert.Equal(t, "7", r.Trailer.Get("Grpc-Status"))
				}
			})
		}
	}
}

// versioned serves a group of a version with a target that speaks it, and no
// other.
func (s *site) versioned(version, protocol string) {
	s.t.Helper()
	speaks := speaking("HTTP/1.1")
	if version != versionHTTP1 {
		speaks = speaking("HTTP/2", "h2c")
	}
	if protocol == "HTTPS" {
		s.target(targetAddress, 8080, speaks, s.shows("another.example.com"), echoes)
	} else {
		s.target(targetAddress, 8080, speaks, nil, echoes)
	}
	s.serve(single(account.TargetGroup{ProtocolVersion: version, Protocol: protocol}, at(targetAddress, 8080)))
}

func TestTheVersionIsJudgedBeforeTargets(t *testing.T) {
	s := newSite(t, 0)
	s.serve(single(account.TargetGroup{ProtocolVersion: "HTTP2"}))
	assert.Equal(t, 464, s.get("https://"+siteName).StatusCode)
	assert.Equal(t, 503, s.send(s.client(speaking("HTTP/2")), "GET", "https://"+siteName, "").StatusCode)
}

func TestWhatGRPCIs(t *testing.T) {
	for _, tc := range []struct {
		major         int
		method, media string
		want          bool
	}{
		{2, "POST", "application/grpc", true}, {2, "POST", "Application/gRPC+json", true}, {2, "POST", "application/grpc; a=b", true},
		{2, "POST", "application/grpc-web", false}, {2, "POST", "text/plain", false}, {2, "POST", "", false},
		{2, "GET", "application/grpc", false}, {1, "POST", "application/grpc", false},
	} {
		req := &http.Request{ProtoMajor: tc.major, Method: tc.method, Header: http.Header{"Content-Type": {tc.media}}}
		assert.Equal(t, tc.want, isGRPC(req), "%+v", tc)
	}
}
