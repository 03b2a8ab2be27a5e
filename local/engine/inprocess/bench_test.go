package inprocess

import (
	"context"
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/portico-iac/portico/local/engine"
)

// The engine's own share of a run, with a provider that does nothing: n resources
// are brought up, and found unchanged.
func BenchmarkEngine(b *testing.B) {
	for _, n := range []int{40, 100, 400, 1000} {
		b.Run(fmt.Sprintf("%d/fresh", n), func(b *testing.B) {
			for b.Loop() {
				up(b, openEmpty(b, n), n)
			}
		})
		b.Run(fmt.Sprintf("%d/unchanged", n), func(b *testing.B) {
			stack := openEmpty(b, n)
			up(b, stack, n)
			for b.Loop() {
				up(b, stack, 0)
			}
		})
	}
}

func openEmpty(b *testing.B, n int) *Stack {
	b.Helper()
	stack, err := Open(engine.Options{Dir: b.TempDir(), Project: "empty", Stack: "test", Program: func(ctx *pulumi.Context) error {
		for i := range n {
			var made pulumi.CustomResourceState
			err := ctx.RegisterResource("random:index/nothing:Nothing", fmt.Sprint("r", i), pulumi.Map{"i": pulumi.Int(i)}, &made)
			if err != nil {
				return err
			}
		}
		return nil
	}})
	require.NoError(b, err)
	b.Cleanup(stack.Close)
	stack.provider = func(string, string) (pulumirpc.ResourceProviderServer, error) { return emptyProvider{}, nil }
	return stack
}

func up(b *testing.B, stack *Stack, changes int) {
	b.Helper()
	res, err := stack.Run(context.Background(), apitype.UpdateUpdate)
	require.NoError(b, err)
	require.Len(b, res.Changes(), changes)
}

// emptyProvider takes everything and does nothing.
type emptyProvider struct {
	pulumirpc.UnimplementedResourceProviderServer
}

func (emptyProvider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "1.0.0"}, nil
}

func (emptyProvider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (emptyProvider) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{}, nil
}

func (emptyProvider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (emptyProvider) Diff(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (emptyProvider) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	return &pulumirpc.CreateResponse{Id: r.GetUrn(), Properties: r.GetProperties()}, nil
}
