package agreement

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/requestpath"
)

// addWebACLs registers the web ACLs, in the scope of what asks them.
func (r *registration) addWebACLs() error {
	for _, a := range r.plan.WebACLs {
		scope, in := "REGIONAL", r.driver
		if slices.ContainsFunc(r.plan.Distributions, func(e requestpath.Distribution) bool { return e.WebACL == a.Name }) {
			scope, in = "CLOUDFRONT", r.driver.In("us-east-1")
		}
		if err := r.webACL(in, scope, a); err != nil {
			return err
		}
	}
	return nil
}

func (r *registration) webACL(d *cloudtest.Driver, scope string, a requestpath.WebACL) error {
	var rules []any
	for _, rule := range a.Rules {
		s, err := r.statement(d, scope, rule.Name, rule.Statement)
		if err != nil {
			return err
		}
		rules = append(rules, props{
			"name": rule.Name, "priority": rule.Priority, "action": aclAction(rule.Action), "statement": s, "visibilityConfig": visibility(rule.Name),
		})
	}
	in := props{"name": a.Name, "scope": scope, "defaultAction": aclAction(a.Default), "visibilityConfig": visibility(a.Name)}
	if len(rules) > 0 {
		in["rules"] = rules
	}
	for limit, bytes := range awstable.BodyInspectionBytes {
		if bytes == a.BodyLimitBytes {
			in["associationConfig"] = props{"requestBodies": []any{props{"cloudfronts": []any{props{"defaultSizeInspectionLimit": limit}}}}}
		}
	}
	_, state, err := r.createIn(d, "aws:wafv2/webAcl:WebAcl", a.Name, in)
	r.webACLs[a.Name] = fmt.Sprint(state["arn"])
	return err
}

func visibility(metric string) props {
	return props{"cloudwatchMetricsEnabled": false, "metricName": metric, "sampledRequestsEnabled": false}
}

func aclAction(a requestpath.WebACLAction) props {
	if a.Type == "" {
		a.Type = requestpath.WebACLAllow
	}
	if a.Status == 0 {
		return props{a.Type: props{}}
	}
	return props{a.Type: props{"customResponse": props{"responseCode": a.Status}}}
}

// statement are the inputs of a statement. What a plan does not know is a transformation
// that neither side has.
func (r *registration) statement(d *cloudtest.Driver, scope, name string, s requestpath.Statement) (props, error) {
	switch {
	case s.Unknown != "":
		return match(requestpath.StringMatch{
			Component: requestpath.Component{Component: requestpath.ComponentPath, Transformations: []string{"CMD_LINE"}},
			Text:      "/", Position: requestpath.MatchPart,
		}), nil
	case s.Not != nil:
		return r.statements(d, scope, name, "notStatement", []requestpath.Statement{*s.Not})
	case len(s.And) > 0:
		return r.statements(d, scope, name, "andStatement", s.And)
	case len(s.Or) > 0:
		return r.statements(d, scope, name, "orStatement", s.Or)
	case len(s.Countries) > 0:
		return props{"geoMatchStatement": props{"countryCodes": s.Countries}}, nil
	case s.Match != nil:
		return match(*s.Match), nil
	case s.Size != nil:
		return props{"sizeConstraintStatement": props{
			"fieldToMatch": field(s.Size.Component), "textTransformations": transformations(s.Size.Component),
			"comparisonOperator": s.Size.Operator, "size": s.Size.Bytes,
		}}, nil
	}
	return r.ipSets(d, scope, name, s.CIDRs)
}

func (r *registration) statements(d *cloudtest.Driver, scope, name, kind string, parts []requestpath.Statement) (props, error) {
	var all []any
	for i, part := range parts {
		s, err := r.statement(d, scope, fmt.Sprintf("%s-%d", name, i), part)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return props{kind: props{"statements": all}}, nil
}

// ipSets has a set for each family of addresses.
func (r *registration) ipSets(d *cloudtest.Driver, scope, name string, cidrs []string) (props, error) {
	families := map[string][]string{}
	for _, cidr := range cidrs {
		family := "IPV4"
		if p, err := netip.ParsePrefix(cidr); err == nil && p.Addr().Is6() {
			family = "IPV6"
		}
		families[family] = append(families[family], cidr)
	}
	if len(families) == 0 {
		families["IPV4"] = []string{}
	}
	var all []any
	for _, family := range []string{"IPV4", "IPV6"} {
		addresses, ok := families[family]
		if !ok {
			continue
		}
		set := strings.Join([]string{name, family}, "-")
		in := props{"name": set, "scope": scope, "ipAddressVersion": family}
		if len(addresses) > 0 {
			in["addresses"] = addresses
		}
		_, state, err := r.createIn(d, "aws:wafv2/ipSet:IpSet", set, in)
		if err != nil {
			return nil, err
		}
		all = append(all, props{"ipSetReferenceStatement": props{"arn": state["arn"]}})
	}
	if len(all) == 1 {
		return all[0].(props), nil
	}
	return props{"orStatement": props{"statements": all}}, nil
}

func match(m requestpath.StringMatch) props {
	return props{"byteMatchStatement": props{
		"fieldToMatch": field(m.Component), "textTransformations": transformations(m.Component),
		"positionalConstraint": m.Position, "searchString": m.Text,
	}}
}

func field(c requestpath.Component) props {
	switch c.Component {
	case requestpath.ComponentHeader:
		return props{"singleHeader": props{"name": c.Header}}
	case requestpath.ComponentBody:
		if c.Oversize == "" {
			return props{"body": props{}}
		}
		return props{"body": props{"oversizeHandling": c.Oversize}}
	}
	return props{map[string]string{
		requestpath.ComponentPath: "uriPath", requestpath.ComponentQuery: "queryString", requestpath.ComponentMethod: "method",
	}[c.Component]: props{}}
}

// transformations has one at least, as AWS wants it.
func transformations(c requestpath.Component) []any {
	kinds := c.Transformations
	if len(kinds) == 0 {
		kinds = []string{requestpath.TransformNone}
	}
	var out []any
	for i, kind := range kinds {
		out = append(out, props{"priority": i, "type": kind})
	}
	return out
}
