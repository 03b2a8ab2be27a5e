//go:build firstboot

package firstboot_test

import (
	"net/http"
	"os"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ask sends one request with the headers given.
func (s *stage) ask(host, path string, header http.Header) (status int, location string) {
	s.t.Helper()
	transport := viewer(s.port, host, s.pebble.roots)
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "https://"+host+path, nil)
	require.NoError(s.t, err)
	req.Header = header
	res, err := transport.RoundTrip(req)
	require.NoError(s.t, err)
	require.NoError(s.t, res.Body.Close())
	return res.StatusCode, res.Header.Get("Location")
}

// assertRedirectsAreRelative asks for a folder without its slash: an absolute address
// would be the origin's, where viewers are not let in.
func (s *stage) assertRedirectsAreRelative(host string) {
	s.t.Helper()
	require.NoError(s.t, os.Mkdir(s.at("prefix/html/docs"), 0o755))
	status, location := s.ask(host, "/docs", s.aws.sends())
	assert.Equal(s.t, http.StatusMovedPermanently, status)
	assert.Equal(s.t, "/docs/", location)
}

// assertSecret checks that requests need the secret, and rotates it under load: both
// values are accepted first, then the distribution sends the new one, then the old one
// is dropped.
func (s *stage) assertSecret(host string) *tally {
	s.t.Helper()
	status := func(header http.Header) int {
		got, _ := s.ask(host, "/", header)
		return got
	}
	if s.aws.header == "" {
		assert.Equal(s.t, http.StatusOK, status(http.Header{}))
		return &tally{}
	}
	old, fresh := s.instance.secret, strings.Repeat("New1", 12)
	assert.Equal(s.t, http.StatusForbidden, status(http.Header{}))
	assert.Equal(s.t, http.StatusForbidden, status(s.aws.with("wrong")))
	assert.Equal(s.t, http.StatusForbidden, status(s.aws.with(fresh)))
	assert.Equal(s.t, http.StatusForbidden, status(s.aws.with(old+"x")))
	assert.Equal(s.t, http.StatusOK, status(s.aws.with(old)))

	l := startLoop(s.port, host, s.pebble.roots, func() http.Header { return s.aws.with(old) })
	defer l.stop()
	require.Eventually(s.t, func() bool { return l.settled("") }, patience, pace, "the requests flow")
	out, err := s.ready(s.aws.set(fresh, old))
	require.NoError(s.t, err, out)
	assert.Equal(s.t, http.StatusOK, status(s.aws.with(fresh)))
	l.stop()
	assert.Empty(s.t, l.failed)

	second := startLoop(s.port, host, s.pebble.roots, func() http.Header { return s.aws.with(fresh) })
	defer second.stop()
	require.Eventually(s.t, func() bool { return second.settled("") }, patience, pace, "the requests flow")
	out, err = s.ready(s.aws.set(fresh))
	require.NoError(s.t, err, out)
	require.Eventually(s.t, func() bool { return status(s.aws.with(old)) == http.StatusForbidden }, patience, pace)
	second.stop()
	assert.Empty(s.t, second.failed)
	second.requests += l.requests

	raw, err := os.ReadFile(s.at("prefix/logs/access.log"))
	require.NoError(s.t, err)
	assert.NotContains(s.t, string(raw), fresh)

	out, err = s.ready(s.aws.version + 1)
	require.Error(s.t, err)
	assert.Contains(s.t, out, "the TLS origin is not ready: nginx does not answer", "a version that there is not")
	return &second.tally
}
