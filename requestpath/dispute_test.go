package requestpath_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/requestpath"
)

// A dispute is about a failure that another source has as a success, because of the fact
// that decides.
func TestDispute(t *testing.T) {
	decides, other := requestpath.Fact{ID: "decides"}, requestpath.Fact{ID: "other"}
	warning := func(f requestpath.Fact, statuses ...int) []requestpath.Warning {
		return []requestpath.Warning{{Statuses: statuses, Fact: f}}
	}
	for name, tc := range map[string]struct {
		outcome requestpath.Outcome
		want    bool
	}{
		"an error or a success":             {requestpath.Outcome{Status: 502, Warnings: warning(decides, 502, 200)}, true},
		"one error or another":              {requestpath.Outcome{Status: 504, Warnings: warning(decides, 504, 502)}, false},
		"a success or an error":             {requestpath.Outcome{Status: 200, Warnings: warning(decides, 200, 502)}, false},
		"an error, and a dispute that ends": {requestpath.Outcome{Status: 502, Warnings: warning(other, 502, 200)}, false},
		"an error":                          {requestpath.Outcome{Status: 502}, false},
	} {
		tc.outcome.Fact = decides
		dispute, ok := tc.outcome.Dispute()
		assert.Equal(t, tc.want, ok, name)
		assert.Equal(t, tc.want, len(dispute.Statuses) > 0, name)
	}
}
