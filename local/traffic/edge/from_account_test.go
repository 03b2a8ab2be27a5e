package edge_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/edge"
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

// state is a registered distribution, with changes.
func state(changes ...func(map[string]any)) map[string]any {
	s := inputs()
	s["id"], s["domainName"] = "E1", assignedName
	for _, c := range changes {
		c(s)
	}
	return s
}

// read reads a registered distribution.
func read(t *testing.T, s map[string]any) (edge.Distribution, error) {
	t.Helper()
	d, err := core.StateOf[account.Distribution](cloudfront.DistributionToken, s)
	require.NoError(t, err)
	return edge.FromAccount(d)
}

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

func TestADistributionFromTheAccount(t *testing.T) {
	driver, err := cloudtest.NewDriver("us-east-1")
	require.NoError(t, err)
	id, _, err := driver.Create(cloudfront.DistributionToken, "d", inputs())
	require.NoError(t, err)
	registered, err := account.Read(driver.Account())
	require.NoError(t, err)
	d, err := edge.FromAccount(registered.Distributions[0])
	require.NoError(t, err)
	assert.Regexp(t, `^d[a-z0-9]{13}\.cloudfront\.net$`, d.DomainName)
	read := []string{"GET", "HEAD"}
	assert.Equal(t, edge.Distribution{
		ID: id, DomainName: d.DomainName, IPv6: true, HTTPVersion: "http2", DefaultRootObject: "index.html", MinimumTLS: d.MinimumTLS,
		Default: edge.Behavior{
			OriginID: "app", ViewerProtocolPolicy: "redirect-to-https", AllowedMethods: read, SecurityHeaders: true,
			Forward: edge.Forward{Host: true, Headers: true, Cookies: true, Query: true},
		},
		Ordered: []edge.Behavior{{
			PathPattern: "/static/*", OriginID: "app", ViewerProtocolPolicy: "https-only", AllowedMethods: read,
			Forward: edge.Forward{Compression: true},
		}},
		Origins: []edge.Origin{{
			ID: "app", DomainName: originName, Path: "/app", ProtocolPolicy: "https-only", HTTPPort: 80, HTTPSPort: 443,
			SSLProtocols: []string{"TLSv1.2"}, ConnectAttempts: 2, ConnectTimeout: 5, ReadTimeout: 60, KeepaliveTimeout: 10,
			Headers: []edge.Header{{Name: "X-Origin-Verify", Value: "secret"}},
		}},
	}, d)

	d.Addresses = []netip.Addr{edgeAddress}
	w := newWorld(t, d)
	w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "secret", r.Header.Get("X-Origin-Verify"))
		_, _ = rw.Write([]byte(r.URL.Path))
	})
	assert.Equal(t, "/app/index.html", w.get("https://"+d.DomainName+"/").body)
	assert.Equal(t, id, w.seen(wire.Request)[0].Name)
}

func TestADistributionWithoutDefaults(t *testing.T) {
	s := state(func(s map[string]any) {
		s["enabled"] = false
		s["aliases"] = []any{viewerName}
		s["viewerCertificate"] = map[string]any{"acmCertificateArn": certificate, "sslSupportMethod": "sni-only", "minimumProtocolVersion": "TLSv1.2_2021"}
		s["defaultCacheBehavior"].(map[string]any)["grpcConfig"] = map[string]any{"enabled": true}
	})
	d, err := read(t, s)
	require.NoError(t, err)
	assert.True(t, d.Disabled)
	assert.Equal(t, []string{viewerName}, d.Aliases)
	assert.Equal(t, certificate, d.CertificateARN)
	assert.Equal(t, "TLSv1.2_2021", d.MinimumTLS)
	assert.True(t, d.Default.GRPC)
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

// What FromAccount does not know is not registered in the first place.
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
		"customOriginConfig":           change("origins", "customOriginConfig", nil),
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
		driver, err := cloudtest.NewDriver("us-east-1")
		require.NoError(t, err)
		in := inputs()
		change(in)
		_, _, err = driver.Create(cloudfront.DistributionToken, "d", in)
		assert.ErrorContains(t, err, want)
	}
}

// Every input that can be registered is read, or changes nothing about what a viewer
// gets when no answer is cached. A new one has to be added to either.
func TestEveryInputIsKnown(t *testing.T) {
	read := strings.Fields(`aliases customErrorResponses.responsePagePath defaultRootObject enabled httpVersion isIpv6Enabled
		origins.connectionAttempts origins.connectionTimeout origins.customHeaders.name origins.customHeaders.value
		origins.customOriginConfig.httpPort origins.customOriginConfig.httpsPort
		origins.customOriginConfig.originKeepaliveTimeout origins.customOriginConfig.originProtocolPolicy
		origins.customOriginConfig.originReadTimeout origins.customOriginConfig.originSslProtocols
		origins.domainName origins.originId origins.originPath orderedCacheBehaviors.pathPattern
		restrictions.geoRestriction.restrictionType viewerCertificate.acmCertificateArn viewerCertificate.minimumProtocolVersion`)
	ignored := strings.Fields(`comment customErrorResponses.errorCachingMinTtl customErrorResponses.errorCode
		customErrorResponses.responseCode priceClass restrictions.geoRestriction.locations tags
		viewerCertificate.cloudfrontDefaultCertificate viewerCertificate.sslSupportMethod waitForDeployment webAclId`)
	for _, behavior := range []string{"defaultCacheBehavior", "orderedCacheBehaviors"} {
		read = append(read, core.Fields(behavior, "allowedMethods", "cachePolicyId", "grpcConfig.enabled", "originRequestPolicyId",
			"responseHeadersPolicyId", "targetOriginId", "viewerProtocolPolicy")...)
		ignored = append(ignored, core.Fields(behavior, "cachedMethods", "compress")...)
	}
	assert.ElementsMatch(t, cloudfront.Service().Types[0].Inputs, append(read, ignored...))
}

func TestWhatCannotBeServed(t *testing.T) {
	for want, change := range map[string]func(map[string]any){
		"customErrorResponses[0].responsePagePath is": set("customErrorResponses", []any{map[string]any{"errorCode": 404.0, "responseCode": 200.0, "responsePagePath": "/x"}}),
		"restrictionType whitelist is":                set("restrictions", map[string]any{"geoRestriction": map[string]any{"restrictionType": "whitelist"}}),
		`defaultCacheBehavior: cachePolicyId "p" is`:  change("defaultCacheBehavior", "cachePolicyId", "p"),
		`originRequestPolicyId "p" is`:                change("defaultCacheBehavior", "originRequestPolicyId", "p"),
		`orderedCacheBehaviors[0]: cachePolicyId`:     change("orderedCacheBehaviors", "cachePolicyId", "p"),
	} {
		_, err := read(t, state(change))
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, `distribution "E1": `)
	}
}

func TestWhatAFleetNeeds(t *testing.T) {
	_, err := edge.Serve(wire.New(nil, wire.Clock{}), edge.Options{})
	assert.ErrorContains(t, err, "Resolve, Default and Roots are required")
	w := newWorld(t)
	for want, d := range map[string]edge.Distribution{
		`there is no certificate "arn"`: site(func(d *edge.Distribution) { d.CertificateARN = "arn" }),
	} {
		_, err := edge.Serve(w.network, w.options(d))
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, `distribution "E1": `)
	}
	first, err := edge.Serve(w.network, w.options(site()))
	require.NoError(t, err)
	_, err = edge.Serve(w.network, w.options(site()))
	assert.ErrorContains(t, err, "listens on port 80")
	require.NoError(t, first.Close())
	again, err := edge.Serve(w.network, w.options(site()))
	require.NoError(t, err)
	require.NoError(t, again.Close())
}
