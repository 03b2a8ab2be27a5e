package observe_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// The seeded account has an instance that is open to the world, and one that is
// closed; who asks, and from where, decides.
func TestTheWorldIsSeenByWhoAsks(t *testing.T) {
	account, err := core.Seed()
	require.NoError(t, err)
	world, err := traffic.Serve(account, traffic.Options{Clock: wire.Clock{Second: 20 * time.Millisecond}})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, world.Close()) })
	via := observe.World{World: world, Wait: observe.Patience{Connect: 100 * time.Millisecond}}
	open, closed := privateAddress(account, "i-05eed00b300000001"), privateAddress(account, "i-05eed0c105ed00001")
	inside := requestpath.Source{Kind: requestpath.FromVPC}
	for _, c := range []struct {
		name    string
		request requestpath.Request
		want    string
	}{
		{"by name", requestpath.Request{Name: "legacy.example.com"}, "bad-certificate"},
		{"by name, whatever is shown", requestpath.Request{Name: "legacy.example.com", IgnoreCertificate: true}, "200"},
		{"over HTTP", requestpath.Request{Name: "legacy.example.com", Scheme: "http"}, "200"},
		{"as CloudFront", requestpath.Request{Name: "legacy.example.com", Scheme: "http", From: requestpath.Source{Kind: "cloudfront"}}, "200"},
		{"on a port that nobody listens on", requestpath.Request{Name: "legacy.example.com", Port: 22}, "connection-refused"},
		{"on a port that is closed to the world", requestpath.Request{Name: "legacy.example.com", Port: 8080}, "timeout"},
		{"over IPv6", requestpath.Request{Name: "legacy.example.com", From: requestpath.Source{Address: "2001:db8::1"}}, "name-not-found"},
		{"by a name that is not there", requestpath.Request{Name: "gone.example.com"}, "name-not-found"},
		{"a private address", requestpath.Request{Name: open, Scheme: "http"}, "timeout"},
		{"a private address, from inside", requestpath.Request{Name: open, Scheme: "http", From: inside}, "200"},
		{"a closed one", requestpath.Request{Name: closed, Scheme: "http", From: inside}, "timeout"},
		{"nobody", requestpath.Request{Name: "203.0.113.250"}, "timeout"},
		{"nobody, over QUIC", requestpath.Request{Name: "203.0.113.250", Version: requestpath.HTTP3}, "timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen, err := observe.Send(t.Context(), via, c.request)
			require.NoError(t, err)
			assert.Equal(t, c.want, seen.String(), seen.Detail)
		})
	}
	_, err = observe.Send(t.Context(), via, requestpath.Request{Name: "203.0.113.250", From: requestpath.Source{Address: "nowhere"}})
	require.Error(t, err)
}

func privateAddress(account *core.Account, instance string) string {
	return netip.MustParseAddr(account.Get("aws:ec2/instance:Instance", instance)["privateIp"].(string)).String()
}
