package core_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// What the seed holds are resources as the types make them.
func TestSeedIsSound(t *testing.T) {
	catalog, err := cloud.Catalog()
	require.NoError(t, err)
	a, err := core.Seed()
	require.NoError(t, err)
	require.NotEmpty(t, a.Types())
	for _, token := range a.Types() {
		k, err := catalog.Type("aws", token)
		require.NoError(t, err)
		for _, state := range a.All(token) {
			require.NotEmpty(t, state["id"], token)
			assert.Equal(t, state, a.Get(token, state["id"].(string)))
			for _, key := range core.AsObject(state).Without("id").Keys() {
				assert.Contains(t, k.Outputs(), key, "%s %s", token, state["id"])
			}
		}
	}
}

func TestRegionsAreApart(t *testing.T) {
	c := cloudtest.New(t)
	other := c.InRegion("us-east-1")
	vpc := other.Vpc()
	c.Refused(ec2.SubnetToken, "s", core.Object{"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}, "InvalidVpcID.NotFound")
	_, s := other.Create(ec2.SubnetToken, "s", core.Object{"vpcId": vpc, "cidrBlock": "10.0.0.0/24"})
	assert.Equal(t, "us-east-1a", s.Str("availabilityZone"))
	assert.Contains(t, s.Str("arn"), "arn:aws:ec2:us-east-1:123456789012:subnet/")
}

func TestUnknownsAtPreview(t *testing.T) {
	c := cloudtest.New(t)
	k, err := c.Type(ec2.SubnetToken)
	require.NoError(t, err)
	in, faults := c.Check(k, "s", nil, core.Object{"vpcId": core.Unknown{}, "cidrBlock": core.Unknown{}, "tags": map[string]any{"a": core.Unknown{}}}, nil)
	require.Empty(t, faults)
	state, err := c.PreviewCreate(k, in)
	require.NoError(t, err)
	assert.Equal(t, core.Unknown{}, state["vpcId"])
	assert.Equal(t, core.Unknown{}, state["arn"])
	assert.Equal(t, false, state["mapPublicIpOnLaunch"], "defaults are known")
	assert.Equal(t, map[string]any{"a": core.Unknown{}}, state["tagsAll"])

	_, _, err = c.Provider.Create(k, in)
	assert.ErrorContains(t, err, "an input is not known")
	d := k.Diff(core.Object{"vpcId": cloudtest.SeededVpc, "cidrBlock": "10.0.0.0/24"}, core.Object{"vpcId": core.Unknown{}, "cidrBlock": "10.0.0.0/24"})
	assert.Equal(t, []string{"vpcId"}, d.Replaces, "what is not known may be another VPC")

	old := core.Object{"vpcId": cloudtest.SeededVpc, "cidrBlock": "10.0.0.0/24", "arn": "a", "tags": map[string]any{"a": "b"}, "tagsAll": map[string]any{"a": "b"}}
	state, err = c.PreviewUpdate(k, old, old.Without("arn", "tagsAll"), core.Object{"vpcId": cloudtest.SeededVpc, "cidrBlock": "10.0.0.0/24", "tags": map[string]any{"a": core.Unknown{}}})
	require.NoError(t, err)
	assert.Equal(t, "a", state["arn"])
	assert.Equal(t, map[string]any{"a": core.Unknown{}}, state["tagsAll"])
}

// A preview opens the account only if it has a reference to look up there.
func TestPreviewsThatNeedNoAccount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "account.jsonl")
	require.NoError(t, os.WriteFile(path, []byte("no account\n"), 0o600))
	c := cloudtest.New(t)
	c.UseFile(path)
	k, err := c.Type(ec2.SubnetToken)
	require.NoError(t, err)
	in := core.Object{"vpcId": core.Unknown{}, "cidrBlock": "10.0.0.0/24"}
	planned, err := c.PreviewCreate(k, in)
	require.NoError(t, err)
	_, err = c.PreviewUpdate(k, planned, in, in)
	require.NoError(t, err)
	_, err = c.PreviewCreate(k, in.With(core.Object{"vpcId": cloudtest.SeededVpc}))
	assert.ErrorContains(t, err, path)
}

func TestDefaultTags(t *testing.T) {
	c := cloudtest.New(t)
	c.DefaultTags = core.Object{"team": "edge", "stage": "dev"}
	_, vpc := c.Create(ec2.VpcToken, "net", core.Object{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{"stage": "prod"}})
	assert.Equal(t, map[string]any{"team": "edge", "stage": "prod"}, vpc["tagsAll"])
	assert.Equal(t, vpc["tagsAll"], vpc["tags"])
}

// An import reads a resource by its id alone.
func TestImport(t *testing.T) {
	c := cloudtest.New(t)
	k, err := c.Type(ec2.SubnetToken)
	require.NoError(t, err)
	state, inputs, ok, err := c.Read(k, cloudtest.SeededSubnetA, nil, nil)
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, cloudtest.SeededVpc, state.Str("vpcId"))
	assert.Equal(t, core.Object{
		"vpcId": cloudtest.SeededVpc, "cidrBlock": "10.20.0.0/24", "availabilityZone": "ap-northeast-1a",
		"tags": map[string]any{"Name": "seeded-public-a"},
	}, inputs)
	_, _, ok, err = c.Read(k, "subnet-0", nil, nil)
	require.NoError(t, err)
	assert.False(t, ok)
}

// What somebody changed behind Pulumi's back shows in the inputs of a refresh.
func TestDrift(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.Vpc()
	k, err := c.Type(ec2.VpcToken)
	require.NoError(t, err)
	require.NoError(t, c.Transact(func(t *core.Tx) error {
		state, _ := t.Get(ec2.VpcToken, vpc)
		t.Set(ec2.VpcToken, vpc, state.With(core.Object{"enableDnsHostnames": false}))
		return nil
	}))
	state, inputs, ok, err := c.Read(k, vpc, core.Object{"id": vpc}, c.InputsOf(vpc))
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, false, state["enableDnsHostnames"])
	assert.Equal(t, []string{"enableDnsHostnames"}, k.Diff(inputs, c.InputsOf(vpc)).Changed)

	updated, err := c.Provider.Update(k, vpc, state, c.InputsOf(vpc), c.InputsOf(vpc).With(core.Object{"tags": map[string]any{"a": "b"}}))
	require.NoError(t, err)
	assert.Equal(t, false, updated["enableDnsHostnames"], "an update sends what changed and nothing else")
}

func TestProviderConfiguration(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	catalog, err := cloud.Catalog()
	require.NoError(t, err)
	tests := map[string]struct {
		in      core.Object
		wantErr string
	}{
		"region":         {core.Object{"region": "us-east-1", "version": "6.83.2"}, ""},
		"strings":        {core.Object{"region": "us-east-1", "skipMetadataApiCheck": "true", "maxRetries": "3", "defaultTags": `{"tags":{"a":"b"}}`}, ""},
		"typed":          {core.Object{"region": "us-east-1", "skipMetadataApiCheck": false, "defaultTags": map[string]any{"tags": map[string]any{"a": "b"}}}, ""},
		"none":           {core.Object{}, "aws:region"},
		"no such region": {core.Object{"region": "mars-1"}, "invalid AWS Region"},
		"misspelt":       {core.Object{"region": "us-east-1", "regoin": "x"}, "Invalid or unknown key"},
		"nested":         {core.Object{"region": "us-east-1", "defaultTags": `{"tag":{"a":"b"}}`}, "Invalid or unknown key"},
		"no JSON":        {core.Object{"region": "us-east-1", "endpoints": "hunter2"}, "endpoints is not valid JSON"},
		"wrong kind":     {core.Object{"region": "us-east-1", "maxRetries": "true"}, "must be a whole number, got a bool"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &core.Provider{Package: "aws", Catalog: catalog}
			err := p.Configure(tt.in)
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				assert.NotContains(t, err.Error(), "hunter2")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "us-east-1", p.Region)
			if tt.in.Has("defaultTags") {
				assert.Equal(t, core.Object{"a": "b"}, p.DefaultTags)
			}
		})
	}
	t.Setenv("AWS_REGION", "eu-west-1")
	p := &core.Provider{Package: "aws", Catalog: catalog}
	require.NoError(t, p.Configure(core.Object{}))
	assert.Equal(t, "eu-west-1", p.Region)

	random := &core.Provider{Package: "random", Catalog: catalog}
	require.NoError(t, random.Configure(core.Object{"version": "4.18.0"}))
	assert.ErrorContains(t, random.Configure(core.Object{"region": "x"}), "Invalid or unknown key")

	assert.Equal(t, []string{"region"}, core.DiffConfig(core.Object{"region": "a", "profile": "x"}, core.Object{"region": "b", "profile": "x"}).Replaces)
	assert.Empty(t, core.DiffConfig(core.Object{"profile": "x"}, core.Object{"profile": "y"}).Replaces)
}
