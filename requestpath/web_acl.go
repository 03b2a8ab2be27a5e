package requestpath

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
)

// guarded is who asks a web ACL about its requests.
type guarded struct {
	hop *Hop
	// name is the web ACL's, field where the plan names it.
	name, field string
	// limit is how much of a body is inspected, unless the web ACL says so.
	limit int
	fact  Fact
}

// inspect asks the web ACL, if there is one. The answer is nil when the request passes.
func (w *walker) inspect(g guarded, c call) *answer {
	if g.name == "" {
		return nil
	}
	acl := w.plan.webACL(g.name)
	if acl == nil {
		g.hop.Decision = "asks a web ACL"
		return g.hop.undescribed(g.field, "web ACL "+g.name)
	}
	h := &Hop{Kind: HopWebACL, Name: acl.Name, Host: c.host, Path: c.path}
	w.hops = append(w.hops, h)
	i := inspection{call: c, limit: cmp.Or(acl.BodyLimitBytes, g.limit)}
	rule, open := acl.decides(i)
	at := part("webACLs", acl.Name)
	if rule == nil {
		h.Rule = "default"
		if acl.Default.Type != WebACLBlock {
			h.Decision = "lets it pass: no rule decides" + mayDecide(open)
			return nil
		}
		h.Decision = "blocks it: no rule decides" + mayDecide(open)
		return g.blocks(acl.Default, cause{
			fact: g.fact, field: at + ".default",
			why: fmt.Sprintf("no rule of web ACL %s allows the request, so that its default action blocks it", acl.Name),
			fix: "add a rule that allows such requests, if they are meant to be served",
		})
	}
	h.Rule = rule.Name
	if rule.Action.Type == WebACLAllow {
		h.Decision = fmt.Sprintf("lets it pass by rule %s", rule.Name) + mayDecide(open)
		return nil
	}
	h.Decision = fmt.Sprintf("blocks it by rule %s", rule.Name) + mayDecide(open)
	return g.blocks(rule.Action, cause{
		fact: g.fact, field: fieldOf(at, part("rules", rule.Name)),
		why: fmt.Sprintf("rule %s of web ACL %s blocks the request: %s", rule.Name, acl.Name, rule.because(i)),
		fix: fmt.Sprintf("let rule %s except such requests, or count instead of block, if they are meant to be served", rule.Name),
	})
}

// mayDecide names the rules of which it is not known whether they decide.
func mayDecide(open []string) string {
	if len(open) == 0 {
		return ""
	}
	return "; it is not known whether " + strings.Join(open, ", ") + " would"
}

// decides is the rule that ends the evaluation, or nil, and the names of those before
// it of which it is not known whether they do.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-actions.html
func (a *WebACL) decides(i inspection) (rule *WebACLRule, open []string) {
	for n := range a.Rules {
		r := &a.Rules[n]
		matches := r.Statement.matches(i)
		if r.Action.needsToken() {
			matches = min(matches, maybe)
		}
		switch {
		case r.Action.Type == WebACLCount || matches == no:
		case matches == yes || r.Assumed:
			return r, open
		default:
			open = append(open, r.Name)
		}
	}
	return nil, open
}

// needsToken says that the action lets a request pass that has a valid token.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-how-it-works.html
func (a WebACLAction) needsToken() bool { return a.Type == WebACLCaptcha || a.Type == WebACLChallenge }

// blocks is the answer in place of the one that the request asks for. It comes from the
// resource that asked the web ACL.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-for-blocked-requests.html
func (g guarded) blocks(a WebACLAction, c cause) *answer {
	status := map[string]int{WebACLCaptcha: http.StatusMethodNotAllowed, WebACLChallenge: http.StatusAccepted}[a.Type]
	out := g.hop.answers(cmp.Or(a.Status, status, http.StatusForbidden), c)
	out.Location = a.Location
	return out
}
