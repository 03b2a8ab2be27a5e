package firstboot_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withSecret are the parameters of an origin that asks for a secret.
var withSecret = []string{
	"PORTICO_SECRET_PARAMETER=arn:aws:ssm:ap-northeast-1:123456789012:parameter/origin-secret-1",
	"PORTICO_SECRET_HEADER=X-From-Mine", "PORTICO_REGION=ap-northeast-1",
}

const getParameter = "aws ssm get-parameter --with-decryption --name arn:aws:ssm:ap-northeast-1:123456789012:parameter/origin-secret-1" +
	" --query Parameter.[Version,Value] --output text"

func TestOnlyRequestsWithTheSecretAreAnswered(t *testing.T) {
	m := newMachine(t)
	calls := m.boot(withSecret...)
	assert.Contains(t, calls, getParameter)
	assert.Contains(t, calls, "curl X-From-Mine: current", "nginx is asked with what the distribution sends")
	conf := m.file("nginx.conf")
	assert.Contains(t, conf, "include "+m.prefix+"/secret.conf;")
	assert.Contains(t, conf, "if ($portico_accepted = 0) { return 403; }")
	assert.NotContains(t, conf, "current")
	assert.Equal(t, `map $http_x_from_mine $portico_accepted {
  default 0;
  "~^current$" 1;
  "~^previous$" 1;
}
`, m.file("secret.conf"))
	info, err := os.Stat(filepath.Join(m.prefix, "secret.conf"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	assert.Contains(t, m.file("units/portico-refresh.timer"), "OnUnitActiveSec=5min\n")
}

func TestWithoutASecretEverybodyIsAnswered(t *testing.T) {
	m := newMachine(t)
	for _, call := range m.boot() {
		assert.NotContains(t, call, "aws ssm")
	}
	assert.NotContains(t, m.file("nginx.conf"), "return 403")
	assert.NoFileExists(t, filepath.Join(m.prefix, "secret.conf"))
	assert.NoFileExists(t, filepath.Join(m.prefix, "units/portico-refresh.timer"))
}

func TestSecretDoesNotReachTheApplication(t *testing.T) {
	m := newMachine(t)
	m.boot(append(withSecret, "PORTICO_APP_PORT=8080")...)
	assert.Contains(t, m.file("nginx.conf"), "proxy_set_header X-From-Mine '';")
}

func TestRefreshReloadsNginxForAnotherSecretOnly(t *testing.T) {
	m := newMachine(t)
	m.boot(withSecret...)
	calls, out, err := m.tryBoot("refresh 7", withSecret...)
	require.NoError(t, err, out)
	assert.Equal(t, []string{getParameter, "curl X-From-Mine: current"}, calls)

	calls, out, err = m.tryBoot("refresh 8", append(withSecret, "PARAMETER=8\tnext,current")...)
	require.NoError(t, err, out)
	assert.Equal(t, []string{getParameter, m.nginx() + " -t -q", m.nginx() + " -s reload", "curl X-From-Mine: next"}, calls)
}

func TestSecretThatCannotBeReadIsSaid(t *testing.T) {
	for name, c := range map[string]struct{ step, env, want string }{
		"an old version": {"refresh 8", "DENIED=", "first-boot: no version 8 of arn:aws:ssm:"},
		"no permission":  {"secret", "DENIED=1", "first-boot: no version 1 of arn:aws:ssm:"},
		"hostile":        {"secret", `PARAMETER=7	a" 1; }`, "must hold letters and digits"},
		"empty":          {"secret", "PARAMETER=7\t", "must hold letters and digits"},
		"nginx refuses":  {"refresh 7", "CURL=403", "first-boot: nginx answers 403 instead of 204"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.boot(withSecret...)
			_, out, err := m.tryBoot(c.step, append(withSecret, c.env, "PORTICO_TRIES=2")...)
			require.Error(t, err)
			assert.Contains(t, out, c.want)
			assert.NotContains(t, out, "current")
		})
	}
}
