package server

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/wire"
)

func TestARequiredHeader(t *testing.T) {
	f := serving(t, Listener{RequiredHeader: &RequiredHeader{Name: "X-Mine", Values: []string{"new", "old"}}})
	for value, want := range map[string]int{"": 403, "wrong": 403, "NEW": 403, "new": 200, "old": 200} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://origin/", nil)
		require.NoError(t, err)
		if value != "" {
			req.Header.Set("x-mine", value)
		}
		res, err := f.client(false).Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		assert.Equal(t, want, res.StatusCode, value)
		events := f.events.Of(wire.Request)
		assert.Equal(t, want, events[len(events)-1].Status)
	}
}
