//go:build firstboot

package firstboot_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/pki"
)

// freePorts returns unused ports on loopback. They are below the range from which
// the kernel assigns ports, so no other process is given one meanwhile.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for len(ports) < n {
		port := 10000 + rand.IntN(20000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		defer func() { assert.NoError(t, l.Close()) }()
		ports = append(ports, port)
	}
	return ports
}

// pebble is an ACME certificate authority.
type pebble struct {
	directory string         // URL
	trust     string         // file with the root of the server's own certificate
	roots     *x509.CertPool // of the certificates that it issues
}

// startPebble starts the authority on two ports. It validates against the given DNS
// server.
func startPebble(t *testing.T, ports []int, dnsServer string) pebble {
	t.Helper()
	path, err := exec.LookPath("pebble")
	require.NoError(t, err, "run `make verify-first-boot`, which builds it")
	f := newFolder(t, false)
	ca, err := pki.New()
	require.NoError(t, err)
	acme, management := fmt.Sprintf("localhost:%d", ports[0]), fmt.Sprintf("localhost:%d", ports[1])
	certificate, key := serverFiles(t, f, ca)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": strings.Replace(acme, "localhost", "127.0.0.1", 1), "certificate": certificate,
		"managementListenAddress": strings.Replace(management, "localhost", "127.0.0.1", 1), "privateKey": key,
		// A client retries after this many seconds.
		"retryAfter": map[string]int{"authz": 1, "order": 1},
	}})
	require.NoError(t, err)

	log, err := os.Create(f.at("pebble.log"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cmd := f.command(ctx, []string{
		"PEBBLE_VA_NOSLEEP=1",
		"PEBBLE_WFE_NONCEREJECT=0", // certbot tries once more only, which can meet chance twice
		"PEBBLE_AUTHZREUSE=0",      // each certificate is validated
	}, path, "-config", f.write(t, "pebble.json", string(config), 0o644), "-dnsserver", dnsServer)
	cmd.Stdout, cmd.Stderr = log, log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		cancel()
		assert.Error(t, cmd.Wait(), "it was killed")
		assert.NoError(t, log.Close())
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("pebble said:\n%s", text)
		}
		f.assertNobodyLeft(t)
	})
	p := pebble{directory: "https://" + acme + "/dir", trust: f.write(t, "root.pem", string(ca.RootPEM()), 0o644), roots: x509.NewCertPool()}
	require.True(t, p.roots.AppendCertsFromPEM(fetch(t, ca.Roots(), "https://"+management+"/roots/0")))
	fetch(t, ca.Roots(), p.directory)
	return p
}

// serverFiles are the certificate and key of pebble's own HTTPS.
func serverFiles(t *testing.T, f folder, ca *pki.Authority) (certificate, key string) {
	t.Helper()
	made, err := ca.Certificate(pki.Spec{Names: []string{"localhost"}})
	require.NoError(t, err)
	var chain strings.Builder
	for _, der := range made.Certificate {
		require.NoError(t, pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	der, err := x509.MarshalPKCS8PrivateKey(made.PrivateKey)
	require.NoError(t, err)
	secret := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return f.write(t, "server.pem", chain.String(), 0o644), f.write(t, "server.key", secret, 0o600)
}

// fetch gets a page, retrying until there is an answer.
func fetch(t *testing.T, roots *x509.CertPool, url string) []byte {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, Timeout: patience}
	var body []byte
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		res, err := client.Get(url)
		if !assert.NoError(c, err) {
			return
		}
		defer func() { assert.NoError(c, res.Body.Close()) }()
		body, err = io.ReadAll(res.Body)
		assert.NoError(c, err)
		assert.Equal(c, http.StatusOK, res.StatusCode)
	}, patience, 20*time.Millisecond)
	return body
}
