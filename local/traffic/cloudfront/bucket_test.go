package cloudfront_test

import (
	"io"
	"net/http"
	"net/netip"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/cloudfront"
	"github.com/portico-iac/portico/local/traffic/s3"
	"github.com/portico-iac/portico/local/traffic/wire"
)

const (
	bucketName     = "site.s3.us-east-1.amazonaws.com"
	distributionID = "arn:aws:cloudfront::123456789012:distribution/E1"
)

var bucketAddress = netip.MustParseAddr("198.18.128.1")

// readable is a policy that lets the distribution read.
const readable = `{"Statement": {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
	"Resource": "arn:aws:s3:::site/*", "Condition": {"ArnEquals": {"aws:SourceArn": "` + distributionID + `"}}}}`

// bucket serves a bucket with two objects.
func (w *world) bucket(policy string) {
	w.names[bucketName] = bucketAddress
	running, err := s3.Serve(w.network, s3.Options{
		Region: "us-east-1", Authority: w.authority, Sink: w.events.Note,
		Place: wire.Place{Name: "s3.us-east-1.amazonaws.com", Addresses: []netip.Addr{bucketAddress}, Open: true},
		Buckets: []s3.Bucket{{
			Bucket: account.Bucket{Name: "site", ARN: "arn:aws:s3:::site", Region: "us-east-1"}, Policy: policy, BlocksPublic: true,
			Files: fstest.MapFS{"index.html": {Data: []byte("index")}, "error.html": {Data: []byte("sorry")}, "assets/a.js": {Data: []byte("a")}},
		}},
	})
	require.NoError(w, err)
	w.Cleanup(func() { require.NoError(w, running.Close()) })
}

// atBucket makes the bucket the origin of a distribution.
func atBucket(d *account.Distribution) {
	d.ARN = distributionID
	d.Origins = []account.Origin{{OriginID: "app", DomainName: bucketName, OriginAccessControlID: "always"}}
}

// newBucketWorld serves a distribution before a bucket, with an access control of each
// behavior, named after it.
func newBucketWorld(t *testing.T, policy string, changes ...func(*account.Distribution)) *world {
	w := newWorldAt(t, noTime)
	require.NoError(t, w.fleet.Close())
	w.bucket(policy)
	opts := w.options(site(append([]func(*account.Distribution){atBucket}, changes...)...))
	for _, behavior := range []string{"always", "never", "no-override"} {
		opts.AccessControls = append(opts.AccessControls, account.OriginAccessControl{ID: behavior, SigningBehavior: behavior})
	}
	var err error
	w.fleet, err = cloudfront.Serve(w.network, opts)
	require.NoError(t, err)
	return w
}

func TestABucketAsOrigin(t *testing.T) {
	control := func(id string) func(*account.Distribution) {
		return func(d *account.Distribution) { d.Origins[0].OriginAccessControlID = id }
	}
	forwards := func(policy string) func(*account.Distribution) {
		return func(d *account.Distribution) { d.Default.OriginRequestPolicyID = policy }
	}
	for name, tc := range map[string]struct {
		policy        string
		change        func(*account.Distribution)
		authorization string
		path          string
		status        int
		body          string
	}{
		"signed":                              {readable, control("always"), "", "/assets/a.js", 200, "a"},
		"not signed":                          {readable, control(""), "", "/assets/a.js", 403, "AccessDenied"},
		"never signed":                        {readable, control("never"), "", "/assets/a.js", 403, "AccessDenied"},
		"signed for want of the viewer's":     {readable, control("no-override"), "", "/assets/a.js", 200, "a"},
		"the viewer's is not forwarded":       {readable, control("no-override"), "Bearer x", "/assets/a.js", 200, "a"},
		"no policy":                           {"", control("always"), "", "/assets/a.js", 403, "AccessDenied"},
		"a missing key":                       {readable, control("always"), "", "/none", 403, "AccessDenied"},
		"the origin's path":                   {readable, func(d *account.Distribution) { d.Origins[0].OriginPath = "/assets" }, "", "/a.js", 200, "a"},
		"the default root object":             {readable, func(d *account.Distribution) { d.DefaultRootObject = "index.html" }, "", "/", 200, "index"},
		"no default root object":              {readable, control("always"), "", "/", 403, "AccessDenied"},
		"the Host header is forwarded":        {readable, forwards(allViewer), "", "/assets/a.js", 403, "SignatureDoesNotMatch"},
		"all but the Host header is":          {readable, forwards(exceptHost), "Bearer x", "/assets/a.js", 200, "a"},
		"the Host header, without signature":  {readable, func(d *account.Distribution) { control("")(d); forwards(hostOnly)(d) }, "", "/assets/a.js", 403, "AccessDenied"},
		"the viewer's signature is forwarded": {readable, func(d *account.Distribution) { control("no-override")(d); forwards(exceptHost)(d) }, "Bearer x", "/assets/a.js", 403, "SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newBucketWorld(t, tc.policy, tc.change)
			r := w.request("GET", "https://"+viewerName+tc.path, nil)
			if tc.authorization != "" {
				r.Header.Set("Authorization", tc.authorization)
			}
			got := w.do(w.client(viewer{}), r)
			assert.Equal(t, tc.status, got.StatusCode)
			assert.Contains(t, got.body, tc.body)
			events := w.events.Of(wire.Request)
			assert.Equal(t, []string{wire.HopBucket, wire.HopDistribution}, []string{events[0].Hop, events[1].Hop})
			assert.Equal(t, "TLSv1.2", events[0].TLS)
		})
	}
}

// A bucket is asked with the protocol of the viewer, but what is signed is sent over TLS.
func TestTheProtocolToABucket(t *testing.T) {
	for control, secure := range map[string]bool{"always": true, "never": false} {
		w := newBucketWorld(t, readable, func(d *account.Distribution) {
			d.Origins[0].OriginAccessControlID, d.Default.ViewerProtocolPolicy = control, "allow-all"
		})
		w.get("http://" + viewerName + "/index.html")
		assert.Equal(t, secure, w.events.Of(wire.Request)[0].TLS != "", control)
	}
}

// The secondary origin of a group is asked if the primary one fails as the group says.
func TestFailover(t *testing.T) {
	for name, tc := range map[string]struct {
		statuses    []int
		method      string
		unreachable bool // the primary origin
		status      int
		body        string
	}{
		"the primary one answers":               {[]int{500}, "GET", false, 404, "primary"},
		"with a status of the group":            {[]int{500, 404}, "GET", false, 200, "secondary"},
		"HEAD":                                  {[]int{404}, "HEAD", false, 200, ""},
		"OPTIONS":                               {[]int{404}, "OPTIONS", false, 200, "secondary"},
		"POST":                                  {[]int{404}, "POST", false, 404, "primary"},
		"no connection, and 503 in the group":   {[]int{503}, "GET", true, 200, "secondary"},
		"no connection, and no 503 in the list": {[]int{500, 502, 504, 404}, "GET", true, 502, "resolve"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, site(func(d *account.Distribution) {
				second := d.Origins[0]
				second.OriginID, second.DomainName, second.OriginPath = "spare", "spare.example.com", "/spare"
				d.Origins = append(d.Origins, second)
				group := account.OriginGroup{OriginID: "both", Members: []struct {
					OriginID string `json:"originId"`
				}{{"app"}, {"spare"}}}
				group.FailoverCriteria.StatusCodes = tc.statuses
				d.OriginGroups, d.Default.TargetOriginID = []account.OriginGroup{group}, "both"
			}))
			w.names["spare.example.com"] = originAddress
			if tc.unreachable {
				delete(w.names, originName)
			}
			w.origin(443, w.originTLS(originName, "spare.example.com"), func(rw http.ResponseWriter, r *http.Request) {
				if r.Host == originName {
					rw.WriteHeader(http.StatusNotFound)
					_, _ = io.WriteString(rw, "primary")
					return
				}
				assert.Equal(t, "/spare/x", r.URL.Path)
				_, _ = io.WriteString(rw, "secondary")
			})
			got := w.do(w.client(viewer{}), w.request(tc.method, "https://"+viewerName+"/x", nil))
			assert.Equal(t, tc.status, got.StatusCode)
			assert.Contains(t, got.body, tc.body)
		})
	}
}

// pages puts a page in place of an error.
func pages(status int, path string, shown int) func(*account.Distribution) {
	return func(d *account.Distribution) {
		d.CustomErrorResponses = append(d.CustomErrorResponses, account.CustomErrorResponse{
			ErrorCode: status, ErrorCachingMinTTL: 10, ResponsePagePath: path, ResponseCode: shown,
		})
	}
}

func TestPagesInPlaceOfErrors(t *testing.T) {
	onlyGet := func(d *account.Distribution) { d.Default.AllowedMethods = []string{"GET"} }
	none := func(*account.Distribution) {}
	for name, tc := range map[string]struct {
		changes []func(*account.Distribution)
		method  string
		status  int
		body    string
		own     bool // CloudFront answers
	}{
		"a page with a status of its own": {[]func(*account.Distribution){pages(403, "/index.html", 200), none}, "GET", 200, "index", true},
		"a page with the error's status":  {[]func(*account.Distribution){pages(403, "/error.html", 0), none}, "GET", 403, "sorry", true},
		"of another status":               {[]func(*account.Distribution){pages(404, "/error.html", 200), none}, "GET", 403, "AccessDenied", false},
		"a page that is missing":          {[]func(*account.Distribution){pages(403, "/gone.html", 200), none}, "GET", 403, "AccessDenied", false},
		"HEAD":                            {[]func(*account.Distribution){pages(403, "/index.html", 200), none}, "HEAD", 200, "", true},
		"an error of CloudFront's own":    {[]func(*account.Distribution){pages(403, "/index.html", 200), onlyGet}, "DELETE", 200, "index", true},
	} {
		for _, policy := range []string{disabled, optimized} {
			t.Run(name+" "+policy[:4], func(t *testing.T) {
				w := newBucketWorld(t, readable, append(tc.changes, func(d *account.Distribution) { d.Default.CachePolicyID = policy })...)
				for range 2 {
					got := w.do(w.client(viewer{}), w.request(tc.method, "https://"+viewerName+"/some/route", nil))
					assert.Equal(t, tc.status, got.StatusCode)
					assert.Contains(t, got.body, tc.body)
					assert.Equal(t, []string{"Error from cloudfront"}, got.Header.Values("X-Cache"))
					events := w.events.Of(wire.Request)
					last := events[len(events)-1]
					assert.Equal(t, wire.HopDistribution, last.Hop)
					assert.Equal(t, tc.own, last.Answered)
					assert.Equal(t, "/some/route", last.Path)
				}
			})
		}
	}
}

// The page comes from the origin of its own path, so that it is there when the other fails.
func TestAPageForAnOriginThatFails(t *testing.T) {
	w := newBucketWorld(t, readable, func(d *account.Distribution) {
		app := site().Origins[0]
		d.Origins[0].OriginID = "files"
		d.Origins = append(d.Origins, app)
		files := d.Default
		files.TargetOriginID = "files"
		d.Ordered = []account.OrderedCacheBehavior{{PathPattern: "/error.html", CacheBehavior: files}}
	}, pages(502, "/error.html", 503))
	delete(w.names, originName)
	got := w.get("https://" + viewerName + "/")
	assert.Equal(t, 503, got.StatusCode)
	assert.Equal(t, "sorry", got.body)
}

// A page that comes from the origin that fails is no help: the error is CloudFront's own.
func TestAPageOfTheOriginThatFails(t *testing.T) {
	w := newWorld(t, site(pages(502, "/error.html", 503)))
	delete(w.names, originName)
	got := w.get("https://" + viewerName + "/")
	assert.Equal(t, 502, got.StatusCode)
	assert.Equal(t, "Error from cloudfront", got.Header.Get("X-Cache"))
	assert.True(t, w.events.Of(wire.Request)[0].Answered)
}
