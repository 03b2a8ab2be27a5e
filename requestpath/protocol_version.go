package requestpath

import "fmt"

// mismatch is 464: the request's version is not one that the target group takes.
//
//	request   HTTP1   HTTP2                        GRPC
//	HTTP/1.1  ok      464                          464
//	HTTP/2    ok      ok                           POST only, else 464
//	gRPC      464     ok if the target speaks it   ok
//
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (g *TargetGroup) mismatch(c call) *cause {
	if g.takes(c) {
		return nil
	}
	what := c.version
	if c.version == HTTP2 {
		what = "HTTP/2 " + c.method
	}
	return &cause{
		fact: factProtocolVersion, field: part("targetGroups", g.Name) + ".protocolVersion",
		why: fmt.Sprintf("the request is %s and target group %s takes version %s%s", what, g.Name, g.ProtocolVersion, speaker(c)),
		fix: g.otherVersion(c),
	}
}

func (g *TargetGroup) takes(c call) bool {
	switch g.ProtocolVersion {
	case VersionHTTP2:
		return c.version != HTTP11
	case VersionGRPC:
		return c.version == GRPC || c.version == HTTP2 && c.method == "POST"
	}
	return c.version != GRPC
}

// speaker reminds that it is not the viewer who chose the version: CloudFront
// speaks HTTP/1.1 to every origin, gRPC aside.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
func speaker(c call) string {
	if c.from.distribution != nil && c.version == HTTP11 {
		return ": CloudFront speaks HTTP/1.1 to its origins, whatever the viewer speaks"
	}
	return ""
}

func (g *TargetGroup) otherVersion(c call) string {
	version := map[string]string{HTTP11: VersionHTTP1, GRPC: VersionGRPC}[c.version]
	if version == "" {
		version = VersionHTTP2
	}
	fix := fmt.Sprintf("set the target group's protocol version to %s", version)
	if c.from.distribution != nil && version == VersionHTTP1 {
		fix += ", or let viewers reach the load balancer without CloudFront; for gRPC enable it on the distribution and forward over HTTPS"
	}
	return fix
}
