//go:build firstboot

package firstboot_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience is the time limit for everything that a test waits for.
const patience = 2 * time.Minute

// nobody is the unprivileged user of every Unix.
const nobody = 65534

// folder is a temporary directory in which child processes run, and may write.
type folder struct {
	path string
	user *syscall.Credential // whom children run as; nil is the tests' own user
}

// newFolder makes a folder. Child processes cannot write outside it, since they run
// unprivileged even if the tests run as root.
func newFolder(t *testing.T, unprivileged bool) folder {
	t.Helper()
	f := folder{path: t.TempDir()}
	// Its parent is closed to other users, such as that of nginx's workers.
	for _, dir := range []string{filepath.Dir(f.path), f.path} {
		require.NoError(t, os.Chmod(dir, 0o755))
	}
	if unprivileged && os.Geteuid() == 0 {
		f.user = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	f.mkdir(t, "tmp")
	f.own(t, f.path)
	return f
}

func (f folder) at(elements ...string) string {
	return filepath.Join(append([]string{f.path}, elements...)...)
}

func (f folder) own(t *testing.T, path string) {
	t.Helper()
	if f.user != nil {
		require.NoError(t, os.Chown(path, int(f.user.Uid), int(f.user.Gid)))
	}
}

func (f folder) mkdir(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(f.at(name), 0o755))
	f.own(t, f.at(name))
}

func (f folder) write(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	require.NoError(t, os.WriteFile(f.at(name), []byte(text), mode))
	f.own(t, f.at(name))
	return f.at(name)
}

// command is a child process in its own process group, which ends with the test. Its
// environment is what systemd sets, and env.
func (f folder) command(ctx context.Context, env []string, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = f.path
	cmd.Env = append([]string{
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LANG=C.UTF-8", "HOME=" + f.path, "TMPDIR=" + f.at("tmp"), "PYTHONDONTWRITEBYTECODE=1",
	}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: f.user}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	return cmd
}

// run runs a command to its end, and returns its output and its error.
func (f folder) run(t *testing.T, env []string, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	// A file, not a pipe: nginx keeps running and would keep a pipe open.
	out, err := os.CreateTemp(f.at("tmp"), "output")
	require.NoError(t, err)
	defer func() { assert.NoError(t, out.Close()) }()
	cmd := f.command(ctx, env, name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	ended := cmd.Run()
	text, err := os.ReadFile(out.Name())
	require.NoError(t, err)
	return string(text), ended
}

// assertNobodyLeft fails if a process still uses the folder.
func (f folder) assertNobodyLeft(t *testing.T) {
	t.Helper()
	var left []string
	assert.Eventually(t, func() bool {
		left = f.processes()
		return len(left) == 0
	}, patience, 20*time.Millisecond)
	assert.Empty(t, left)
}

// processes returns the processes whose command, working folder or open files are
// in the folder.
func (f folder) processes() []string {
	var found []string
	commands, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range commands {
		raw, err := os.ReadFile(path)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil || len(raw) == 0 || pid == os.Getpid() {
			continue // it has ended
		}
		command := strings.ReplaceAll(string(raw), "\x00", " ")
		if strings.Contains(command, f.path) || f.holds(filepath.Dir(path)) {
			found = append(found, strconv.Itoa(pid)+" "+command)
		}
	}
	return found
}

// holds says whether a process runs in the folder or has a file of it open.
func (f folder) holds(process string) bool {
	links, _ := filepath.Glob(process + "/fd/*")
	for _, link := range append(links, process+"/cwd") {
		if to, err := os.Readlink(link); err == nil && strings.HasPrefix(to, f.path) {
			return true
		}
	}
	return false
}
