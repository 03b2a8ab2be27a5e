package edge_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloud"
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
	driver, err := cloud.NewDriver("us-east-1")
	require.NoError(t, err)
	id, _, err := driver.Create("aws:cloudfront/distribution:Distribution", "d", inputs())
	require.NoError(t, err)
	s := driver.Account().Get("aws:cloudfront/distribution:Distribution", id)
	d, err := edge.FromState(s)
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
	d, err := edge.FromState(s)
	require.NoError(t, err)
	assert.True(t, d.Disabled)
	assert.Equal(t, []string{viewerName}, d.Aliases)
	assert.Equal(t, certificate, d.CertificateARN)
	assert.Equal(t, "TLSv1.2_2021", d.MinimumTLS)
	assert.True(t, d.Default.GRPC)
}

func TestWhatCannotBeServed(t *testing.T) {
	block := func(name string, more ...any) func(map[string]any) {
		return func(s map[string]any) {
			b, ok := s[name].(map[string]any)
			if !ok {
				b = s[name].([]any)[0].(map[string]any)
			}
			b[more[0].(string)] = more[1]
		}
	}
	set := func(name string, value any) func(map[string]any) {
		return func(s map[string]any) { s[name] = value }
	}
	functions := []any{map[string]any{"eventType": "viewer-request", "lambdaArn": "arn"}}
	for want, change := range map[string]func(map[string]any){
		"originGroups is":              set("originGroups", []any{map[string]any{"originId": "g"}}),
		"staging is":                   set("staging", true),
		"trustedSigners is":            set("trustedSigners", []any{map[string]any{"enabled": true}}),
		"somethingNew is":              set("somethingNew", 1.0),
		"continuousDeployment":         set("continuousDeploymentPolicyId", "p"),
		"responsePagePath is":          set("customErrorResponses", []any{map[string]any{"errorCode": 404.0, "responseCode": 200.0, "responsePagePath": "/x"}}),
		"restrictionType whitelist is": set("restrictions", map[string]any{"geoRestriction": map[string]any{"restrictionType": "whitelist"}}),
		"defaultCacheBehavior.lambdaFunctionAssociations is":       block("defaultCacheBehavior", "lambdaFunctionAssociations", functions),
		"defaultCacheBehavior.functionAssociations is":             block("defaultCacheBehavior", "functionAssociations", functions),
		"defaultCacheBehavior.trustedKeyGroups is":                 block("defaultCacheBehavior", "trustedKeyGroups", []any{"k"}),
		"orderedCacheBehaviors[0].forwardedValues is":              block("orderedCacheBehaviors", "forwardedValues", map[string]any{"queryString": true}),
		`defaultCacheBehavior: cachePolicyId "p" is`:               block("defaultCacheBehavior", "cachePolicyId", "p"),
		`originRequestPolicyId "p" is`:                             block("defaultCacheBehavior", "originRequestPolicyId", "p"),
		`orderedCacheBehaviors[0]: responseHeadersPolicyId "p" is`: block("orderedCacheBehaviors", "responseHeadersPolicyId", "p"),
		"origins[0].vpcOriginConfig is":                            block("origins", "vpcOriginConfig", map[string]any{"vpcOriginId": "v"}),
		"origins[0].s3OriginConfig is":                             block("origins", "s3OriginConfig", map[string]any{"originAccessIdentity": "x"}),
		"origins[0].originShield is":                               block("origins", "originShield", map[string]any{"enabled": true}),
		"origins[0]: customOriginConfig is missing":                block("origins", "customOriginConfig", nil),
		"sslSupportMethod vip is":                                  block("viewerCertificate", "sslSupportMethod", "vip"),
		"viewerCertificate.iamCertificateId is":                    block("viewerCertificate", "iamCertificateId", "x"),
	} {
		_, err := edge.FromState(state(change))
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, `distribution "E1": `)
	}
	_, err := edge.FromState(state(set("trustedSigners", []any{map[string]any{"enabled": false, "items": []any{}}}), set("webAclId", "arn")))
	assert.NoError(t, err)
	_, err = edge.FromState(state(set("enabled", "yes")))
	assert.Error(t, err)
	_, err = edge.FromState(state(set("enabled", func() {})))
	assert.Error(t, err)
}

func TestWhatAFleetNeeds(t *testing.T) {
	_, err := edge.Serve(wire.New(nil, wire.Clock{}), edge.Options{})
	assert.ErrorContains(t, err, "Resolve, Default and Roots are required")
	w := newWorld(t)
	for want, d := range map[string]edge.Distribution{
		`there is no certificate "arn"`:                  site(func(d *edge.Distribution) { d.CertificateARN = "arn" }),
		`there is no security policy "TLSv9"`:            site(func(d *edge.Distribution) { d.MinimumTLS = "TLSv9" }),
		`there is no origin "api"`:                       site(func(d *edge.Distribution) { d.Default.OriginID = "api" }),
		`path /a: there is no origin "b"`:                site(func(d *edge.Distribution) { d.Ordered = []edge.Behavior{{PathPattern: "/a", OriginID: "b"}} }),
		`CloudFront does not speak "TLSv1.3" to origins`: site(func(d *edge.Distribution) { d.Origins[0].SSLProtocols = []string{"TLSv1.3"} }),
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
