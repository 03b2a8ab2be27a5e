package requestpath

// Basis says how well a fact is founded.
type Basis string

// Sourced is written in the page named, Measured was seen by the source named,
// Inferred follows from it without being written there.
const (
	Sourced  Basis = "sourced"
	Measured Basis = "measured"
	Inferred Basis = "inferred"
)

// Fact is a rule of AWS, of DNS or of TLS that the model follows.
type Fact struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Basis  Basis  `json:"basis"`
}

const (
	cloudFront = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
	alb        = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
	vpc        = "https://docs.aws.amazon.com/vpc/latest/userguide/"
	ecr        = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/"
	route53    = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
	rfc        = "https://www.rfc-editor.org/rfc/"

	troubleshooting = alb + "load-balancer-troubleshooting.html"
	targetGroups    = alb + "load-balancer-target-groups.html"
	badGateway      = cloudFront + "http-502-bad-gateway.html"
	originBehaviour = cloudFront + "RequestAndResponseBehaviorCustomOrigin.html"
	viewerHTTPS     = cloudFront + "using-https-viewers-to-cloudfront.html"
	originSettings  = cloudFront + "DownloadDistValuesOrigin.html"
)

// The facts, by the hop that they are about.
var (
	factAnswered     = Fact{"answered", rfc + "rfc9110", Sourced}
	factNotDescribed = Fact{"not-described", rfc + "rfc9110", Inferred}

	factNameNotFound    = Fact{"name-not-found", route53 + "welcome-dns-service.html", Sourced}
	factPrivateAddress  = Fact{"private-address", vpc + "vpc-ip-addressing.html", Sourced}
	factNobodyThere     = Fact{"nobody-at-address", rfc + "rfc9293", Inferred}
	factSecurityGroup   = Fact{"security-group", vpc + "vpc-security-groups.html", Sourced}
	factNothingListens  = Fact{"nothing-listens", rfc + "rfc9293", Inferred}
	factConnectionReset = Fact{"connection-reset", rfc + "rfc9293", Sourced}

	factPlainOnTLSPort = Fact{"plain-http-on-tls-port", rfc + "rfc9110", Inferred}
	factNoTLS          = Fact{"no-tls-on-port", rfc + "rfc8446", Sourced}
	factTLSVersion     = Fact{"tls-version", rfc + "rfc8446", Sourced}
	factNoHTTPVersion  = Fact{"no-common-http-version", rfc + "rfc7301", Sourced}
	factCertificate    = Fact{"viewer-rejects-certificate", rfc + "rfc9110", Sourced}

	factEdgeMinimumTLS  = Fact{"edge-minimum-tls", cloudFront + "secure-connections-supported-viewer-protocols-ciphers.html", Sourced}
	factAliasCovered    = Fact{"alias-not-on-certificate", cloudFront + "troubleshooting-distributions.html", Sourced}
	factOriginPort      = Fact{"origin-port", originSettings, Sourced}
	factUnknownHost     = Fact{"unknown-host", cloudFront + "http-403-permission-denied.html", Sourced}
	factViewerRedirect  = Fact{"viewer-redirect", viewerHTTPS, Sourced}
	factViewerHTTPSOnly = Fact{"viewer-https-only", viewerHTTPS, Sourced}
	factMethod          = Fact{"method-not-allowed", cloudFront + "http-403-invalid-method.html", Sourced}
	factStacked         = Fact{"stacked-distributions", cloudFront + "http-403-permission-denied.html", Sourced}
	factEdgeGRPC        = Fact{"edge-grpc", cloudFront + "distribution-using-grpc.html", Sourced}

	factOriginName        = Fact{"origin-name", badGateway, Sourced}
	factOriginDropped     = Fact{"origin-dropped", cloudFront + "http-504-gateway-timeout.html", Sourced}
	factOriginRefused     = Fact{"origin-refused", badGateway, Sourced}
	factOriginReset       = Fact{"origin-reset", badGateway, Inferred}
	factOriginTLS         = Fact{"origin-tls", badGateway, Sourced}
	factOriginTLS13       = Fact{"origin-tls-1.3", cloudFront + "secure-connections-supported-ciphers-cloudfront-to-origin.html", Inferred}
	factOriginCertificate = Fact{"origin-certificate", badGateway, Sourced}
	factOriginHTTPVersion = Fact{"origin-http-version", originBehaviour, Inferred}
	factOriginSlow        = Fact{"origin-slow", cloudFront + "http-504-gateway-timeout.html", Sourced}
	factOriginKeepalive   = Fact{"origin-keepalive", originSettings, Inferred}
	factWeakerNameRule    = Fact{"weaker-name-rule", originSettings, Measured}

	factListenerInvalid = Fact{"listener-invalid", alb + "create-https-listener.html", Sourced}
	factActionInvalid   = Fact{"action-invalid", alb + "rule-action-types.html", Sourced}
	factGroupNeedsHTTPS = Fact{"group-needs-https-listener", targetGroups, Sourced}
	factTrace           = Fact{"trace", troubleshooting, Sourced}
	factFixedResponse   = Fact{"fixed-response", alb + "rule-action-types.html", Sourced}
	factRedirectAction  = Fact{"redirect-action", alb + "rule-action-types.html", Sourced}
	factNoRuleMatches   = Fact{"no-rule-matches", alb + "listener-rules.html", Sourced}
	factHostNotSeen     = Fact{"host-rule-never-matches", originBehaviour, Inferred}

	factProtocolVersion   = Fact{"protocol-version", troubleshooting, Sourced}
	factTargetNotGRPC     = Fact{"target-not-grpc", targetGroups, Sourced}
	factNoTargets         = Fact{"no-registered-targets", troubleshooting, Sourced}
	factDraining          = Fact{"only-draining-targets", troubleshooting, Inferred}
	factImage             = Fact{"image-unreachable", ecr + "vpc-endpoints.html", Sourced}
	factFailOpen          = Fact{"fail-open", alb + "target-group-health-checks.html", Sourced}
	factTargetDropped     = Fact{"target-dropped", troubleshooting, Sourced}
	factTargetRefused     = Fact{"target-refused", troubleshooting, Sourced}
	factTargetTLS         = Fact{"target-tls", troubleshooting, Sourced}
	factTargetHTTPVersion = Fact{"target-http-version", troubleshooting, Inferred}
	factTargetSlow        = Fact{"target-slow", troubleshooting, Sourced}
	factTargetKeepalive   = Fact{"target-keepalive", alb + "edit-load-balancer-attributes.html", Sourced}

	factRedirectLoop = Fact{"redirect-loop", rfc + "rfc9110", Sourced}
)

// Facts are all facts that the model follows, each with its source.
func Facts() []Fact {
	return []Fact{
		factAnswered, factNotDescribed,
		factNameNotFound, factPrivateAddress, factNobodyThere, factSecurityGroup, factNothingListens, factConnectionReset,
		factPlainOnTLSPort, factNoTLS, factTLSVersion, factNoHTTPVersion, factCertificate,
		factEdgeMinimumTLS, factAliasCovered, factOriginPort, factUnknownHost, factViewerRedirect, factViewerHTTPSOnly,
		factMethod, factStacked, factEdgeGRPC,
		factOriginName, factOriginDropped, factOriginRefused, factOriginReset, factOriginTLS, factOriginTLS13,
		factOriginCertificate, factOriginHTTPVersion, factOriginSlow, factOriginKeepalive, factWeakerNameRule,
		factListenerInvalid, factActionInvalid, factGroupNeedsHTTPS, factTrace, factFixedResponse, factRedirectAction,
		factNoRuleMatches, factHostNotSeen,
		factProtocolVersion, factTargetNotGRPC, factNoTargets, factDraining, factImage, factFailOpen, factTargetDropped,
		factTargetRefused, factTargetTLS, factTargetHTTPVersion, factTargetSlow, factTargetKeepalive,
		factRedirectLoop,
	}
}
