package cloudfront_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/edgefunction"
	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/cloudfront"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/local/traffic/wiretest"
)

// running serves a distribution whose default behavior runs functions, by event, before an
// origin that answers with what it was asked.
func running(t *testing.T, code map[string]string, changes ...func(*account.Distribution)) (*world, *wiretest.Lines) {
	w, lines := newWorld(t), &wiretest.Lines{}
	require.NoError(t, w.fleet.Close())
	var functions []account.Function
	d := site(changes...)
	for event, source := range code {
		functions = append(functions, account.Function{Name: event, ARN: "arn:" + event, Code: source})
		d.Default.FunctionAssociations = append(d.Default.FunctionAssociations, account.FunctionAssociation{EventType: event, FunctionARN: "arn:" + event})
	}
	opts := w.options(d)
	opts.Functions, opts.AccessLog = functions, lines.Note
	var err error
	w.fleet, err = cloudfront.Serve(w.network, opts)
	require.NoError(t, err)
	w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("X-From-Origin", "yes")
		if strings.HasPrefix(r.URL.Path, "/missing") {
			rw.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(rw, r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("X-Added")+" "+r.Header.Get("Cookie"))
	})
	return w, lines
}

func TestPorticosOwnRedirects(t *testing.T) {
	rules := edgefunction.Rules{TrailingSlash: edgefunction.AddSlash, Names: map[string]string{viewerName: "example.com"}}
	w, lines := running(t, map[string]string{"viewer-request": rules.Code()})
	got := w.get("https://" + viewerName + "/docs?a=%20&b")
	assert.Equal(t, []any{301, "https://example.com/docs/?a=%20&b", "FunctionGeneratedResponse from cloudfront", "max-age=3600", "CloudFront", ""},
		[]any{got.StatusCode, got.Header.Get("Location"), got.Header.Get("X-Cache"), got.Header.Get("Cache-Control"), got.Header.Get("Server"), got.body})
	assert.True(t, w.events.Of(wire.Request)[0].Answered)
	line := strings.Split(lines.Await(t, accesslog.DistributionRequests, 1)[0], "\t")
	assert.Equal(t, []string{"301", "FunctionGeneratedResponse", "FunctionGeneratedResponse"}, []string{line[fieldStatus], line[fieldResult], line[fieldDetail]})
	plain := w.get("http://" + viewerName + "/docs")
	assert.Equal(t, []any{301, "https://" + viewerName + "/docs"}, []any{plain.StatusCode, plain.Header.Get("Location")}, "the viewer protocol policy comes first")
}

// A function changes what the cache and the origin are asked for, and not the behavior.
func TestAFunctionChangesRequestsAndAnswers(t *testing.T) {
	w, _ := running(t, map[string]string{
		"viewer-request": `function handler(event) { var r = event.request; r.uri = '/new' + r.uri.replace('/old', '');
			r.querystring = 'only=this'; r.headers['x-added'] = { value: 'a' }; return r; }`,
		"viewer-response": `function handler(event) { var r = event.response; r.headers['x-seen'] = { value: event.request.uri };
			delete r.headers['x-from-origin']; r.statusCode = 203; return r; }`,
	}, func(d *account.Distribution) {
		d.Default.OriginRequestPolicyID, d.Default.CachePolicyID = exceptHost, optimized
		d.Ordered = []account.OrderedCacheBehavior{{PathPattern: "/new/*", CacheBehavior: account.CacheBehavior{TargetOriginID: "app", CachePolicyID: disabled}}}
	})
	for _, cached := range []string{"Miss from cloudfront", "Hit from cloudfront"} {
		got := w.get("https://" + viewerName + "/old/page?a=b")
		assert.Equal(t, []any{203, "GET /new/page?only=this a ", "/new/page", "", cached},
			[]any{got.StatusCode, got.body, got.Header.Get("X-Seen"), got.Header.Get("X-From-Origin"), got.Header.Get("X-Cache")})
	}
}

func TestAFunctionDoesNotSeeErrors(t *testing.T) {
	w, _ := running(t, map[string]string{"viewer-response": `function handler(event) { return { statusCode: 200 }; }`},
		func(d *account.Distribution) { d.Default.OriginRequestPolicyID = exceptHost })
	got := w.get("https://" + viewerName + "/missing")
	assert.Equal(t, []any{404, "yes"}, []any{got.StatusCode, got.Header.Get("X-From-Origin")})
}

func TestFunctionsThatFail(t *testing.T) {
	for name, tc := range map[string]struct {
		event, code string
		status      int
		detail      string
	}{
		"an exception":          {"viewer-request", `function handler(event) { throw 'no'; }`, 503, "FunctionExecutionError"},
		"no answer":             {"viewer-request", `function handler(event) {}`, 502, "FunctionValidationError"},
		"no path":               {"viewer-request", `function handler(event) { event.request.uri = '/%zz'; return event.request; }`, 502, "FunctionValidationError"},
		"an exception, later":   {"viewer-response", `function handler(event) { throw 'no'; }`, 503, "FunctionExecutionError"},
		"a wrong header, later": {"viewer-response", `function handler(event) { event.response.headers['x-cache'] = { value: 'Hit' }; return event.response; }`, 502, "FunctionValidationError"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, lines := running(t, map[string]string{tc.event: tc.code})
			got := w.get("https://" + viewerName + "/")
			assert.Equal(t, []any{tc.status, "Error from cloudfront"}, []any{got.StatusCode, got.Header.Get("X-Cache")})
			line := strings.Split(lines.Await(t, accesslog.DistributionRequests, 1)[0], "\t")
			assert.Equal(t, []string{"Error", tc.detail}, []string{line[fieldResult], line[fieldDetail]})
		})
	}
}

func TestFunctionsThatCannotBeServed(t *testing.T) {
	w := newWorld(t)
	opts := w.options(site(func(d *account.Distribution) {
		d.Default.FunctionAssociations = []account.FunctionAssociation{{EventType: "viewer-request", FunctionARN: "arn:f"}}
	}))
	_, err := cloudfront.Serve(wire.New(nil, wire.Clock{}), opts)
	assert.ErrorContains(t, err, `distribution "E1": defaultCacheBehavior: functionAssociations: there is no function "arn:f"`)
	opts.Functions = []account.Function{{Name: "f", ARN: "arn:f", Code: "import cf from 'cloudfront';"}}
	_, err = cloudfront.Serve(wire.New(nil, wire.Clock{}), opts)
	assert.ErrorContains(t, err, "the code of the function f cannot be run here")
}
