package observe_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/requestpath"
)

// The User-Agent and the body are what the request says.
func TestSendsWhatTheRequestSays(t *testing.T) {
	for _, tt := range []struct {
		headers []requestpath.Header
		bytes   int
		agents  []string
	}{
		{nil, 0, []string{"portico"}},
		{[]requestpath.Header{{Name: "X-Team", Value: "a"}}, 9216, []string{"portico"}},
		{[]requestpath.Header{{Name: "user-agent", Value: "monitor/1.0"}}, 1, []string{"monitor/1.0"}},
		{[]requestpath.Header{{Name: "User-Agent"}}, 0, nil},
	} {
		for _, version := range []string{requestpath.HTTP11, requestpath.HTTP2} {
			var agents []string
			var size int64
			via := serving(t, nil, version == requestpath.HTTP2, func(_ http.ResponseWriter, r *http.Request) {
				agents = r.Header.Values("User-Agent")
				size, _ = io.Copy(io.Discard, r.Body)
			})
			seen, err := observe.Send(t.Context(), via, requestpath.Request{
				Name: name, Method: "POST", Version: version, Headers: tt.headers, BodyBytes: tt.bytes,
			})
			require.NoError(t, err)
			assert.Equal(t, 200, seen.Status, seen.Detail)
			assert.Equal(t, tt.agents, agents, version)
			assert.Equal(t, int64(tt.bytes), size, version)
		}
	}
	for _, r := range []requestpath.Request{
		{Name: name, BodyBytes: -1}, {Name: name, Method: "POST", Version: requestpath.GRPC, BodyBytes: 1},
	} {
		_, err := observe.Send(t.Context(), to("127.0.0.1:1", nil), r)
		assert.ErrorContains(t, err, "bodyBytes: must be 0 or more, and 0 for a gRPC call")
	}
}
