package cloudfront_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
	"github.com/portico-iac/portico/local/service/cloudfront"
)

const (
	cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	allViewer       = "216adef6-5c7f-47e4-b989-5492eafa07d3"
	allButHost      = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

func TestADistributionHasTheOutputsOfAWS(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(nil))
	assert.Regexp(t, `^E[A-Z0-9]{13}$`, id)
	assert.Equal(t, "arn:aws:cloudfront::123456789012:distribution/"+id, state.Str("arn"))
	assert.Regexp(t, `^d[a-z0-9]{13}\.cloudfront\.net$`, state.Str("domainName"))
	assert.Equal(t, "Z2FDTNDATAQYW2", state.Str("hostedZoneId"))
	assert.Equal(t, "Deployed", state.Str("status"))
	assert.Equal(t, "http2", state.Str("httpVersion"))
	assert.Equal(t, "PriceClass_All", state.Str("priceClass"))

	in := cloudtest.DistributionInputs(core.Object{"comment": "new", "waitForDeployment": false})
	updated := c.Update(cloudfront.DistributionToken, id, in)
	assert.NotEqual(t, state.Str("etag"), updated.Str("etag"))
	assert.Equal(t, "InProgress", updated.Str("status"))
	assert.Equal(t, state.Str("domainName"), updated.Str("domainName"))
	c.Delete(cloudfront.DistributionToken, id)
	c.IsSeed()
}

func TestWhatADistributionCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	origin := func(more core.Object) core.Object { return core.Object{"origins": []any{cloudtest.OriginInputs(more)}} }
	config := func(more core.Object) core.Object {
		return origin(core.Object{"customOriginConfig": cloudtest.OriginConfig(more)})
	}
	behavior := func(more core.Object) core.Object {
		return core.Object{"defaultCacheBehavior": cloudtest.BehaviorInputs(more)}
	}
	certificate := func(more core.Object) core.Object { return core.Object{"viewerCertificate": more} }
	geo := func(more core.Object) core.Object {
		return core.Object{"restrictions": core.Object{"geoRestriction": more}}
	}
	page := func(more core.Object) core.Object { return core.Object{"customErrorResponses": []any{more}} }
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"comment":              {core.Object{"comment": strings.Repeat("x", 129)}, "comment must have at most 128 characters"},
		"http version":         {core.Object{"httpVersion": "http4"}, "httpVersion must be one of http1.1, http2"},
		"price class":          {core.Object{"priceClass": "PriceClass_300"}, "priceClass must be one of"},
		"root object":          {core.Object{"defaultRootObject": "/index.html"}, "InvalidDefaultRootObject"},
		"regional web ACL":     {core.Object{"webAclId": "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/a/01234567-89ab-cdef-0123-456789abcdef"}, "InvalidWebACLId"},
		"web ACL id":           {core.Object{"webAclId": "01234567-89ab-cdef-0123-456789abcdef"}, "InvalidWebACLId"},
		"upper-case alias":     {core.Object{"aliases": core.List("WWW.example.com")}, "aliases must be domain names in lower case"},
		"alias, default cert":  {core.Object{"aliases": core.List("www.example.com")}, "InvalidViewerCertificate: To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate"},
		"no certificate":       {certificate(core.Object{}), "exactly one of acmCertificateArn and cloudfrontDefaultCertificate"},
		"two certificates":     {certificate(core.Object{"cloudfrontDefaultCertificate": true, "acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/1", "sslSupportMethod": "sni-only"}), "exactly one of acmCertificateArn"},
		"policy of 2025":       {certificate(core.Object{"cloudfrontDefaultCertificate": true, "minimumProtocolVersion": "TLSv1.2_2025"}), "viewerCertificate.minimumProtocolVersion must be one of SSLv3"},
		"policy, default cert": {certificate(core.Object{"cloudfrontDefaultCertificate": true, "minimumProtocolVersion": "TLSv1.2_2021"}), `must be one of TLSv1, got "TLSv1.2_2021" with cloudfrontDefaultCertificate true`},
		"SSLv3 and SNI":        {certificate(core.Object{"acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/1", "sslSupportMethod": "sni-only", "minimumProtocolVersion": "SSLv3"}), `minimumProtocolVersion must not be SSLv3, got "SSLv3" with sslSupportMethod sni-only`},
		"no support method":    {certificate(core.Object{"acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/1"}), "viewerCertificate.sslSupportMethod must be given with acmCertificateArn"},
		"dedicated address":    {certificate(core.Object{"acmCertificateArn": "arn:aws:acm:us-east-1:1:certificate/1", "sslSupportMethod": "vip"}), "unsupported by the local AWS"},
		"IAM certificate":      {certificate(core.Object{"cloudfrontDefaultCertificate": true, "iamCertificateId": "x"}), "unsupported by the local AWS"},
		"regional certificate": {certificate(core.Object{"acmCertificateArn": "arn:aws:acm:ap-northeast-1:1:certificate/1", "sslSupportMethod": "sni-only"}), "isn't in us-east-1 region"},
		"origin address":       {origin(core.Object{"domainName": "192.0.2.1"}), "InvalidArgument: origins[0].domainName must not be an IP address: The parameter origin name cannot be an IP address"},
		"origin IPv6":          {origin(core.Object{"domainName": "2001:db8::1"}), "cannot be an IP address"},
		"origin URL":           {origin(core.Object{"domainName": "https://origin.example.com"}), "must be a domain name without scheme"},
		"origin port in name":  {origin(core.Object{"domainName": "origin.example.com:443"}), "must be a domain name without scheme"},
		"origin path":          {origin(core.Object{"originPath": "/a/"}), "originPath must be a path that begins with / and does not end with it"},
		"attempts":             {origin(core.Object{"connectionAttempts": 4.0}), "connectionAttempts must be 1-3, got 4"},
		"connect timeout":      {origin(core.Object{"connectionTimeout": 11.0}), "connectionTimeout must be 1-10, got 11"},
		"bucket":               {origin(core.Object{"s3OriginConfig": core.Object{"originAccessIdentity": "x"}}), "unsupported by the local AWS"},
		"no config":            {core.Object{"origins": []any{cloudtest.OriginInputs(nil).Without("customOriginConfig")}}, "InvalidArgument: The parameter Origin DomainName does not refer to a valid S3 bucket."},
		"website endpoint":     {core.Object{"origins": []any{core.Object{"originId": "app", "domainName": "site.s3-website-us-east-1.amazonaws.com"}}}, "does not refer to a valid S3 bucket"},
		"port 81":              {config(core.Object{"httpPort": 81.0}), "httpPort must be 80, 443 or 1024-65535, got 81"},
		"port 1023":            {config(core.Object{"httpsPort": 1023.0}), "httpsPort must be 80, 443 or 1024-65535, got 1023"},
		"port 65536":           {config(core.Object{"httpsPort": 65536.0}), "httpsPort must be 80, 443 or 1024-65535, got 65536"},
		"read timeout 0":       {config(core.Object{"originReadTimeout": 0.0}), "InvalidOriginReadTimeout"},
		"read timeout 121":     {config(core.Object{"originReadTimeout": 121.0}), "originReadTimeout must be 1-120, got 121"},
		"keep-alive 0":         {config(core.Object{"originKeepaliveTimeout": 0.0}), "InvalidOriginKeepaliveTimeout"},
		"origin policy":        {config(core.Object{"originProtocolPolicy": "https"}), "originProtocolPolicy must be one of"},
		"TLS 1.3":              {config(core.Object{"originSslProtocols": core.List("TLSv1.3")}), "originSslProtocols must be one of SSLv3, TLSv1, TLSv1.1, TLSv1.2"},
		"no TLS":               {config(core.Object{"originSslProtocols": []any{}}), "originSslProtocols is required"},
		"two alike":            {core.Object{"origins": []any{cloudtest.OriginInputs(nil), cloudtest.OriginInputs(nil)}}, `origins.originId must differ, got "app" twice`},
		"no such origin":       {behavior(core.Object{"targetOriginId": "web"}), "NoSuchOrigin: defaultCacheBehavior.targetOriginId"},
		"viewer policy":        {behavior(core.Object{"viewerProtocolPolicy": "https"}), "viewerProtocolPolicy must be one of"},
		"methods":              {behavior(core.Object{"allowedMethods": core.List("GET", "HEAD", "POST")}), "allowedMethods must be GET and HEAD"},
		"cached methods":       {behavior(core.Object{"cachedMethods": core.List("GET")}), "cachedMethods must be GET and HEAD"},
		"cached, not allowed":  {behavior(core.Object{"allowedMethods": core.List("GET", "HEAD"), "cachedMethods": core.List("GET", "HEAD", "OPTIONS")}), "cachedMethods must be among allowedMethods"},
		"no methods":           {core.Object{"defaultCacheBehavior": cloudtest.BehaviorInputs(nil).Without("allowedMethods")}, "allowedMethods is required"},
		"no cache policy":      {core.Object{"defaultCacheBehavior": cloudtest.BehaviorInputs(nil).Without("cachePolicyId")}, "cachePolicyId is required"},
		"cache policy":         {behavior(core.Object{"cachePolicyId": allViewer}), "NoSuchCachePolicy"},
		"request policy":       {behavior(core.Object{"originRequestPolicyId": cachingDisabled}), "NoSuchOriginRequestPolicy"},
		"headers policy":       {behavior(core.Object{"responseHeadersPolicyId": allViewer}), "NoSuchResponseHeadersPolicy"},
		"lambda":               {behavior(core.Object{"lambdaFunctionAssociations": []any{core.Object{"eventType": "viewer-request", "lambdaArn": "x"}}}), "unsupported by the local AWS"},
		"gRPC without POST":    {behavior(core.Object{"grpcConfig": core.Object{"enabled": true}, "allowedMethods": core.List("GET", "HEAD")}), "grpcConfig needs httpVersion http2 and the method POST"},
		"gRPC without HTTP/2":  {behavior(core.Object{"grpcConfig": core.Object{"enabled": true}}).With(core.Object{"httpVersion": "http1.1"}), "grpcConfig needs httpVersion http2 and the method POST"},
		"ordered behavior":     {core.Object{"orderedCacheBehaviors": []any{cloudtest.BehaviorInputs(core.Object{"pathPattern": "/a", "targetOriginId": "b"})}}, "NoSuchOrigin: orderedCacheBehaviors[0].targetOriginId"},
		"geo without place":    {geo(core.Object{"restrictionType": "whitelist"}), "InvalidGeoRestrictionParameter: restrictions.geoRestriction.locations is required with restrictionType whitelist"},
		"geo with place":       {geo(core.Object{"restrictionType": "none", "locations": core.List("JP")}), "InvalidGeoRestrictionParameter"},
		"geo type":             {geo(core.Object{"restrictionType": "allow", "locations": core.List("JP")}), "restrictionType must be one of"},
		"country":              {geo(core.Object{"restrictionType": "blacklist", "locations": core.List("Japan")}), "two-letter country codes"},
		"error code":           {page(core.Object{"errorCode": 418.0}), "InvalidErrorCode"},
		"response code":        {page(core.Object{"errorCode": 404.0, "responseCode": 302.0, "responsePagePath": "/"}), "InvalidResponseCode: customErrorResponses[0].responseCode must be one of [200 400"},
		"error TTL":            {page(core.Object{"errorCode": 404.0, "errorCachingMinTtl": -1.0}), "errorCachingMinTtl must be 0-31536000, got -1"},
		"one error twice":      {core.Object{"customErrorResponses": []any{core.Object{"errorCode": 404.0}, core.Object{"errorCode": 404.0, "errorCachingMinTtl": 5.0}}}, "customErrorResponses must have each errorCode once, got 404 twice"},
		"half a page":          {page(core.Object{"errorCode": 404.0, "responseCode": 200.0}), "responsePagePath must be given with responseCode"},
		"page path":            {page(core.Object{"errorCode": 404.0, "responseCode": 200.0, "responsePagePath": "404.html"}), "responsePagePath must be a path that begins with /"},
		"retained":             {core.Object{"retainOnDelete": true}, "unsupported by the local AWS"},
		"logging":              {core.Object{"loggingConfig": core.Object{"bucket": "b"}}, "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(tc.in), tc.want)
		})
	}
}

func TestWhatADistributionCanBe(t *testing.T) {
	c := cloudtest.New(t)
	for _, more := range []core.Object{
		{"webAclId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/web/01234567-89ab-cdef-0123-456789abcdef"},
		{"httpVersion": "http2and3", "isIpv6Enabled": true, "priceClass": "PriceClass_200", "defaultRootObject": "index.html"},
		{"restrictions": core.Object{"geoRestriction": core.Object{"restrictionType": "whitelist", "locations": core.List("JP", "US")}}},
		{"customErrorResponses": []any{core.Object{"errorCode": 503.0, "errorCachingMinTtl": 0.0}, core.Object{"errorCode": 404.0, "errorCachingMinTtl": 31536000.0}}},
		{"orderedCacheBehaviors": []any{cloudtest.BehaviorInputs(core.Object{"pathPattern": "/static/*"})}},
		{"defaultCacheBehavior": cloudtest.BehaviorInputs(core.Object{"originRequestPolicyId": allButHost, "grpcConfig": core.Object{"enabled": true}})},
		{"origins": []any{cloudtest.OriginInputs(core.Object{
			"customHeaders":      []any{core.Object{"name": "X-Origin-Verify", "value": strings.Repeat("x", 1783)}},
			"customOriginConfig": cloudtest.OriginConfig(core.Object{"httpPort": 1024.0, "httpsPort": 65535.0, "originReadTimeout": 120.0, "originKeepaliveTimeout": 1.0}),
		})}},
	} {
		c.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(more))
	}
}

func TestHeadersToOrigins(t *testing.T) {
	c := cloudtest.New(t)
	in := func(headers ...any) core.Object {
		return cloudtest.DistributionInputs(core.Object{"origins": []any{cloudtest.OriginInputs(core.Object{"customHeaders": headers})}})
	}
	header := func(name, value string) core.Object { return core.Object{"name": name, "value": value} }
	secret := strings.Repeat("s3cret", 298)
	_, _, err := c.TryCreate(cloudfront.DistributionToken, "d", in(header("X-Origin-Verify", secret)))
	assert.ErrorContains(t, err, "customHeaders[0].value must have at most 1783 characters, got 1788")
	assert.NotContains(t, err.Error(), "s3cret")
	c.Refused(cloudfront.DistributionToken, "d", in(header("Host", "x")), `must not name a header that CloudFront sets or refuses to send, got "Host"`)
	c.Refused(cloudfront.DistributionToken, "d", in(header("X-Edge-Location", "x")), `must not name a header that CloudFront sets or refuses to send, got "X-Edge-Location"`)
	c.Refused(cloudfront.DistributionToken, "d", in(header("X Y", "x")), "characters of a header's name")
	c.Refused(cloudfront.DistributionToken, "d", in(header("X-A", "1"), header("x-a", "2")), "must name x-a only once")
	var many, long []any
	for n := range 31 {
		many = append(many, header("X-"+strings.Repeat("a", n+1), "x"))
	}
	for n := range 6 {
		long = append(long, header("X-"+strings.Repeat("a", n+1), secret[:1783]))
	}
	c.Refused(cloudfront.DistributionToken, "d", in(many...), "TooManyOriginCustomHeaders")
	c.Refused(cloudfront.DistributionToken, "d", in(long...), "at most 10240 characters together")
}

func TestAliasesAndTheirCertificate(t *testing.T) {
	c := cloudtest.New(t)
	global := c.InRegion("us-east-1")
	viewer := global.IssuedCertificate("example.com", "*.example.com")
	pending, _ := global.PendingCertificate("pending.example.com")
	c.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased(viewer, "www.example.com")))

	c.Refused(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased(viewer, "www.example.com")),
		"CNAMEAlreadyExists: One or more of the CNAMEs you provided are already associated with a different resource")
	c.Refused(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased(pending, "pending.example.com")), "InvalidViewerCertificate: The specified SSL certificate doesn't exist")
	c.Refused(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased("arn:aws:acm:us-east-1:123456789012:certificate/1", "a.example.com")), "InvalidViewerCertificate")
	c.Refused(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased(viewer, "a.b.example.com")), "doesn't cover the alternate domain name (CNAME)")
	c.Refused(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased(viewer, "*.b.example.com")), "doesn't cover the alternate domain name (CNAME)")
	wild, _ := c.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased(viewer, "*.example.com", "example.com")))
	_, err := c.TryUpdate(cloudfront.DistributionToken, wild, cloudtest.DistributionInputs(cloudtest.Aliased(viewer, "www.example.com")))
	assert.ErrorContains(t, err, "CNAMEAlreadyExists")

	global.Change(func(t *core.Tx) {
		certificate, _ := t.Get(acm.CertificateToken, viewer)
		t.Set(acm.CertificateToken, viewer, certificate.With(core.Object{"keyAlgorithm": "EC_secp384r1"}))
	})
	c.Refused(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased(viewer, "x.example.com")), "has a key that CloudFront does not support: EC_secp384r1")
}

func TestADistributionHas100Aliases(t *testing.T) {
	c := cloudtest.New(t)
	var aliases, origins []any
	for n := range 101 {
		aliases = append(aliases, fmt.Sprintf("a%d.example.com", n))
		origins = append(origins, cloudtest.OriginInputs(core.Object{"originId": fmt.Sprint("app", n)}))
	}
	arn := core.Object{"acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1", "sslSupportMethod": "sni-only"}
	many := cloudtest.DistributionInputs(core.Object{"viewerCertificate": arn, "aliases": aliases})
	assert.Contains(t, c.FaultsOf(cloudfront.DistributionToken, many), "TooManyDistributionCNAMEs")
	assert.Empty(t, c.FaultsOf(cloudfront.DistributionToken, many.With(core.Object{"aliases": aliases[:100]})))
	many = cloudtest.DistributionInputs(core.Object{"origins": origins})
	assert.Contains(t, c.FaultsOf(cloudfront.DistributionToken, many), "TooManyOrigins")
}

func TestTheOrderOfMethodsMeansNothing(t *testing.T) {
	c := cloudtest.New(t)
	id, _ := c.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(nil))
	reordered := cloudtest.BehaviorInputs(core.Object{"cachedMethods": core.List("HEAD", "GET")})
	assert.Empty(t, c.ChangeOf(cloudfront.DistributionToken, id, cloudtest.DistributionInputs(core.Object{"defaultCacheBehavior": reordered})).Changed)
	d := c.ChangeOf(cloudfront.DistributionToken, id, cloudtest.DistributionInputs(core.Object{"enabled": false}))
	assert.Equal(t, core.Diff{Changed: []string{"enabled"}}, d)
}

func TestLookingPoliciesUp(t *testing.T) {
	c := cloudtest.New(t)
	const cache, request = "aws:cloudfront/getCachePolicy:getCachePolicy", "aws:cloudfront/getOriginRequestPolicy:getOriginRequestPolicy"
	got := c.Call(cache, core.Object{"name": "Managed-CachingDisabled"})
	assert.Equal(t, cachingDisabled, got.Str("id"))
	assert.Equal(t, 0, got.Int("maxTtl"))
	got = c.Call(request, core.Object{"id": allButHost})
	assert.Equal(t, "Managed-AllViewerExceptHostHeader", got.Str("name"))
	assert.Equal(t, []string{"host"}, got.Blocks("headersConfigs")[0].Blocks("headers")[0].Strs("items"))
	_, err := c.TryCall(cache, core.Object{"name": "Managed-AllViewer"})
	assert.ErrorContains(t, err, "no matching CloudFront Cache Policy (Managed-AllViewer)")
	_, err = c.TryCall(request, core.Object{})
	assert.ErrorContains(t, err, "exactly one of id, name must be specified")
}
