package traffic

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
)

// outsider is a viewer outside the process, who keeps no connection open.
func outsider(w *World, loopback string) *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: w.Authority().Roots()},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", loopback)
		},
	}}
}

// Nobody outside the process notices that one world takes the place of another.
func TestAWorldTakesThePlaceOfAnother(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1")
	opts := Options{Dir: t.TempDir()}
	before, err := Serve(s.driver.Account(), opts)
	require.NoError(t, err)
	defer func() { require.NoError(t, before.Close()) }()
	entries := before.Entries()
	var front string
	for _, e := range entries {
		if e.Kind == EntryDistribution && e.Address.Port() == 443 && !e.UDP {
			front = e.Loopback.String()
		}
	}
	client := outsider(before, front)
	ctx, stop := context.WithCancel(t.Context())
	asked := make(chan int, 1)
	first := make(chan struct{}, 1)
	go func() {
		count := 0
		for ctx.Err() == nil {
			res, err := client.Get("https://www.example.com/asked")
			if !assert.NoError(t, err) {
				break
			}
			assert.Equal(t, 200, res.StatusCode)
			assert.NoError(t, res.Body.Close())
			count++
			select {
			case first <- struct{}{}:
			default:
			}
		}
		asked <- count
	}()
	<-first
	for range 3 {
		opts.After = before
		next, err := Serve(s.driver.Account(), opts)
		require.NoError(t, err)
		before.Retire(t.Context())
		require.NoError(t, before.Close())
		assert.Equal(t, entries, next.Entries(), "every port stays where it was")
		assert.Equal(t, before.DNSAddress(), next.DNSAddress())
		before = next
		<-first
	}
	stop()
	assert.Greater(t, <-asked, 4)
}

// A world that cannot take another one's place leaves it as it is.
func TestAWorldThatFailsChangesNothing(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1")
	before, err := Serve(s.driver.Account(), Options{})
	require.NoError(t, err)
	entries := before.Entries()
	require.NoError(t, s.driver.Change(func(tx *core.Tx) {
		d := tx.All(distributionToken)[0]
		tx.Set(distributionToken, d.Str("id"), d.With(core.Object{
			"defaultCacheBehavior": d.Block("defaultCacheBehavior").With(core.Object{"cachePolicyId": "none"}),
		}))
	}))
	_, err = Serve(s.driver.Account(), Options{After: before})
	require.ErrorContains(t, err, `cachePolicyId "none" is not served`)
	assert.Equal(t, entries, before.Entries())
	_, err = net.Dial("tcp", before.DNSAddress())
	require.NoError(t, err)
	require.NoError(t, before.Close())
	_, err = net.Dial("tcp", before.DNSAddress())
	require.Error(t, err)
}
