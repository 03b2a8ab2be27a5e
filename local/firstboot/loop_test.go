//go:build firstboot

package firstboot_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

// pace is how often each client of the loop sends a request.
const pace = 40 * time.Millisecond

// clients is how many clients keep their connection, and how many others open a new
// one for every request.
const clients = 2

// tally is what the clients of a loop saw.
type tally struct {
	mu       sync.Mutex
	requests int
	failed   []string
	retried  int            // sent once more, by HTTP's own rules, since the server closed an idle connection
	serials  map[string]int // requests by serial number of the certificate
	row      map[int]string // last serial number by client
	run      map[int]int    // how often in a row
}

// loop sends requests to nginx until it is stopped.
type loop struct {
	tally
	stop func()
}

// startLoop sends requests with the headers that sent returns.
func startLoop(port int, name string, roots *x509.CertPool, sent func() http.Header) *loop {
	ctx, cancel := context.WithCancel(context.Background())
	l := &loop{tally: tally{serials: map[string]int{}, row: map[int]string{}, run: map[int]int{}}}
	var clientsDone sync.WaitGroup
	for id := range 2 * clients {
		transport := viewer(port, name, roots)
		transport.DisableKeepAlives = id >= clients
		clientsDone.Go(func() {
			defer transport.CloseIdleConnections()
			l.client(ctx, id, transport, sent)
		})
	}
	l.stop = sync.OnceFunc(func() {
		cancel()
		clientsDone.Wait()
	})
	return l
}

// client sends one request at a time, and finishes the last one.
func (l *loop) client(ctx context.Context, id int, transport *http.Transport, sent func() http.Header) {
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for {
		connections := 0
		serial, err := get(transport, sent(), func() { connections++ })
		l.note(id, serial, connections, err)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (l *loop) note(id int, serial string, connections int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests++
	if err != nil {
		l.failed = append(l.failed, err.Error())
		return
	}
	l.retried += max(0, connections-1)
	l.serials[serial]++
	if l.row[id] != serial {
		l.row[id], l.run[id] = serial, 0
	}
	l.run[id]++
}

// settled says whether every client saw a new certificate many times in a row.
func (l *loop) settled(old string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range 2 * clients {
		if l.row[id] == old || l.run[id] < 20 {
			return false
		}
	}
	return true
}

// viewer connects to nginx as CloudFront does to an origin: over TLS 1.2 or newer,
// with SNI, verifying chain and name.
func viewer(port int, name string, roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: name, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, fmt.Sprintf("127.0.0.1:%d", port))
		},
	}
}

// get sends one request and returns the serial number of nginx's certificate.
func get(transport *http.Transport, header http.Header, connected func()) (serial string, err error) {
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected() }}
	ctx, cancel := context.WithTimeout(httptrace.WithClientTrace(context.Background(), trace), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+transport.TLSClientConfig.ServerName+"/", nil)
	if err != nil {
		return "", err
	}
	req.Header = header
	res, err := transport.RoundTrip(req)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, res.Body)
	if closing := res.Body.Close(); err == nil {
		err = closing
	}
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", res.StatusCode)
	}
	return res.TLS.PeerCertificates[0].SerialNumber.Text(16), err
}
