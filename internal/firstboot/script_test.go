package firstboot_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Stand-ins for the programs that first-boot.sh calls. Each notes its call.
var programs = map[string]string{
	"certbot": `echo "certbot $*" >>"$CALLS"
while (($#)); do [[ $1 == --config-dir ]] && dir=$2; shift; done
mkdir -p "$dir/live/portico"
echo certificate >"$dir/live/portico/fullchain.pem"
echo key >"$dir/live/portico/privkey.pem"`,
	// nginx tells its configuration from its arguments and stays "running" as the
	// process that runs the tests.
	"nginx": `echo "nginx $*" >>"$CALLS"
[[ $* == *-[ts]* ]] || echo "$PPID_OF_TEST" >"$2/nginx.pid"`,
	// curl finds nginx ready, and asks it with the header on its standard input.
	"curl": `[[ $* != *@-* ]] || while read -r line; do echo "curl $line" >>"$CALLS"; done
printf "${CURL-204}"`,
	"aws": `echo "aws $*" >>"$CALLS"
[[ $1 != ssm ]] || printf '%s' "${PARAMETER-7	current,previous}"
[[ -z ${DENIED-} ]]`,
	"openssl":   `echo "notAfter=$(date -u -d '30 days 1 hour' '+%b %e %T %Y GMT')"`,
	"sleep":     `echo "sleep $*" >>"$CALLS"`,
	"systemctl": `echo "systemctl $*" >>"$CALLS"`,
	// id knows the user nginx only where there is one.
	"id": `[[ $* == "-u nginx" && -n ${USER_NGINX-} ]]`,
}

type machine struct {
	t           *testing.T
	dir, prefix string
}

func newMachine(t *testing.T) machine {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	for name, text := range programs {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "bin", name), []byte("#!/bin/bash\n"+text+"\n"), 0o755))
	}
	return machine{t, dir, filepath.Join(dir, "prefix")}
}

// boot runs first-boot.sh and returns the calls it made.
func (m machine) boot(env ...string) []string {
	m.t.Helper()
	calls, output, err := m.tryBoot("", env...)
	require.NoError(m.t, err, output)
	return calls
}

// tryBoot is boot, or another step, that may fail; it returns the output too.
func (m machine) tryBoot(step string, env ...string) (calls []string, output string, err error) {
	m.t.Helper()
	script, err := filepath.Abs("first-boot.sh")
	require.NoError(m.t, err)
	file := filepath.Join(m.dir, "calls")
	require.NoError(m.t, os.WriteFile(file, nil, 0o644))
	output, err = bash(m.t, m.dir, "PPID_OF_TEST=$PPID exec bash "+script+" "+step, append([]string{
		"CALLS=" + file, "PORTICO_PREFIX=" + m.prefix, "PORTICO_CERTIFICATE_NAMES=origin.example.com,*.example.com",
	}, env...)...)
	return strings.Split(strings.TrimSuffix(m.file("../calls"), "\n"), "\n"), output, err
}

// nginx is how nginx is called.
func (m machine) nginx() string {
	return "nginx -p " + m.prefix + " -c " + m.prefix + "/nginx.conf -e " + m.prefix + "/logs/error.log"
}

func (m machine) file(path string) string {
	m.t.Helper()
	text, err := os.ReadFile(filepath.Join(m.prefix, path))
	require.NoError(m.t, err)
	return string(text)
}

func TestFirstBootObtainsTheCertificateAndStartsNginx(t *testing.T) {
	m := newMachine(t)
	calls := m.boot("PORTICO_ACME_URL=https://acme.test/dir", "PORTICO_ACME_EMAIL=admin@example.com")
	nginx := m.nginx()
	assert.Equal(t, []string{
		"certbot certonly --non-interactive --agree-tos --email admin@example.com --no-eff-email" +
			" --server https://acme.test/dir --dns-route53 --key-type ecdsa --elliptic-curve secp256r1" +
			" --cert-name portico --domains origin.example.com,*.example.com" +
			" --config-dir " + m.prefix + "/certbot --work-dir " + m.prefix + "/certbot-work --logs-dir " + m.prefix + "/logs/certbot",
		nginx + " -t -q",
		nginx,
	}, calls)
}

func TestSecondBootAsksForNoSecondCertificate(t *testing.T) {
	m := newMachine(t)
	m.boot()
	require.NoError(t, os.WriteFile(filepath.Join(m.prefix, "html/index.html"), []byte("mine"), 0o644))
	conf := m.file("nginx.conf")
	nginx := m.nginx()
	assert.Equal(t, []string{nginx + " -t -q", nginx + " -s reload"}, m.boot())
	assert.Equal(t, conf, m.file("nginx.conf"))
	assert.Equal(t, "mine", m.file("html/index.html"), "a page of one's own stays")
}

func TestAccountWithoutAddress(t *testing.T) {
	calls := newMachine(t).boot()
	assert.Contains(t, calls[0], "--register-unsafely-without-email")
	assert.Contains(t, calls[0], "--server https://acme-v02.api.letsencrypt.org/directory")
}

func TestConfiguration(t *testing.T) {
	page := newMachine(t)
	page.boot("PORTICO_HTTPS_PORT=8443")
	conf := page.file("nginx.conf")
	for _, line := range []string{
		"listen 8443 ssl default_server;",
		"ssl_protocols TLSv1.2 TLSv1.3;",
		"ssl_certificate " + page.prefix + "/certbot/live/portico/fullchain.pem;",
		"root " + page.prefix + "/html;",
		"keepalive_timeout 130s;", // longer than CloudFront's longest
		"proxy_read_timeout 130s;",
	} {
		assert.Contains(t, conf, line)
	}
	// CloudFront speaks HTTP/1.1 to origins, and nothing answers on port 80.
	assert.NotContains(t, conf, "http2")
	assert.Equal(t, 1, strings.Count(conf, "listen "))
	assert.NotContains(t, conf, "proxy_pass")

	app := newMachine(t)
	app.boot("PORTICO_APP_PORT=8080")
	conf = app.file("nginx.conf")
	assert.Contains(t, conf, "proxy_pass http://127.0.0.1:8080;")
	assert.Contains(t, conf, "proxy_set_header Host $host;")
	assert.NotContains(t, conf, "root ")
}

// The user nginx is of Amazon Linux; another system's nginx refuses to start with
// a user that there is not.
func TestWorkersGiveUpPrivileges(t *testing.T) {
	other := newMachine(t)
	other.boot()
	assert.NotContains(t, other.file("nginx.conf"), "user nginx;")

	amazon := newMachine(t)
	amazon.boot("USER_NGINX=1")
	assert.Equal(t, os.Geteuid() == 0, strings.HasPrefix(amazon.file("nginx.conf"), "user nginx;\n"))
}

func TestRenewalReloadsNginxTwiceADay(t *testing.T) {
	m := newMachine(t)
	m.boot()
	assert.Contains(t, m.file("units/portico-renew.timer"), "OnCalendar=*-*-* 00,12:00:00\n")
	assert.Contains(t, m.file("units/portico-renew.service"),
		"/bin/certbot renew --quiet --config-dir "+m.prefix+"/certbot --work-dir ")
	hook := filepath.Join(m.prefix, "certbot/renewal-hooks/deploy/reload-nginx")
	out, err := bash(t, m.dir, hook, "CALLS="+m.dir+"/calls")
	require.NoError(t, err, out)
	assert.Contains(t, m.file("../calls"), m.nginx()+" -s reload\n")
}

func TestHookDoesNothingWithoutNginx(t *testing.T) {
	m := newMachine(t)
	m.boot()
	require.NoError(t, os.Remove(filepath.Join(m.prefix, "nginx.pid")))
	before := m.file("../calls")
	out, err := bash(t, m.dir, filepath.Join(m.prefix, "certbot/renewal-hooks/deploy/reload-nginx"), "CALLS="+m.dir+"/calls")
	require.NoError(t, err, out)
	assert.Equal(t, before, m.file("../calls"))
}

func TestUnprivilegedRunSwitchesNothingOn(t *testing.T) {
	for _, call := range newMachine(t).boot() {
		assert.NotContains(t, call, "systemctl")
	}
}
