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
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// servedPorts are the loopback ports of all parts, and the port of DNS. Of several
// equal parts, such as the tasks of a service, only the first is included.
func servedPorts(t *testing.T, sh shell) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(sh.servingFile())
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

// askAllTheTime keeps sending the first request that serve printed, each over a new
// connection, until the returned function is called, which returns how many were
// sent. Each must be answered with 200.
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
			time.Sleep(25 * time.Millisecond) // leave the processor to the run that makes the change
		}
		sent <- count
	}()
	return func() int {
		stop()
		return <-sent
	}
}

func TestASecondServeIsRefused(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, exampleE)
	served := sh.start(t, "serve")
	served.out.until(t, `dig @`)
	before := servedPorts(t, sh)
	code, _, stderr := sh.run("serve")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, fmt.Sprintf("stack dev is served already, by process %d, ", os.Getpid()))
	assert.Contains(t, stderr, servingFile)
	assert.Equal(t, before, servedPorts(t, sh), "the first one's file stays")
	served.interrupt(t)
	served = sh.start(t, "serve")
	served.out.until(t, `dig @`)
	served.interrupt(t)
}

// When a stack is reset while it is served, serving ends, and nothing is left of its
// folder.
func TestServingEndsWithTheStack(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, exampleE)
	served := sh.start(t, "serve")
	served.out.until(t, `dig @`)
	sh.must("reset")
	assert.Equal(t, exitOK, <-served.ended)
	served.out.until(t, "stack dev has no resources any more: there is nothing left to serve\n\nserving ended\n")
	for _, command := range []string{"serve", "verify"} {
		sh.fails(exitUsage, `there is no stack "dev": portico up --stack dev makes it`, command)
	}
	assert.NoDirExists(t, sh.stackDir())
}
