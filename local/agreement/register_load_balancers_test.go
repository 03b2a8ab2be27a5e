package agreement

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// groupsAndLoadBalancers registers the target groups, and the load balancers with their listeners
// and rules.
func (r *registration) groupsAndLoadBalancers() error {
	for _, g := range r.plan.TargetGroups {
		if err := r.targetGroup(g); err != nil {
			return err
		}
	}
	for _, b := range r.plan.LoadBalancers {
		if err := r.loadBalancer(b); err != nil {
			return err
		}
	}
	return nil
}

func (r *registration) targetGroup(g requestpath.TargetGroup) error {
	protocol := cmp.Or(g.Protocol, requestpath.ProtocolHTTP)
	port := g.Port
	for _, t := range g.Targets {
		port = cmp.Or(port, t.Port)
	}
	in := props{
		"name": g.Name, "vpcId": r.vpc, "port": cmp.Or(port, 80), "protocol": protocol, "targetType": "instance",
		"healthCheck": healthCheck(g),
	}
	if hasServices(r.plan, g) {
		in["targetType"] = "ip"
	}
	if g.ProtocolVersion != "" {
		in["protocolVersion"] = g.ProtocolVersion
	}
	arn, _, err := r.create("aws:lb/targetGroup:TargetGroup", g.Name, in)
	r.targetGroups[g.Name] = arn
	return err
}

// checkSeconds is how long a health check waits for an answer.
const checkSeconds = 5

// healthCheck accepts as many answers as a health check can: in the model, a target
// is healthy if it answers the load balancer. See failsCheck.
func healthCheck(g requestpath.TargetGroup) props {
	check := props{"path": "/", "matcher": "200-499", "interval": 30, "timeout": checkSeconds,
		"protocol": cmp.Or(g.Protocol, requestpath.ProtocolHTTP)}
	if g.ProtocolVersion == requestpath.VersionGRPC {
		check["matcher"] = "0-99"
	}
	return check
}

func (r *registration) loadBalancer(b requestpath.LoadBalancer) error {
	in := props{
		"name": b.Name, "internal": b.Internal, "subnets": r.front, "securityGroups": r.renames.groups(b.SecurityGroups),
	}
	if b.DualStack {
		in["ipAddressType"] = "dualstack"
	}
	if b.IdleTimeoutSeconds != 0 {
		in["idleTimeout"] = b.IdleTimeoutSeconds
	}
	arn, state, err := r.create("aws:lb/loadBalancer:LoadBalancer", b.Name, in)
	if err != nil {
		return err
	}
	r.arns[b.Name] = arn
	r.renames.names[b.DNSName] = fmt.Sprint(state["dnsName"])
	r.loadBalancers[b.Name] = target{planned: b.DNSName, name: fmt.Sprint(state["dnsName"]), zone: fmt.Sprint(state["zoneId"])}
	if b.WebACL != "" {
		in := props{"resourceArn": arn, "webAclArn": r.webACLs[b.WebACL]}
		if _, _, err := r.create("aws:wafv2/webAclAssociation:WebAclAssociation", b.Name, in); err != nil {
			return err
		}
	}
	for _, l := range b.Listeners {
		if err := r.listener(arn, l); err != nil {
			return err
		}
	}
	return nil
}

func (r *registration) listener(loadBalancer string, l requestpath.Listener) error {
	in := props{"loadBalancerArn": loadBalancer, "port": l.Port, "defaultActions": []any{r.action(l.DefaultAction)}}
	if l.Protocol != "" {
		in["protocol"] = l.Protocol
	}
	if l.SecurityPolicy != "" {
		in["sslPolicy"] = l.SecurityPolicy
	}
	var certificates []string
	for _, c := range l.Certificates {
		arn, err := r.certificate(r.driver, c)
		if err != nil {
			return err
		}
		certificates = append(certificates, arn)
	}
	if len(certificates) > 0 {
		in["certificateArn"] = certificates[0]
	}
	name := strconv.Itoa(l.Port)
	arn, _, err := r.create("aws:lb/listener:Listener", name, in)
	if err != nil {
		return err
	}
	for i := 1; i < len(certificates); i++ {
		_, _, err := r.create("aws:lb/listenerCertificate:ListenerCertificate", name,
			props{"listenerArn": arn, "certificateArn": certificates[i]})
		if err != nil {
			return err
		}
	}
	for _, rule := range l.Rules {
		_, _, err := r.create("aws:lb/listenerRule:ListenerRule", fmt.Sprintf("%d-%d", l.Port, rule.Priority), props{
			"listenerArn": arn, "priority": rule.Priority, "conditions": conditions(rule), "actions": []any{r.action(rule.Action)}})
		if err != nil {
			return err
		}
	}
	return nil
}

// action are the inputs of an action.
func (r *registration) action(a requestpath.Action) props {
	in := props{"type": a.Type}
	switch a.Type {
	case requestpath.ActionForward:
		in["targetGroupArn"] = r.targetGroups[a.TargetGroup]
	case requestpath.ActionFixedResponse:
		in["fixedResponse"] = props{"contentType": "text/plain", "statusCode": strconv.Itoa(a.Status)}
	case requestpath.ActionRedirect:
		if a.Redirect != nil {
			in["redirect"] = redirect(*a.Redirect)
		}
	}
	return in
}

func redirect(r requestpath.Redirect) props {
	in := props{"statusCode": fmt.Sprintf("HTTP_%d", cmp.Or(r.Status, 301))}
	for key, value := range map[string]string{
		"protocol": r.Protocol, "host": r.Host, "port": r.Port, "path": r.Path, "query": r.Query,
	} {
		if value != "" {
			in[key] = value
		}
	}
	return in
}

// conditions are the inputs of a rule's conditions.
func conditions(rule requestpath.ListenerRule) []any {
	var out []any
	for _, c := range rule.Conditions {
		values := props{"values": c.Values}
		switch c.Field {
		case requestpath.FieldHeader:
			values["httpHeaderName"] = c.Header
			out = append(out, props{"httpHeader": values})
		case requestpath.FieldQuery:
			out = append(out, props{"queryStrings": queries(c.Values)})
		default:
			out = append(out, props{conditionNames[c.Field]: values})
		}
	}
	return out
}

var conditionNames = map[string]string{
	requestpath.FieldHost:     "hostHeader",
	requestpath.FieldPath:     "pathPattern",
	requestpath.FieldMethod:   "httpRequestMethod",
	requestpath.FieldSourceIP: "sourceIp",
}

func queries(values []string) []any {
	var out []any
	for _, v := range values {
		key, value, keyed := strings.Cut(v, "=")
		if !keyed {
			out = append(out, props{"value": v})
			continue
		}
		out = append(out, props{"key": key, "value": value})
	}
	return out
}
