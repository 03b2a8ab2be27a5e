package core_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

const seedVPC = "vpc-05eed000000000001"

// account is a file for an account, and a local AWS on it.
func account(t *testing.T) (path string, c *cloudtest.Cloud) {
	t.Helper()
	path, c = filepath.Join(t.TempDir(), "account.jsonl"), cloudtest.New(t)
	c.UseFile(path)
	return path, c
}

func aVPC(c *cloudtest.Cloud) string {
	id, _ := c.Create(ec2.VpcToken, "net", core.Object{"cidrBlock": "10.0.0.0/16"})
	return id
}

func TestAccountFile(t *testing.T) {
	path, c := account(t)
	_, err := os.Stat(path)
	assert.ErrorIs(t, err, os.ErrNotExist, "nothing is written before something happens")
	c.IsSeed()

	vpc := aVPC(c)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "the account holds the values of secrets")
	left, err := c.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Contains(t, left, "+ aws:ec2/vpc:Vpc ap-northeast-1/"+vpc)

	require.NoError(t, os.Chmod(path, 0o644))
	aVPC(c)
	info, err = os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "a copy that others could read is closed by the next change")
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing lies beside it")
}

// An operation appends what it changed, whatever the size of the account.
func TestAnOperationWritesWhatItTouches(t *testing.T) {
	path, c := account(t)
	grown := func(do func()) int64 {
		before, err := os.Stat(path)
		require.NoError(t, err)
		do()
		after, err := os.Stat(path)
		require.NoError(t, err)
		return after.Size() - before.Size()
	}
	vpc := aVPC(c)
	group := func(n int) func() {
		return func() {
			c.Create(ec2.SecurityGroupToken, "g", core.Object{"vpcId": vpc, "name": fmt.Sprintf("group-%03d", n)})
		}
	}
	first := grown(group(0))
	for n := range 50 {
		group(n + 1)()
	}
	assert.InDelta(t, first, grown(group(99)), 8, "but for the digits of the serial number")
	assert.Zero(t, grown(func() { c.Call("aws:ec2/getVpc:getVpc", core.Object{"id": vpc}) }), "who only looks writes nothing")
}

// Provider instances are processes of their own; whoever acts sees what the
// others have done, and nothing gets lost.
func TestAccountIsShared(t *testing.T) {
	path, c := account(t)
	vpc := aVPC(c)
	const each = 10
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			other := cloudtest.New(t)
			other.UseFile(path)
			for i := range each {
				name := string(rune('a'+n)) + string(rune('a'+i))
				_, _, err := other.TryCreate(ec2.SecurityGroupToken, name, core.Object{"vpcId": vpc, "name": name, "description": "x"})
				assert.NoError(t, err)
			}
		})
	}
	group.Wait()
	assert.Len(t, c.Account().All(ec2.SecurityGroupToken), 4*each+7, "the seed has six, the VPC one")
}

// setRoute is a line that stores a route.
func setRoute(state string) string {
	return fmt.Sprintf(`{"serial": 1, "edits": [{"type": "aws:ec2/route:Route", "region": "r", "id": "r", "state": %s}]}`+"\n", state)
}

// A file that is no account is named, and left as it is.
func TestAccountFileThatIsNone(t *testing.T) {
	for name, content := range map[string]string{
		"one document, half written": `{"accountId": "123456789012", "resources": {`,
		"not JSON":                   "hunter2",
		"not JSON, a line":           "hunter2\n",
		"no account":                 "{}\n",
		"misspelt":                   "{\"acountId\": \"123456789012\"}\n",
		"a line that is none":        "{\"accountId\": \"123456789012\", \"serial\": 0, \"resources\": {}}\n{\"serail\": 1}\n",
		"a value of another kind":    "{\"accountId\": \"123456789012\"}\n" + setRoute(`{"id": "r", "destinationCidrBlock": "hunter2", "routeTableId": 5}`),
		"a block of another kind":    "{\"accountId\": \"123456789012\"}\n" + setRoute(`{"id": "r", "routeTableId": {"hunter2": []}}`),
		"a record of another id":     "{\"accountId\": \"123456789012\"}\n" + setRoute(`{"id": "hunter2"}`),
		"a kind in the first line":   `{"accountId": "123456789012", "resources": {"aws:ec2/route:Route": {"r": {"r": {"id": 5}}}}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			path, c := account(t)
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			_, _, err := c.TryCreate(ec2.VpcToken, "net", core.Object{"cidrBlock": "10.0.0.0/16"})
			require.ErrorContains(t, err, "reading the local AWS account "+path+": ")
			assert.NotContains(t, err.Error(), "hunter2")
			_, err = c.TryCall("aws:ec2/getVpc:getVpc", core.Object{"id": seedVPC})
			require.ErrorContains(t, err, path)
			raw, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, content, string(raw))
		})
	}
}

// What AWS leaves out of a block is no fault of the file.
func TestAccountFileWithBlocksThatLackInputs(t *testing.T) {
	path, _ := account(t)
	line := `{"serial": 1, "edits": [{"type": "aws:lb/listener:Listener", "region": "r", "id": "l", "state": {"id": "l", "mutualAuthentication": {}}}]}`
	require.NoError(t, os.WriteFile(path, []byte("{\"accountId\": \"123456789012\"}\n"+line+"\n"), 0o600))
	a, err := core.ReadAccount(path)
	require.NoError(t, err)
	assert.NotNil(t, a.Get("aws:lb/listener:Listener", "l"))
}

// What a killed process left half written is not read, and gone with the next
// change, wherever it was cut off.
func TestAHalfWrittenOperationIsCutOff(t *testing.T) {
	path, c := account(t)
	vpc := aVPC(c)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	c.Create(ec2.SecurityGroupToken, "g", core.Object{"vpcId": vpc, "name": "g"})
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, cut := range []int{len(whole), len(whole) + 1, (len(whole) + len(after)) / 2, len(after) - 2, len(after) - 1} {
		require.NoError(t, os.WriteFile(path, after[:cut], 0o600))
		c.UseFile(path)
		require.Len(t, c.Account().All(ec2.SecurityGroupToken), 7, "cut at %d", cut)
		c.Create(ec2.SecurityGroupToken, "g", core.Object{"vpcId": vpc, "name": "g"})
		now, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(after), string(now), "cut at %d", cut)
	}
	require.NoError(t, os.WriteFile(path, whole[:100], 0o600))
	c.UseFile(path)
	assert.Equal(t, vpc, aVPC(c), "the very first line is begun again")
}

// A file that others replace, or take away, is read anew by whoever has it open.
func TestAReplacedFileIsReadAnew(t *testing.T) {
	path, c := account(t)
	vpc := aVPC(c)
	require.NoError(t, os.Remove(path))
	_, err := c.TryCall("aws:ec2/getVpc:getVpc", core.Object{"id": vpc})
	require.ErrorContains(t, err, "no matching")
	assert.Equal(t, vpc, aVPC(c), "the seed makes the same ids again")
}

// What fails half-way leaves the account as it was.
func TestAFailureChangesNothing(t *testing.T) {
	_, c := account(t)
	aVPC(c)
	before := c.Written()
	err := c.Transact(func(tx *core.Tx) error {
		tx.Drop(ec2.VpcToken, seedVPC)
		tx.Set(ec2.VpcToken, "vpc-half", core.Object{})
		tx.NewID("vpc")
		return core.Refuse("Throttling", "later")
	})
	require.EqualError(t, err, "Throttling: later")
	assert.Equal(t, before, c.Written())
	next, _ := c.Create(ec2.SecurityGroupToken, "g", core.Object{"vpcId": seedVPC})
	_, fresh := account(t)
	aVPC(fresh)
	again, _ := fresh.Create(ec2.SecurityGroupToken, "g", core.Object{"vpcId": seedVPC})
	assert.Equal(t, again, next, "not even an id is used up")
}

// bulky stores a record of about 100 KB under an id, in place of one that is there.
func bulky(c *cloudtest.Cloud, id string, n int) {
	c.Change(func(tx *core.Tx) {
		tx.Set(ec2.VpcToken, id, core.Object{"tags": map[string]any{"n": fmt.Sprint(n), "bulk": strings.Repeat("x", 100_000)}})
	})
}

func bulkOf(c *cloudtest.Cloud, id string) string {
	return c.State(ec2.VpcToken, id).Block("tags").Str("n")
}

// A log that is much longer than its account is replaced by the account, while others
// have the old one open and go on from where they stopped reading.
func TestALongLogIsCompacted(t *testing.T) {
	path, c := account(t)
	idle, busy := cloudtest.New(t), cloudtest.New(t)
	idle.UseFile(path)
	busy.UseFile(path)
	for n := range 45 {
		bulky(c, "vpc-c", n)
		bulky(busy, "vpc-busy", n)
		assert.Equal(t, fmt.Sprint(n), bulkOf(c, "vpc-busy"))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Less(t, info.Size(), int64(3_000_000))
		if n%20 == 0 {
			assert.Equal(t, fmt.Sprint(n), bulkOf(idle, "vpc-c"), "after more than one new log")
		}
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing lies beside it")
	id, _ := c.Create(ec2.SecurityGroupToken, "g", core.Object{"vpcId": seedVPC})
	assert.NotNil(t, idle.State(ec2.SecurityGroupToken, id), "it goes on as a log")
}

// Nothing is lost when several act while the log is compacted.
func TestCompactingWhileOthersAct(t *testing.T) {
	path, c := account(t)
	var group sync.WaitGroup
	for n := range 4 {
		other := cloudtest.New(t)
		other.UseFile(path)
		group.Go(func() {
			for i := range 20 {
				bulky(other, fmt.Sprint("vpc-", n), i)
				other.Change(func(tx *core.Tx) { tx.Set(ec2.VpcToken, fmt.Sprintf("vpc-%d-%d", n, i), core.Object{}) })
			}
		})
	}
	group.Wait()
	assert.Equal(t, 3+4+4*20, len(c.Account().All(ec2.VpcToken)))
	for n := range 4 {
		assert.Equal(t, "19", bulkOf(c, fmt.Sprint("vpc-", n)))
	}
}

// A change that cannot be written leaves the account as it was, a longer log too.
func TestACompactionThatFails(t *testing.T) {
	path, c := account(t)
	require.NoError(t, os.Mkdir(path+".new", 0o700), "in the way of the new log")
	var err error
	stored := -1
	for n := 0; err == nil; n++ {
		require.Less(t, n, 30)
		err = c.Transact(func(tx *core.Tx) error {
			tx.Set(ec2.VpcToken, "vpc-c", core.Object{"tags": map[string]any{"n": fmt.Sprint(n), "bulk": strings.Repeat("x", 100_000)}})
			return nil
		})
		if err == nil {
			stored = n
		}
	}
	require.ErrorContains(t, err, "writing the local AWS account: ")
	assert.Equal(t, fmt.Sprint(stored), bulkOf(c, "vpc-c"))
	require.NoError(t, os.Remove(path+".new"))
	bulky(c, "vpc-c", 99)
	assert.Equal(t, "99", bulkOf(c, "vpc-c"))
}

// workerEnv names, for a copy of the test binary, the account it is to work on.
const workerEnv = "PORTICO_TEST_WORKER"

// TestWorker is what a process of its own does: it makes and deletes groups, and
// one of every ten stays.
func TestWorker(t *testing.T) {
	path := os.Getenv(workerEnv)
	if path == "" {
		return // it is not the process that TestProcessesShareAnAccount started
	}
	c := cloudtest.New(t)
	c.UseFile(path)
	for n := range 30 {
		name := fmt.Sprint("g-", os.Getpid(), "-", time.Now().UnixNano())
		id, _ := c.Create(ec2.SecurityGroupToken, "g", core.Object{"vpcId": seedVPC, "name": name})
		if n%10 != 0 {
			c.Delete(ec2.SecurityGroupToken, id)
		}
		bulky(c, "vpc-bulky", n) // so that the log is compacted now and then
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
	path, c := account(t)
	groups := len(c.Account().All(ec2.SecurityGroupToken))
	one, other := startWorker(t, path, 1), startWorker(t, path, 1)
	require.NoError(t, one.Wait())
	require.NoError(t, other.Wait())
	assert.Len(t, c.Account().All(ec2.SecurityGroupToken), groups+2*3)

	for wait := 20 * time.Millisecond; wait < 200*time.Millisecond; wait *= 2 {
		killed := startWorker(t, path, 1000)
		time.Sleep(wait)
		require.NoError(t, killed.Process.Kill())
		require.Error(t, killed.Wait(), "it was killed")
		c.Create(ec2.SecurityGroupToken, "g", core.Object{"vpcId": seedVPC, "name": wait.String()})
	}
}
