package cloudfront_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	service "github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/cloudfront"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Ids of managed policies.
const (
	disabled       = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	optimized      = "658327ea-f89d-4fab-a63d-7e88639e58f6"
	useOrigin      = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"
	useOriginQuery = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
	allViewer      = "216adef6-5c7f-47e4-b989-5492eafa07d3"
	exceptHost     = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
	hostOnly       = "bf0718e1-ba1e-49d1-88b1-f726733018ae"
	securityPolicy = "67f7725c-6f97-4210-82d7-5512b31e9d03"
)

func inputs() map[string]any {
	return map[string]any{
		"enabled":     true,
		"httpVersion": "http2",
		"origins": []any{map[string]any{
			"originId": "app", "domainName": originName, "originPath": "/app", "connectionAttempts": 2.0, "connectionTimeout": 5.0,
			"customHeaders": []any{map[string]any{"name": "X-Origin-Verify", "value": "secret"}},
			"customOriginConfig": map[string]any{
				"httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "https-only", "originSslProtocols": []any{"TLSv1.2"},
				"originReadTimeout": 60.0, "originKeepaliveTimeout": 10.0,
			},
		}},
		"defaultCacheBehavior": map[string]any{
			"targetOriginId": "app", "viewerProtocolPolicy": "redirect-to-https", "allowedMethods": []any{"GET", "HEAD"},
			"cachedMethods": []any{"GET", "HEAD"}, "cachePolicyId": disabled, "originRequestPolicyId": allViewer,
			"responseHeadersPolicyId": securityPolicy, "compress": true,
		},
		"orderedCacheBehaviors": []any{map[string]any{
			"pathPattern": "/static/*", "targetOriginId": "app", "viewerProtocolPolicy": "https-only",
			"allowedMethods": []any{"GET", "HEAD"}, "cachedMethods": []any{"GET", "HEAD"}, "cachePolicyId": optimized,
		}},
		"restrictions":      map[string]any{"geoRestriction": map[string]any{"restrictionType": "none"}},
		"viewerCertificate": map[string]any{"cloudfrontDefaultCertificate": true},
		"isIpv6Enabled":     true, "defaultRootObject": "index.html", "comment": "a site", "priceClass": "PriceClass_200",
	}
}

// registered registers a distribution with inputs, and reads it from the account.
func registered(t *testing.T, in map[string]any) (account.Distribution, error) {
	t.Helper()
	driver, err := cloudtest.NewDriver("us-east-1")
	require.NoError(t, err)
	if _, _, err := driver.Create(service.DistributionToken, "d", in); err != nil {
		return account.Distribution{}, err
	}
	r, err := account.Read(driver.Account())
	require.NoError(t, err)
	return r.Distributions[0], nil
}

func TestADistributionFromTheAccount(t *testing.T) {
	d, err := registered(t, inputs())
	require.NoError(t, err)
	assert.Regexp(t, `^d[a-z0-9]{13}\.cloudfront\.net$`, d.DomainName)
	w := newWorld(t, d)
	w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "secret", r.Header.Get("X-Origin-Verify"))
		_, _ = rw.Write([]byte(r.Method + " " + r.Host + r.URL.RequestURI()))
	})
	got := w.get("https://" + d.DomainName + "/?a=b")
	assert.Equal(t, "GET "+d.DomainName+"/app/index.html?a=b", got.body)
	assert.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
	assert.Equal(t, d.ID, w.events.Of(wire.Request)[0].Name)
	got = w.get("https://" + d.DomainName + "/static/x?a=b")
	assert.Equal(t, "GET "+originName+"/app/static/x", got.body)
	assert.Empty(t, got.Header.Get("X-Content-Type-Options"))
	assert.Equal(t, 301, w.get("http://"+d.DomainName+"/").StatusCode)
	assert.Equal(t, 403, w.get("http://"+d.DomainName+"/static/x").StatusCode)
	post := w.request("POST", "https://"+d.DomainName+"/", nil)
	assert.Equal(t, 403, w.do(w.client(viewer{}), post).StatusCode)
}

// What may be left out has a default.
func TestADistributionOfWhatIsRequired(t *testing.T) {
	in := inputs()
	origin := in["origins"].([]any)[0].(map[string]any)
	for _, property := range []string{"originPath", "connectionAttempts", "connectionTimeout", "customHeaders"} {
		delete(origin, property)
	}
	for _, property := range []string{"originReadTimeout", "originKeepaliveTimeout"} {
		delete(origin["customOriginConfig"].(map[string]any), property)
	}
	delete(in, "httpVersion")
	d, err := registered(t, in)
	require.NoError(t, err)
	w := newWorld(t, d)
	w.origin(443, w.originTLS(), ok)
	assert.Equal(t, 200, w.do(w.client(viewer{version: "HTTP/2"}), w.request("GET", "https://"+d.DomainName+"/", nil)).StatusCode)
}

// Every managed policy that can be registered is served.
func TestManagedPolicies(t *testing.T) {
	served := 0
	for property, policies := range map[string]map[string]awstable.Forwarding{
		"cachePolicyId": awstable.CachePolicies, "originRequestPolicyId": awstable.OriginRequestPolicies,
	} {
		for id, forwarding := range policies {
			in := inputs()
			change("defaultCacheBehavior", property, id)(in)
			d, err := registered(t, in)
			if err != nil {
				assert.ErrorContains(t, err, property)
				continue
			}
			assert.False(t, forwarding.More, id)
			newWorld(t, d)
			served++
		}
	}
	assert.Equal(t, 7, served)
}

// change sets a property of a block, or of the first block of a list.
func change(name, property string, value any) func(map[string]any) {
	return func(s map[string]any) {
		b, ok := s[name].(map[string]any)
		if !ok {
			b = s[name].([]any)[0].(map[string]any)
		}
		b[property] = value
	}
}

func set(name string, value any) func(map[string]any) {
	return func(s map[string]any) { s[name] = value }
}

// What the distribution does not know is not registered in the first place.
func TestWhatIsNotRegistered(t *testing.T) {
	functions := []any{map[string]any{"eventType": "viewer-request", "lambdaArn": "arn"}}
	for want, change := range map[string]func(map[string]any){
		"originGroups":                 set("originGroups", []any{map[string]any{"originId": "g"}}),
		"staging":                      set("staging", true),
		"trustedSigners":               set("trustedSigners", []any{map[string]any{"enabled": true}}),
		"somethingNew":                 set("somethingNew", 1.0),
		"continuousDeploymentPolicyId": set("continuousDeploymentPolicyId", "p"),
		"lambdaFunctionAssociations":   change("defaultCacheBehavior", "lambdaFunctionAssociations", functions),
		"functionAssociations":         change("defaultCacheBehavior", "functionAssociations", functions),
		"trustedKeyGroups":             change("defaultCacheBehavior", "trustedKeyGroups", []any{"k"}),
		"forwardedValues":              change("orderedCacheBehaviors", "forwardedValues", map[string]any{"queryString": true}),
		"vpcOriginConfig":              change("origins", "vpcOriginConfig", map[string]any{"vpcOriginId": "v"}),
		"s3OriginConfig":               change("origins", "s3OriginConfig", map[string]any{"originAccessIdentity": "x"}),
		"originShield":                 change("origins", "originShield", map[string]any{"enabled": true}),
		"a valid S3 bucket":            change("origins", "customOriginConfig", nil),
		"sslSupportMethod":             change("viewerCertificate", "sslSupportMethod", "vip"),
		"iamCertificateId":             change("viewerCertificate", "iamCertificateId", "x"),
		"minimumProtocolVersion":       change("viewerCertificate", "minimumProtocolVersion", "TLSv9"),
		"NoSuchOrigin":                 change("defaultCacheBehavior", "targetOriginId", "api"),
		"originSslProtocols": func(s map[string]any) {
			s["origins"].([]any)[0].(map[string]any)["customOriginConfig"].(map[string]any)["originSslProtocols"] = []any{"TLSv1.3"}
		},
		"NoSuchCachePolicy":           change("defaultCacheBehavior", "cachePolicyId", "p"),
		"NoSuchOriginRequestPolicy":   change("defaultCacheBehavior", "originRequestPolicyId", "p"),
		"NoSuchResponseHeadersPolicy": change("orderedCacheBehaviors", "responseHeadersPolicyId", "p"),
	} {
		in := inputs()
		change(in)
		_, err := registered(t, in)
		assert.ErrorContains(t, err, want)
	}
}

// Every input that can be registered is read, or changes nothing about what a viewer
// gets when only errors are cached. A new one has to be added to either.
func TestEveryInputIsKnown(t *testing.T) {
	read := strings.Fields(`aliases customErrorResponses.errorCachingMinTtl customErrorResponses.errorCode
		customErrorResponses.responseCode customErrorResponses.responsePagePath defaultRootObject enabled httpVersion isIpv6Enabled
		origins.connectionAttempts origins.connectionTimeout origins.customHeaders.name origins.customHeaders.value
		origins.customOriginConfig.httpPort origins.customOriginConfig.httpsPort
		origins.customOriginConfig.originKeepaliveTimeout origins.customOriginConfig.originProtocolPolicy
		origins.customOriginConfig.originReadTimeout origins.customOriginConfig.originSslProtocols
		originGroups.failoverCriteria.statusCodes originGroups.members.originId originGroups.originId
		origins.domainName origins.originAccessControlId origins.originId origins.originPath origins.vpcOriginConfig.originKeepaliveTimeout
		origins.vpcOriginConfig.originReadTimeout origins.vpcOriginConfig.vpcOriginId orderedCacheBehaviors.pathPattern
		restrictions.geoRestriction.locations restrictions.geoRestriction.restrictionType viewerCertificate.acmCertificateArn viewerCertificate.minimumProtocolVersion`)
	ignored := strings.Fields(`comment priceClass tags
		viewerCertificate.cloudfrontDefaultCertificate viewerCertificate.sslSupportMethod waitForDeployment webAclId`)
	for _, behavior := range []string{"defaultCacheBehavior", "orderedCacheBehaviors"} {
		read = append(read, core.Fields(behavior, "allowedMethods", "cachePolicyId", "cachedMethods", "compress", "functionAssociations.eventType",
			"functionAssociations.functionArn", "grpcConfig.enabled", "originRequestPolicyId",
			"responseHeadersPolicyId", "targetOriginId", "viewerProtocolPolicy")...)
	}
	types := service.Service().Types
	i := slices.IndexFunc(types, func(t core.Type) bool { return t.Token == service.DistributionToken })
	assert.ElementsMatch(t, types[i].Inputs, append(read, ignored...))
}

func TestWhatCannotBeServed(t *testing.T) {
	w := newWorld(t)
	for want, change := range map[string]func(d *account.Distribution){
		"origins[0]: s3OriginConfig.originAccessIdentity is": func(d *account.Distribution) {
			d.Origins[0] = account.Origin{OriginID: "app", DomainName: "site.s3.us-east-1.amazonaws.com"}
			d.Origins[0].S3OriginConfig.OriginAccessIdentity = "origin-access-identity/cloudfront/E1"
		},
		`origins[0]: domainName "origin.example.com" must be that of a bucket`: func(d *account.Distribution) {
			d.Origins[0] = account.Origin{OriginID: "app", DomainName: originName}
		},
		"origins[0]: originAccessControlId: there is no origin access control E2": func(d *account.Distribution) {
			d.Origins[0] = account.Origin{OriginID: "app", DomainName: "site.s3.us-east-1.amazonaws.com", OriginAccessControlID: "E2"}
		},
		"originGroups[0] must have two members": func(d *account.Distribution) {
			d.OriginGroups = []account.OriginGroup{{OriginID: "both"}}
		},
		`defaultCacheBehavior: cachePolicyId "p" is`:  func(d *account.Distribution) { d.Default.CachePolicyID = "p" },
		`defaultCacheBehavior: cachePolicyId "" is`:   func(d *account.Distribution) { d.Default.CachePolicyID = "" },
		`cachePolicyId "` + awstable.Amplify + `" is`: func(d *account.Distribution) { d.Default.CachePolicyID = awstable.Amplify },
		`originRequestPolicyId "p" is`:                func(d *account.Distribution) { d.Default.OriginRequestPolicyID = "p" },
		`originRequestPolicyId "` + awstable.CORSS3Origin + `" is`: func(d *account.Distribution) {
			d.Default.OriginRequestPolicyID = awstable.CORSS3Origin
		},
		`orderedCacheBehaviors[0]: cachePolicyId`: func(d *account.Distribution) { d.Ordered = make([]account.OrderedCacheBehavior, 1) },
		`there is no certificate "arn"`:           func(d *account.Distribution) { d.ViewerCertificate.ARN = "arn" },
	} {
		_, err := cloudfront.Serve(w.network, w.options(site(change)))
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, `distribution "E1": `)
	}
}

func TestWhatAFleetNeeds(t *testing.T) {
	_, err := cloudfront.Serve(wire.New(nil, wire.Clock{}), cloudfront.Options{})
	assert.ErrorContains(t, err, "Lookup and Authority are required")
	w := newWorld(t)
	first, err := cloudfront.Serve(w.network, w.options(site()))
	require.NoError(t, err)
	_, err = cloudfront.Serve(w.network, w.options(site()))
	assert.ErrorContains(t, err, "listens on port 80")
	require.NoError(t, first.Close())
	again, err := cloudfront.Serve(w.network, w.options(site()))
	require.NoError(t, err)
	require.NoError(t, again.Close())
}
