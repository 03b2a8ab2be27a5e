package alb

import (
	"sync"

	"github.com/portico-iac/portico/local/traffic/account"
)

// shares spreads requests over target groups by their weights, evenly: of weights
// 3 and 1, every fourth request goes to the second. A group without a target that
// can serve still gets its share.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
type shares struct {
	mu  sync.Mutex
	all []*share
}

type share struct {
	group          *group
	weight, credit int
}

// newShares are those of an action of a listener. A group without a weight has 1.
// Sourced: https://www.pulumi.com/registry/packages/aws/api-docs/lb/listenerrule/
func (r *Running) newShares(l account.Listener, a account.Action) (*shares, error) {
	registered := a.Forward.TargetGroups
	if len(registered) == 0 && a.TargetGroupARN != "" {
		registered = []account.Share{{ARN: a.TargetGroupARN}}
	}
	out := &shares{}
	for _, s := range registered {
		g, err := r.groupFor(l, s.ARN)
		if err != nil {
			return nil, err
		}
		weight := 1
		if s.Weight != nil {
			weight = *s.Weight
		}
		out.all = append(out.all, &share{group: g, weight: weight})
	}
	return out, nil
}

// next is the group of the next request; nil when none has any weight.
func (s *shares) next() *group {
	if len(s.all) == 1 {
		return s.all[0].group
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var best *share
	total := 0
	for _, one := range s.all {
		one.credit += one.weight
		total += one.weight
		if one.weight > 0 && (best == nil || one.credit > best.credit) {
			best = one
		}
	}
	if best == nil {
		return nil
	}
	best.credit -= total
	return best.group
}
