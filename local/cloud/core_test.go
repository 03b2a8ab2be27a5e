package cloud

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every kind and function is sound: its inputs exist, are given an effect, and
// its state type has them.
func TestCatalogIsSound(t *testing.T) {
	c, err := newCatalog(areas())
	require.NoError(t, err)
	for token, k := range c.kinds {
		inputs, state := fieldsOf(k.inputs), fieldsOf(k.state)
		require.NotEmpty(t, k.changes, token)
		assert.NotNil(t, k.create, token)
		for name := range k.changes {
			top, _, _ := strings.Cut(name, ".")
			assert.Contains(t, inputs, top, "%s: changes", token)
			assert.NotZero(t, k.changes[top], "%s: %s is in no block", token, name)
		}
		for name := range k.defaults {
			assert.Contains(t, state, name, "%s: defaults", token)
		}
		for _, name := range append(k.required, k.keeps...) {
			assert.NotZero(t, k.changes[name], "%s: %s is no supported input", token, name)
		}
		if k.autoname != nil {
			assert.NotZero(t, k.changes[k.autoname.property], token)
		}
	}
	for token, i := range c.invokes {
		require.Equal(t, reflect.Struct, i.inputs.Kind(), token)
		for _, name := range i.supported {
			assert.Contains(t, fieldsOf(i.inputs), name, token)
		}
	}
	_, err = newCatalog([]area{ec2Area(), ec2Area()})
	assert.ErrorContains(t, err, "registered twice")
}

// What the seed holds are resources as the kinds make them.
func TestSeedIsSound(t *testing.T) {
	c, err := newCatalog(areas())
	require.NoError(t, err)
	a, err := Seed()
	require.NoError(t, err)
	require.NotEmpty(t, a.Types())
	for token, regions := range a.Resources {
		k, ok := c.kinds[token]
		require.True(t, ok, token)
		for region, records := range regions {
			assert.Equal(t, k.global, region == globalRegion, token)
			for id, state := range records {
				assert.Equal(t, id, state.str("id"))
				for key := range state.without("id") {
					assert.Contains(t, fieldsOf(k.state), key, "%s %s", token, id)
				}
			}
		}
	}
}

func TestRegionsAreApart(t *testing.T) {
	c := newTestCloud(t)
	other := c.inRegion("us-east-1")
	vpc := other.aVpc()
	c.refused(subnetToken, "s", object{"vpcId": vpc, "cidrBlock": "10.0.0.0/24"}, "InvalidVpcID.NotFound")
	_, s := other.create(subnetToken, "s", object{"vpcId": vpc, "cidrBlock": "10.0.0.0/24"})
	assert.Equal(t, "us-east-1a", s.str("availabilityZone"))
	assert.Contains(t, s.str("arn"), "arn:aws:ec2:us-east-1:123456789012:subnet/")
}

func TestUnsupportedTypes(t *testing.T) {
	c := newTestCloud(t)
	_, _, err := c.tryCreate("aws:s3/bucket:Bucket", "b", nil)
	assert.EqualError(t, err, "unsupported by the local AWS: the type aws:s3/bucket:Bucket has no rules there")
	_, err = c.kind("random:index/randomPassword:RandomPassword")
	assert.ErrorContains(t, err, "unsupported", "each package has a provider of its own")
}

func TestAutomaticNames(t *testing.T) {
	a := &autoname{property: "name", maxLength: 32}
	first, fault := a.name("web", nil, object{}, []byte("seed"))
	require.Nil(t, fault)
	assert.Regexp(t, "^web-[0-9a-f]{7}$", first.str("name"))
	again, _ := a.name("web", nil, object{}, []byte("seed"))
	assert.Equal(t, first, again, "the engine's seed decides")
	kept, _ := a.name("renamed", first, object{}, []byte("other"))
	assert.Equal(t, first.str("name"), kept.str("name"))
	given, _ := a.name("web", first, object{"name": "mine"}, nil)
	assert.Equal(t, object{"name": "mine"}, given)
	fresh, _ := a.name("web", object{"name": "mine"}, object{}, nil)
	assert.NotEqual(t, "mine", fresh.str("name"), "a given name that is taken away makes room for an automatic one")

	_, fault = a.name(strings.Repeat("x", 24), nil, object{}, nil)
	assert.Nil(t, fault)
	_, fault = a.name(strings.Repeat("x", 25), nil, object{}, nil)
	require.NotNil(t, fault)
	assert.Contains(t, fault.message, "longer than maximum length 32")
}

func TestUnknownsAtPreview(t *testing.T) {
	c := newTestCloud(t)
	k, err := c.kind(subnetToken)
	require.NoError(t, err)
	in, faults := c.check(k, "s", nil, object{"vpcId": unknown{}, "cidrBlock": unknown{}, "tags": map[string]any{"a": unknown{}}}, nil)
	require.Empty(t, faults)
	state := k.previewCreate(in)
	assert.Equal(t, unknown{}, state["vpcId"])
	assert.Equal(t, unknown{}, state["arn"])
	assert.Equal(t, false, state["mapPublicIpOnLaunch"], "defaults are known")
	assert.Equal(t, map[string]any{"a": unknown{}}, state["tagsAll"])

	_, _, err = c.provider.create(k, in)
	assert.ErrorContains(t, err, "an input is not known")
	d := k.diff(object{"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24"}, object{"vpcId": unknown{}, "cidrBlock": "10.0.0.0/24"})
	assert.Equal(t, []string{"vpcId"}, d.replaces, "what is not known may be another VPC")

	old := object{"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "arn": "a", "tags": map[string]any{"a": "b"}, "tagsAll": map[string]any{"a": "b"}}
	state = k.previewUpdate(old, old.without("arn", "tagsAll"), object{"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "tags": map[string]any{"a": unknown{}}})
	assert.Equal(t, "a", state["arn"])
	assert.Equal(t, map[string]any{"a": unknown{}}, state["tagsAll"])
}

func TestDefaultTags(t *testing.T) {
	c := newTestCloud(t)
	c.defaultTags = object{"team": "edge", "stage": "dev"}
	_, vpc := c.create(vpcToken, "net", object{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{"stage": "prod"}})
	assert.Equal(t, map[string]any{"team": "edge", "stage": "prod"}, vpc["tagsAll"])
	assert.Equal(t, vpc["tagsAll"], vpc["tags"])
}

func TestDiffOfBlocks(t *testing.T) {
	k := &kind{changes: map[string]change{
		"set": updatesSetOnly, "list": updates, "fixed": replacesSet,
		"block": updates, "block.kind": replaces, "block.names": updatesSetOnly,
	}}
	block := func(o object) object { return object{"block": []any{map[string]any(o)}} }
	tests := map[string]struct {
		old, new    object
		wantChanged []string
		wantReplace bool
	}{
		"nothing":           {object{"set": list("a")}, object{"set": list("a")}, nil, false},
		"set order":         {object{"set": list("a", "b")}, object{"set": list("b", "a")}, nil, false},
		"list order":        {object{"list": list("a", "b")}, object{"list": list("b", "a")}, []string{"list"}, false},
		"replacing set":     {object{"fixed": list("a")}, object{"fixed": list("b")}, []string{"fixed"}, true},
		"empty is absent":   {object{"list": []any{}}, object{}, nil, false},
		"nested null":       {block(object{"port": 1.0, "x": nil}), block(object{"port": 1.0}), nil, false},
		"nested update":     {block(object{"port": 1.0}), block(object{"port": 2.0}), []string{"block"}, false},
		"nested replace":    {block(object{"kind": "a"}), block(object{"kind": "b"}), []string{"block"}, true},
		"nested set":        {block(object{"names": list("a", "b")}), block(object{"names": list("b", "a")}), nil, false},
		"one block more":    {block(object{"kind": "a"}), object{}, []string{"block"}, false},
		"bookkeeping":       {object{defaultsKey: list("name")}, object{}, nil, false},
		"unknown stays out": {object{"list": list("a")}, object{"list": []any{unknown{}}}, []string{"list"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := k.diff(tt.old, tt.new)
			assert.Equal(t, tt.wantChanged, d.changed)
			assert.Equal(t, tt.wantReplace, len(d.replaces) > 0)
		})
	}
}

// No message of a check repeats a value: it might be a secret.
func TestChecksKeepSecrets(t *testing.T) {
	type block struct {
		Values []string `pulumi:"values"`
		Count  int      `pulumi:"count"`
	}
	const secret = "hunter2"
	for _, bad := range []object{
		{"values": secret, "count": 1.0},
		{"values": list(secret), "count": secret},
		{"values": []any{map[string]any{"a": secret}}, "count": 1.0},
		{"valuse": secret, "count": 1.0},
	} {
		faults := conform(reflect.TypeFor[block](), map[string]any(bad), "")
		require.NotEmpty(t, faults)
		assert.NotContains(t, joinFaults("x", faults).Error(), secret)
	}
}

// An import reads a resource by its id alone.
func TestImport(t *testing.T) {
	c := newTestCloud(t)
	k, err := c.kind(subnetToken)
	require.NoError(t, err)
	state, inputs, ok, err := c.read(k, seedPublicA, nil, nil)
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, seedVpc, state.str("vpcId"))
	assert.Equal(t, object{
		"vpcId": seedVpc, "cidrBlock": "10.20.0.0/24", "availabilityZone": "ap-northeast-1a",
		"tags": map[string]any{"Name": "seeded-public-a"},
	}, inputs)
	_, _, ok, err = c.read(k, "subnet-0", nil, nil)
	require.NoError(t, err)
	assert.False(t, ok)
}

// What somebody changed behind Pulumi's back shows in the inputs of a refresh.
func TestDrift(t *testing.T) {
	c := newTestCloud(t)
	vpc := c.aVpc()
	k, err := c.kind(vpcToken)
	require.NoError(t, err)
	require.NoError(t, c.transact(func(t *tx) error {
		state, _ := t.get(vpcToken, vpc)
		t.set(vpcToken, vpc, state.with(object{"enableDnsHostnames": false}))
		return nil
	}))
	state, inputs, ok, err := c.read(k, vpc, object{"id": vpc}, c.inputs[vpc])
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, false, state["enableDnsHostnames"])
	assert.Equal(t, []string{"enableDnsHostnames"}, k.diff(inputs, c.inputs[vpc]).changed)

	updated, err := c.provider.update(k, vpc, state, c.inputs[vpc], c.inputs[vpc].with(object{"tags": map[string]any{"a": "b"}}))
	require.NoError(t, err)
	assert.Equal(t, false, updated["enableDnsHostnames"], "an update sends what changed and nothing else")
}

func TestProviderConfiguration(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	tests := map[string]struct {
		in      object
		wantErr string
	}{
		"region":         {object{"region": "us-east-1", "version": "6.83.2"}, ""},
		"strings":        {object{"region": "us-east-1", "skipMetadataApiCheck": "true", "maxRetries": "3", "defaultTags": `{"tags":{"a":"b"}}`}, ""},
		"typed":          {object{"region": "us-east-1", "skipMetadataApiCheck": false, "defaultTags": map[string]any{"tags": map[string]any{"a": "b"}}}, ""},
		"none":           {object{}, "aws:region"},
		"no such region": {object{"region": "mars-1"}, "invalid AWS Region"},
		"misspelt":       {object{"region": "us-east-1", "regoin": "x"}, "Invalid or unknown key"},
		"nested":         {object{"region": "us-east-1", "defaultTags": `{"tag":{"a":"b"}}`}, "Invalid or unknown key"},
		"no JSON":        {object{"region": "us-east-1", "endpoints": "hunter2"}, "endpoints is not valid JSON"},
		"wrong kind":     {object{"region": "us-east-1", "maxRetries": "true"}, "must be a whole number, got a bool"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := &provider{pkg: "aws"}
			err := p.configure(tt.in)
			if tt.wantErr != "" {
				require.ErrorContains(t, err, tt.wantErr)
				assert.NotContains(t, err.Error(), "hunter2")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "us-east-1", p.region)
			if tt.in.has("defaultTags") {
				assert.Equal(t, object{"a": "b"}, p.defaultTags)
			}
		})
	}
	t.Setenv("AWS_REGION", "eu-west-1")
	p := &provider{pkg: "aws"}
	require.NoError(t, p.configure(object{}))
	assert.Equal(t, "eu-west-1", p.region)

	random := &provider{pkg: "random"}
	require.NoError(t, random.configure(object{"version": "4.18.0"}))
	assert.ErrorContains(t, random.configure(object{"region": "x"}), "Invalid or unknown key")

	assert.Equal(t, []string{"region"}, diffConfig(object{"region": "a", "profile": "x"}, object{"region": "b", "profile": "x"}).replaces)
	assert.Empty(t, diffConfig(object{"profile": "x"}, object{"profile": "y"}).replaces)
}

func TestRandomPassword(t *testing.T) {
	c := newTestCloud(t)
	c.pkg = "random"
	const token = "random:index/randomPassword:RandomPassword"
	k, err := c.kind(token)
	require.NoError(t, err)
	in, faults := c.check(k, "p", nil, object{"length": 48.0, "special": false, "minUpper": 3.0}, nil)
	require.Empty(t, faults)
	_, a, err := c.provider.create(k, in)
	require.NoError(t, err)
	_, b, err := c.provider.create(k, in)
	require.NoError(t, err)
	assert.Regexp(t, "^[a-zA-Z0-9]{48}$", a.str("result"))
	assert.Regexp(t, "[A-Z].*[A-Z].*[A-Z]", a.str("result"))
	assert.NotEqual(t, a.str("result"), b.str("result"))
	raw, err := os.ReadFile(c.file.path)
	if err == nil {
		assert.NotContains(t, string(raw), a.str("result"), "AWS never sees the random provider's state")
	}
	assert.Equal(t, []string{"keepers"}, k.diff(in, in.with(object{"keepers": map[string]any{"v": "2"}})).replaces)

	_, faults = c.check(k, "p", nil, object{"length": 2.0, "minUpper": 3.0}, nil)
	assert.ErrorContains(t, joinFaults(token, faults), "must be at least 3, got 2")
	_, faults = c.check(k, "p", nil, object{}, nil)
	assert.ErrorContains(t, joinFaults(token, faults), `"length" is required`)
}
