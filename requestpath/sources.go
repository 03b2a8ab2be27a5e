package requestpath

import "slices"

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
	waf        = "https://docs.aws.amazon.com/waf/latest/developerguide/"
	rfc        = "https://www.rfc-editor.org/rfc/"

	troubleshooting = alb + "load-balancer-troubleshooting.html"
	targetGroups    = alb + "load-balancer-target-groups.html"
	badGateway      = cloudFront + "http-502-bad-gateway.html"
	originBehaviour = cloudFront + "RequestAndResponseBehaviorCustomOrigin.html"
	viewerHTTPS     = cloudFront + "using-https-viewers-to-cloudfront.html"
	vpcOrigins      = cloudFront + "private-content-vpc-origins.html"
	originSettings  = cloudFront + "DownloadDistValuesOrigin.html"
	restrictingS3   = cloudFront + "private-content-restricting-access-to-s3.html"
	originProtocols = "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginSslProtocols.html"
)

// The facts, by the hop that they are about.
var (
	factRequiredHeader = newFact("required-header", "https://nginx.org/en/docs/http/ngx_http_rewrite_module.html", Sourced)
	factAnswered       = newFact("answered", rfc+"rfc9110", Sourced)
	factNotDescribed   = newFact("not-described", rfc+"rfc9110", Inferred)

	factNameNotFound    = newFact("name-not-found", route53+"welcome-dns-service.html", Sourced)
	factPrivateAddress  = newFact("private-address", vpc+"vpc-ip-addressing.html", Sourced)
	factNoGateway       = newFact("no-internet-gateway", vpc+"VPC_Internet_Gateway.html", Sourced)
	factNobodyThere     = newFact("nobody-at-address", rfc+"rfc9293", Inferred)
	factSecurityGroup   = newFact("security-group", vpc+"vpc-security-groups.html", Sourced)
	factNothingListens  = newFact("nothing-listens", rfc+"rfc9293", Inferred)
	factConnectionReset = newFact("connection-reset", rfc+"rfc9293", Sourced)

	factPlainOnTLSPort = newFact("plain-http-on-tls-port", rfc+"rfc9110", Inferred)
	factNoTLS          = newFact("no-tls-on-port", rfc+"rfc8446", Sourced)
	factTLSVersion     = newFact("tls-version", rfc+"rfc8446", Sourced)
	factNoHTTPVersion  = newFact("no-common-http-version", rfc+"rfc7301", Sourced)
	factCertificate    = newFact("viewer-rejects-certificate", rfc+"rfc9110", Sourced)

	factDistributionMinimumTLS = newFact("distribution-minimum-tls", cloudFront+"secure-connections-supported-viewer-protocols-ciphers.html", Sourced)
	factAliasCovered           = newFact("alias-not-on-certificate", cloudFront+"troubleshooting-distributions.html", Sourced)
	factOriginPort             = newFact("origin-port", originSettings, Sourced)
	factUnknownHost            = newFact("unknown-host", cloudFront+"http-403-permission-denied.html", Sourced)
	factViewerRedirect         = newFact("viewer-redirect", viewerHTTPS, Sourced)
	factViewerHTTPSOnly        = newFact("viewer-https-only", viewerHTTPS, Sourced)
	factFunctionRedirect       = newFact("function-redirect", cloudFront+"functions-tutorial.html", Sourced)
	factMethod                 = newFact("method-not-allowed", cloudFront+"http-403-invalid-method.html", Sourced)
	factStacked                = newFact("stacked-distributions", cloudFront+"http-403-permission-denied.html", Sourced)
	factGetWithBody            = newFact("get-with-body", originBehaviour, Sourced)
	factWebACLAtDistribution   = newFact("web-acl-at-distribution", waf+"cloudfront-features.html", Sourced)
	factGeoRestriction         = newFact("geo-restriction", cloudFront+"georestrictions.html", Sourced)
	factDistributionGRPC       = newFact("distribution-grpc", cloudFront+"distribution-using-grpc.html", Sourced)

	factOriginName        = newFact("origin-name", badGateway, Sourced)
	factOriginDropped     = newFact("origin-dropped", cloudFront+"http-504-gateway-timeout.html", Sourced)
	factVPCOriginGroup    = newFact("vpc-origin-dropped", vpcOrigins, Sourced)
	factVPCOriginGRPC     = newFact("vpc-origin-grpc", vpcOrigins, Sourced)
	factVPCOriginLambda   = newFact("vpc-origin-lambda", vpcOrigins, Sourced)
	factOriginRefused     = newFact("origin-refused", badGateway, Sourced)
	factOriginReset       = newFact("origin-reset", badGateway, Inferred)
	factOriginTLS         = newFact("origin-tls", badGateway, Sourced)
	factOriginTLS13       = newFact("origin-tls-1.3", originProtocols, Sourced)
	factOriginCertificate = newFact("origin-certificate", badGateway, Sourced)
	factOriginHTTPVersion = newFact("origin-http-version", originBehaviour, Inferred)
	factOriginSlow        = newFact("origin-slow", cloudFront+"http-504-gateway-timeout.html", Sourced)
	factOriginKeepalive   = newFact("origin-keepalive", originSettings, Inferred)
	factWeakerNameRule    = newFact("weaker-name-rule", originSettings, Measured)

	factSharedAnswer    = newFact("shared-answer", cloudFront+"Cookies.html", Sourced)
	factFailover        = newFact("origin-failover", cloudFront+"high_availability_origin_failover.html", Sourced)
	factErrorPage       = newFact("error-page", cloudFront+"GeneratingCustomErrorResponses.html", Sourced)
	factBucketHost      = newFact("bucket-host", "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html", Inferred)
	factBucketSignature = newFact("bucket-signature", restrictingS3, Sourced)
	factBucketPolicy    = newFact("bucket-policy", restrictingS3, Sourced)
	factBucketKey       = newFact("bucket-key", "https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html", Sourced)
	factBucketListing   = newFact("bucket-listing", cloudFront+"DefaultRootObject.html", Sourced)
	factBucketPreflight = newFact("bucket-preflight", "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html", Sourced)
	factBucketMethod    = newFact("bucket-method", restrictingS3, Inferred)
	factBucketTLS       = newFact("bucket-tls", "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html", Sourced)

	factWebACLAtLoadBalancer = newFact("web-acl-at-load-balancer", troubleshooting, Sourced)

	factListenerInvalid = newFact("listener-invalid", alb+"create-https-listener.html", Sourced)
	factActionInvalid   = newFact("action-invalid", alb+"rule-action-types.html", Sourced)
	factGroupNeedsHTTPS = newFact("group-needs-https-listener", targetGroups, Sourced)
	factTrace           = newFact("trace", troubleshooting, Sourced)
	factFixedResponse   = newFact("fixed-response", alb+"rule-action-types.html", Sourced)
	factRedirectAction  = newFact("redirect-action", alb+"rule-action-types.html", Sourced)
	factNoRuleMatches   = newFact("no-rule-matches", alb+"listener-rules.html", Sourced)
	factHostNotSeen     = newFact("host-rule-never-matches", originBehaviour, Inferred)

	factProtocolVersion   = newFact("protocol-version", troubleshooting, Sourced)
	factTargetNotGRPC     = newFact("target-not-grpc", targetGroups, Sourced)
	factNoTargets         = newFact("no-registered-targets", troubleshooting, Sourced)
	factDraining          = newFact("only-draining-targets", troubleshooting, Inferred)
	factImage             = newFact("image-unreachable", ecr+"vpc-endpoints.html", Sourced)
	factFailOpen          = newFact("fail-open", alb+"target-group-health-checks.html", Sourced)
	factTargetDropped     = newFact("target-dropped", troubleshooting, Sourced)
	factTargetRefused     = newFact("target-refused", troubleshooting, Sourced)
	factTargetTLS         = newFact("target-tls", troubleshooting, Sourced)
	factTargetHTTPVersion = newFact("target-http-version", troubleshooting, Inferred)
	factTargetSlow        = newFact("target-slow", troubleshooting, Sourced)
	factTargetKeepalive   = newFact("target-keepalive", alb+"edit-load-balancer-attributes.html", Sourced)

	factRedirectLeak = newFact("redirect-leaks-origin", originBehaviour, Inferred)
	factRedirectLoop = newFact("redirect-loop", rfc+"rfc9110", Sourced)
)

// allFacts are the facts in their order.
var allFacts []Fact

func newFact(id, source string, basis Basis) Fact {
	f := Fact{id, source, basis}
	allFacts = append(allFacts, f)
	return f
}

// Facts are all facts that the model follows, each with its source.
func Facts() []Fact { return slices.Clone(allFacts) }
