package componentstest

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// transforms are the functions that a program gives to pulumi.Transforms and
// ctx.RegisterResourceTransform. They stay in the program, which serves them.
type transforms struct {
	// stack holds those of the whole stack, of those of each resource by its URN.
	stack []*pulumirpc.Callback
	of    map[string][]*pulumirpc.Callback
}

// RegisterStackTransform takes a transform of all resources to come.
func (e *engine) RegisterStackTransform(_ context.Context, in *pulumirpc.Callback) (*emptypb.Empty, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.transforms.stack = append(e.transforms.stack, in)
	return &emptypb.Empty{}, nil
}

// transform changes a request, and returns the inputs, as its transforms say. They
// come in the order of Pulumi's engine: the resource's own, its parents', the stack's.
func (e *engine) transform(
	ctx context.Context, in *pulumirpc.RegisterResourceRequest, inputs resource.PropertyMap,
) (resource.PropertyMap, error) {
	opts := optionsOf(in)
	for _, callback := range e.transformsFor(in) {
		var err error
		if inputs, opts, err = call(ctx, callback, in, inputs, opts); err != nil {
			return nil, fmt.Errorf("transform: %w", err)
		}
	}
	in.Aliases, in.Provider, in.Version, in.ImportId = opts.GetAliases(), opts.GetProvider(), opts.GetVersion(), opts.GetImport()
	in.Protect, in.RetainOnDelete, in.DeletedWith = opts.Protect, opts.RetainOnDelete, opts.GetDeletedWith()
	in.IgnoreChanges, in.ReplaceOnChanges = opts.GetIgnoreChanges(), opts.GetReplaceOnChanges()
	in.DeleteBeforeReplace, in.AdditionalSecretOutputs = opts.GetDeleteBeforeReplace(), opts.GetAdditionalSecretOutputs()
	if len(in.GetTransforms()) > 0 { // of dependencies, the engine takes only those of a resource's own transforms
		in.Dependencies = opts.GetDependsOn()
	}
	return inputs, nil
}

func (e *engine) transformsFor(in *pulumirpc.RegisterResourceRequest) []*pulumirpc.Callback {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := slices.Clone(in.GetTransforms())
	for urn := in.GetParent(); urn != ""; {
		all = append(all, e.transforms.of[urn]...)
		parent := e.resources[urn]
		if parent == nil {
			break
		}
		urn = parent.Parent
	}
	return append(all, e.transforms.stack...)
}

func optionsOf(in *pulumirpc.RegisterResourceRequest) *pulumirpc.TransformResourceOptions {
	opts := &pulumirpc.TransformResourceOptions{
		DependsOn: in.GetDependencies(), Protect: in.Protect, IgnoreChanges: in.GetIgnoreChanges(),
		ReplaceOnChanges: in.GetReplaceOnChanges(), Version: in.GetVersion(), Aliases: in.GetAliases(),
		Provider: in.GetProvider(), Providers: in.GetProviders(), CustomTimeouts: in.GetCustomTimeouts(),
		PluginDownloadUrl: in.GetPluginDownloadURL(), RetainOnDelete: in.RetainOnDelete, DeletedWith: in.GetDeletedWith(),
		AdditionalSecretOutputs: in.GetAdditionalSecretOutputs(), Import: in.GetImportId(),
	}
	if in.GetDeleteBeforeReplaceDefined() {
		opts.DeleteBeforeReplace = &in.DeleteBeforeReplace
	}
	return opts
}

// call has the program run one transform. What the program leaves out stays.
func call(
	ctx context.Context, callback *pulumirpc.Callback, in *pulumirpc.RegisterResourceRequest,
	inputs resource.PropertyMap, opts *pulumirpc.TransformResourceOptions,
) (resource.PropertyMap, *pulumirpc.TransformResourceOptions, error) {
	program, err := grpc.NewClient(callback.GetTarget(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = program.Close() }() // the answer is there, or an error beside it
	properties, err := plugin.MarshalProperties(inputs, keepAll)
	if err != nil {
		return nil, nil, err
	}
	request, err := proto.Marshal(&pulumirpc.TransformRequest{
		Name: in.GetName(), Type: in.GetType(), Custom: in.GetCustom(), Parent: in.GetParent(), Properties: properties, Options: opts,
	})
	if err != nil {
		return nil, nil, err
	}
	answer, err := pulumirpc.NewCallbacksClient(program).Invoke(ctx, &pulumirpc.CallbackInvokeRequest{
		Token: callback.GetToken(), Request: request,
	})
	if err != nil {
		return nil, nil, err
	}
	var response pulumirpc.TransformResponse
	if err := proto.Unmarshal(answer.GetResponse(), &response); err != nil {
		return nil, nil, err
	}
	if response.GetOptions() != nil {
		opts = response.GetOptions()
	}
	if response.GetProperties() != nil {
		inputs, err = plugin.UnmarshalProperties(response.GetProperties(), keepAll)
	}
	return inputs, opts, err
}
