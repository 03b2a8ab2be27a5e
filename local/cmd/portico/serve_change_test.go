package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// servedPorts are the loopback ports of all parts, and DNS's. Of parts that are
// alike, as the tasks of a service, it has the first.
func servedPorts(t *testing.T, dir string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, ".portico/dev/traffic", servingFile))
	require.NoError(t, err)
	var written struct {
		DNS     string
		Entries []struct {
			Kind, Name, Address, Loopback string
			UDP                           bool
		}
	}
	require.NoError(t, json.Unmarshal(raw, &written))
	out := map[string]string{"dns": written.DNS}
	for _, e := range written.Entries {
		_, port, err := net.SplitHostPort(e.Address)
		require.NoError(t, err)
		if key := fmt.Sprint(e.Kind, " ", e.Name, " ", port, " ", e.UDP); out[key] == "" {
			out[key] = e.Loopback
		}
	}
	return out
}

// askAllTheTime sends the first request that serve printed again and again, each
// over a connection of its own, until the function returned is called, which
// returns how many were sent. Each has to be answered with 200.
func askAllTheTime(t *testing.T, text string) func() int {
	t.Helper()
	words := regexp.MustCompile(`--cacert (\S+) --connect-to \S+:443:(127\.0\.0\.1:\d+) https://app\.example\.com/\n`).FindStringSubmatch(text)
	require.NotNil(t, words, text)
	raw, err := os.ReadFile(words[1])
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(raw))
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", words[2])
		},
	}}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	sent := make(chan int, 1)
	go func() {
		count := 0
		for ; ctx.Err() == nil; count++ {
			res, err := client.Get("https://app.example.com/")
			if !assert.NoError(t, err) {
				break
			}
			assert.Equal(t, 200, res.StatusCode)
			assert.NoError(t, res.Body.Close())
		}
		sent <- count
	}()
	return func() int {
		stop()
		return <-sent
	}
}

// serveStack serves the stack beside the test, which may interrupt it.
func serveStack(t *testing.T) (out *screen, ended chan int, interrupt func()) {
	t.Helper()
	ctx, interrupt := context.WithCancel(t.Context())
	out, ended = newScreen(), make(chan int, 1)
	go func() { ended <- run(ctx, []string{"serve"}, out, out) }()
	out.until(t, `dig @`)
	return out, ended, interrupt
}

func TestASecondServeIsRefused(t *testing.T) {
	dir := project(t)
	mustPortico(t, "up", "--config", "variant=alb")
	_, ended, interrupt := serveStack(t)
	before := servedPorts(t, dir)
	code, _, stderr := portico(t, "serve")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, fmt.Sprintf("stack dev is served already, by process %d, ", os.Getpid()))
	assert.Contains(t, stderr, servingFile)
	assert.Equal(t, before, servedPorts(t, dir), "the first one's file stays")
	interrupt()
	assert.Equal(t, exitOK, <-ended)
	_, ended, interrupt = serveStack(t)
	interrupt()
	assert.Equal(t, exitOK, <-ended)
}

// A stack that is taken down while it is served leaves nothing to serve, not the
// seed and no folder; and then there is nothing to serve or to verify at all.
func TestServingEndsWithTheStack(t *testing.T) {
	dir := project(t)
	for _, c := range []struct {
		command, want string
		left          bool
	}{
		{"destroy", "nothing of stack dev is registered: portico up --stack dev makes it", true},
		{"reset", `there is no stack "dev": portico up --stack dev makes it`, false},
	} {
		mustPortico(t, "up", "--config", "variant=alb")
		out, ended, interrupt := serveStack(t)
		mustPortico(t, c.command)
		assert.Equal(t, exitOK, <-ended)
		out.until(t, "nothing of stack dev is registered any more: there is nothing left to serve\n\nserving ended\n")
		interrupt()
		assert.NoFileExists(t, filepath.Join(dir, ".portico/dev/traffic", servingFile))
		for _, command := range []string{"serve", "verify"} {
			code, _, stderr := portico(t, command)
			assert.Equal(t, exitUsage, code)
			assert.Contains(t, stderr, c.want)
		}
		_, err := os.Stat(filepath.Join(dir, ".portico/dev"))
		assert.Equal(t, c.left, err == nil)
	}
}
