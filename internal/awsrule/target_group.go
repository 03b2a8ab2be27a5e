package awsrule

import "fmt"

// Protocols, protocol versions and target types of a target group.
const (
	ProtocolHTTP  = "HTTP"
	ProtocolHTTPS = "HTTPS"

	VersionHTTP1 = "HTTP1"
	VersionHTTP2 = "HTTP2"
	VersionGRPC  = "GRPC"

	TargetIP       = "ip"
	TargetInstance = "instance"
)

// ListensOn refuses what is no port of a target, or of whoever listens; 0 stands for
// "not given".
func ListensOn(port int, who string) error {
	if port == 0 {
		return fmt.Errorf("is required: the port on which the %s listens, 1-65535", who)
	}
	return Between(port, 1, 65535, "")
}

// DeregistrationDelay refuses what AWS does not take, in seconds:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
func DeregistrationDelay(seconds int) error { return Between(seconds, 0, 3600, "s") }
