// Package waf is AWS WAF on the simulated network: the web ACLs of an account, which
// distributions and load balancers ask about every request. It is written from AWS's
// documentation and knows nothing of any model, so that the two can disagree.
//
// Rules on path, query, method, one header, size, country, address and rate decide. Of
// managed rules only those are carried that AWS documents in full; a request passes all
// others, as it does CAPTCHAs and challenges, statements of other kinds and web ACLs that
// are not in the account. The country of a sender is what [wire.Source] says: nothing
// looks it up. A rate is counted from the beginning of the network and exactly, where AWS
// estimates.
package waf

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// ACL is a web ACL that is asked about requests. Its methods may be called from several
// goroutines.
type ACL struct {
	registered account.WebACL
	sets       map[string]account.IPSet // by ARN
	limit      int                      // how many bytes of a body are inspected
	rates      map[string]*rate         // by rule
}

// Block is the answer to a request that is blocked.
type Block struct {
	// Rule is the name of the rule, or "default".
	Rule   string
	Status int
	// Header, ContentType and Body are those of a custom response. Default: none.
	Header            http.Header
	ContentType, Body string
}

// All are the web ACLs of an account by ARN.
func All(r *account.Resources, clock wire.Clock) map[string]*ACL {
	sets := map[string]account.IPSet{}
	for _, s := range r.IPSets {
		sets[s.ARN] = s
	}
	all := map[string]*ACL{}
	for _, registered := range r.WebACLs {
		a := &ACL{registered: registered, sets: sets, limit: limitOf(registered), rates: map[string]*rate{}}
		slices.SortStableFunc(a.registered.Rules, func(a, b account.WebACLRule) int { return a.Priority - b.Priority })
		for _, rule := range registered.Rules {
			if s := rule.Statement.RateBasedStatement; s != nil {
				a.rates[rule.Name] = newRate(s.Limit, clock.Seconds(float64(cmp.Or(s.EvaluationWindowSec, 300))))
			}
		}
		all[registered.ARN] = a
	}
	return all
}

// limitOf is how many bytes of a body are inspected.
// Sourced: https://docs.aws.amazon.com/waf/latest/APIReference/API_Body.html
func limitOf(a account.WebACL) int {
	if a.Scope != "CLOUDFRONT" {
		return awstable.LoadBalancerBodyInspectionBytes
	}
	for _, bodies := range a.AssociationConfig.RequestBodies {
		for _, c := range bodies.CloudFronts {
			return awstable.BodyInspectionBytes[c.DefaultSizeInspectionLimit]
		}
	}
	return awstable.DistributionBodyInspectionBytes
}

// Ask returns nil when a request passes. A nil ACL lets everything pass. The body of the
// request is still there afterwards.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-rule-actions.html
func (a *ACL) Ask(r *http.Request, from wire.Source) *Block {
	if a == nil || a.registered.RuleJSON != "" {
		return nil
	}
	q := &question{ACL: a, request: r, from: from}
	for _, rule := range a.registered.Rules {
		if q.meets(rule.Statement, rule.Name) != met {
			continue
		}
		group := rule.Statement.ManagedRuleGroupStatement != nil
		switch {
		case rule.Action.Allow != nil:
			return nil
		case rule.Action.Block != nil:
			return a.block(rule.Name, rule.Action.Block)
		case group && rule.OverrideAction.Count == nil:
			return a.block(rule.Name, &account.BlockAction{})
		}
	}
	if a.registered.DefaultAction.Block != nil {
		return a.block("default", a.registered.DefaultAction.Block)
	}
	return nil
}

// contentTypes are what a custom body may be.
// Sourced: https://docs.aws.amazon.com/waf/latest/APIReference/API_CustomResponseBody.html
var contentTypes = map[string]string{"TEXT_PLAIN": "text/plain", "TEXT_HTML": "text/html", "APPLICATION_JSON": "application/json"}

// block is the answer of an action.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-for-blocked-requests.html
func (a *ACL) block(rule string, action *account.BlockAction) *Block {
	out := &Block{Rule: rule, Status: http.StatusForbidden, Header: http.Header{}}
	custom := action.CustomResponse
	if custom == nil {
		return out
	}
	out.Status = custom.ResponseCode
	for _, h := range custom.ResponseHeaders {
		out.Header.Set(h.Name, h.Value)
	}
	for _, body := range a.registered.CustomResponseBodies {
		if body.Key == custom.CustomResponseBodyKey {
			out.ContentType, out.Body = contentTypes[body.ContentType], body.Content
		}
	}
	return out
}
