package cloudfront_test

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// working counts the goroutines of the fleet and of its servers, clients and
// connections.
func working() int {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	n := 0
	for _, g := range strings.Split(string(stacks), "\n\n") {
		for _, of := range []string{"traffic/cloudfront.", "net/http.", "quic-go", "traffic/wire."} {
			if strings.Contains(g, of) {
				n++
				break
			}
		}
	}
	return n
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	before := working()
	t.Run("a fleet at work", func(t *testing.T) {
		w := newWorld(t, site(func(d *account.Distribution) {
			d.Origins[0].CustomOriginConfig.OriginReadTimeout, d.Origins[0].ConnectionTimeout = 3000, 3000
		}), site(other, func(d *account.Distribution) {
			d.Origins[0].DomainName = "nobody.example.com"
		}))
		w.names["nobody.example.com"] = netip.MustParseAddr("198.51.100.99")
		arrived := make(chan struct{}, 4)
		w.resolves = func(name string) {
			if name == "nobody.example.com" {
				arrived <- struct{}{}
			}
		}
		w.origin(443, w.originTLS(), func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				arrived <- struct{}{}
				<-r.Context().Done()
				return
			}
			ok(rw, r)
		})
		// A client that was cut off may connect again, to an address that drops by then.
		patience, giveUp := context.WithTimeout(t.Context(), 5*time.Second)
		defer giveUp()
		request := func(url string) *http.Request { return w.request("GET", url, nil).WithContext(patience) }
		var cut sync.WaitGroup
		for _, version := range []string{"HTTP/1.1", "HTTP/2", "HTTP/3"} {
			c := w.client(viewer{version: version})
			require.Equal(t, 200, w.do(c, w.request("GET", "https://"+viewerName+"/", nil)).StatusCode)
			cut.Go(func() {
				res, err := c.Do(request("https://" + viewerName + "/slow"))
				if err == nil {
					_, _ = io.Copy(io.Discard, res.Body)
					assert.GreaterOrEqual(t, res.StatusCode, 500)
					_ = res.Body.Close()
				}
			})
			<-arrived
		}
		// One that is connecting to an origin that drops.
		cut.Go(func() {
			if res, err := w.client(viewer{to: otherAddress}).Do(request("https://other.example.com/")); err == nil {
				_ = res.Body.Close()
			}
		})
		<-arrived
		require.NoError(t, w.fleet.Close())
		cut.Wait()
	})
	assert.Eventually(t, func() bool { return working() <= before }, 10*time.Second, 10*time.Millisecond)
}

// TestManyAtOnce sends requests over many connections; none may fail, and the
// connections to the origin are kept.
func TestManyAtOnce(t *testing.T) {
	w := newWorldAt(t, wire.Clock{}, site())
	w.origin(443, w.originTLS(), ok)
	var all sync.WaitGroup
	for range 20 {
		c := w.client(viewer{})
		all.Go(func() {
			for range 20 {
				assert.Equal(t, 200, w.do(c, w.request("GET", "https://"+viewerName+"/", nil)).StatusCode)
			}
		})
	}
	all.Wait()
	assert.Len(t, w.events.Of("request"), 400)
}

// BenchmarkRequests is the way through the distribution to an origin and back, in HTTP/1.1
// over TLS, from 100 viewers per processor.
func BenchmarkRequests(b *testing.B) {
	w := newWorldAt(b, wire.Clock{}, site())
	w.origin(443, w.originTLS(), ok)
	c := w.client(viewer{})
	c.Transport.(*http.Transport).MaxIdleConnsPerHost = 1000
	b.SetParallelism(100)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			assert.Equal(b, 200, w.do(c, w.request("GET", "https://"+viewerName+"/", nil)).StatusCode)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
