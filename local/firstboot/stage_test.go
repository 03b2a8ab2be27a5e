//go:build firstboot

package firstboot_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/firstboot"
	"github.com/portico-iac/portico/local/traffic"
)

// accessKey stands for the one that certbot would get from the instance's role.
const accessKey = "AKIAFIRSTBOOT"

// stage is a registered instance with the servers that it talks to.
type stage struct {
	folder
	t        *testing.T
	instance instance
	api      *firstboot.Route53
	denied   atomic.Bool // the role lost its policies
	pebble   pebble
	port     int
	env      []string
	aws      *awsAPI
}

// newStage puts the first boot of an account's instance into a folder.
func newStage(t *testing.T, account *core.Account, l life) *stage {
	t.Helper()
	for _, program := range []string{"nginx", "certbot", "aws", "curl"} {
		_, err := exec.LookPath(program)
		require.NoError(t, err, "run `make verify-first-boot`, which installs it")
	}
	assertUntouched(t)
	ports := freePorts(t, 3)
	s := &stage{t: t, folder: newFolder(t, l.unprivileged), instance: registered(t, account), port: ports[0]}
	world, err := traffic.Serve(account, traffic.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, world.Close()) })
	api, err := firstboot.NewRoute53(firstboot.Route53Options{
		Zones: firstboot.ZonesOf(account), DNS: world.Zones(), AccessKey: accessKey, Pending: l.pending, PageSize: 1,
		Allows: func(call firstboot.Call) (bool, error) {
			allowed, err := s.instance.may(call)
			return allowed && !s.denied.Load(), err
		},
	})
	require.NoError(t, err)
	s.api = api
	listener := httptest.NewServer(api)
	t.Cleanup(listener.Close)
	s.pebble = startPebble(t, ports[1:], world.DNSAddress())
	s.aws = startAWS(t, &s.instance)
	s.env = append(s.awsEnvironment(listener.Listener.Addr().String()), "REQUESTS_CA_BUNDLE="+s.pebble.trust,
		"PATH="+s.at("bin")+":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	s.install()
	s.installPrograms()
	t.Cleanup(s.stopNginx)
	return s
}

// awsEnvironment directs boto to the API: boto looks up endpoints in AWS_DATA_PATH
// before its own data folder.
// https://boto3.amazonaws.com/v1/documentation/api/latest/guide/configuration.html
func (s *stage) awsEnvironment(api string) []string {
	endpoints, err := json.Marshal(map[string]any{"version": 3, "partitions": []any{map[string]any{
		"partition": "aws", "dnsSuffix": "invalid", "regionRegex": "^us-east-1$", "regions": map[string]any{"us-east-1": map[string]any{}},
		"defaults": map[string]any{"hostname": "{service}.{region}.{dnsSuffix}", "protocols": []string{"https"}, "signatureVersions": []string{"v4"}},
		"services": map[string]any{"route53": map[string]any{
			"isRegionalized": false, "partitionEndpoint": "aws-global", "endpoints": map[string]any{"aws-global": map[string]any{
				"hostname": api, "protocols": []string{"http"}, "credentialScope": map[string]string{"region": "us-east-1"},
			}},
		}},
	}}})
	require.NoError(s.t, err)
	s.mkdir(s.t, "aws")
	s.write(s.t, "aws/endpoints.json", string(endpoints), 0o644)
	return []string{
		"AWS_DATA_PATH=" + s.at("aws"), "AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=secret",
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

// install writes to the folder what the bootstrap would write: the parameters,
// followed by the test's own, as an operator's would be, and the script.
func (s *stage) install() {
	s.write(s.t, "first-boot.sh", s.instance.script, 0o755)
	own := fmt.Sprintf("\nPORTICO_PREFIX=%s PORTICO_ACME_URL=%s PORTICO_HTTPS_PORT=%d\n"+
		"export PORTICO_REGION=ap-northeast-1 PORTICO_PAUSE=0 PORTICO_TRIES=5\n", s.at("prefix"), s.pebble.directory, s.port)
	unset := "unset PORTICO_LOG_DIR PORTICO_PID_FILE PORTICO_UNIT_DIR\n"
	out, err := s.run(s.t, nil, "bash", "-euc", s.instance.parameters+own+unset+`declare -p "${!PORTICO_@}" >first-boot.env`)
	require.NoError(s.t, err, out)
}

// boot runs the command of the first boot's unit.
func (s *stage) boot() (string, error) {
	s.t.Helper()
	return s.run(s.t, s.env, "bash", "-c", strings.ReplaceAll(s.instance.start, "/opt/portico/", s.path+"/"))
}

// installPrograms writes the AWS CLI with another address for its API, and what stands
// in for cloud-init and systemd, of which the script of the association wants something.
func (s *stage) installPrograms() {
	s.mkdir(s.t, "bin")
	s.write(s.t, "bin/aws", "#!/bin/sh\nexec /usr/bin/aws --endpoint-url "+s.aws.url+" \"$@\"\n", 0o755)
	s.write(s.t, "bin/cloud-init", "#!/bin/sh\n[ \"$*\" = 'status --wait' ]\n", 0o755)
	s.write(s.t, "bin/systemctl", "#!/bin/bash\n[[ $* == 'start portico-first-boot.service' ]] || exit 1\n"+
		strings.ReplaceAll(s.instance.start, "/opt/portico/", s.path+"/")+" >"+s.at("journal")+" 2>&1\n", 0o755)
	s.write(s.t, "bin/journalctl", "#!/bin/sh\ncat "+s.at("journal")+"\n", 0o755)
}

// ready runs the script of the association, for a version of the parameter.
func (s *stage) ready(version int) (string, error) {
	s.t.Helper()
	script := strings.ReplaceAll(s.instance.ready, "/opt/portico/", s.path+"/")
	script = strings.Replace(script, "refresh 1 ", fmt.Sprintf("refresh %d ", version), 1)
	return s.run(s.t, s.env, "bash", "-c", script)
}

// afterRenewal runs the command that ends the renewal's unit.
func (s *stage) afterRenewal(result string) (string, error) {
	s.t.Helper()
	unit, err := os.ReadFile(s.at("prefix/units/portico-renew.service"))
	require.NoError(s.t, err)
	return s.run(s.t, append(s.env, "SERVICE_RESULT="+result), "bash", "-c", between(s.t, string(unit), "ExecStopPost=", "\n", ""))
}

// renewal runs the command of the unit that the script's timer starts.
func (s *stage) renewal(further ...string) (string, error) {
	s.t.Helper()
	unit, err := os.ReadFile(s.at("prefix/units/portico-renew.service"))
	require.NoError(s.t, err)
	words := strings.Fields(between(s.t, string(unit), "ExecStart=", "\n", ""))
	return s.run(s.t, s.env, words[0], append(words[1:], further...)...)
}

// forced renews now although the certificate is new, and without certbot's random
// delay.
func (s *stage) forced() (string, error) {
	s.t.Helper()
	return s.renewal("--force-renewal", "--no-random-sleep-on-renew")
}

// stopNginx stops nginx as systemd would, and checks that no process is left.
func (s *stage) stopNginx() {
	if raw, err := os.ReadFile(s.at("prefix/nginx.pid")); err == nil {
		pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
		if assert.NoError(s.t, err) && pid > 1 {
			assert.NoError(s.t, syscall.Kill(pid, syscall.SIGTERM))
		}
	}
	s.assertNobodyLeft(s.t)
}

// outside are the places that nginx, certbot and the script write to by default.
var outside = []string{
	"/etc/letsencrypt", "/var/log/letsencrypt", "/var/lib/letsencrypt", "/etc/nginx", "/var/log/nginx", "/var/lib/nginx",
	"/run/nginx.pid", "/opt/portico", "/etc/systemd/system",
}

// assertUntouched fails the test if anything outside has changed at its end.
func assertUntouched(t *testing.T) {
	t.Helper()
	before := listing()
	t.Cleanup(func() { assert.Equal(t, before, listing(), "something was written outside the folder") })
}

// listing is the files outside, with sizes and times.
func listing() (out []string) {
	for _, root := range outside {
		// Files that are missing or unreadable are left out.
		_ = filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
			if err == nil {
				out = append(out, fmt.Sprint(path, info.Mode(), info.Size(), info.ModTime()))
			}
			return nil
		})
	}
	return out
}
