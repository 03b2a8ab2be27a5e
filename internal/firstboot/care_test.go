package firstboot_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/firstboot"
)

// stub puts a program into the machine's path.
func (m machine) stub(name, text string) {
	m.t.Helper()
	require.NoError(m.t, os.WriteFile(filepath.Join(m.dir, "bin", name), []byte("#!/bin/bash\n"+text+"\n"), 0o755))
}

func TestDaysLeftAreReported(t *testing.T) {
	m := newMachine(t)
	metric := "aws cloudwatch put-metric-data --namespace Portico/TLSInstance --metric-name CertificateDaysLeft" +
		" --dimensions Origin=origin.example.com --value 30"
	assert.Contains(t, m.boot("PORTICO_REGION=us-east-1"), metric)
	assert.Contains(t, m.file("units/portico-renew.service"), "\nExecStopPost=/bin/bash -c 'source ")

	calls, out, err := m.tryBoot("report", "PORTICO_REGION=us-east-1", "SERVICE_RESULT=exit-code")
	require.NoError(t, err, out)
	assert.Equal(t, []string{metric}, calls)
	assert.Contains(t, out, "first-boot: the renewal failed: exit-code\n")
	assert.Contains(t, out, "first-boot: the certificate is valid for 30 days\n")

	_, out, err = m.tryBoot("", "PORTICO_REGION=us-east-1", "DENIED=1")
	require.NoError(t, err, "a metric more or less")
	assert.Contains(t, out, "first-boot: no metric was sent")
}

func TestCertificateIsAskedForTwice(t *testing.T) {
	m := newMachine(t)
	m.stub("certbot", `echo "certbot $1" >>"$CALLS"; echo "not allowed" >&2; exit 1`)
	calls, out, err := m.tryBoot("")
	require.Error(t, err)
	assert.Equal(t, []string{"certbot certonly", "sleep 60", "certbot certonly"}, calls)
	assert.Equal(t, 2, strings.Count(out, "not allowed"))
}

func TestRedirectsNameNoHost(t *testing.T) {
	m := newMachine(t)
	m.boot()
	assert.Contains(t, m.file("nginx.conf"), "absolute_redirect off;")
}

func TestUpdatesAreThoseOfSecurity(t *testing.T) {
	m := newMachine(t)
	m.stub("dnf", `echo "dnf $*" >>"$CALLS"`)
	m.boot()
	assert.Contains(t, m.file("units/portico-update.timer"), "OnCalendar=*-*-* 03:00:00\n")
	calls, out, err := m.tryBoot("update")
	require.NoError(t, err, out)
	assert.Equal(t, []string{"dnf -y -q upgrade --security --releasever=latest"}, calls, "an nginx that was not replaced runs on")
}

// bootstrap is the part of user data that installs packages.
func (m machine) bootstrap() (string, error) {
	m.t.Helper()
	userData, err := good().UserData()
	require.NoError(m.t, err)
	_, install, found := strings.Cut(userData, "\npackages=")
	require.True(m.t, found)
	return bash(m.t, m.dir, "set -euo pipefail\npackages="+install, "CALLS="+filepath.Join(m.dir, "calls"))
}

func TestPackages(t *testing.T) {
	for name, c := range map[string]struct {
		dnf      string
		attempts int
		want     string
	}{
		"an old image": {`echo "No match for argument: certbot"; echo "Error: Unable to find a match: certbot" >&2; exit 1`, 1,
			"use Amazon Linux 2023, release 2023.3.20231211 or newer"},
		"no network": {`echo "Curl error (6)" >&2; exit 1`, 30, "the packages could not be installed"},
		"a moment":   {`(($(grep -c dnf "$CALLS") > 2)) || { echo "Curl error (6)" >&2; exit 1; }`, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.stub("dnf", "echo \"dnf $*\" >>\"$CALLS\"\n"+c.dnf)
			require.NoError(t, os.Mkdir(m.prefix, 0o755))
			out, err := m.bootstrap()
			calls := m.file("../calls")
			assert.Equal(t, c.attempts, strings.Count(calls, "dnf -y -q install nginx certbot python3-certbot-dns-route53 logrotate awscli-2"))
			if c.want == "" {
				require.NoError(t, err, out)
				assert.Contains(t, calls, "systemctl start --no-block portico-first-boot.service")
				return
			}
			require.Error(t, err)
			assert.Contains(t, out, c.want)
			assert.NotContains(t, calls, "systemctl")
		})
	}
}

func TestReady(t *testing.T) {
	for name, c := range map[string]struct {
		cloudInit, systemctl, want string
	}{
		"ready":          {"", "", ""},
		"no certificate": {"", "exit 1", "no certificate within 2 seconds, or no attempt succeeded\nno package\nAccessDenied\n"},
		"too late":       {"exec /bin/sleep 30", "", "no certificate within 2 seconds"},
		"no nginx":       {"", "touch refused", "nginx does not answer\nno package\nAccessDenied\n"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			m.stub("cloud-init", `[[ $* == "status --wait" ]] || exit 1; `+c.cloudInit)
			m.stub("systemctl", `[[ $* == "start portico-first-boot.service" ]] || exit 1; `+c.systemctl)
			m.stub("journalctl", `[[ $* == *"--unit portico-first-boot.service" ]] && echo AccessDenied`)
			m.stub("tail", `[[ $* == *" /var/log/cloud-init-output.log" ]] && echo "no package"`)
			m.stub("first-boot.sh", `[[ $* == "refresh 3" && $PORTICO_X == 1 && ! -e refused ]]`)
			require.NoError(t, os.WriteFile(filepath.Join(m.dir, "bin/first-boot.env"), []byte("export PORTICO_X=1"), 0o644))
			out, err := bash(t, m.dir, strings.ReplaceAll(firstboot.Ready(2, 3), "/opt/portico/", m.dir+"/bin/"))
			if c.want == "" {
				require.NoError(t, err, out)
				return
			}
			require.Error(t, err)
			assert.Contains(t, out, "the TLS origin is not ready: "+c.want)
		})
	}
}
