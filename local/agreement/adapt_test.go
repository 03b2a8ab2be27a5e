package agreement

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// Inexpressible is why no resources can express a plan, whether or not AWS would
// accept it.
type Inexpressible struct{ Reason string }

// Error is the reason.
func (e *Inexpressible) Error() string { return e.Reason }

func inexpressible(format string, a ...any) error {
	return &Inexpressible{Reason: fmt.Sprintf(format, a...)}
}

// Adapt changes a plan to one that resources can express, without changing the
// request's outcome:
//
//   - a listener rule without conditions matches every path;
//   - a security group that is only referred to is added, without rules; whatever
//     has no group gets one without rules; duplicate rules are dropped; a group with
//     more rules than the quota allows is split into several, attached together;
//   - of two records with one name and type the first stays, and one that cannot be
//     an alias becomes a CNAME;
//   - a distribution forwards what one of the managed policies does, if that makes no
//     difference to the request;
//   - a target is not marked healthy, since it is if it answers, and one whose
//     answer fails its health check is unhealthy.
//
// The error is an [Inexpressible].
func Adapt(plan requestpath.Plan, request requestpath.Request) (requestpath.Plan, error) {
	p, err := cloned(plan)
	if err != nil {
		return p, err
	}
	if err := described(&p); err != nil {
		return p, err
	}
	if slices.ContainsFunc(p.Buckets, func(b requestpath.Bucket) bool { return b.OtherKeys }) {
		return p, inexpressible("a bucket with objects that are not known")
	}
	adaptRules(&p)
	adaptGroups(&p, request)
	adaptRecords(&p)
	if err := adaptTargets(&p); err != nil {
		return p, err
	}
	for i := range p.Distributions {
		e := &p.Distributions[i]
		for j := range e.ErrorResponses { // CloudFront wants a status with a page
			if r := &e.ErrorResponses[j]; r.PagePath != "" {
				r.PageStatus = cmp.Or(r.PageStatus, r.Status)
			}
		}
		for j := range e.Behaviors {
			if err := adaptForwarding(&e.Behaviors[j], request, len(p.WebACLs) > 0); err != nil {
				return p, err
			}
		}
		if err := adaptForwarding(&e.Default, request, len(p.WebACLs) > 0); err != nil {
			return p, err
		}
	}
	return p, nil
}

// cloned is a copy that shares nothing.
func cloned[T any](v T) (T, error) {
	var out T
	raw, err := json.Marshal(v)
	if err != nil {
		return out, fmt.Errorf("copying: %w", err)
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return out, fmt.Errorf("copying: %w", err)
	}
	return out, nil
}

// described returns an error if the plan refers to something that is not in it:
// resources cannot refer to what does not exist.
func described(p *requestpath.Plan) error {
	for _, g := range p.TargetGroups {
		for _, t := range g.Targets {
			if !slices.ContainsFunc(p.Servers, func(s requestpath.Server) bool { return s.Name == t.Server }) {
				return inexpressible("the plan refers to a server that is not in it")
			}
		}
	}
	for _, action := range actionsOf(p) {
		known := slices.ContainsFunc(p.TargetGroups, func(g requestpath.TargetGroup) bool { return g.Name == action.TargetGroup })
		if action.Type == requestpath.ActionForward && !known {
			return inexpressible("the plan refers to a target group that is not in it")
		}
	}
	return nil
}

func actionsOf(p *requestpath.Plan) []requestpath.Action {
	var out []requestpath.Action
	for _, b := range p.LoadBalancers {
		for _, l := range b.Listeners {
			out = append(out, l.DefaultAction)
			for _, r := range l.Rules {
				out = append(out, r.Action)
			}
		}
	}
	return out
}

// adaptRules gives rules without a condition one that matches every request.
func adaptRules(p *requestpath.Plan) {
	for _, b := range p.LoadBalancers {
		for _, l := range b.Listeners {
			for i := range l.Rules {
				if len(l.Rules[i].Conditions) == 0 {
					l.Rules[i].Conditions = []requestpath.Condition{{Field: requestpath.FieldPath, Values: []string{"*"}}}
				}
			}
		}
	}
}

// adaptTargets removes health that is the default, and registrations of services
// with target groups that no listener forwards to, which ECS refuses.
func adaptTargets(p *requestpath.Plan) error {
	health := map[string]string{}
	for i := range p.TargetGroups {
		g := &p.TargetGroups[i]
		if !forwardedTo(p, g.Name) {
			g.Targets = slices.DeleteFunc(g.Targets, func(t requestpath.Target) bool { return isService(p, t.Server) })
		}
		for j := range g.Targets {
			t := &g.Targets[j]
			if t.Health == requestpath.Healthy {
				t.Health = ""
			}
			if t.Health == "" && failsCheck(p, *g, *t) {
				t.Health = requestpath.Unhealthy
			}
			if other, ok := health[t.Server]; ok && other != t.Health {
				return inexpressible("a server is in one state in one target group and in another in another")
			}
			health[t.Server] = t.Health
		}
	}
	return nil
}

// failsCheck says whether a target fails its health check, by its answer or by
// answering late: see healthCheck.
func failsCheck(p *requestpath.Plan, g requestpath.TargetGroup, t requestpath.Target) bool {
	for _, l := range serverOf(p, t.Server).Listeners {
		if l.Port != cmp.Or(t.Port, g.Port) {
			continue
		}
		if l.Answer.DelaySeconds >= checkSeconds {
			return true
		}
		if g.ProtocolVersion == requestpath.VersionGRPC {
			return !slices.Contains(l.Versions, requestpath.GRPC) || cmp.Or(l.Answer.Status, 200) != 200
		}
		return l.Answer.Status >= 500
	}
	return false
}

func forwardedTo(p *requestpath.Plan, group string) bool {
	return slices.ContainsFunc(actionsOf(p), func(a requestpath.Action) bool {
		return a.Type == requestpath.ActionForward && a.TargetGroup == group
	})
}

func isService(p *requestpath.Plan, server string) bool {
	return slices.ContainsFunc(p.Servers, func(s requestpath.Server) bool { return s.Name == server && s.Image != nil })
}

// adaptForwarding lets a distribution forward what a managed policy does. Headers matter
// only to a request with headers, or to a web ACL that may look at the User-Agent, and the
// query only to a request with a query.
func adaptForwarding(b *requestpath.Behavior, request requestpath.Request, guarded bool) error {
	for _, policy := range forwardingPolicies {
		if policy.host == b.ForwardsHost &&
			(len(request.Headers) == 0 && !guarded || policy.headers == b.ForwardsHeaders) &&
			(request.Query == "" || policy.query == b.ForwardsQuery) {
			b.ForwardsHeaders, b.ForwardsQuery, b.ForwardsCookies = policy.headers, policy.query, policy.query
			return nil
		}
	}
	return inexpressible("no managed policy forwards Host %t, headers %t and query %t",
		b.ForwardsHost, b.ForwardsHeaders, b.ForwardsQuery)
}

// A forwardingPolicy is a managed origin request policy with what it forwards.
type forwardingPolicy struct {
	id                   string
	host, headers, query bool
}

// forwardingPolicies are those that the local AWS knows, and no policy.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
var forwardingPolicies = []forwardingPolicy{
	{awstable.AllViewerExceptHostHeader, false, true, true},
	{awstable.AllViewer, true, true, true},
	{awstable.HostHeaderOnly, true, false, false},
	{"", false, false, false},
}

// sameName compares DNS names.
func sameName(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}
