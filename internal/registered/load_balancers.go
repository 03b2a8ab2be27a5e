package registered

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// readLoadBalancers describes the Application Load Balancers with their listeners.
func (r *reader) readLoadBalancers() error {
	named := map[string]bool{}
	for _, b := range r.all[typeLoadBalancer] {
		if kind := b.str("loadBalancerType"); kind != "" && kind != "application" {
			r.leaveOut(b, "loadBalancerType", "load balancers of type "+kind+" are not described", b.str("dnsName"))
			continue
		}
		for _, property := range []string{"name", "dnsName"} {
			if b.str(property) == "" {
				return fmt.Errorf("%s: %s: every load balancer has one, and the state does not say it", b.label(), property)
			}
		}
		r.Plan.LoadBalancers = append(r.Plan.LoadBalancers, r.loadBalancer(b, unique(named, b.str("name"), b)))
	}
	for _, l := range r.all[typeListener] {
		if r.one(typeLoadBalancer, l.str("loadBalancerArn")) == nil {
			r.note(l, "loadBalancerArn", "the load balancer is not among the resources, so the listener is left out")
		}
	}
	return nil
}

func (r *reader) loadBalancer(b *resource, name string) requestpath.LoadBalancer {
	out := requestpath.LoadBalancer{
		Name: name, DNSName: b.str("dnsName"), Internal: b.flag("internal"),
		DualStack:          b.str("ipAddressType") != "" && b.str("ipAddressType") != "ipv4",
		SecurityGroups:     r.groupsOf(b, "securityGroups", b.strs("securityGroups")),
		IdleTimeoutSeconds: b.num("idleTimeout"),
	}
	if subnets := subnetsOf(b); len(subnets) > 0 && r.one(typeSubnet, subnets[0]) != nil {
		out.PrivateAddress = r.addressIn(subnets[0], 8)
	}
	out.WebACL = r.attachedTo(b)
	out.Unrouted = !out.Internal && r.cutOff(b)
	if b.str("ipAddressType") == "dualstack-without-public-ipv4" {
		r.note(b, "ipAddressType", "that it has no public IPv4 address is not described")
	}
	if b.object["enableHttp2"] == false {
		r.note(b, "enableHttp2", "that it speaks no HTTP/2 is not described")
	}
	for _, l := range r.about(typeListener, "loadBalancerArn", b) {
		out.Listeners = append(out.Listeners, r.listener(l, out.DNSName))
	}
	slices.SortFunc(out.Listeners, func(a, b requestpath.Listener) int { return cmp.Compare(a.Port, b.Port) })
	return out
}

// cutOff says that no subnet of a load balancer has a route to an internet gateway, so
// that its public addresses lead nowhere.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
func (r *reader) cutOff(b *resource) bool {
	ids := subnetsOf(b)
	return len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool { return !r.inland(id) })
}

func (r *reader) listener(l *resource, dnsName string) requestpath.Listener {
	out := requestpath.Listener{
		Port: l.num("port"), Protocol: l.str("protocol"), SecurityPolicy: l.str("sslPolicy"),
	}
	at := place{dnsName: dnsName, port: out.Port}
	out.DefaultAction = r.action(l, "defaultActions", at)
	if out.Protocol == requestpath.ProtocolHTTPS {
		out.Certificates = r.certificatesOf(l, dnsName)
	}
	if mode := l.block("mutualAuthentication").str("mode"); mode != "" && mode != "off" {
		r.leaveOut(l, "mutualAuthentication", "client certificates are not described: requests are walked as if they had the right one", dnsName)
	}
	for _, rule := range r.about(typeListenerRule, "listenerArn", l) {
		at.priority = rule.num("priority")
		r.rules[at] = rule.label()
		out.Rules = append(out.Rules, requestpath.ListenerRule{
			Priority: at.priority, Conditions: r.conditions(rule), Action: r.action(rule, "actions", at),
		})
	}
	slices.SortFunc(out.Rules, func(a, b requestpath.ListenerRule) int { return cmp.Compare(a.Priority, b.Priority) })
	return out
}

// certificatesOf are those of a listener, the default one first.
func (r *reader) certificatesOf(l *resource, dnsName string) []requestpath.Certificate {
	var out []requestpath.Certificate
	names := r.leading(dnsName)
	if arn := l.str("certificateArn"); arn != "" {
		out = append(out, r.certificate(l, "certificateArn", arn, names))
	}
	for _, c := range r.about("aws:lb/listenerCertificate:ListenerCertificate", "listenerArn", l) {
		if c.str("certificateArn") != l.str("certificateArn") {
			out = append(out, r.certificate(c, "certificateArn", c.str("certificateArn"), names))
		}
	}
	return out
}

// action is the one that decides over the request: the last in order. What comes
// before it authenticates, and may answer instead.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
func (r *reader) action(of *resource, property string, at place) requestpath.Action {
	actions := of.blocks(property)
	slices.SortStableFunc(actions, func(a, b object) int { return cmp.Compare(a.num("order"), b.num("order")) })
	if len(actions) == 0 {
		r.note(of, property, "the action cannot be read")
		return requestpath.Action{Type: requestpath.ActionForward, TargetGroup: "of an action that cannot be read"}
	}
	if len(actions) > 1 {
		r.mayBe(of, property, "requests are walked as if they had passed "+actions[0].str("type"), func(plan *requestpath.Plan) {
			at.act(plan, requestpath.Action{Type: requestpath.ActionFixedResponse, Status: http.StatusUnauthorized})
		})
	}
	a := actions[len(actions)-1]
	out := requestpath.Action{Type: a.str("type")}
	switch out.Type {
	case requestpath.ActionForward:
		out.TargetGroup = r.forward(of, property, a, at)
	case requestpath.ActionRedirect:
		out.Redirect = redirectOf(a.block("redirect"))
	case requestpath.ActionFixedResponse:
		out.Status = a.block("fixedResponse").num("statusCode")
	default:
		r.note(of, property, "actions of type "+out.Type+" are not described")
		return requestpath.Action{Type: requestpath.ActionForward, TargetGroup: "of the action " + out.Type}
	}
	return out
}

func redirectOf(o object) *requestpath.Redirect {
	out := &requestpath.Redirect{
		Protocol: o.str("protocol"), Host: o.str("host"), Port: o.str("port"), Path: o.str("path"), Query: o.str("query"), Status: 301,
	}
	if o.str("statusCode") == "HTTP_302" {
		out.Status = 302
	}
	return out
}

// forwardedTo are the ARNs of an action's groups, the greatest weight first.
func forwardedTo(action object) []string {
	groups := action.block("forward").blocks("targetGroups")
	slices.SortStableFunc(groups, func(a, b object) int { return cmp.Compare(weight(b), weight(a)) })
	return present(append(pluck(groups, "arn"), action.str("targetGroupArn")))
}

// weighted are those of forwardedTo that get requests: none with a weight of 0, unless
// all have it.
func weighted(action object) []string {
	arns := forwardedTo(action)
	for _, group := range action.block("forward").blocks("targetGroups") {
		if weight(group) == 0 {
			arns = slices.DeleteFunc(arns, func(arn string) bool { return arn == group.str("arn") })
		}
	}
	if len(arns) == 0 {
		return forwardedTo(action)
	}
	return arns
}

// weight of a group among those that an action names; without one it is 1.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html
func weight(group object) int {
	if group["weight"] == nil {
		return 1
	}
	return group.num("weight")
}

// forward is the name of the first group of weighted.
func (r *reader) forward(of *resource, property string, action object, at place) string {
	arns := weighted(action)
	if len(arns) == 0 {
		r.note(of, property, "the target group cannot be read")
		return "that cannot be read"
	}
	for _, arn := range arns[1:] {
		r.mayBe(of, property, "requests go to several target groups by weight; they are walked to "+arns[0], func(plan *requestpath.Plan) {
			at.act(plan, requestpath.Action{Type: requestpath.ActionForward, TargetGroup: r.groupName(arn)})
		})
	}
	if _, ok := r.groups[arns[0]]; !ok {
		r.note(of, property, "target group "+arns[0]+" is not described")
	}
	return r.groupName(arns[0])
}

// groupName is the name of a target group in the plan, its ARN when it is not there.
func (r *reader) groupName(arn string) string {
	if g, ok := r.groups[arn]; ok {
		return g.Name
	}
	return arn
}
