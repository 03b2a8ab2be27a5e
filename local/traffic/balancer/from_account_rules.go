package balancer

import (
	"fmt"
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
		action, err := actionOf(registered.Actions[0])
		if err != nil {
			return nil, fmt.Errorf("rule %d: actions[0].%w", registered.Priority, err)
		}
		rule := Rule{Priority: registered.Priority, Action: action}
		for _, c := range registered.Conditions {
			rule.Conditions = append(rule.Conditions, conditionOf(c))
		}
		out = append(out, rule)
	}
	slices.SortFunc(out, func(a, b Rule) int { return a.Priority - b.Priority })
	return out, nil
}

// actionOf reads an action. Of the fixed responses, the account also registers those
// without a status code.
func actionOf(a account.Action) (Action, error) {
	switch a.Type {
	case "redirect":
		r := a.Redirect
		status, err := strconv.Atoi(strings.TrimPrefix(r.StatusCode, "HTTP_"))
		return Action{Redirect: &Redirect{
			Protocol: r.Protocol, Host: r.Host, Port: r.Port, Path: r.Path, Query: r.Query, Status: status,
		}}, err
	case "fixed-response":
		f := a.FixedResponse
		status, err := strconv.Atoi(f.StatusCode)
		if err != nil {
			return Action{}, fmt.Errorf("fixedResponse.statusCode: must be a status, got %q", f.StatusCode)
		}
		return Action{Fixed: &Fixed{Status: status, ContentType: f.ContentType, Body: f.MessageBody}}, nil
	}
	return forwardOf(a), nil
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

// conditionOf reads a condition, of which one block is given.
func conditionOf(c account.Condition) Condition {
	out := Condition{Header: c.HTTPHeader.HTTPHeaderName}
	for _, q := range c.QueryStrings {
		out.Field, out.Query = FieldQuery, append(out.Query, Pair(q))
	}
	for _, text := range c.SourceIP.Values {
		block, _ := netip.ParsePrefix(text)
		out.Field, out.Sources = FieldSourceIP, append(out.Sources, block)
	}
	for field, values := range map[string][]string{
		FieldHost: c.HostHeader.Values, FieldPath: c.PathPattern.Values,
		FieldHeader: c.HTTPHeader.Values, FieldMethod: c.HTTPRequestMethod.Values,
	} {
		if len(values) > 0 {
			out.Field, out.Values = field, values
		}
	}
	return out
}
