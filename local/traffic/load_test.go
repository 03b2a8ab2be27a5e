package traffic

import (
	"context"
	"flag"
	"io"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/wire"
)

var (
	loadTime    = flag.Duration("load", time.Second, "how long the load test goes on")
	loadRate    = flag.Int("rate", 0, "how many requests per second the load test must manage; 0 for any number")
	loadViewers = flag.Int("viewers", 20, "how many viewers ask at once in the load test, each over a connection of its own")
)

func TestManyViewersAtOnce(t *testing.T) {
	s := newSite(t)
	s.containers("HTTP1")
	once := func(length time.Duration) int64 {
		w, err := Serve(s.driver.Account(), Options{})
		require.NoError(t, err)
		defer func() { assert.NoError(t, w.Close()) }()
		return load(t, w, length)
	}
	once(50 * time.Millisecond) // what Go and others keep for good is there from now on
	goroutines, descriptors := runtime.NumGoroutine(), openFiles(t)
	answered := once(*loadTime)
	rate := float64(answered) / loadTime.Seconds()
	t.Logf("%d requests over %d connections in %s, %.0f per second", answered, *loadViewers, *loadTime, rate)
	assert.GreaterOrEqual(t, rate, float64(*loadRate))
	settles(t, goroutines, descriptors)
}

// load asks for a while and returns how often it was answered with 200; anything
// else fails the test.
func load(t *testing.T, w *World, length time.Duration) int64 {
	t.Helper()
	c := viewer(t, w, w.Source(wire.KindInternet, netip.Addr{}, nil))
	transport := c.Transport.(*http.Transport)
	transport.ForceAttemptHTTP2, transport.MaxIdleConnsPerHost, transport.MaxConnsPerHost = false, *loadViewers, *loadViewers
	defer transport.CloseIdleConnections()
	var answered atomic.Int64
	var mu sync.Mutex
	var odd []string
	var work sync.WaitGroup
	end := time.Now().Add(length)
	for range *loadViewers {
		work.Go(func() {
			for time.Now().Before(end) {
				if got := one(t.Context(), c, "https://www.example.com/asked"); got == "200 OK" {
					answered.Add(1)
				} else {
					mu.Lock()
					odd = append(odd, got)
					mu.Unlock()
				}
			}
		})
	}
	work.Wait()
	slices.Sort(odd)
	assert.Empty(t, slices.Compact(odd), "%d answers were others", len(odd))
	return answered.Load()
}

// one sends a request and returns its status, or why there is none.
func one(ctx context.Context, c *http.Client, url string) string {
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err.Error()
	}
	resp, err := c.Do(r)
	if err != nil {
		return err.Error()
	}
	_, err = io.Copy(io.Discard, resp.Body)
	if e := resp.Body.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err.Error()
	}
	return resp.Status
}
