package s3

import (
	"context"
	"crypto/md5"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/sigv4"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/local/traffic/wiretest"
)

const (
	region   = "ap-northeast-1"
	endpoint = "site.s3." + region + ".amazonaws.com"
	source   = "arn:aws:cloudfront::123456789012:distribution/E1"
)

// grant is a statement of a policy that lets the distribution do something.
func grant(action, resource string) string {
	return fmt.Sprintf(`{"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "%s", "Resource": "arn:aws:s3:::site%s",
		"Condition": {"StringEquals": {"AWS:SourceArn": "%s"}}}`, action, resource, source)
}

var (
	getting        = grant("s3:GetObject", "/*")
	listingAllowed = grant("s3:ListBucket", "")
	everyone       = `{"Effect": "Allow", "Principal": "*", "Action": ["s3:Get*", "s3:List*"], "Resource": ["arn:aws:s3:::site", "arn:aws:s3:::site/*"]}`
	tlsOnly        = `{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "arn:aws:s3:::site/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`
)

func document(statements ...string) string {
	return `{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ",") + `]}`
}

// bench is S3 with one bucket.
type bench struct {
	*testing.T
	network   *wire.Network
	authority *pki.Authority
	events    wiretest.Events
}

func newBench(t *testing.T, b Bucket) *bench {
	t.Helper()
	authority, err := pki.New()
	require.NoError(t, err)
	w := &bench{T: t, network: wire.New(nil, wire.Clock{}), authority: authority}
	b.Name, b.ARN, b.Region = "site", "arn:aws:s3:::site", region
	if b.Files == nil {
		b.Files = fstest.MapFS{"index.html": {Data: []byte("<p>hello")}, "assets/a b.js": {Data: []byte("alert(1)")}, "assets/c.bin": {Data: []byte{1}}}
	}
	s, err := Serve(w.network, Options{
		Region: region, Buckets: []Bucket{b}, Authority: authority, Sink: w.events.Note,
		Place: wire.Place{Name: "s3." + region + ".amazonaws.com", Addresses: []netip.Addr{netip.MustParseAddr("198.18.128.1")}, Open: true},
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		require.NoError(t, w.network.Close())
	})
	return w
}

// response is a response whose body is read.
type response struct {
	StatusCode int
	Header     http.Header
}

// ask sends a request, signed as by the distribution or not.
func (w *bench) ask(method, url string, signed bool, changes ...func(*http.Request)) (response, string) {
	w.Helper()
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: w.authority.Roots()}, DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, at string) (net.Conn, error) {
			_, port, _ := strings.Cut(at, ":")
			return w.network.Dial(ctx, wire.Internet(), netip.MustParseAddrPort("198.18.128.1:"+port))
		},
	}
	r, err := http.NewRequest(method, url, nil)
	require.NoError(w, err)
	if signed {
		sigv4.Sign(r, sigv4.Caller{Service: "cloudfront.amazonaws.com", SourceARN: source}, endpoint, region)
	}
	for _, change := range changes {
		change(r)
	}
	res, err := transport.RoundTrip(r)
	require.NoError(w, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(w, err)
	require.NoError(w, res.Body.Close())
	return response{res.StatusCode, res.Header}, string(body)
}

// Who asks, what the policy says and whether the key is there decide over the status.
func TestWhatABucketAnswers(t *testing.T) {
	https := "https://" + endpoint
	for name, tc := range map[string]struct {
		policy      string
		open        bool // public access is not blocked
		method, url string
		unsigned    bool
		status      int
		code        string
	}{
		"an object":                             {document(getting), false, "GET", https + "/index.html", false, 200, ""},
		"HEAD":                                  {document(getting), false, "HEAD", https + "/index.html", false, 200, ""},
		"a key with a space":                    {document(getting), false, "GET", https + "/assets/a%20b.js", false, 200, ""},
		"no policy":                             {"", false, "GET", https + "/index.html", false, 403, "AccessDenied"},
		"another distribution":                  {strings.ReplaceAll(document(getting), "/E1", "/E2"), false, "GET", https + "/index.html", false, 403, "AccessDenied"},
		"another folder":                        {document(grant("s3:GetObject", "/assets/*")), false, "GET", https + "/index.html", false, 403, "AccessDenied"},
		"no signature":                          {document(getting), false, "GET", https + "/index.html", true, 403, "AccessDenied"},
		"a missing key":                         {document(getting), false, "GET", https + "/none", false, 403, "AccessDenied"},
		"a missing key with permission to list": {document(getting, listingAllowed), false, "GET", https + "/none", false, 404, "NoSuchKey"},
		"permission to list alone":              {document(listingAllowed), false, "GET", https + "/index.html", false, 403, "AccessDenied"},
		"a folder":                              {document(getting, listingAllowed), false, "GET", https + "/assets/", false, 404, "NoSuchKey"},
		"/":                                     {document(getting), false, "GET", https + "/", false, 403, "AccessDenied"},
		"/ with permission to list":             {document(getting, listingAllowed), false, "GET", https + "/", false, 200, ""},
		"everyone":                              {document(everyone), true, "GET", https + "/index.html", true, 200, ""},
		"everyone, with public access blocked":  {document(everyone), false, "GET", https + "/index.html", true, 403, "AccessDenied"},
		"PUT":                                   {document(grant("s3:*", "/*")), false, "PUT", https + "/index.html", false, 403, "AccessDenied"},
		"OPTIONS":                               {document(grant("s3:*", "/*")), false, "OPTIONS", https + "/index.html", false, 403, "AccessForbidden"},
		"plain HTTP":                            {document(everyone), true, "GET", "http://" + endpoint + "/index.html", true, 200, ""},
		"plain HTTP, denied":                    {document(everyone, tlsOnly), true, "GET", "http://" + endpoint + "/index.html", true, 403, "AccessDenied"},
		"TLS, where plain HTTP is denied":       {document(everyone, tlsOnly), true, "GET", https + "/index.html", true, 200, ""},
		"the name without a Region":             {document(everyone), true, "GET", "https://site.s3.amazonaws.com/index.html", true, 200, ""},
		"a bucket that does not exist":          {document(everyone), true, "GET", "https://other.s3.amazonaws.com/index.html", true, 403, "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newBench(t, Bucket{Policy: tc.policy, BlocksPublic: !tc.open})
			res, body := w.ask(tc.method, tc.url, !tc.unsigned)
			assert.Equal(t, tc.status, res.StatusCode, body)
			if tc.code != "" {
				assert.Contains(t, body, "<Code>"+tc.code+"</Code>")
			}
			events := w.events.Of(wire.Request)
			require.Len(t, events, 1)
			assert.Equal(t, wire.HopBucket, events[0].Hop)
			assert.Equal(t, tc.status, events[0].Status)
			assert.True(t, events[0].Answered)
		})
	}
}

func TestAForwardedHostSpoilsTheSignature(t *testing.T) {
	w := newBench(t, Bucket{Policy: document(getting)})
	res, body := w.ask("GET", "https://"+endpoint+"/index.html", true, func(r *http.Request) { r.Host = "www.example.com" })
	assert.Equal(t, 403, res.StatusCode)
	assert.Contains(t, body, "SignatureDoesNotMatch")
	res, _ = w.ask("GET", "https://"+endpoint+"/index.html", false, func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") })
	assert.Equal(t, 403, res.StatusCode)
}

func TestObjectsAndTheirHeaders(t *testing.T) {
	w := newBench(t, Bucket{Policy: document(getting), Objects: []account.BucketObject{
		{Bucket: "site", Key: "registered.txt", Body: []byte("text"), Headers: map[string]string{"Content-Type": "text/plain", "Cache-Control": "max-age=60"},
			ETag: "of-kms", Algorithm: "aws:kms"},
		{Bucket: "site", Key: "index.html", Body: []byte("the file counts")},
	}})
	res, body := w.ask("GET", "https://"+endpoint+"/registered.txt", true)
	assert.Equal(t, "text", body)
	assert.Equal(t, []string{"text/plain", "max-age=60", "AmazonS3"}, []string{res.Header.Get("Content-Type"), res.Header.Get("Cache-Control"), res.Header.Get("Server")})
	assert.Equal(t, []string{`"of-kms"`, "aws:kms"}, []string{res.Header.Get("ETag"), res.Header.Get("X-Amz-Server-Side-Encryption")})
	res, body = w.ask("GET", "https://"+endpoint+"/index.html", true)
	assert.Equal(t, "<p>hello", body)
	assert.Equal(t, fmt.Sprintf(`"%x"`, md5.Sum([]byte(body))), res.Header.Get("ETag"))
	assert.Contains(t, res.Header.Get("Content-Type"), "text/html")
	res, _ = w.ask("GET", "https://"+endpoint+"/assets/c.bin", true)
	assert.NotEmpty(t, res.Header.Get("Content-Type"))
	res, body = w.ask("GET", "https://"+endpoint+"/index.html", true, func(r *http.Request) { r.Header.Set("Range", "bytes=3-4") })
	assert.Equal(t, 206, res.StatusCode)
	assert.Equal(t, "he", body)
}

func TestTheListOfObjects(t *testing.T) {
	w := newBench(t, Bucket{Policy: document(listingAllowed), Objects: []account.BucketObject{{Bucket: "site", Key: "assets/z"}}})
	_, body := w.ask("GET", "https://"+endpoint+"/", true)
	for _, want := range []string{"<Name>site</Name>", "<Key>assets/a b.js</Key>", "<Key>assets/z</Key>", "<Key>index.html</Key><LastModified>", "<KeyCount>4</KeyCount>"} {
		assert.Contains(t, body, want)
	}
	_, body = w.ask("GET", "https://"+endpoint+"/?list-type=2&delimiter=/", true)
	assert.Contains(t, body, "<CommonPrefixes><Prefix>assets/</Prefix></CommonPrefixes>")
	assert.NotContains(t, body, "<Key>assets/")
	_, body = w.ask("GET", "https://"+endpoint+"/?prefix=assets/", true)
	assert.NotContains(t, body, "<Key>index.html")
}

// Conditions, negations and wildcards of policies.
func TestPolicies(t *testing.T) {
	allow := func(condition string) string {
		return `{"Effect": "Allow", "Principal": "*", "Action": "s3:getobject", "Resource": "*", "Condition": ` + condition + `}`
	}
	context := map[string]string{"aws:sourcearn": source, "aws:securetransport": "true", "aws:sourceip": "203.0.113.10", "s3:tlsversion": "1.2"}
	for condition, want := range map[string]bool{
		`{}`: true,
		`{"StringEquals": {"aws:SourceArn": ["other", "` + source + `"]}}`:                           true,
		`{"StringNotEquals": {"aws:SourceArn": "` + source + `"}}`:                                   false,
		`{"ArnLike": {"AWS:SourceArn": "arn:aws:cloudfront::*:distribution/?1"}}`:                    true,
		`{"StringLike": {"aws:SourceArn": "arn:aws:cloudfront::999*"}}`:                              false,
		`{"StringEquals": {"aws:SourceVpce": "vpce-1"}}`:                                             false,
		`{"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}`:                                          true,
		`{"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}`:                                     true,
		`{"Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}`: true,
		`{"NotIpAddress": {"aws:SourceIp": "203.0.113.10"}}`:                                         false,
		`{"Null": {"aws:SourceArn": "false"}}`:                                                       true,
		`{"Null": {"aws:SourceArn": "true"}}`:                                                        false,
		`{"NumericLessThan": {"s3:TlsVersion": "1.2"}}`:                                              false,
	} {
		p, err := parsePolicy(document(allow(condition)))
		require.NoError(t, err)
		assert.Equal(t, want, p.allows(request{action: "s3:GetObject", resource: "arn:aws:s3:::site/a", context: context}), condition)
	}
	for text, want := range map[string]string{
		"{":                               "reading its policy",
		document(`{"NotPrincipal": "*"}`): "NotPrincipal is not served",
		document(allow(`{"DateLessThan": {"aws:CurrentTime": "2020"}}`)): "the condition DateLessThan is not served",
	} {
		_, err := parsePolicy(text)
		assert.ErrorContains(t, err, want)
	}
	except, err := parsePolicy(document(`{"Effect": "Allow", "Principal": {"Service": ["cloudfront.amazonaws.com"]}, "NotAction": "s3:Put*", "NotResource": "*/secret"}`))
	require.NoError(t, err)
	for r, want := range map[[3]string]bool{
		{"cloudfront.amazonaws.com", "s3:GetObject", "arn:aws:s3:::site/a"}:      true,
		{"cloudfront.amazonaws.com", "s3:PutObject", "arn:aws:s3:::site/a"}:      false,
		{"cloudfront.amazonaws.com", "s3:GetObject", "arn:aws:s3:::site/secret"}: false,
		{"", "s3:GetObject", "arn:aws:s3:::site/a"}:                              false,
	} {
		assert.Equal(t, want, except.allows(request{r[0], r[1], r[2], nil}), r)
	}
}
