package accesslog_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/traffic/accesslog"
)

var (
	created = time.Date(2018, 7, 2, 22, 22, 48, 364000000, time.UTC)
	client  = netip.MustParseAddrPort("[2001:db8::7]:2817")
)

func TestALineOfALoadBalancer(t *testing.T) {
	r := accesslog.Request{
		Type: "https", Created: created, At: created.Add(12 * time.Second), LoadBalancer: "web", ID: "app/web/50dc6c495c0c9188",
		Client: client, Target: netip.MustParseAddrPort("10.0.0.1:80"),
		RequestTime: 86 * time.Millisecond, TargetTime: 48 * time.Millisecond, ResponseTime: 37 * time.Millisecond,
		Status: 200, TargetStatus: 200, Received: 34, Sent: 57, Method: "GET", URL: "https://www.example.com:443/", Version: "HTTP/1.1",
		UserAgent: "curl/7.46.0", Cipher: "ECDHE-RSA-AES128-GCM-SHA256", TLS: "TLSv1.2", TargetGroupARN: "arn:group", Trace: "Root=1-5-2",
		SNI: "www.example.com", CertificateARN: "arn:cert", Rule: "1", Action: "forward", Connection: "TID_1", Node: netip.MustParseAddr("198.51.100.1"),
	}
	assert.Equal(t, accesslog.Line{Log: accesslog.LoadBalancerRequests, Name: "web", Text: `https 2018-07-02T22:23:00.364000Z app/web/50dc6c495c0c9188 ` +
		`[2001:db8::7]:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 34 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ` +
		`ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:group "Root=1-5-2" "www.example.com" "arn:cert" 1 2018-07-02T22:22:48.364000Z ` +
		`"forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1 "-" "-" "-" 198.51.100.1`}, r.Line())

	r.Target, r.TargetStatus, r.Status, r.Rule = netip.AddrPort{}, 0, 400, ""
	r.RequestTime, r.TargetTime, r.ResponseTime = accesslog.Unknown, accesslog.Unknown, accesslog.Unknown
	r.Method, r.URL, r.Version = "", "", ""
	r.UserAgent = "a\" 200 200\nhttps \\"
	text := r.Line().Text
	assert.Contains(t, text, ` [2001:db8::7]:2817 - -1 -1 -1 400 - 34 57 "- - -" `)
	assert.Contains(t, text, ` "a\" 200 200\nhttps \\" `, "a client cannot forge a line")
	assert.NotContains(t, text, "\n")
	assert.Contains(t, text, ` "arn:cert" - `, "no rule")
}

func TestALineOfAConnection(t *testing.T) {
	c := accesslog.Connection{
		At: created, LoadBalancer: "web", ID: "app/web/5", Client: client, Port: 443, TLS: "TLSv1.3", Cipher: "TLS_AES_128_GCM_SHA256",
		KeyExchange: "X25519", Handshake: 4 * time.Millisecond, Status: accesslog.HandshakeDone, Connection: "TID_1", Node: netip.MustParseAddr("198.51.100.1"),
	}
	assert.Equal(t, accesslog.LoadBalancerConnections, c.Line().Log)
	assert.Equal(t, `2018-07-02T22:22:48.364000Z 2001:db8::7 2817 443 TLSv1.3 TLS_AES_128_GCM_SHA256 0.004 "-" - - Success TID_1 X25519 app/web/5 198.51.100.1`, c.Line().Text)
	c = accesslog.Connection{At: created, Client: client, Port: 443, Status: accesslog.HandshakeFailed, Connection: "TID_1", ID: "app/web/5", Node: c.Node}
	assert.Contains(t, c.Line().Text, ` 443 - - - "-" - - Failed:UnmappedConnectionError TID_1 - `)
}

func TestALineOfADistribution(t *testing.T) {
	v := accesslog.Viewed{
		At: created, Distribution: "E1", DomainName: "d1.cloudfront.net", Location: "LAX1", Client: client, Method: "GET", Host: "www.example.com",
		Path: "/a%20b", Query: "q=<1>", Received: 23, Sent: 392, Status: 0,
		Header: http.Header{"User-Agent": {"Mozilla/5.0 (X11)\t\xff"}, "Cookie": {"session=s3cret"}, "X-From": {"s3cret"}},
		Result: accesslog.ResultError, Detail: accesslog.OriginDNSError, RequestID: "SOX==", Protocol: "https", HTTP: "HTTP/2.0",
		TLS: "TLSv1.2", Cipher: "ECDHE-RSA-AES128-GCM-SHA256", Took: time.Millisecond, FirstByte: time.Millisecond, ContentType: "text/html; charset=utf-8", Length: "78",
	}
	line := v.Line()
	assert.Equal(t, accesslog.DistributionRequests, line.Log)
	assert.Equal(t, "E1", line.Name)
	fields := strings.Split(line.Text, "\t")
	names := strings.Fields(accesslog.DistributionHead[strings.Index(accesslog.DistributionHead, "#Fields:")+len("#Fields:"):])
	assert.Len(t, names, 33)
	assert.Len(t, fields, len(names))
	named := map[string]string{}
	for i, name := range names {
		named[name] = fields[i]
	}
	for name, want := range map[string]string{
		"date": "2018-07-02", "time": "22:22:48", "c-ip": "2001:db8::7", "c-port": "2817", "cs(Host)": "d1.cloudfront.net",
		"x-host-header": "www.example.com", "cs-uri-stem": "/a%2520b", "cs-uri-query": "q=%3C1%3E", "sc-status": "000", "cs(Referer)": "-",
		"cs(User-Agent)": "Mozilla/5.0%20(X11)%09%FF", "cs(Cookie)": "-", "x-edge-result-type": "Error", "x-edge-response-result-type": "Error",
		"x-edge-detailed-result-type": "OriginDnsError", "sc-content-type": "text/html;%20charset=utf-8", "sc-content-len": "78",
		"sc-range-start": "-", "time-taken": "0.001", "cs-bytes": "23", "sc-bytes": "392",
	} {
		assert.Equal(t, want, named[name], name)
	}
	assert.NotContains(t, line.Text, "s3cret", "neither cookies nor other headers are logged")
}
