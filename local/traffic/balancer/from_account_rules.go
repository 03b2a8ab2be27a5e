package balancer

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/local/traffic/account"
)

// rulesOf are the rules of a listener, by priority.
func rulesOf(r *account.Resources, listener string) ([]Rule, error) {
	var out []Rule
	for _, registered := range r.ListenerRules {
		if registered.ListenerARN != listener {
			continue
		}
		rule := Rule{Priority: registered.Priority}
		var err error
		if rule.Action, err = oneAction("actions", registered.Actions); err == nil {
			rule.Conditions, err = conditionsOf(registered.Conditions)
		}
		if err != nil {
			return nil, fmt.Errorf("rule %d: %w", rule.Priority, err)
		}
		out = append(out, rule)
	}
	slices.SortFunc(out, func(a, b Rule) int { return a.Priority - b.Priority })
	return out, nil
}

// oneAction reads the one action that a rule or a listener has.
func oneAction(property string, actions []account.Action) (Action, error) {
	if len(actions) != 1 {
		return Action{}, fmt.Errorf("%s: cannot serve %d actions, only one", property, len(actions))
	}
	switch a := actions[0]; a.Type {
	case "forward":
		return forwardOf(a), nil
	case "redirect":
		r := a.Redirect
		status, err := statusOf(strings.TrimPrefix(r.StatusCode, "HTTP_"))
		if err != nil {
			return Action{}, fmt.Errorf("%s[0].redirect.statusCode: %w", property, err)
		}
		return Action{Redirect: &Redirect{
			Protocol: r.Protocol, Host: r.Host, Port: r.Port, Path: r.Path, Query: r.Query, Status: status,
		}}, nil
	case "fixed-response":
		f := a.FixedResponse
		status, err := statusOf(f.StatusCode)
		if err != nil {
			return Action{}, fmt.Errorf("%s[0].fixedResponse.statusCode: %w", property, err)
		}
		return Action{Fixed: &Fixed{Status: status, ContentType: f.ContentType, Body: f.MessageBody}}, nil
	default:
		return Action{}, fmt.Errorf("%s[0].type: cannot serve %q, only forward, redirect and fixed-response", property, a.Type)
	}
}

func statusOf(code string) (int, error) {
	status, err := strconv.Atoi(code)
	if err != nil || status < 200 || status > 599 {
		return 0, fmt.Errorf("must be a status of 200-599, got %q", code)
	}
	return status, nil
}

// forwardOf reads the target groups of an action; a group without a weight has 1.
// Sourced: https://www.pulumi.com/registry/packages/aws/api-docs/lb/listenerrule/
func forwardOf(a account.Action) Action {
	var out []Share
	for _, g := range a.Forward.TargetGroups {
		weight := 1
		if g.Weight != nil {
			weight = *g.Weight
		}
		out = append(out, Share{TargetGroup: g.ARN, Weight: weight})
	}
	if len(out) == 0 {
		out = []Share{{TargetGroup: a.TargetGroupARN, Weight: 1}}
	}
	return Action{Forward: out}
}

// conditionKinds are the properties that hold conditions, and how each is read.
var conditionKinds = map[string]func(json.RawMessage) (Condition, error){
	"hostHeader":        patterns(FieldHost),
	"pathPattern":       patterns(FieldPath),
	"httpHeader":        patterns(FieldHeader),
	"httpRequestMethod": patterns(FieldMethod),
	"queryStrings":      pairs,
	"sourceIp":          blocks,
}

// conditionsOf reads the conditions of a rule.
func conditionsOf(states []map[string]json.RawMessage) ([]Condition, error) {
	var out []Condition
	for i, state := range states {
		for _, kind := range slices.Sorted(maps.Keys(state)) {
			if string(state[kind]) == "null" {
				continue
			}
			read, ok := conditionKinds[kind]
			if !ok {
				return nil, fmt.Errorf("conditions[%d].%s: cannot serve it", i, kind)
			}
			c, err := read(state[kind])
			if err != nil {
				return nil, fmt.Errorf("conditions[%d].%s: %w", i, kind, err)
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func patterns(field string) func(json.RawMessage) (Condition, error) {
	return func(raw json.RawMessage) (Condition, error) {
		var s struct {
			HTTPHeaderName      string
			Values, RegexValues []string
		}
		err := json.Unmarshal(raw, &s)
		if err == nil && len(s.RegexValues) > 0 {
			err = fmt.Errorf("regexValues: cannot serve it")
		}
		return Condition{Field: field, Header: s.HTTPHeaderName, Values: s.Values}, err
	}
}

func pairs(raw json.RawMessage) (Condition, error) {
	c := Condition{Field: FieldQuery}
	return c, json.Unmarshal(raw, &c.Query)
}

func blocks(raw json.RawMessage) (Condition, error) {
	c := Condition{Field: FieldSourceIP}
	var s struct{ Values []string }
	if err := json.Unmarshal(raw, &s); err != nil {
		return c, err
	}
	for _, v := range s.Values {
		block, err := netip.ParsePrefix(v)
		if err != nil {
			return c, fmt.Errorf("values: %w", err)
		}
		c.Sources = append(c.Sources, block)
	}
	return c, nil
}
