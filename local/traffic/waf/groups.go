package waf

import (
	"slices"
	"sync"
	"time"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
)

// isManaged says whether one of the managed rules of a group that are carried blocks the
// request.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
func (q *question) isManaged(s account.Statement, rule string) finding {
	group := s.ManagedRuleGroupStatement
	in := met
	if group.ScopeDownStatement != nil {
		in = q.meets(*group.ScopeDownStatement, rule)
	}
	if group.Name != awstable.CommonRuleSet || group.Version != "" {
		return min(in, notCarried)
	}
	for _, managed := range awstable.CommonRules {
		kept := true
		for _, o := range group.RuleActionOverrides {
			kept = kept && (o.Name != managed.Name || o.ActionToUse.Block != nil)
		}
		if kept && q.breaks(managed) {
			return in
		}
	}
	return min(in, notCarried)
}

// breaks says whether a request is one that a managed rule is about.
func (q *question) breaks(managed awstable.CommonRule) bool {
	switch managed.Part {
	case "path":
		return len(q.request.URL.EscapedPath()) > managed.LargerThan
	case "query":
		return len(q.request.URL.RawQuery) > managed.LargerThan
	case "body":
		return q.bodySize() > managed.LargerThan
	}
	values := q.request.Header.Values(managed.Header)
	if managed.LargerThan == 0 {
		return len(values) == 0
	}
	return slices.ContainsFunc(values, func(v string) bool { return len(v) > managed.LargerThan })
}

// rate counts the requests of each sender in a window of time.
type rate struct {
	limit  int
	window time.Duration

	mu sync.Mutex
	// last are the times of the last requests of a sender, limit+1 at most.
	last map[string][]time.Time
}

func newRate(limit int, window time.Duration) *rate {
	return &rate{limit: limit, window: window, last: map[string][]time.Time{}}
}

// count counts a request, and says whether the sender has sent more than the limit.
func (r *rate) count(sender string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last[sender] = append(r.last[sender], now)
	times := r.last[sender]
	times = times[max(0, len(times)-r.limit-1):]
	r.last[sender] = times
	return len(times) > r.limit && now.Sub(times[0]) < r.window
}

// exceeds says whether more requests have come than a rule lets pass.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
func (q *question) exceeds(s account.Statement, rule string) finding {
	limit := s.RateBasedStatement
	if limit.ScopeDownStatement != nil {
		if in := q.meets(*limit.ScopeDownStatement, rule); in != met {
			return in
		}
	}
	switch limit.AggregateKeyType {
	case "", "IP":
		return found(q.rates[rule].count(q.from.Address.String(), time.Now()))
	case "CONSTANT":
		return found(q.rates[rule].count("", time.Now()))
	}
	return notCarried
}
