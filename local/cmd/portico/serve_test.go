package main

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/requestpath"
)

// screen is what a running command has printed so far.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func newScreen() *screen { return &screen{more: make(chan struct{}, 1)} }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

// until waits for output that matches the pattern, and returns and clears everything
// printed so far.
func (s *screen) until(t *testing.T, pattern string) string {
	t.Helper()
	wanted := regexp.MustCompile(pattern)
	late := time.After(time.Minute)
	for {
		s.mu.Lock()
		text := s.text.String()
		if wanted.MatchString(text) {
			s.text.Reset()
			s.mu.Unlock()
			return text
		}
		s.mu.Unlock()
		select {
		case <-s.more:
		case <-late:
			require.Fail(t, "not printed", "%s is not in:\n%s", pattern, text)
		}
	}
}

const lastLine = `dig @\S+ -p \d+ origin\.\S+\n`

// An account that cannot be read is not served, and Ctrl-C leaves nothing behind.
func TestServeGoesOnWithoutAReadableAccount(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	served := sh.start(t, "serve")
	text := served.out.until(t, lastLine)
	assertLinesWork(t, text)
	assert.FileExists(t, sh.servingFile())

	require.NoError(t, os.WriteFile(engine.AccountPath(sh.stackDir()), []byte("{}"), 0o600))
	served.out.until(t, "the change cannot be served, so the previous state still is: reading")
	assertLinesWork(t, text)

	served.interrupt(t)
	assert.NoFileExists(t, sh.servingFile())
}

// stuck is a previous world that cannot be closed.
type stuck struct{}

func (stuck) Retire(context.Context) {}

func (stuck) Close() error { return errors.New("a socket is stuck") }

// A change is served although the previous world cannot be closed.
func TestClosingWhatWasServedBeforeFails(t *testing.T) {
	var errs bytes.Buffer
	v := &serving{session: &session{terminal: terminal{stderr: &errs}}}
	v.retire(t.Context(), stuck{})
	assert.Equal(t, "portico: the change is served, but closing the previous servers failed: a socket is stuck\n", errs.String())
}

// assertLinesWork sends the request of each curl line, and expects the answer that
// the comment above it promises.
func assertLinesWork(t *testing.T, text string) {
	t.Helper()
	lines := strings.Split(text, "\n")
	count := 0
	for i, line := range lines {
		if strings.HasPrefix(line, "  curl ") {
			count++
			got := curl(t, strings.Fields(line))
			assert.True(t, strings.HasSuffix(lines[i-1], got) || strings.Contains(lines[i-1], ": "+got+" "), "%s\n%s\ngot %s", lines[i-1], line, got)
		}
	}
	assert.GreaterOrEqual(t, count, 4, text)
	assert.Contains(t, text, "# https://app.example.com/: 200 by target")
	assert.Contains(t, text, "# around the distribution to load balancer")
	server := regexp.MustCompile(`dig @(\S+) -p (\d+) app.example.com\n`).FindStringSubmatch(text)
	require.NotNil(t, server)
	via := &observe.Internet{Resolver: server[1] + ":" + server[2]}
	addresses, err := via.Lookup(t.Context(), requestpath.Source{}, "app.example.com")
	require.NoError(t, err)
	assert.NotEmpty(t, addresses)
}

// curl behaves as curl does with the options that serve prints.
func curl(t *testing.T, words []string) string {
	t.Helper()
	options := &verifyOptions{}
	request := requestpath.Request{Version: requestpath.HTTP11}
	wait := observe.Patience{}
	for i := 1; i < len(words); i++ {
		switch word := words[i]; word {
		case "-i":
		case "--noproxy":
			i++
			require.Equal(t, "'*'", words[i])
		case "--http2":
			request.Version = requestpath.HTTP2
		case "-k":
			request.IgnoreCertificate = true
		case "-m":
			i, wait.Answer = i+1, 300*time.Millisecond
		case "--cacert":
			i++
			options.caFile = words[i]
		case "--connect-to":
			i++
			require.NoError(t, options.addConnectTo(words[i]))
		default:
			from, err := (&explainOptions{}).request(word, nil)
			require.NoError(t, err)
			request.Scheme, request.Name, request.Port, request.Path = from.Scheme, from.Name, from.Port, from.Path
		}
	}
	via, err := options.internet()
	require.NoError(t, err)
	via.Wait = wait
	seen, err := observe.Send(t.Context(), via, request)
	require.NoError(t, err)
	switch {
	case seen.Reason == requestpath.Timeout:
		return "dropped, no answer (curl's exit code 28)"
	case seen.Location != "":
		return seen.String() + " to " + seen.Location
	}
	return seen.String()
}

func TestServesWrongCommandLines(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	for want, args := range map[string][]string{
		"no stack":               {"serve", "--stack", "gone"},
		"--serve prints no JSON": {"up", "--serve", "--json"},
		"none.json":              {"up", "--servers", "none.json"},
	} {
		sh.fails(exitUsage, want, args...)
	}
}

func TestWordsAreQuotedForTheShell(t *testing.T) {
	for word, want := range map[string]string{
		"https://a.test/b?c=d&e": `'https://a.test/b?c=d&e'`, "/a/root.pem": "/a/root.pem", "it's": `'it'\''s'`, "a b": "'a b'",
	} {
		assert.Equal(t, want, quoted(word))
	}
	r := requestpath.Request{Name: "2001:db8::1", Port: 443, Host: "a.test", Headers: []requestpath.Header{{Name: "X", Value: "1 2"}}, IgnoreCertificate: true}
	v := &serving{dir: "/x"}
	line := v.curl(r, requestpath.Outcome{Status: 200}, netip.MustParseAddrPort("127.0.0.1:1"))
	assert.Equal(t, `  curl -i --noproxy '*' --http2 -k -H 'Host: a.test' -H 'X: 1 2' --connect-to '[2001:db8::1]:443:127.0.0.1:1' 'https://[2001:db8::1]/'`, line)
}

// serve adds the lines of the requests to a file for each load balancer and distribution.
func TestServeWritesAccessLogs(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	secret := originSecret(t, sh.account())
	logs := filepath.Join(t.TempDir(), "logs")
	served := sh.start(t, "serve", "--access-log", logs)
	assertLinesWork(t, served.out.until(t, lastLine))
	served.interrupt(t)
	for kind, pattern := range map[string]string{
		"access":     `^h(ttps|2) \S+Z app/\S+ .* "GET https://origin\.app\.example\.com:443/ HTTP/1\.1" "portico" `,
		"connection": `^\S+Z \S+ \d+ 443 TLSv1\.\d `,
		"cloudfront": `^#Version: 1\.0\n#Fields: date time `,
	} {
		files, err := filepath.Glob(filepath.Join(logs, "*."+kind+".log"))
		require.NoError(t, err)
		require.Len(t, files, 1, kind)
		raw, err := os.ReadFile(files[0])
		require.NoError(t, err)
		assert.Regexp(t, pattern, string(raw), kind)
		assert.NotContains(t, string(raw), secret)
	}
}

func TestLogLinesThatCannotBeWrittenAreToldOfOnce(t *testing.T) {
	t.Parallel()
	var told []error
	l := &logFiles{dir: filepath.Join(t.TempDir(), "gone"), files: map[string]*os.File{}, failed: func(err error) { told = append(told, err) }}
	for range 2 {
		l.sink()(accesslog.Line{Log: accesslog.LoadBalancerRequests, Name: "web"})
	}
	require.Len(t, told, 1)
	assert.ErrorContains(t, told[0], "web.access.log")
	require.NoError(t, l.close())
}

func TestAccessLogsNeedAFolder(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, cloudFrontALB)
	for _, given := range []string{"", "-", sh.file("taken", "")} {
		sh.fails(exitUsage, "--access-log: must be a folder", "serve", "--access-log", given)
	}
}
