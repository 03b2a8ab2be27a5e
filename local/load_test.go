package local_test

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// load is how long the load test lasts. make verify-load sets it and asks for
// the whole rate; without it a short and slow one shows that nothing leaks.
var load = flag.Duration("load", 0, "put 1,000 requests per second on the loopback path for this `long`")

// demand is what a load test asks for.
type demand struct {
	rate, connections int
	lasts             time.Duration
}

func (d demand) requests() int { return int(d.lasts.Seconds() * float64(d.rate)) }

// The loopback path of CloudFront, load balancer and service carries load: every
// request is answered with 200, and afterwards everything is given back.
func TestTheLoopbackPathCarriesLoad(t *testing.T) {
	d := demand{rate: 200, connections: 50, lasts: time.Second}
	if *load > 0 {
		d = demand{rate: 1000, connections: 200, lasts: *load}
	}
	stack := readyStack(t, stacks.VariantCloudFrontALB, nil)
	stack.Up()
	account := stack.Account()
	before := held(t)
	world, err := traffic.Serve(account, traffic.Options{})
	require.NoError(t, err)
	began := cpuTime(t)
	r := d.put(t, world, "app.example.com")
	r.cpu = cpuTime(t) - began
	require.NoError(t, world.Close())
	t.Log(r.summary(d))
	assert.Empty(t, r.unexpected)
	assert.Len(t, r.took, d.requests())
	if *load > 0 {
		assert.Less(t, r.lasted, d.lasts+2*time.Second, "the rate was not kept up")
	}
	assertGivenBack(t, before)
}

// assertGivenBack waits for what ends a moment later than Close, such as the
// client's own connections. testify's Eventually has goroutines of its own.
func assertGivenBack(t *testing.T, before holdings) {
	t.Helper()
	now := held(t)
	for end := time.Now().Add(10 * time.Second); !now.atMost(before) && time.Now().Before(end); now = held(t) {
		time.Sleep(20 * time.Millisecond)
	}
	assert.True(t, now.atMost(before), "before %+v, afterwards %+v", before, now)
}

// holdings are what a process holds and has to give back.
type holdings struct{ goroutines, descriptors int }

func (h holdings) atMost(other holdings) bool {
	return h.goroutines <= other.goroutines && h.descriptors <= other.descriptors
}

func held(t *testing.T) holdings {
	t.Helper()
	return holdings{runtime.NumGoroutine(), descriptors(t)}
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	return len(entries)
}

// cpuTime is what the process has used of all cores together.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// results are what became of the requests.
type results struct {
	took       []time.Duration // of every request, from when it was due
	unexpected map[string]int
	lasted     time.Duration
	cpu        time.Duration // that the process used, viewers included
}

func (r results) summary(d demand) string {
	slices.Sort(r.took)
	at := func(share float64) time.Duration {
		if len(r.took) == 0 {
			return 0
		}
		return r.took[int(share*float64(len(r.took)-1))].Round(10 * time.Microsecond)
	}
	unexpected := 0
	for _, n := range r.unexpected {
		unexpected += n
	}
	return fmt.Sprintf("load: %d requests in %.1f s over %d connections (%.0f/s, %.2f cores), %d unexpected, p50 %v, p95 %v, p99 %v, longest %v",
		len(r.took), r.lasted.Seconds(), d.connections, float64(len(r.took))/r.lasted.Seconds(), r.cpu.Seconds()/r.lasted.Seconds(), unexpected, at(0.5), at(0.95), at(0.99), at(1))
}

// put sends the requests, each when it is due, whether or not those before it
// are answered; they take turns on the connections.
func (d demand) put(t *testing.T, world *traffic.World, name string) results {
	t.Helper()
	perConnection := d.requests()/d.connections + 1
	due := make([]chan time.Time, d.connections)
	done := make([]results, d.connections)
	var working sync.WaitGroup
	for i := range d.connections {
		due[i] = make(chan time.Time, perConnection)
		c := newConnection(t, world, name, i%2 == 0)
		working.Go(func() { done[i] = c.work(due[i]) })
	}
	begin := time.Now()
	tick := time.NewTicker(time.Second / time.Duration(d.rate))
	for n := range d.requests() {
		// A ticker drops what nobody takes; what is due is counted from the beginning.
		at := begin.Add(time.Duration(n) * time.Second / time.Duration(d.rate))
		for time.Now().Before(at) {
			<-tick.C
		}
		due[n%d.connections] <- at
	}
	tick.Stop()
	for _, c := range due {
		close(c)
	}
	working.Wait()
	all := results{unexpected: map[string]int{}, lasted: time.Since(begin)}
	for _, r := range done {
		all.took = append(all.took, r.took...)
		for what, n := range r.unexpected {
			all.unexpected[what] += n
		}
	}
	return all
}

// connection is a viewer that keeps one connection to the distribution.
type connection struct {
	client *http.Client
	url    string
}

// newConnection connects at once, so that the load falls on connections that are
// there.
func newConnection(t *testing.T, world *traffic.World, name string, http2 bool) *connection {
	t.Helper()
	via := observe.World{World: world}
	from := requestpath.Source{Kind: requestpath.FromInternet, Address: requestpath.InternetAddress}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!http2)
	protocols.SetHTTP2(http2)
	transport := &http.Transport{
		Protocols: protocols, MaxConnsPerHost: 1, DisableCompression: true,
		TLSClientConfig: &tls.Config{RootCAs: via.Roots(), ServerName: name},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			addresses, err := via.Lookup(ctx, from, name)
			if err != nil {
				return nil, err
			}
			return via.Dial(ctx, from, name, netip.AddrPortFrom(addresses[0], 443))
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	c := &connection{client: &http.Client{Transport: transport, Timeout: 10 * time.Second}, url: "https://" + name + "/"}
	require.Equal(t, "200", c.ask())
	return c
}

// work sends a request whenever one is due.
func (c *connection) work(due <-chan time.Time) results {
	r := results{unexpected: map[string]int{}}
	for at := range due {
		if got := c.ask(); got != "200" {
			r.unexpected[got]++
		}
		r.took = append(r.took, time.Since(at))
	}
	c.client.CloseIdleConnections()
	return r
}

// ask is the status of one answer, read to its end, or the error.
func (c *connection) ask() string {
	answer, err := c.client.Get(c.url)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err.Error()
	}
	return fmt.Sprint(answer.StatusCode)
}
