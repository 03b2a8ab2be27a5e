package local_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/engine"
)

// lifecycle is what one way to run the engine shows of a program's whole life.
type lifecycle struct {
	steps      map[string][]string
	outputs    map[string]string
	deployment string // its shape
	refused    string
}

// The CLI and the engine in this process do the same, report the same and record
// the same. Each goes on with what the other has made, since a folder is the same
// whichever way the engine runs.
func TestTheCLIAndTheEngineInProcessAgree(t *testing.T) {
	t.Parallel()
	ways := map[string][]local.Option{"CLI": {local.WithCLI()}, "in process": nil}
	dirs := map[string]string{"CLI": t.TempDir(), "in process": t.TempDir()}
	seen := map[string]*lifecycle{}
	for way, opts := range ways {
		seen[way] = &lifecycle{steps: map[string][]string{}}
		t.Run("up, "+way, func(t *testing.T) { seen[way].begin(t, append(opts, local.WithDir(dirs[way]))) })
	}
	dirs["CLI"], dirs["in process"] = dirs["in process"], dirs["CLI"]
	for way, opts := range ways {
		t.Run("go on, "+way, func(t *testing.T) { seen[way].goOn(t, append(opts, local.WithDir(dirs[way]))) })
	}
	cli, inProcess := seen["CLI"], seen["in process"]
	assert.Len(t, cli.steps["up"], 10)
	assert.Equal(t, cli.steps, inProcess.steps)
	assert.Equal(t, cli.outputs, inProcess.outputs)
	assert.Equal(t, cli.deployment, inProcess.deployment)
	assert.Equal(t, cli.refused, inProcess.refused)
}

// begin brings the program up for the first time.
func (l *lifecycle) begin(t *testing.T, opts []local.Option) {
	s := local.New(t, network, opts...)
	up := s.Up()
	l.steps["up"], l.outputs = ops(up.Steps), described(up.Outputs)
	l.deployment = shapeOfDeployment(t, s.Deployment())
}

// goOn does everything that comes after the first up.
func (l *lifecycle) goOn(t *testing.T, opts []local.Option) {
	refused := false
	s := local.New(t, func(ctx *pulumi.Context) error {
		if refused {
			_, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/8")})
			return err
		}
		return network(ctx)
	}, opts...)
	second := s.Up()
	assert.Empty(t, second.Changes())
	l.steps["second up"], l.steps["refresh"] = ops(second.Steps), ops(s.Refresh().Steps)
	refused = true
	res, err := s.TryPreview()
	require.Error(t, err)
	l.steps["refused"], l.refused = ops(res.Steps), err.Error()
	l.steps["destroy"] = ops(s.Destroy().Steps)
	left, err := s.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}

// ops are the steps, whose order differs from run to run.
func ops(steps []engine.Step) []string {
	var all []string
	for _, s := range steps {
		all = append(all, fmt.Sprintf("%s %s %s %v custom=%t", s.Op, s.Type, s.Name(), s.Diffs, s.Custom))
	}
	slices.Sort(all)
	return all
}

// chosen is what AWS or the random provider chooses.
var chosen = regexp.MustCompile(`-[0-9a-f]{7,}\b|^[A-Za-z0-9]{48}$`)

func described(outputs auto.OutputMap) map[string]string {
	all := map[string]string{}
	for name, output := range outputs {
		all[name] = fmt.Sprintf("%s secret=%t", chosen.ReplaceAllString(fmt.Sprint(output.Value), "*"), output.Secret)
	}
	return all
}

// shapeOfDeployment is a deployment whose resources are named by their URNs and
// whose other values are reduced to their types.
func shapeOfDeployment(t *testing.T, raw []byte) string {
	t.Helper()
	var deployment map[string]any
	require.NoError(t, json.Unmarshal(raw, &deployment))
	resources := map[string]any{}
	for _, r := range deployment["resources"].([]any) {
		resource := r.(map[string]any)
		delete(resource, "stackTrace") // of who calls the program
		resources[resource["urn"].(string)] = shape(resource)
	}
	delete(deployment["manifest"].(map[string]any), "version") // of the CLI
	deployment["resources"] = map[string]any{}
	deployment = shape(deployment).(map[string]any)
	deployment["resources"] = resources
	indented, err := json.MarshalIndent(deployment, "", "  ")
	require.NoError(t, err)
	return string(indented)
}

func shape(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			v[key] = shape(v[key])
		}
		return v
	case []any:
		for i := range v {
			v[i] = shape(v[i])
		}
		slices.SortFunc(v, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		return v
	case string:
		if strings.HasPrefix(v, "urn:pulumi:") {
			return strings.Join(strings.SplitN(v, "::", 5)[:4], "::") // a provider's has its id behind it
		}
		return "text"
	}
	return fmt.Sprintf("%T", value)
}
