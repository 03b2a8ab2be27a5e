package cloud

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAccountFile(t *testing.T) {
	c := newTestCloud(t)
	_, err := os.Stat(c.file.path)
	assert.ErrorIs(t, err, os.ErrNotExist, "nothing is written before something happens")
	c.isSeed()

	vpc := c.aVpc()
	info, err := os.Stat(c.file.path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := c.account().DiffFromSeed()
	require.NoError(t, err)
	assert.Contains(t, left, "+ aws:ec2/vpc:Vpc ap-northeast-1/"+vpc)

	require.NoError(t, os.WriteFile(c.file.path, []byte(`{"acountId": "1"}`), 0o600))
	_, _, err = c.tryCreate(vpcToken, "net", object{"cidrBlock": "10.0.0.0/16"})
	assert.ErrorContains(t, err, `unknown field "acountId"`)
}

// Provider instances are processes of their own; whoever acts sees what the
// others have done, and nothing gets lost.
func TestAccountIsShared(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.aVpc()
	k, err := c.kind(securityGroupToken)
	require.NoError(t, err)
	const each = 10
	var group sync.WaitGroup
	for n := range 4 {
		other := *c.provider
		group.Go(func() {
			for i := range each {
				_, _, err := other.create(k, object{"vpcId": vpc, "name": string(rune('a'+n)) + string(rune('a'+i)), "description": "x"})
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()
	assert.Len(t, c.account().All(securityGroupToken), 4*each+4, "the seed has three, the VPC one")
	entries, err := os.ReadDir(filepath.Dir(c.file.path))
	require.NoError(t, err)
	assert.Len(t, entries, 2, "the account and its lock, no leftovers")
}

// A file that is no account is named, and left as it is.
func TestAccountFileThatIsNone(t *testing.T) {
	for name, content := range map[string]string{
		"half written": `{"accountId": "123456789012", "resources": {`,
		"empty":        "",
		"not JSON":     "hunter2",
		"no account":   "{}",
		"two of them":  `{"accountId": "1"} {"accountId": "2"}`,
		"misspelt":     `{"acountId": "123456789012"}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestCloud(t)
			require.NoError(t, os.WriteFile(c.file.path, []byte(content), 0o600))
			_, _, err := c.tryCreate(vpcToken, "net", object{"cidrBlock": "10.0.0.0/16"})
			require.ErrorContains(t, err, "reading the local AWS account "+c.file.path+": ")
			assert.NotContains(t, err.Error(), "hunter2")
			_, err = c.invoke("aws:ec2/getVpc:getVpc", object{"id": seedVpc})
			require.ErrorContains(t, err, c.file.path)
			raw, err := os.ReadFile(c.file.path)
			require.NoError(t, err)
			assert.Equal(t, content, string(raw))
		})
	}
}

// Only the owner may read what the account holds, which the lock and the file on
// its way are part of.
func TestAccountFilesAreTheOwnersAlone(t *testing.T) {
	c := newTestCloud(t)
	require.NoError(t, os.WriteFile(c.file.path+".new", []byte("half of an acc"), 0o600))
	c.aVpc()
	entries, err := os.ReadDir(filepath.Dir(c.file.path))
	require.NoError(t, err)
	require.Len(t, entries, 2, "what a killed process left half written is gone")
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), e.Name())
	}

	require.NoError(t, os.Chmod(c.file.path, 0o644))
	c.aVpc()
	info, err := os.Stat(c.file.path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "a copy that others could read is closed by the next change")
}

// What fails half-way leaves the account as it was.
func TestAFailureChangesNothing(t *testing.T) {
	c := newTestCloud(t)
	c.aVpc()
	before := c.account()
	err := c.transact(func(t *tx) error {
		t.drop(vpcToken, seedVpc)
		return refuse("Throttling", "later")
	})
	require.EqualError(t, err, "Throttling: later")
	assert.Equal(t, before, c.account())
	require.NoError(t, c.view(func(t *tx) error {
		t.drop(vpcToken, seedVpc)
		return nil
	}))
	assert.Equal(t, before, c.account(), "who only looks changes nothing")
}

// workerEnv names, for a copy of the test binary, the account it is to work on.
const workerEnv = "PORTICO_TEST_WORKER"

// worker is what a process of its own does: it makes and deletes groups, and one
// of every ten stays.
func TestWorker(t *testing.T) {
	path := os.Getenv(workerEnv)
	if path == "" {
		return // it is not the process that TestProcessesShareAnAccount started
	}
	c := newTestCloud(t)
	c.useFile(path)
	for n := range 30 {
		name := fmt.Sprint("g-", os.Getpid(), "-", time.Now().UnixNano())
		id, _ := c.create(securityGroupToken, "g", object{"vpcId": seedVpc, "name": name})
		if n%10 != 0 {
			c.delete(securityGroupToken, id)
		}
	}
}

// startWorker starts TestWorker in a process of its own, where it runs so many
// times.
func startWorker(t *testing.T, path string, times int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestWorker$", fmt.Sprint("-test.count=", times))
	cmd.Env = append(os.Environ(), workerEnv+"="+path)
	require.NoError(t, cmd.Start())
	return cmd
}

// Two provider processes act on one account, and one that is killed in the midst
// of it neither spoils the file nor keeps the lock.
func TestProcessesShareAnAccount(t *testing.T) {
	c := newTestCloud(t)
	groups := len(c.account().All(securityGroupToken))
	one, other := startWorker(t, c.file.path, 1), startWorker(t, c.file.path, 1)
	require.NoError(t, one.Wait())
	require.NoError(t, other.Wait())
	assert.Len(t, c.account().All(securityGroupToken), groups+2*3)

	for wait := 20 * time.Millisecond; wait < 200*time.Millisecond; wait *= 2 {
		killed := startWorker(t, c.file.path, 1000)
		time.Sleep(wait)
		require.NoError(t, killed.Process.Kill())
		require.Error(t, killed.Wait(), "it was killed")
		c.aGroup(seedVpc, wait.String())
	}
}
