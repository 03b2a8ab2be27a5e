package cloudtest

import (
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// DistributionInputs are those of a distribution without aliases.
func DistributionInputs(more core.Object) core.Object {
	return core.Object{
		"enabled":              true,
		"origins":              []any{OriginInputs(nil)},
		"defaultCacheBehavior": BehaviorInputs(nil),
		"restrictions":         core.Object{"geoRestriction": core.Object{"restrictionType": "none"}},
		"viewerCertificate":    core.Object{"cloudfrontDefaultCertificate": true},
	}.With(more)
}

// Aliased are the inputs that give a distribution aliases.
func Aliased(certificate string, aliases ...string) core.Object {
	return core.Object{
		"aliases": core.List(aliases...),
		"viewerCertificate": core.Object{"acmCertificateArn": certificate, "sslSupportMethod": "sni-only",
			"minimumProtocolVersion": awstable.RecommendedViewerPolicy},
	}
}

// OriginInputs are those of the origin "app".
func OriginInputs(more core.Object) core.Object {
	return core.Object{
		"originId":           "app",
		"domainName":         "origin.example.com",
		"customOriginConfig": OriginConfig(nil),
	}.With(more)
}

// OriginConfig is how the origin "app" is reached.
func OriginConfig(more core.Object) core.Object {
	return core.Object{
		"httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "https-only", "originSslProtocols": core.List("TLSv1.2"),
	}.With(more)
}

// BehaviorInputs are those of a cache behavior that sends everything to the origin "app".
func BehaviorInputs(more core.Object) core.Object {
	return core.Object{
		"targetOriginId":        "app",
		"viewerProtocolPolicy":  "redirect-to-https",
		"allowedMethods":        core.List(awstable.DistributionMethods...),
		"cachedMethods":         core.List(awstable.ReadMethods...),
		"cachePolicyId":         awstable.CachingDisabled,
		"originRequestPolicyId": awstable.AllViewer,
		"compress":              true,
	}.With(more)
}
