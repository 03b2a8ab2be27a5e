package cloud

import (
	"errors"
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
)

// lbInvokes look load balancers and listeners up.
func lbInvokes() []invoke {
	return []invoke{
		{
			token:     "aws:lb/getLoadBalancer:getLoadBalancer",
			inputs:    reflect.TypeOf(lb.LookupLoadBalancerArgs{}),
			supported: []string{"arn", "name", "tags"},
			run:       lookUpLoadBalancer,
		},
		{
			token:     "aws:lb/getListener:getListener",
			inputs:    reflect.TypeOf(lb.LookupListenerArgs{}),
			supported: []string{"arn", "loadBalancerArn", "port"},
			run:       lookUpListener,
		},
	}
}

// onlyOne is the single result of a look-up, with the real provider's words
// otherwise.
func onlyOne(what string, found []object) (object, error) {
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, errors.New("reading " + what + ": couldn't find resource")
	}
	return nil, errors.New("reading " + what + ": too many results: more than one matches; use additional constraints to reduce matches to a single one")
}

// lookUpLoadBalancer finds a load balancer by ARN, name and tags.
func lookUpLoadBalancer(t *tx, in object) (object, error) {
	var found []object
	for _, b := range t.all(loadBalancerToken) {
		if in.has("arn") && b.str("arn") != in.str("arn") || in.has("name") && b.str("name") != in.str("name") {
			continue
		}
		if hasTags(b, in.object("tags")) {
			found = append(found, b)
		}
	}
	state, err := onlyOne("ELBv2 Load Balancer", found)
	if err != nil {
		return nil, err
	}
	out := object{"tags": state["tagsAll"]}
	for key := range fieldsOf(reflect.TypeOf(lb.LookupLoadBalancerResult{})) {
		if key != "tags" {
			out[key] = state[key]
		}
	}
	return out.with(object{
		"accessLogs":                   map[string]any{"bucket": "", "enabled": false, "prefix": ""},
		"dnsRecordClientRoutingPolicy": "any_availability_zone",
		"enableCrossZoneLoadBalancing": true,
		"enableZonalShift":             false,
	}), nil
}

// hasTags tells whether a resource has all the tags asked for.
func hasTags(state, want object) bool {
	tags := state.object("tagsAll")
	for key, value := range want {
		if tags[key] != value {
			return false
		}
	}
	return true
}

// lookUpListener finds a listener by its ARN, or by load balancer and port.
func lookUpListener(t *tx, in object) (object, error) {
	if !in.has("arn") && (!in.has("loadBalancerArn") || !in.has("port")) {
		return nil, errors.New("one of arn, or load_balancer_arn and port, must be specified")
	}
	var found []object
	for _, l := range t.all(listenerToken) {
		byArn := l.str("arn") == in.str("arn")
		byPort := l.str("loadBalancerArn") == in.str("loadBalancerArn") && l.integer("port") == in.integer("port")
		if in.has("arn") && byArn || !in.has("arn") && byPort {
			found = append(found, l)
		}
	}
	state, err := onlyOne("ELBv2 Listener", found)
	if err != nil {
		return nil, err
	}
	out := object{"tags": state["tagsAll"], "alpnPolicy": "", "certificateArn": state.str("certificateArn"),
		"mutualAuthentications": []any{}, "defaultActions": lookedUpActions(state)}
	for _, key := range []string{"arn", "id", "loadBalancerArn", "port", "protocol", "sslPolicy"} {
		out[key] = state[key]
	}
	return out, nil
}

// lookedUpActions are the default actions of a listener as the look-up has them:
// blocks are lists there, and what was not given is filled in.
func lookedUpActions(listener object) []any {
	var out []any
	for i, a := range listener.objects("defaultActions") {
		action := object{"type": a.str("type"), "order": float64(i + 1), "targetGroupArn": a.str("targetGroupArn")}
		if order, ok := a.num("order"); ok {
			action["order"] = order
		}
		if r := a.object("redirect"); r != nil {
			unchanged := object{"host": "#{host}", "path": "/#{path}", "port": "#{port}", "protocol": "#{protocol}", "query": "#{query}"}
			action["redirects"] = []any{map[string]any(unchanged.with(r))}
		}
		if f := a.object("fixedResponse"); f != nil {
			action["fixedResponses"] = []any{map[string]any(object{"messageBody": "", "statusCode": ""}.with(f))}
		}
		if f := a.object("forward"); f != nil {
			action["forwards"] = []any{lookedUpForward(f)}
		}
		out = append(out, map[string]any(action))
	}
	return out
}

func lookedUpForward(forward object) map[string]any {
	var groups, stickinesses []any
	for _, g := range forward.objects("targetGroups") {
		groups = append(groups, map[string]any(object{"weight": 1.0}.with(g)))
	}
	if s := forward.object("stickiness"); s != nil {
		stickinesses = []any{map[string]any(object{"enabled": false}.with(s))}
	}
	return map[string]any{"targetGroups": groups, "stickinesses": stickinesses}
}
