//go:build firstboot

package firstboot_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/stacks"
)

// The certificate has the origin's own name.
func TestFirstBootOfTheStack(t *testing.T) {
	stack := local.New(t, stacks.Program, local.WithProjectFile("../../Pulumi.yaml"),
		local.WithConfig("portico:variant", stacks.VariantCloudFrontEC2),
		local.WithConfig("portico:domain.domainName", "app.example.com"),
		local.WithConfig("portico:domain.hostedZone.name", "example.com"))
	stack.Up()
	firstBoot(t, stack.Account(), life{
		unprivileged: true, pending: 1, names: []string{"origin.app.example.com"}, hosts: []string{"origin.app.example.com"},
	})
}

// The certificate has the viewers' names, including a wildcard and its parent, whose
// challenges are two values of one record.
func TestFirstBootWithViewerNames(t *testing.T) {
	names := []string{"shop.example.com", "*.shop.example.com", "www.example.com"}
	stack := local.New(t, func(ctx *pulumi.Context) error {
		network, err := components.NewNetwork(ctx, "net", &components.NetworkArgs{Nat: components.NatNone, InterfaceEndpoints: []string{}})
		if err != nil {
			return err
		}
		_, err = components.NewTLSInstance(ctx, "origin", &components.TLSInstanceArgs{
			Network: network, OriginDomainName: "origin.example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
			CertificatePattern: components.CertificatePatternHostHeader, ViewerNames: names, AcmeEmail: "admin@example.com",
		})
		return err
	})
	stack.Up()
	firstBoot(t, stack.Account(), life{names: names, hosts: []string{"shop.example.com", "de.shop.example.com", "www.example.com"}})
}

// life is the configuration of a TLS origin and of its first boot.
type life struct {
	unprivileged bool     // not as the user who runs the tests, who may be root
	pending      int      // how often Route 53 says that a change is pending: each is 5 s to certbot
	names        []string // on the certificate
	hosts        []string // that it covers
}

// firstBoot runs a first boot that may not change the DNS, one that may, a second
// one, a renewal under load, and a renewal that fails.
func firstBoot(t *testing.T, account *core.Account, l life) {
	s, names, hosts := newStage(t, account, l), l.names, l.hosts

	s.denied.Store(true)
	out, err := s.ready(1)
	require.Error(t, err)
	assert.Contains(t, out, "the TLS origin is not ready: no certificate")
	assert.Contains(t, out, "AccessDenied", "it says why")
	assert.NoFileExists(t, s.at("prefix/nginx.pid"))
	_, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	require.Error(t, err, "without a certificate nobody listens")

	s.denied.Store(false)
	out, err = s.ready(1)
	require.NoError(t, err, out)
	for _, host := range hosts {
		s.assertServes(host)
	}
	first := s.serial(hosts[0])
	s.assertChallenges(names)

	calls := len(s.api.Calls())
	out, err = s.boot()
	require.NoError(t, err, out)
	assert.Contains(t, out, "there is a certificate")
	out, err = s.renewal()
	require.NoError(t, err, out)
	assert.Len(t, s.api.Calls(), calls, "neither a second boot nor a renewal that is not due asks for a certificate")
	assert.Equal(t, first, s.serial(hosts[0]))

	s.assertRedirectsAreRelative(hosts[0])
	rotated := s.assertSecret(hosts[0])

	second, seen := s.renewUnderLoad(hosts[0], first)
	out, err = s.afterRenewal("success")
	require.NoError(t, err, out)
	assert.NotContains(t, out, "failed")

	s.denied.Store(true)
	out, err = s.forced()
	require.Error(t, err)
	assert.Contains(t, out, "AccessDenied")
	assert.Equal(t, second, s.serial(hosts[0]), "the certificate that there is stays")
	out, err = s.afterRenewal("exit-code")
	require.NoError(t, err, out)
	assert.Contains(t, out, "the renewal failed: exit-code")
	s.aws.assertDaysLeft(t)
	out, err = s.boot()
	require.NoError(t, err, out)
	assert.Equal(t, second, s.serial(hosts[0]))

	fmt.Printf("first boot for %s: certificate %s issued, renewed as %s; during the reload %d requests, %d failed, %d sent once more; %d with the old certificate, %d with the new\n",
		strings.Join(names, ","), first, second, seen.requests, len(seen.failed), seen.retried, seen.serials[first], seen.serials[second])
	if rotated.requests > 0 {
		fmt.Printf("during the rotation of the secret %d requests, %d failed\n", rotated.requests, len(rotated.failed))
	}
}

// renewUnderLoad renews while requests are sent, until every client sees the new
// certificate.
func (s *stage) renewUnderLoad(host, old string) (renewed string, seen *tally) {
	s.t.Helper()
	l := startLoop(s.port, host, s.pebble.roots, s.aws.sends)
	defer l.stop()
	require.Eventually(s.t, func() bool { return l.settled("") }, patience, pace, "the requests flow")
	out, err := s.forced()
	require.NoError(s.t, err, out)
	assert.Eventually(s.t, func() bool { return l.settled(old) }, patience, pace, "everybody sees the new certificate")
	l.stop()
	assert.Empty(s.t, l.failed)
	assert.Len(s.t, l.serials, 2, "the old certificate, then the new one: %v", l.serials)
	renewed = s.serial(host)
	assert.NotEqual(s.t, old, renewed)
	assert.Positive(s.t, l.serials[renewed])
	return renewed, &l.tally
}

// serial is the serial number of the certificate that a new connection gets.
func (s *stage) serial(host string) string {
	s.t.Helper()
	transport := viewer(s.port, host, s.pebble.roots)
	defer transport.CloseIdleConnections()
	serial, err := get(transport, s.aws.sends(), func() {})
	require.NoError(s.t, err)
	return serial
}

// assertServes checks what CloudFront requires of an origin: a complete chain to a
// trusted root, which covers the name, and TLS 1.2 with a cipher of its list.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-ciphers-cloudfront-to-origin.html
func (s *stage) assertServes(host string) {
	s.t.Helper()
	s.serial(host) // answers 200
	address := fmt.Sprintf("127.0.0.1:%d", s.port)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		conn, err := tls.Dial("tcp", address, &tls.Config{
			RootCAs: s.pebble.roots, ServerName: host, MinVersion: version, MaxVersion: version, NextProtos: []string{"h2", "http/1.1"},
			CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, // of TLS 1.2
		})
		require.NoError(s.t, err, "%s by %s", host, tls.VersionName(version))
		state := conn.ConnectionState()
		require.NoError(s.t, conn.Close())
		assert.NotEqual(s.t, "h2", state.NegotiatedProtocol)
		require.Len(s.t, state.PeerCertificates, 2, "the certificate and the intermediate one")
		assert.Len(s.t, state.VerifiedChains[0], 3)
		key, ok := state.PeerCertificates[0].PublicKey.(*ecdsa.PublicKey)
		require.True(s.t, ok)
		assert.Equal(s.t, elliptic.P256(), key.Curve)
	}
	_, err := tls.Dial("tcp", address, &tls.Config{RootCAs: s.pebble.roots, ServerName: host, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
	assert.ErrorContains(s.t, err, "protocol version", "TLS 1.1 is refused")
	_, err = tls.Dial("tcp", address, &tls.Config{RootCAs: s.pebble.roots, ServerName: "other.example.com", MinVersion: tls.VersionTLS12})
	var wrong x509.HostnameError
	assert.ErrorAs(s.t, err, &wrong, "another name is not covered")
}

// assertChallenges checks that certbot made the calls that its policy allows, and
// cleaned up.
func (s *stage) assertChallenges(names []string) {
	s.t.Helper()
	var actions, changed []string
	for _, call := range s.api.Calls() {
		if call.Code == "" {
			actions = append(actions, call.Action)
			changed = append(changed, call.Context["route53:ChangeResourceRecordSetsNormalizedRecordNames"]...)
		}
	}
	slices.Sort(actions)
	slices.Sort(changed)
	assert.Equal(s.t, []string{"route53:ChangeResourceRecordSets", "route53:GetChange", "route53:ListHostedZones"}, slices.Compact(actions))
	assert.Equal(s.t, iampolicy.ChallengeNames(names), slices.Compact(changed))
	for _, zone := range s.api.Zones() {
		for _, r := range zone.Records {
			assert.NotEqual(s.t, "TXT", r.Type, "%s is left over", r.Name)
		}
	}
}
