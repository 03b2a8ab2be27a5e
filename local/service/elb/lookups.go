package elb

import (
	"errors"
	"slices"

	"github.com/portico-iac/portico/local/core"
)

// lookUp finds the only resource of a type that has the properties and the tags which
// the arguments name; what is the type in the words of the real provider's errors.
func lookUp(t *core.Tx, token, what string, in core.Object, properties ...string) (core.Object, error) {
	found := slices.DeleteFunc(t.All(token), func(state core.Object) bool {
		differs := func(key string) bool { return in.Has(key) && state[key] != in[key] }
		return slices.ContainsFunc(properties, differs) || !core.HasTags(state, in.Block("tags"))
	})
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, errors.New("reading " + what + ": couldn't find resource")
	}
	return nil, errors.New("reading " + what + ": too many results: more than one matches; use additional constraints to reduce matches to a single one")
}

// lookUpLoadBalancer finds a load balancer by name, ARN and tags.
func lookUpLoadBalancer(t *core.Tx, in core.Object) (core.Object, error) {
	state, err := lookUp(t, LoadBalancerToken, "ELBv2 Load Balancer", in, "name", "arn")
	logs := func(block string) core.Object {
		return core.Object{"bucket": "", "enabled": false, "prefix": ""}.With(state.Block(block))
	}
	return state.Without("namePrefix", "tagsAll").With(core.Object{
		"tags":                         state["tagsAll"],
		"accessLogs":                   map[string]any(logs("accessLogs")),
		"dnsRecordClientRoutingPolicy": "any_availability_zone",
		"enableCrossZoneLoadBalancing": true,
		"enableZonalShift":             false,
	}), err
}

// lookUpListener finds a listener by its ARN, or by load balancer and port.
func lookUpListener(t *core.Tx, in core.Object) (core.Object, error) {
	by := []string{"loadBalancerArn", "port"}
	if in.Has("arn") {
		by = []string{"arn"}
	} else if !in.Has("loadBalancerArn") || !in.Has("port") {
		return nil, errors.New("one of arn, or load_balancer_arn and port, must be specified")
	}
	state, err := lookUp(t, ListenerToken, "ELBv2 Listener", in, by...)
	return state.Without("mutualAuthentication", "tagsAll").With(core.Object{
		"tags":                  state["tagsAll"],
		"alpnPolicy":            "",
		"certificateArn":        state.Str("certificateArn"),
		"defaultActions":        lookedUpActions(state),
		"mutualAuthentications": []any{},
	}), err
}

// lookedUpActions are the default actions of a listener as the look-up returns them:
// blocks are lists there, and values that were not given are filled in.
func lookedUpActions(listener core.Object) []any {
	var out []any
	for i, a := range listener.Blocks("defaultActions") {
		action := core.Object{"order": float64(i + 1), "targetGroupArn": ""}.With(a.Without("fixedResponse", "forward", "redirect"))
		action["fixedResponses"] = lookedUpBlocks(a.At("fixedResponse"), core.Object{"messageBody": "", "statusCode": ""})
		action["redirects"] = lookedUpBlocks(a.At("redirect"), core.Object{
			"host": "#{host}", "path": "/#{path}", "port": "#{port}", "protocol": "#{protocol}", "query": "#{query}",
		})
		if a.Has("forward") {
			action["forwards"] = []any{core.Object{
				"stickinesses": lookedUpBlocks(a.At("forward.stickiness"), core.Object{"enabled": false}),
				"targetGroups": lookedUpBlocks(a.At("forward.targetGroups"), core.Object{"weight": 1.0}),
			}}
		}
		out = append(out, action)
	}
	return out
}

// lookedUpBlocks are blocks with defaults for what they do not have.
func lookedUpBlocks(blocks []any, defaults core.Object) []any {
	var out []any
	for _, b := range blocks {
		out = append(out, defaults.With(core.AsObject(b)))
	}
	return out
}
