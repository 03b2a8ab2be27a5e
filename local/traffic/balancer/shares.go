package balancer

import "sync"

// shares spreads requests over target groups by their weights, evenly: of weights
// 3 and 1, every fourth request goes to the second. A group without a target that
// can serve still gets its share.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
type shares struct {
	mu     sync.Mutex
	groups []*group
	weight []int
	credit []int
}

// newShares are those of an action; nil when it does not forward.
func (r *Running) newShares(a Action) *shares {
	if len(a.Forward) == 0 {
		return nil
	}
	s := &shares{credit: make([]int, len(a.Forward))}
	for _, share := range a.Forward {
		s.groups = append(s.groups, r.groups[share.TargetGroup])
		s.weight = append(s.weight, share.Weight)
	}
	return s
}

// next is the group of the next request; nil when none has any weight.
func (s *shares) next() *group {
	if s == nil {
		return nil
	}
	if len(s.groups) == 1 {
		return s.groups[0]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	best, total := -1, 0
	for i, w := range s.weight {
		s.credit[i] += w
		total += w
		if w > 0 && (best < 0 || s.credit[i] > s.credit[best]) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	s.credit[best] -= total
	return s.groups[best]
}
