package cloudfront

import (
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
)

// distributionExamples are inputs that CloudFront accepts: as few as it takes, then
// every block.
func distributionExamples() []core.Object {
	ordered := exampleBehavior()
	ordered["pathPattern"] = "/static/*"
	return []core.Object{exampleDistribution(), exampleDistribution().With(core.Object{
		"aliases": core.List("web.example.com"),
		"viewerCertificate": map[string]any{
			"acmCertificateArn":      core.SampleIn(certificateRegion, acm.CertificateToken),
			"sslSupportMethod":       "sni-only",
			"minimumProtocolVersion": awstable.RecommendedViewerPolicy,
		},
		"orderedCacheBehaviors": []any{ordered},
		"customErrorResponses": []any{map[string]any{
			"errorCode": 404.0, "responseCode": 200.0, "responsePagePath": "/404.html", "errorCachingMinTtl": 0.0,
		}},
	})}
}

func exampleDistribution() core.Object {
	return core.Object{
		"enabled":              true,
		"defaultCacheBehavior": exampleBehavior(),
		"origins": []any{map[string]any{
			"originId": "app", "domainName": "origin.example.com",
			"customHeaders": []any{map[string]any{"name": "X-Origin-Verify", "value": "right"}},
			"customOriginConfig": map[string]any{
				"httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "https-only", "originSslProtocols": core.List("TLSv1.2"),
			},
		}},
		"restrictions":      map[string]any{"geoRestriction": map[string]any{"restrictionType": "none"}},
		"viewerCertificate": map[string]any{"cloudfrontDefaultCertificate": true},
	}
}

func exampleBehavior() map[string]any {
	return map[string]any{
		"targetOriginId":          "app",
		"viewerProtocolPolicy":    "redirect-to-https",
		"allowedMethods":          core.List("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"),
		"cachedMethods":           core.List("GET", "HEAD"),
		"cachePolicyId":           awstable.CachingDisabled,
		"originRequestPolicyId":   awstable.AllViewer,
		"responseHeadersPolicyId": awstable.SecurityHeadersPolicy,
		"grpcConfig":              map[string]any{"enabled": true},
	}
}
