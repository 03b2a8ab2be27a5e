package firstboot_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/firstboot"
)

// hostile is values that a shell would act on if they were not quoted.
var hostile = []string{
	`$(touch pwned)`, "`touch pwned`", `'; touch pwned; '`, `"; touch pwned; "`, "a\ntouch pwned\n",
	"END_OF_FIRST_BOOT\ntouch pwned", `\`, `'`, `$PATH ${HOME} !! * ~`, "@PARAMETERS@ @FIRST_BOOT@", "ü\t\r",
}

func good() firstboot.Params {
	return firstboot.Params{
		CertificateNames: []string{"origin.example.com"},
		AcmeDirectoryURL: firstboot.LetsEncrypt,
	}
}

// bash runs a script and returns its output; the folder is all it may write to.
func bash(t *testing.T, dir, script string, env ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("bash", "-c", script)
	cmd.Dir, cmd.Env = dir, append([]string{"PATH=" + dir + "/bin:" + os.Getenv("PATH")}, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// parameters is the part of user data that sets parameters.
func parameters(t *testing.T, userData string) string {
	t.Helper()
	begin, end := strings.Index(userData, "export PORTICO_"), strings.Index(userData, "\nPORTICO_REGION=")
	require.True(t, 0 < begin && begin < end)
	return userData[begin:end]
}

func TestHostileValuesReachTheScriptAsTheyAre(t *testing.T) {
	for _, value := range hostile {
		t.Run(fmt.Sprintf("%q", value), func(t *testing.T) {
			p := good()
			p.AcmeEmail = value
			userData, err := p.UserData()
			require.NoError(t, err)
			dir := t.TempDir()
			// As the bootstrap does: the parameters go through a file.
			out, err := bash(t, dir, parameters(t, userData)+`
declare -p "${!PORTICO_@}" >first-boot.env
env -i PATH="$PATH" bash -c 'source ./first-boot.env && exec printenv PORTICO_ACME_EMAIL'`)
			require.NoError(t, err, out)
			assert.Equal(t, value+"\n", out)
			assert.NoFileExists(t, filepath.Join(dir, "pwned"))
		})
	}
}

func TestHostileValuesAreRefusedByTheScript(t *testing.T) {
	script, err := filepath.Abs("first-boot.sh")
	require.NoError(t, err)
	for _, variable := range []string{"CERTIFICATE_NAMES", "PREFIX", "ACME_EMAIL", "ACME_URL", "HTTPS_PORT", "APP_PORT", "SECRET_PARAMETER", "SECRET_HEADER",
		"REGION", "ORIGIN", "TRIES", "PAUSE", "LOG_DIR", "PID_FILE", "UNIT_DIR"} {
		for _, value := range append(hostile, "a; b", "a b") {
			dir := t.TempDir()
			out, err := bash(t, dir, "exec bash "+script+" render",
				"PORTICO_PREFIX="+dir+"/prefix", "PORTICO_CERTIFICATE_NAMES=a.example.com", "PORTICO_"+variable+"="+value)
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "%s=%q", variable, value)
			assert.Equal(t, 2, exit.ExitCode(), "%s=%q: %s", variable, value, out)
			assert.Contains(t, out, "PORTICO_"+variable+" must match")
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Empty(t, entries, "%s=%q", variable, value)
		}
	}
}

func TestUserDataHoldsTheScriptWithoutItsComments(t *testing.T) {
	userData, err := good().UserData()
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(userData, "#!/bin/bash\n"))
	_, rest, _ := strings.Cut(userData, "<<'END_OF_FIRST_BOOT'\n")
	script, _, found := strings.Cut(rest, "END_OF_FIRST_BOOT\n")
	require.True(t, found)
	assert.NotContains(t, userData, "\n# ")
	assert.Contains(t, script, "#!/bin/sh\n", "of the hook")
	var code []string
	for line := range strings.Lines(firstboot.Script) {
		if word := strings.TrimSpace(line); !strings.HasPrefix(word, "#") || strings.HasPrefix(word, "#!") {
			code = append(code, line)
		}
	}
	assert.Equal(t, strings.Join(code, ""), script)
	out, err := bash(t, t.TempDir(), "bash -n <<'EOT'\n"+userData+"EOT")
	assert.NoError(t, err, out)
}

func TestUserDataIsRefusedWhenTooLong(t *testing.T) {
	p := good()
	for i := range 100 {
		p.CertificateNames = append(p.CertificateNames, fmt.Sprintf("%s-%d.example.com", strings.Repeat("n", 60), i))
	}
	_, err := p.UserData()
	assert.ErrorContains(t, err, "must make user data of at most 16384 bytes, got ")
	assert.ErrorContains(t, err, "of which the 101 names on the certificate are 7608")

	empty := good()
	empty.AcmeEmail = ""
	userData, err := empty.UserData()
	require.NoError(t, err)
	empty.AcmeEmail = strings.Repeat("x", firstboot.MaxUserData-len(userData))
	_, err = empty.UserData()
	assert.NoError(t, err, "exactly the limit fits")
	empty.AcmeEmail += "x"
	_, err = empty.UserData()
	assert.Error(t, err)
}
