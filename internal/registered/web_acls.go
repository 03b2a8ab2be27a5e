package registered

import (
	"cmp"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// The types of AWS WAF that are read.
const (
	typeWebACL         = "aws:wafv2/webAcl:WebAcl"
	typeWebACLAttached = "aws:wafv2/webAclAssociation:WebAclAssociation"
	typeIPSet          = "aws:wafv2/ipSet:IpSet"
)

// notAmongWebACLs is said of a web ACL that is known by its ARN alone.
const notAmongWebACLs = "the web ACL is not among the resources, and may refuse requests"

// webACLOf is the name in the plan of the web ACL with the ARN that a resource has as its
// property, "" when it is not described. names lead to the resource.
func (r *reader) webACLOf(of *resource, property string, names ...string) string {
	acl := r.one(typeWebACL, of.str(property))
	if acl == nil {
		r.leaveOut(of, property, notAmongWebACLs, names...)
		return ""
	}
	if acl.str("ruleJson") != "" || acl.secret("rules") {
		r.leaveOut(of, property, "the rules of web ACL "+acl.str("name")+" are given as JSON or encrypted, and may refuse requests", names...)
		return ""
	}
	name, known := r.webACLs[acl]
	if !known {
		name = unique(r.webACLNames, cmp.Or(acl.str("name"), acl.id), acl)
		r.webACLs[acl] = name
		r.Plan.WebACLs = append(r.Plan.WebACLs, r.webACL(acl, name))
	}
	return name
}

// attachedTo is the web ACL that is associated with a load balancer.
func (r *reader) attachedTo(b *resource) string {
	for _, a := range r.about(typeWebACLAttached, "resourceArn", b) {
		return r.webACLOf(a, "webAclArn", b.str("dnsName"))
	}
	return ""
}

func (r *reader) webACL(acl *resource, name string) requestpath.WebACL {
	out := requestpath.WebACL{Name: name, Default: webACLAction(acl.block("defaultAction"))}
	for _, body := range acl.block("associationConfig").blocks("requestBodies") {
		out.BodyLimitBytes = awstable.BodyInspectionBytes[body.block("cloudfronts").str("defaultSizeInspectionLimit")]
	}
	for _, rule := range acl.blocks("rules") {
		out.Rules = append(out.Rules, r.webACLRule(acl, name, rule))
	}
	slices.SortStableFunc(out.Rules, func(a, b requestpath.WebACLRule) int { return cmp.Compare(a.Priority, b.Priority) })
	return out
}

// webACLRule describes a rule. Where it may be open whether it matches, a request may as
// well have the outcome of its matching.
func (r *reader) webACLRule(acl *resource, name string, rule object) requestpath.WebACLRule {
	s := statementReader{reader: r, acl: acl, rule: rule.str("name")}
	out := requestpath.WebACLRule{
		Name: s.rule, Priority: rule.num("priority"), Action: webACLAction(rule.block("action")), Statement: s.statement(rule.block("statement")),
	}
	if out.Action.Type == "" {
		out.Action.Type = requestpath.WebACLBlock // of a group, whose rules have actions of their own
	}
	if rule.block("overrideAction").has("count") {
		out.Action.Type = requestpath.WebACLCount
	}
	if out.Action.Type == requestpath.WebACLCaptcha || out.Action.Type == requestpath.WebACLChallenge {
		s.leavesOpen(out.Action.Type + " lets a request pass that has a valid token, which is not described")
	}
	if out.Action.Type != requestpath.WebACLCount {
		for _, text := range s.open {
			r.mayBe(acl, "rules["+s.rule+"]", text, func(plan *requestpath.Plan) { assume(plan, name, out.Name) })
		}
	}
	return out
}

// assume takes a rule of a web ACL to match where that is open.
func assume(plan *requestpath.Plan, acl, rule string) {
	plan.WebACLs = changed(plan.WebACLs, func(a *requestpath.WebACL) {
		a.Rules = changed(a.Rules, func(r *requestpath.WebACLRule) {
			r.Assumed = r.Assumed || a.Name == acl && r.Name == rule
		})
	})
}

// webACLAction is an action of which one kind is given.
func webACLAction(o object) requestpath.WebACLAction {
	for _, kind := range []string{
		requestpath.WebACLAllow, requestpath.WebACLBlock, requestpath.WebACLCount, requestpath.WebACLCaptcha, requestpath.WebACLChallenge,
	} {
		if !o.has(kind) {
			continue
		}
		out := requestpath.WebACLAction{Type: kind}
		if custom := o.block(kind).block("customResponse"); custom != nil {
			out.Status = custom.num("responseCode")
			for _, h := range custom.blocks("responseHeaders") {
				if containsFold([]string{"location"}, h.str("name")) {
					out.Location = h.str("value")
				}
			}
		}
		return out
	}
	return requestpath.WebACLAction{}
}

// managedGroup are the rules of a group that AWS or somebody else manages: those that are
// documented in full, and what is not known of the others.
func (s *statementReader) managedGroup(group object) requestpath.Statement {
	name := group.str("name")
	s.leavesOpen(requestpath.ManagedRulesUnknown(name))
	out := requestpath.Statement{Unknown: requestpath.ManagedRulesUnknown(name)}
	if group.str("version") == "" {
		out = requestpath.ManagedRules(name, overridden(group)...)
	}
	if down := group.block("scopeDownStatement"); down != nil {
		return requestpath.Statement{And: []requestpath.Statement{s.statement(down), out}}
	}
	return out
}

// overridden are the rules of a group that do something else than they do by themselves.
func overridden(group object) []string {
	var names []string
	for _, o := range group.blocks("ruleActionOverrides") {
		if !o.block("actionToUse").has("block") {
			names = append(names, o.str("name"))
		}
	}
	return names
}
