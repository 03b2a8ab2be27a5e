package accesslog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// Pages of AWS's that findings are from.
const (
	albLogPage     = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html"
	albErrorPage   = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"
	albConnPage    = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html"
	cloudFrontPage = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html"
)

// finding is what the fields of a line say by themselves.
type finding struct {
	// by is the hop that answered, empty when the line leaves that open.
	by        requestpath.HopKind
	why, fix  string
	source    string
	missing   []string // what the line does not say
	forwarded bool     // the request was meant for a target
}

// atLoadBalancer says who answered a request to a load balancer, and why.
func (l Line) atLoadBalancer() finding {
	f := l.loadBalancerFinding()
	if f.by == "" {
		f.by = requestpath.HopLoadBalancer
	}
	if f.source == "" {
		f.source = albErrorPage
	}
	return f
}

func (l Line) loadBalancerFinding() finding {
	status, answered := l.status("elb_status_code"), l.status("target_status_code")
	actions := strings.Split(l.get("actions_executed"), ",")
	last := actions[len(actions)-1]
	switch {
	case answered != 0 && answered == status:
		return l.targetAnswered(answered)
	case answered != 0:
		return finding{forwarded: true,
			why: fmt.Sprintf("the target %s answered %d, and the load balancer could not pass that on: the response was malformed, or its header too large", l.get("target:port"), answered),
			fix: "look at the target's response: its header must be valid HTTP, and 32 KB at most"}
	case last == "waf":
		return finding{source: albLogPage, why: "the web ACL of the load balancer blocked the request",
			fix:     "look at the web ACL's log for the request: the rule that blocks it is to be changed or set to count",
			missing: []string{"the line does not say which rule of the web ACL blocked the request"}}
	case last == "waf-failed":
		return finding{source: albLogPage, why: "the load balancer could not ask AWS WAF" + l.reason(),
			fix: "try again; to serve requests meanwhile, let the load balancer fail open (waf.fail_open.enabled)"}
	case last == "redirect":
		return finding{source: albLogPage, why: fmt.Sprintf("%s redirects to %s", l.rule(), l.get("redirect_url"))}
	case last == "fixed-response":
		return l.fixedResponse(status)
	case strings.HasPrefix(l.get("error_reason"), "Auth"):
		return finding{source: albLogPage, why: "authentication at the load balancer failed" + l.reason(),
			fix: "look up the code in AWS's table of error reasons, and the settings of the authenticate action"}
	case strings.HasPrefix(l.get("error_reason"), "Lambda"):
		return finding{source: albLogPage, forwarded: true, why: "the Lambda function gave no response that can be passed on" + l.reason(),
			fix: "look up the code in AWS's table of error reasons, and the function's own log"}
	}
	return l.failed(status)
}

// reason is the code in error_reason.
func (l Line) reason() string {
	if code := l.get("error_reason"); code != "" {
		return ": " + code
	}
	return ""
}

// rule is the rule that decided, in words.
func (l Line) rule() string {
	switch priority := l.get("matched_rule_priority"); priority {
	case "0":
		return "the default action of the listener"
	case "":
		return "a rule that the line does not name"
	default:
		return "rule " + priority
	}
}

// targetAnswered is about a response that was passed on.
func (l Line) targetAnswered(status int) finding {
	f := finding{by: requestpath.HopTarget, forwarded: true, source: albLogPage,
		why: fmt.Sprintf("the target %s answered %d, and the load balancer passed that on", l.get("target:port"), status)}
	if status >= 400 {
		f.fix = "look at the target's own log for this request: neither the load balancer nor what is before it made this status"
		f.missing = []string{"the line does not say why the application answered so"}
	}
	return f
}

func (l Line) fixedResponse(status int) finding {
	f := finding{source: albLogPage, missing: []string{"the line does not say which headers the request had"}}
	if l.get("matched_rule_priority") == "0" {
		f.why = fmt.Sprintf("no rule took the request, so the default action of the listener answered %d itself", status)
		f.fix = "add a rule for this host and path that forwards to a target group"
		if status == 403 {
			f.fix = "send the request to the distribution; if it came from there, the secret header of the distribution and that of the rules differ, or no rule has this host and path"
		}
		return f
	}
	f.why = fmt.Sprintf("%s answered %d itself", l.rule(), status)
	f.fix = "let the rule forward to a target group, if the request is meant to be served"
	return f
}

// failed is about an error of the load balancer's own.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
func (l Line) failed(status int) finding {
	target, sent := l.get("target:port"), l.started("request_processing_time")
	group := cmp.Or(groupName(l.get("target_group_arn")), "the target group")
	f := finding{forwarded: slices.Contains([]int{460, 464, 502, 503, 504}, status)}
	switch status {
	case 400:
		f.why, f.fix = "the request was malformed, too large, or plain HTTP to an HTTPS port", "correct what the client sends"
		if reason := l.get("classification_reason"); reason != "" {
			f.why = fmt.Sprintf("the request does not comply with RFC 7230: %s (%s)", reason, l.get("classification"))
		}
	case 401, 403, 500, 561:
		f.why = fmt.Sprintf("the load balancer answered %d itself%s", status, l.reason())
		f.fix = "look up the status on AWS's page about the errors of load balancers"
		f.missing = []string{"the line names no action, and so not what failed"}
	case 405:
		f.why, f.fix = "the client used the method TRACE, which a load balancer does not take", "use another method"
	case 408:
		f.why, f.fix = "the client did not send the whole request within the idle timeout", "look at the client's connection; large uploads may need a longer idle timeout"
	case 413:
		f.why, f.fix = "the body of the request is too large for its target", "send less, or forward to a target that is no Lambda function"
	case 414:
		f.why, f.fix = "the URL is too long", "shorten the URL"
	case 460:
		f.why = "the client closed the connection before the load balancer had answered"
		f.fix = "give the client a longer timeout, or make the target answer sooner"
		f.missing = []string{"the line does not say what the target would have answered"}
	case 463:
		f.why, f.fix = "X-Forwarded-For of the request had more than 30 addresses", "look for a loop of proxies in front of the load balancer"
	case 464:
		f.why = fmt.Sprintf("the request came as %s, which is not the protocol version of %s", l.version(), group)
		f.fix = "set the group's protocol version to HTTP1, which takes every request but gRPC"
	case 502:
		f.why, f.fix = badGateway(target, sent)
		if !sent {
			f.missing = []string{"the line does not say whether nothing listened on the port, the target reset the connection, or TLS failed"}
		}
	case 503:
		f.why, f.fix = fmt.Sprintf("%s has no target that may get requests", group), "register a target that runs in a zone of the load balancer, and look at why there is none (events of the ECS service)"
		if target != "" {
			f.why, f.fix = "the load balancer had no capacity for the request, or target "+target+" left its group", "try again"
		}
	case 504:
		f.why = fmt.Sprintf("target %s did not accept the connection within 10 seconds", target)
		f.fix = "let the security group of the target admit the load balancer on the target's port, and the load balancer's group let it out"
		if sent {
			f.why = fmt.Sprintf("target %s got the request and did not answer within the idle timeout of the load balancer", target)
			f.fix = "make the target answer sooner, or raise idleTimeoutSeconds"
		}
	case 505:
		f.why, f.fix = "the client used a version of HTTP that the load balancer does not speak", "use HTTP/1.1 or HTTP/2"
	default:
		f.why = fmt.Sprintf("the load balancer answered %d itself%s", status, l.reason())
		f.missing = []string{"the line names no cause for this status"}
	}
	return f
}

func badGateway(target string, sent bool) (why, fix string) {
	switch {
	case target == "":
		return "the load balancer could not send the request to a target", "look at the targets of the group"
	case sent:
		return fmt.Sprintf("target %s got the request and closed the connection, or answered with what is not HTTP", target),
			"keep connections open at the target for longer than the idle timeout of the load balancer, and look for crashes in the target's log"
	}
	return fmt.Sprintf("the load balancer could not send the request to target %s: the connection was refused or cut, or TLS was not agreed on", target),
		"let the target listen on that port and speak the protocol of the target group (HTTP or HTTPS)"
}

// version is the HTTP version of a request, in words.
func (l Line) version() string {
	switch l.get("type") {
	case "h2":
		return requestpath.HTTP2
	case "grpcs":
		return requestpath.GRPC
	}
	return requestpath.HTTP11
}

// groupName is the name in the ARN of a target group.
func groupName(arn string) string {
	parts := strings.Split(arn, "/")
	if len(parts) != 3 {
		return ""
	}
	return "target group " + parts[1]
}
