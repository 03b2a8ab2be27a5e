package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	allViewer       = "216adef6-5c7f-47e4-b989-5492eafa07d3"
	allButHost      = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// distributionInputs are those of a distribution without aliases.
func distributionInputs(more object) object {
	return object{
		"enabled":              true,
		"origins":              []any{originInputs(nil)},
		"defaultCacheBehavior": behaviorInputs(nil),
		"restrictions":         object{"geoRestriction": object{"restrictionType": "none"}},
		"viewerCertificate":    object{"cloudfrontDefaultCertificate": true},
	}.with(more)
}

func originInputs(more object) object {
	return object{
		"originId":           "app",
		"domainName":         "origin.example.com",
		"customOriginConfig": originConfig(nil),
	}.with(more)
}

func originConfig(more object) object {
	return object{"httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "https-only", "originSslProtocols": list("TLSv1.2")}.with(more)
}

func behaviorInputs(more object) object {
	return object{
		"targetOriginId":        "app",
		"viewerProtocolPolicy":  "redirect-to-https",
		"allowedMethods":        list("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"),
		"cachedMethods":         list("GET", "HEAD"),
		"cachePolicyId":         cachingDisabled,
		"originRequestPolicyId": allViewer,
		"compress":              true,
	}.with(more)
}

// aliased are the inputs that give a distribution aliases.
func aliased(certificate string, aliases ...string) object {
	return object{
		"aliases": list(aliases...),
		"viewerCertificate": object{"acmCertificateArn": certificate, "sslSupportMethod": "sni-only",
			"minimumProtocolVersion": "TLSv1.2_2021"},
	}
}

func TestADistributionHasTheOutputsOfAWS(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(distributionToken, "d", distributionInputs(nil))
	assert.Regexp(t, `^E[A-Z0-9]{13}$`, id)
	assert.Equal(t, "arn:aws:cloudfront::123456789012:distribution/"+id, state.str("arn"))
	assert.Regexp(t, `^d[a-z0-9]{13}\.cloudfront\.net$`, state.str("domainName"))
	assert.Equal(t, "Z2FDTNDATAQYW2", state.str("hostedZoneId"))
	assert.Equal(t, "Deployed", state.str("status"))
	assert.Equal(t, "http2", state.str("httpVersion"))
	assert.Equal(t, "PriceClass_All", state.str("priceClass"))

	in := distributionInputs(object{"comment": "new", "waitForDeployment": false})
	updated := c.update(distributionToken, id, in)
	assert.NotEqual(t, state.str("etag"), updated.str("etag"))
	assert.Equal(t, "InProgress", updated.str("status"))
	assert.Equal(t, state.str("domainName"), updated.str("domainName"))
	c.delete(distributionToken, id)
	c.isSeed()
}

func TestWhatADistributionCannotBe(t *testing.T) {
	c := newTestCloud(t)
	origin := func(more object) object { return object{"origins": []any{originInputs(more)}} }
	config := func(more object) object { return origin(object{"customOriginConfig": originConfig(more)}) }
	behavior := func(more object) object { return object{"defaultCacheBehavior": behaviorInputs(more)} }
	certificate := func(more object) object { return object{"viewerCertificate": more} }
	geo := func(more object) object { return object{"restrictions": object{"geoRestriction": more}} }
	page := func(more object) object { return object{"customErrorResponses": []any{more}} }
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"comment":              {object{"comment": strings.Repeat("x", 129)}, "comment must have at most 128 characters"},
		"http version":         {object{"httpVersion": "http4"}, "httpVersion must be one of http1.1, http2"},
		"price class":          {object{"priceClass": "PriceClass_300"}, "priceClass must be one of"},
		"root object":          {object{"defaultRootObject": "/index.html"}, "InvalidDefaultRootObject"},
		"regional web ACL":     {object{"webAclId": "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/a/01234567-89ab-cdef-0123-456789abcdef"}, "InvalidWebACLId"},
		"web ACL id":           {object{"webAclId": "01234567-89ab-cdef-0123-456789abcdef"}, "InvalidWebACLId"},
		"upper-case alias":     {object{"aliases": list("WWW.example.com")}, "aliases must be domain names in lower case"},
		"alias, default cert":  {object{"aliases": list("www.example.com")}, "InvalidViewerCertificate: To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate"},
		"no certificate":       {certificate(object{}), "exactly one of acmCertificateArn and cloudfrontDefaultCertificate"},
		"two certificates":     {certificate(object{"cloudfrontDefaultCertificate": true, "acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/1", "sslSupportMethod": "sni-only"}), "exactly one of acmCertificateArn"},
		"policy of 2025":       {certificate(object{"cloudfrontDefaultCertificate": true, "minimumProtocolVersion": "TLSv1.2_2025"}), "viewerCertificate.minimumProtocolVersion must be one of SSLv3"},
		"policy, default cert": {certificate(object{"cloudfrontDefaultCertificate": true, "minimumProtocolVersion": "TLSv1.2_2021"}), "must be TLSv1 with cloudfrontDefaultCertificate"},
		"SSLv3 and SNI":        {certificate(object{"acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/1", "sslSupportMethod": "sni-only", "minimumProtocolVersion": "SSLv3"}), "must be TLSv1 or later with sni-only"},
		"no support method":    {certificate(object{"acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/1"}), "viewerCertificate.sslSupportMethod is required"},
		"dedicated address":    {certificate(object{"acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/1", "sslSupportMethod": "vip"}), "unsupported by the local AWS"},
		"IAM certificate":      {certificate(object{"cloudfrontDefaultCertificate": true, "iamCertificateId": "x"}), "unsupported by the local AWS"},
		"regional certificate": {certificate(object{"acmCertificateArn": "arn:aws:acm:ap-northeast-1:1:certificate/1", "sslSupportMethod": "sni-only"}), "isn't in us-east-1 region"},
		"origin address":       {origin(object{"domainName": "192.0.2.1"}), "InvalidArgument: origins[0].domainName is not valid: The parameter origin name cannot be an IP address"},
		"origin IPv6":          {origin(object{"domainName": "2001:db8::1"}), "cannot be an IP address"},
		"origin URL":           {origin(object{"domainName": "https://origin.example.com"}), "must be a domain name without scheme"},
		"origin port in name":  {origin(object{"domainName": "origin.example.com:443"}), "must be a domain name without scheme"},
		"origin path":          {origin(object{"originPath": "/a/"}), "originPath must begin with / and not end with it"},
		"attempts":             {origin(object{"connectionAttempts": 4.0}), "connectionAttempts must be 1-3, got 4"},
		"connect timeout":      {origin(object{"connectionTimeout": 11.0}), "connectionTimeout must be 1-10, got 11"},
		"bucket":               {origin(object{"s3OriginConfig": object{"originAccessIdentity": "x"}}), "unsupported by the local AWS"},
		"no config":            {object{"origins": []any{originInputs(nil).without("customOriginConfig")}}, "unsupported by the local AWS"},
		"port 81":              {config(object{"httpPort": 81.0}), "httpPort must be 80, 443 or 1024-65535, got 81"},
		"port 1023":            {config(object{"httpsPort": 1023.0}), "httpsPort must be 80, 443 or 1024-65535, got 1023"},
		"port 65536":           {config(object{"httpsPort": 65536.0}), "httpsPort must be 80, 443 or 1024-65535, got 65536"},
		"read timeout 0":       {config(object{"originReadTimeout": 0.0}), "InvalidOriginReadTimeout"},
		"read timeout 121":     {config(object{"originReadTimeout": 121.0}), "originReadTimeout must be 1-120, got 121"},
		"keep-alive 0":         {config(object{"originKeepaliveTimeout": 0.0}), "InvalidOriginKeepaliveTimeout"},
		"origin policy":        {config(object{"originProtocolPolicy": "https"}), "originProtocolPolicy must be one of"},
		"TLS 1.3":              {config(object{"originSslProtocols": list("TLSv1.3")}), "originSslProtocols must be one of SSLv3, TLSv1, TLSv1.1, TLSv1.2"},
		"no TLS":               {config(object{"originSslProtocols": []any{}}), "originSslProtocols must name at least one"},
		"two alike":            {object{"origins": []any{originInputs(nil), originInputs(nil)}}, `must have different originIds, got "app" twice`},
		"no such origin":       {behavior(object{"targetOriginId": "web"}), "NoSuchOrigin: defaultCacheBehavior.targetOriginId"},
		"viewer policy":        {behavior(object{"viewerProtocolPolicy": "https"}), "viewerProtocolPolicy must be one of"},
		"methods":              {behavior(object{"allowedMethods": list("GET", "HEAD", "POST")}), "allowedMethods must be GET and HEAD"},
		"cached methods":       {behavior(object{"cachedMethods": list("GET")}), "cachedMethods must be GET and HEAD"},
		"cached, not allowed":  {behavior(object{"allowedMethods": list("GET", "HEAD"), "cachedMethods": list("GET", "HEAD", "OPTIONS")}), "cachedMethods must be among allowedMethods"},
		"no methods":           {object{"defaultCacheBehavior": behaviorInputs(nil).without("allowedMethods")}, "allowedMethods is required"},
		"no cache policy":      {object{"defaultCacheBehavior": behaviorInputs(nil).without("cachePolicyId")}, "cachePolicyId is required"},
		"cache policy":         {behavior(object{"cachePolicyId": allViewer}), "NoSuchCachePolicy"},
		"request policy":       {behavior(object{"originRequestPolicyId": cachingDisabled}), "NoSuchOriginRequestPolicy"},
		"headers policy":       {behavior(object{"responseHeadersPolicyId": allViewer}), "NoSuchResponseHeadersPolicy"},
		"lambda":               {behavior(object{"lambdaFunctionAssociations": []any{object{"eventType": "viewer-request", "lambdaArn": "x"}}}), "unsupported by the local AWS"},
		"gRPC without POST":    {behavior(object{"grpcConfig": object{"enabled": true}, "allowedMethods": list("GET", "HEAD")}), "grpcConfig needs httpVersion http2 and the method POST"},
		"gRPC without HTTP/2":  {behavior(object{"grpcConfig": object{"enabled": true}}).with(object{"httpVersion": "http1.1"}), "grpcConfig needs httpVersion http2 and the method POST"},
		"ordered behavior":     {object{"orderedCacheBehaviors": []any{behaviorInputs(object{"pathPattern": "/a", "targetOriginId": "b"})}}, "NoSuchOrigin: orderedCacheBehaviors[0].targetOriginId"},
		"geo without place":    {geo(object{"restrictionType": "whitelist"}), "InvalidGeoRestrictionParameter"},
		"geo with place":       {geo(object{"restrictionType": "none", "locations": list("JP")}), "InvalidGeoRestrictionParameter"},
		"geo type":             {geo(object{"restrictionType": "allow", "locations": list("JP")}), "restrictionType must be one of"},
		"country":              {geo(object{"restrictionType": "blacklist", "locations": list("Japan")}), "two-letter country codes"},
		"error code":           {page(object{"errorCode": 418.0}), "InvalidErrorCode"},
		"half a page":          {page(object{"errorCode": 404.0, "responseCode": 200.0}), "must be given together with responseCode"},
		"page path":            {page(object{"errorCode": 404.0, "responseCode": 200.0, "responsePagePath": "404.html"}), "responsePagePath must begin with /"},
		"retained":             {object{"retainOnDelete": true}, "unsupported by the local AWS"},
		"logging":              {object{"loggingConfig": object{"bucket": "b"}}, "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(distributionToken, "d", distributionInputs(tc.in), tc.want)
		})
	}
}

func TestWhatADistributionCanBe(t *testing.T) {
	c := newTestCloud(t)
	for _, more := range []object{
		{"webAclId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/web/01234567-89ab-cdef-0123-456789abcdef"},
		{"httpVersion": "http2and3", "isIpv6Enabled": true, "priceClass": "PriceClass_200", "defaultRootObject": "index.html"},
		{"restrictions": object{"geoRestriction": object{"restrictionType": "whitelist", "locations": list("JP", "US")}}},
		{"customErrorResponses": []any{object{"errorCode": 503.0, "errorCachingMinTtl": 0.0}}},
		{"orderedCacheBehaviors": []any{behaviorInputs(object{"pathPattern": "/static/*"})}},
		{"defaultCacheBehavior": behaviorInputs(object{"originRequestPolicyId": allButHost, "grpcConfig": object{"enabled": true}})},
		{"origins": []any{originInputs(object{
			"customHeaders":      []any{object{"name": "X-Origin-Verify", "value": strings.Repeat("x", 1783)}},
			"customOriginConfig": originConfig(object{"httpPort": 1024.0, "httpsPort": 65535.0, "originReadTimeout": 120.0, "originKeepaliveTimeout": 1.0}),
		})}},
	} {
		c.create(distributionToken, "d", distributionInputs(more))
	}
}

func TestHeadersToOrigins(t *testing.T) {
	c := newTestCloud(t)
	in := func(headers ...any) object {
		return distributionInputs(object{"origins": []any{originInputs(object{"customHeaders": headers})}})
	}
	header := func(name, value string) object { return object{"name": name, "value": value} }
	secret := strings.Repeat("s3cret", 298)
	_, _, err := c.tryCreate(distributionToken, "d", in(header("X-Origin-Verify", secret)))
	assert.ErrorContains(t, err, "values of at most 1783 characters, X-Origin-Verify has 1788")
	assert.NotContains(t, err.Error(), "s3cret")
	c.refused(distributionToken, "d", in(header("Host", "x")), "must not name Host")
	c.refused(distributionToken, "d", in(header("X-Edge-Location", "x")), "must not name X-Edge-Location")
	c.refused(distributionToken, "d", in(header("X Y", "x")), "characters of a header's name")
	c.refused(distributionToken, "d", in(header("X-A", "1"), header("x-a", "2")), "must name x-a only once")
	var many, long []any
	for n := range 31 {
		many = append(many, header("X-"+strings.Repeat("a", n+1), "x"))
	}
	for n := range 6 {
		long = append(long, header("X-"+strings.Repeat("a", n+1), secret[:1783]))
	}
	c.refused(distributionToken, "d", in(many...), "TooManyOriginCustomHeaders")
	c.refused(distributionToken, "d", in(long...), "at most 10240 characters together")
}

func TestAliasesAndTheirCertificate(t *testing.T) {
	c := newTestCloud(t)
	global := c.inRegion("us-east-1")
	viewer := global.issuedCertificate("example.com", "*.example.com")
	pending, _ := global.pendingCertificate("pending.example.com")
	c.create(distributionToken, "d", distributionInputs(aliased(viewer, "www.example.com")))

	c.refused(distributionToken, "d", distributionInputs(aliased(viewer, "www.example.com")),
		"CNAMEAlreadyExists: One or more of the CNAMEs you provided are already associated with a different resource")
	c.refused(distributionToken, "d", distributionInputs(aliased(pending, "pending.example.com")), "InvalidViewerCertificate: The specified SSL certificate doesn't exist")
	c.refused(distributionToken, "d", distributionInputs(aliased("arn:aws:acm:us-east-1:123456789012:certificate/1", "a.example.com")), "InvalidViewerCertificate")
	c.refused(distributionToken, "d", distributionInputs(aliased(viewer, "a.b.example.com")), "doesn't cover the alternate domain name (CNAME)")
	c.refused(distributionToken, "d", distributionInputs(aliased(viewer, "*.b.example.com")), "doesn't cover the alternate domain name (CNAME)")
	wild, _ := c.create(distributionToken, "d", distributionInputs(aliased(viewer, "*.example.com", "example.com")))
	_, err := c.tryUpdate(distributionToken, wild, distributionInputs(aliased(viewer, "www.example.com")))
	assert.ErrorContains(t, err, "CNAMEAlreadyExists")

	global.change(func(t *tx) {
		certificate, _ := t.get(certificateToken, viewer)
		t.set(certificateToken, viewer, certificate.with(object{"keyAlgorithm": "EC_secp384r1"}))
	})
	c.refused(distributionToken, "d", distributionInputs(aliased(viewer, "x.example.com")), "has a key that CloudFront does not support: EC_secp384r1")
}

func TestADistributionHas100Aliases(t *testing.T) {
	var many []any
	for n := range 101 {
		many = append(many, strings.Repeat("a", n%60+1)+".example.com")
	}
	fault := aliasFormRule(object{"aliases": many})
	assert.Equal(t, "TooManyDistributionCNAMEs", fault.code)
	assert.Nil(t, aliasFormRule(object{"aliases": many[:100]}))
	assert.Equal(t, "TooManyOrigins", originIDsRule(object{"origins": many}).code)
}

func TestTheOrderOfMethodsMeansNothing(t *testing.T) {
	c := newTestCloud(t)
	id, _ := c.create(distributionToken, "d", distributionInputs(nil))
	reordered := behaviorInputs(object{"cachedMethods": list("HEAD", "GET")})
	assert.Empty(t, c.changeOf(distributionToken, id, distributionInputs(object{"defaultCacheBehavior": reordered})).changed)
	d := c.changeOf(distributionToken, id, distributionInputs(object{"enabled": false}))
	assert.Equal(t, diff{changed: []string{"enabled"}}, d)
}

func TestLookingPoliciesUp(t *testing.T) {
	c := newTestCloud(t)
	const cache, request = "aws:cloudfront/getCachePolicy:getCachePolicy", "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy"
	got := c.call(cache, object{"name": "Managed-CachingDisabled"})
	assert.Equal(t, cachingDisabled, got.str("id"))
	assert.Equal(t, 0, got.integer("maxTtl"))
	got = c.call(request, object{"id": allButHost})
	assert.Equal(t, "Managed-AllViewerExceptHostHeader", got.str("name"))
	assert.Equal(t, []string{"host"}, got.objects("headersConfigs")[0].objects("headers")[0].strs("items"))
	_, err := c.invoke(cache, object{"name": "Managed-AllViewer"})
	assert.ErrorContains(t, err, "no matching CloudFront Cache Policy (Managed-AllViewer)")
	_, err = c.invoke(request, object{})
	assert.ErrorContains(t, err, "exactly one of id, name must be specified")
}
