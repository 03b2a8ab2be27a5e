package provider

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

// rpc is a provider as the engine talks to it.
type rpc struct {
	pulumirpc.ResourceProviderServer
	t *testing.T
}

func newRPC(t *testing.T, pkg string) rpc {
	t.Helper()
	s, err := New(pkg, core.NewFile(filepath.Join(t.TempDir(), "account.jsonl")), "")
	require.NoError(t, err)
	return rpc{s, t}
}

// props are properties as the engine sends them: secrets marked, unknowns too.
func (r rpc) props(m resource.PropertyMap) *structpb.Struct {
	r.t.Helper()
	s, err := plugin.MarshalProperties(m, plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true})
	require.NoError(r.t, err)
	return s
}

func (r rpc) strings(pairs ...string) *structpb.Struct {
	r.t.Helper()
	m := resource.PropertyMap{}
	for i := 0; i < len(pairs); i += 2 {
		m[resource.PropertyKey(pairs[i])] = resource.NewProperty(pairs[i+1])
	}
	return r.props(m)
}

// shown is an engine that keeps what it is told to show.
type shown struct {
	pulumirpc.UnimplementedEngineServer
	logged chan *pulumirpc.LogRequest
}

func (s shown) Log(_ context.Context, r *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	s.logged <- r
	return &emptypb.Empty{}, nil
}

// What a service says about an operation is shown at the resource, unless the operation
// fails.
func TestWarningsAreShownAtTheResource(t *testing.T) {
	engine, cancel := shown{logged: make(chan *pulumirpc.LogRequest, 2)}, make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: cancel, Init: func(g *grpc.Server) error {
		pulumirpc.RegisterEngineServer(g, engine)
		return nil
	}})
	require.NoError(t, err)
	t.Cleanup(func() {
		close(cancel)
		assert.NoError(t, <-handle.Done)
	})
	made, err := New("aws", core.NewFile(filepath.Join(t.TempDir(), "account.jsonl")), fmt.Sprintf("127.0.0.1:%d", handle.Port))
	require.NoError(t, err)
	p := made.(*server).about(context.Background(), vpcURN)
	refused := errors.New("refused")
	assert.ErrorIs(t, p.Transact(func(tx *core.Tx) error { tx.Warn("never seen"); return refused }), refused)
	require.NoError(t, p.Transact(func(tx *core.Tx) error { tx.Warn("seen"); return nil }))
	require.Len(t, engine.logged, 1)
	got := <-engine.logged
	assert.Equal(t, []string{"seen", vpcURN, "WARNING"}, []string{got.GetMessage(), got.GetUrn(), got.GetSeverity().String()})
}

const vpcURN = "urn:pulumi:dev::p::" + ec2.VpcToken + "::net"

// What lives: from the configuration to the deletion, in the protocol's words.
func TestTheLifeOfAResource(t *testing.T) {
	r, ctx := newRPC(t, "aws"), context.Background()
	configured, err := r.Configure(ctx, &pulumirpc.ConfigureRequest{Args: r.strings("region", "us-east-1")})
	require.NoError(t, err)
	assert.False(t, configured.GetAcceptSecrets(), "like the real bridge: the engine then keeps whole properties secret")
	assert.False(t, configured.GetAcceptOutputs())
	assert.True(t, configured.GetSupportsPreview())

	inputs := r.props(resource.PropertyMap{
		"cidrBlock": resource.MakeSecret(resource.NewProperty("10.0.0.0/16")), "tags": resource.NewProperty(resource.PropertyMap{}),
	})
	checked, err := r.Check(ctx, &pulumirpc.CheckRequest{Urn: vpcURN, News: inputs})
	require.NoError(t, err)
	assert.Empty(t, checked.GetFailures())
	assert.Equal(t, "10.0.0.0/16", checked.GetInputs().GetFields()["cidrBlock"].GetStringValue(), "secrets are the engine's business")

	preview, err := r.Create(ctx, &pulumirpc.CreateRequest{Urn: vpcURN, Properties: checked.GetInputs(), Preview: true})
	require.NoError(t, err)
	assert.Equal(t, plugin.UnknownStringValue, preview.GetProperties().GetFields()["arn"].GetStringValue())
	made, err := r.Create(ctx, &pulumirpc.CreateRequest{Urn: vpcURN, Properties: checked.GetInputs()})
	require.NoError(t, err)
	assert.Contains(t, made.GetProperties().GetFields()["arn"].GetStringValue(), "arn:aws:ec2:us-east-1:")

	other := r.strings("cidrBlock", "10.1.0.0/16")
	diff, err := r.Diff(ctx, &pulumirpc.DiffRequest{Urn: vpcURN, Id: made.GetId(), OldInputs: checked.GetInputs(), News: other})
	require.NoError(t, err)
	assert.Equal(t, []string{"cidrBlock"}, diff.GetReplaces())
	assert.Equal(t, pulumirpc.PropertyDiff_UPDATE_REPLACE, diff.GetDetailedDiff()["cidrBlock"].GetKind())
	dns := r.props(resource.PropertyMap{"cidrBlock": resource.NewProperty("10.0.0.0/16"), "enableDnsHostnames": resource.NewProperty(true)})
	diff, err = r.Diff(ctx, &pulumirpc.DiffRequest{Urn: vpcURN, Id: made.GetId(), OldInputs: checked.GetInputs(), News: dns})
	require.NoError(t, err)
	assert.Equal(t, pulumirpc.PropertyDiff_ADD, diff.GetDetailedDiff()["enableDnsHostnames"].GetKind())
	updated, err := r.Update(ctx, &pulumirpc.UpdateRequest{
		Urn: vpcURN, Id: made.GetId(), Olds: made.GetProperties(), OldInputs: checked.GetInputs(), News: dns,
	})
	require.NoError(t, err)
	assert.True(t, updated.GetProperties().GetFields()["enableDnsHostnames"].GetBoolValue())

	_, err = r.Delete(ctx, &pulumirpc.DeleteRequest{Urn: vpcURN, Id: made.GetId()})
	require.NoError(t, err)
	read, err := r.Read(ctx, &pulumirpc.ReadRequest{Urn: vpcURN, Id: made.GetId(), Properties: updated.GetProperties()})
	require.NoError(t, err)
	assert.Empty(t, read.GetId(), "it is gone")
}

// What is refused is a failed check or an error, never an answer.
func TestRefusalsInTheProtocol(t *testing.T) {
	r, ctx := newRPC(t, "aws"), context.Background()
	config, err := r.CheckConfig(ctx, &pulumirpc.CheckRequest{News: r.strings("region", "mars-1")})
	require.NoError(t, err)
	assert.Empty(t, config.GetFailures()[0].GetProperty(), "the engine would print the value of a property that is named")
	assert.Contains(t, config.GetFailures()[0].GetReason(), "invalid AWS Region")
	_, err = r.Configure(ctx, &pulumirpc.ConfigureRequest{Args: r.strings("region", "mars-1")})
	assert.ErrorContains(t, err, "invalid AWS Region")
	changed, err := r.DiffConfig(ctx, &pulumirpc.DiffRequest{OldInputs: r.strings("region", "us-east-1"), News: r.strings("region", "eu-west-1")})
	require.NoError(t, err)
	assert.Equal(t, []string{"region"}, changed.GetReplaces())

	checked, err := r.Check(ctx, &pulumirpc.CheckRequest{Urn: vpcURN, News: r.strings("cidrBlok", "10.0.0.0/16")})
	require.NoError(t, err)
	assert.Empty(t, checked.GetFailures()[0].GetProperty())
	assert.Contains(t, checked.GetFailures()[0].GetReason(), "cidrBlok")
	assert.Nil(t, checked.GetInputs())
	_, err = r.Check(ctx, &pulumirpc.CheckRequest{Urn: "urn:pulumi:dev::p::aws:s3/bucket:Bucket::b"})
	assert.ErrorContains(t, err, core.Unsupported)
	_, err = r.Invoke(ctx, &pulumirpc.InvokeRequest{Tok: "aws:ec2/getVpc:getVpc", Args: r.strings("id", plugin.UnknownStringValue)})
	assert.ErrorContains(t, err, "an argument is not known yet")
	_, err = r.Invoke(ctx, &pulumirpc.InvokeRequest{Tok: "aws:ec2/getVpc:getVpc", Args: r.strings("id", "vpc-0")})
	assert.ErrorContains(t, err, "no matching EC2 vpc found")
	_, err = r.Handshake(ctx, &pulumirpc.ProviderHandshakeRequest{})
	assert.ErrorContains(t, err, "not implemented", "who shakes hands has to accept secrets")
}

// A deletion that something is in the way of is tried again until it is not.
func TestDeletingPatiently(t *testing.T) {
	c := cloudtest.New(t)
	vpc, _ := c.Create(ec2.VpcToken, "net", core.Object{"cidrBlock": "10.0.0.0/16"})
	subnet, _ := c.Create(ec2.SubnetToken, "a", core.Object{"vpcId": vpc, "cidrBlock": "10.0.0.0/24"})
	vpcType, err := c.Type(ec2.VpcToken)
	require.NoError(t, err)
	s := &server{Provider: c.Provider}
	ctx, giveUp := context.WithTimeout(context.Background(), 120*time.Millisecond)
	defer giveUp()
	err = s.removePatiently(ctx, vpcType, vpc)
	var refused *core.Refusal
	require.True(t, errors.As(err, &refused))
	assert.Equal(t, "DependencyViolation", refused.Code)

	gone := make(chan error)
	go func() {
		time.Sleep(30 * time.Millisecond)
		gone <- c.TryDelete(ec2.SubnetToken, subnet)
	}()
	require.NoError(t, s.removePatiently(context.Background(), vpcType, vpc))
	require.NoError(t, <-gone)
}

func TestPlugins(t *testing.T) {
	assert.Equal(t, "pulumi-resource-aws", PluginName("aws"))
	assert.False(t, IsPlugin(), "a test binary is none")
	_, err := New("gcp", core.NewFile("account.jsonl"), "")
	assert.EqualError(t, err, `no provider is called "gcp"`)
	t.Setenv(AccountEnv, "")
	assert.EqualError(t, ServePlugin(), "PORTICO_ACCOUNT must name the file of the local AWS account")
	info, err := newRPC(t, "random").GetPluginInfo(context.Background(), nil)
	require.NoError(t, err)
	assert.Equal(t, "4.18.0", info.GetVersion())
}
