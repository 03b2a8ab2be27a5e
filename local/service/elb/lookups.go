package elb

import (
	"errors"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// onlyOne is the single result of a look-up; any other number is an error in the
// real provider's words.
func onlyOne(what string, found []core.Object) (core.Object, error) {
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, errors.New("reading " + what + ": couldn't find resource")
	}
	return nil, errors.New("reading " + what + ": too many results: more than one matches; use additional constraints to reduce matches to a single one")
}

// matching are the resources of a type that have the properties and the tags which
// the arguments name.
func matching(t *core.Tx, token string, in core.Object, properties ...string) []core.Object {
	candidates := t.All(token)
	if first := properties[0]; in.Has(first) {
		candidates = t.Where(token, first, in.Str(first))
	}
	return slices.DeleteFunc(candidates, func(state core.Object) bool {
		differs := func(key string) bool { return in.Has(key) && state[key] != in[key] }
		return slices.ContainsFunc(properties, differs) || !core.HasTags(state, in.Block("tags"))
	})
}

// lookUpLoadBalancer finds a load balancer by name, ARN and tags.
func lookUpLoadBalancer(t *core.Tx, in core.Object) (core.Object, error) {
	state, err := onlyOne("ELBv2 Load Balancer", matching(t, LoadBalancerToken, in, "name", "arn"))
	if err != nil {
		return nil, err
	}
	return state.Without("namePrefix", "tagsAll").With(core.Object{
		"tags":                         state["tagsAll"],
		"accessLogs":                   map[string]any{"bucket": "", "enabled": false, "prefix": ""},
		"dnsRecordClientRoutingPolicy": "any_availability_zone",
		"enableCrossZoneLoadBalancing": true,
		"enableZonalShift":             false,
	}), nil
}

// lookUpListener finds a listener by its ARN, or by load balancer and port.
func lookUpListener(t *core.Tx, in core.Object) (core.Object, error) {
	if !in.Has("arn") && (!in.Has("loadBalancerArn") || !in.Has("port")) {
		return nil, errors.New("one of arn, or load_balancer_arn and port, must be specified")
	}
	by := []string{"loadBalancerArn", "port"}
	if in.Has("arn") {
		by = []string{"arn"}
	}
	state, err := onlyOne("ELBv2 Listener", matching(t, ListenerToken, in, by...))
	if err != nil {
		return nil, err
	}
	out := core.Object{"tags": state["tagsAll"], "alpnPolicy": "", "certificateArn": state.Str("certificateArn"),
		"mutualAuthentications": []any{}, "defaultActions": lookedUpActions(state)}
	for _, key := range []string{"arn", "id", "loadBalancerArn", "port", "protocol", "sslPolicy"} {
		out[key] = state[key]
	}
	return out, nil
}

// lookedUpActions are the default actions of a listener as the look-up returns them:
// blocks are lists there, and values that were not given are filled in.
func lookedUpActions(listener core.Object) []any {
	var out []any
	for i, a := range listener.Blocks("defaultActions") {
		action := core.Object{"type": a.Str("type"), "order": float64(i + 1), "targetGroupArn": a.Str("targetGroupArn")}
		if order, ok := a.Num("order"); ok {
			action["order"] = order
		}
		if r := a.Block("redirect"); r != nil {
			unchanged := core.Object{"host": "#{host}", "path": "/#{path}", "port": "#{port}", "protocol": "#{protocol}", "query": "#{query}"}
			action["redirects"] = []any{map[string]any(unchanged.With(r))}
		}
		if f := a.Block("fixedResponse"); f != nil {
			action["fixedResponses"] = []any{map[string]any(core.Object{"messageBody": "", "statusCode": ""}.With(f))}
		}
		if f := a.Block("forward"); f != nil {
			action["forwards"] = []any{lookedUpForward(f)}
		}
		out = append(out, map[string]any(action))
	}
	return out
}

func lookedUpForward(forward core.Object) map[string]any {
	var groups, stickinesses []any
	for _, g := range forward.Blocks("targetGroups") {
		groups = append(groups, map[string]any(core.Object{"weight": 1.0}.With(g)))
	}
	if s := forward.Block("stickiness"); s != nil {
		stickinesses = []any{map[string]any(core.Object{"enabled": false}.With(s))}
	}
	return map[string]any{"targetGroups": groups, "stickinesses": stickinesses}
}
