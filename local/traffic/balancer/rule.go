package balancer

import (
	"strconv"

	"github.com/portico-iac/portico/local/traffic/account"
)

// rule is a rule with what it needs to act; the last one of a port is the default.
type rule struct {
	account.ListenerRule
	forward *shares
}

// name is the priority of a rule, from 1, or "default".
func (r rule) name() string {
	if r.Priority == 0 {
		return "default"
	}
	return strconv.Itoa(r.Priority)
}

// newRules are the rules of a listener in the order of their evaluation.
func (r *Running) newRules(l account.Listener) ([]rule, error) {
	var out []rule
	for _, registered := range append(r.opts.Account.RulesOf(l.ARN), account.ListenerRule{Actions: l.DefaultActions}) {
		forward, err := r.newShares(l, registered.Actions[0])
		if err != nil {
			return nil, err
		}
		out = append(out, rule{registered, forward})
	}
	return out, nil
}
