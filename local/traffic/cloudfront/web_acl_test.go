package cloudfront_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

const aclARN = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/acl/1"

// guarding is what the web ACL of all tests is made of: it blocks a path, a country, an
// address and large bodies, and answers one path with a page of its own.
var guarding = &account.Resources{
	IPSets: []account.IPSet{{ARN: "arn:set", Addresses: []string{"198.51.100.66/32"}}},
	WebACLs: []account.WebACL{{
		ARN: aclARN, Scope: "CLOUDFRONT", Rules: []account.WebACLRule{
			blocking("path", account.BlockAction{}, path("/admin")), blocking("page", ownPage, path("/page")),
			blocking("country", account.BlockAction{}, countries("KP")), blocking("address", account.BlockAction{}, inSet("arn:set")),
			blocking("body", account.BlockAction{}, largerThan(10_000)),
		},
		CustomResponseBodies: []struct{ Key, Content, ContentType string }{{Key: "page", Content: "later", ContentType: "TEXT_PLAIN"}},
	}},
}

func blocking(name string, action account.BlockAction, s account.Statement) account.WebACLRule {
	rule := account.WebACLRule{Name: name, Statement: s}
	rule.Action.Block = &action
	return rule
}

var ownPage = func() account.BlockAction {
	var a account.BlockAction
	a.CustomResponse = &struct {
		ResponseCode          int
		CustomResponseBodyKey string
		ResponseHeaders       []account.Header
	}{429, "page", []account.Header{{Name: "Retry-After", Value: "60"}}}
	return a
}()

func path(prefix string) (s account.Statement) {
	s.ByteMatchStatement = &struct {
		FieldToMatch                       account.FieldToMatch
		PositionalConstraint, SearchString string
		TextTransformations                []account.TextTransformation
	}{account.FieldToMatch{URIPath: &struct{}{}}, "STARTS_WITH", prefix, nil}
	return s
}

func countries(codes ...string) (s account.Statement) {
	s.GeoMatchStatement = &struct {
		CountryCodes      []string
		ForwardedIPConfig *struct{ HeaderName string } `json:"forwardedIpConfig"`
	}{CountryCodes: codes}
	return s
}

func inSet(arn string) (s account.Statement) {
	s.IPSetReferenceStatement = &struct {
		ARN               string                       `json:"arn"`
		ForwardedIPConfig *struct{ HeaderName string } `json:"ipSetForwardedIpConfig"`
	}{ARN: arn}
	return s
}

func largerThan(bytes int) (s account.Statement) {
	s.SizeConstraintStatement = &struct {
		FieldToMatch        account.FieldToMatch
		ComparisonOperator  string
		Size                int
		TextTransformations []account.TextTransformation
	}{account.FieldToMatch{Body: &struct{ OversizeHandling string }{}}, "GT", bytes, nil}
	return s
}

func guarded(d *account.Distribution) { d.WebACLARN = aclARN }

// A request that the web ACL blocks is answered before anything else is done with it.
func TestTheWebACLIsAskedFirst(t *testing.T) {
	w := newWorld(t, site(guarded, func(d *account.Distribution) { d.Default.AllowedMethods = []string{"GET", "HEAD"} }))
	w.origin(443, w.originTLS(), ok)
	for url, method := range map[string]string{
		"https://" + viewerName + "/admin": "GET", "http://" + viewerName + "/admin": "GET", "https://" + viewerName + "/admin/x": "POST",
	} {
		got := w.do(w.client(viewer{}), w.request(method, url, nil))
		assert.Equal(t, 403, got.StatusCode, url)
		assert.Equal(t, "Error from cloudfront", got.Header.Get("X-Cache"))
		assert.Equal(t, "CloudFront", got.Header.Get("Server"))
		assert.Contains(t, got.body, "Request blocked.")
	}
	assert.Equal(t, 200, w.get("https://"+viewerName+"/").StatusCode)
	assert.Equal(t, 301, w.get("http://"+viewerName+"/").StatusCode)
}

func TestAWebACLHasItsOwnPage(t *testing.T) {
	w := newWorld(t, site(guarded))
	got := w.get("https://" + viewerName + "/page")
	assert.Equal(t, 429, got.StatusCode)
	assert.Equal(t, "later", got.body)
	assert.Equal(t, "text/plain", got.Header.Get("Content-Type"))
	assert.Equal(t, "60", got.Header.Get("Retry-After"))
	assert.Equal(t, "Error from cloudfront", got.Header.Get("X-Cache"))
}

// Over each HTTP version the web ACL sees who asks.
func TestTheWebACLSeesTheViewer(t *testing.T) {
	w := newWorld(t, site(guarded))
	w.origin(443, w.originTLS(), ok)
	korea, monitor := wire.Internet(), wire.Internet()
	korea.Country, monitor.Address = "KP", netip.MustParseAddr("198.51.100.66")
	for _, version := range []string{"HTTP/1.1", "HTTP/2", "HTTP/3"} {
		for status, from := range map[int][]wire.Source{200: {wire.Internet()}, 403: {korea, monitor}} {
			for _, source := range from {
				got := w.do(w.client(viewer{from: source, version: version}), w.request("GET", "https://"+viewerName+"/", nil))
				assert.Equal(t, status, got.StatusCode, "%s from %v", version, source)
			}
		}
	}
}

// A body is inspected whether its length is said or not, and passed on whole.
func TestTheWebACLSeesBodies(t *testing.T) {
	w := newWorld(t, site(guarded))
	w.origin(443, w.originTLS(), echo)
	for _, bytes := range []int{10_000, 10_001} {
		for _, body := range []any{"said", "not said"} {
			r := w.request("POST", "https://"+viewerName+"/", strings.NewReader(strings.Repeat("x", bytes)))
			if body == "not said" {
				r.ContentLength = -1
			}
			got := w.do(w.client(viewer{}), r)
			if bytes > 10_000 {
				assert.Equal(t, 403, got.StatusCode, body)
				continue
			}
			require.Equal(t, 200, got.StatusCode, body)
			assert.Len(t, got.body, bytes, body)
		}
	}
}
