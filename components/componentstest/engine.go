package componentstest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/providers"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

const (
	regionKey   = "aws:region"
	awsProvider = "pulumi:providers:aws"
	stackType   = string(resource.RootStackType)
)

// keepAll decodes and encodes without losing what a test may ask for.
var keepAll = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}

// engine stands in for Pulumi's engine: it records what a program registers
// and answers as AWS would. The program calls it from many goroutines.
type engine struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	settings *settings
	preview  bool

	mu         sync.Mutex
	resources  map[string]*Resource
	transforms transforms
	calls      []Call
	logs       []LogLine
}

func newEngine(s *settings, preview bool) *engine {
	return &engine{
		settings: s, preview: preview, resources: map[string]*Resource{},
		transforms: transforms{of: map[string][]*pulumirpc.Callback{}},
	}
}

func serve(e *engine) (address string, stop func(), err error) {
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: cancel, Init: func(server *grpc.Server) error {
		pulumirpc.RegisterResourceMonitorServer(server, e)
		pulumirpc.RegisterEngineServer(server, e)
		return nil
	}})
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("127.0.0.1:%d", handle.Port), func() { close(cancel); <-handle.Done }, nil
}

// SupportsFeature answers as the engine does, except for transforms of lookups and
// hooks, which have the engine call back into the program.
func (e *engine) SupportsFeature(
	_ context.Context, in *pulumirpc.SupportsFeatureRequest,
) (*pulumirpc.SupportsFeatureResponse, error) {
	features := []string{"secrets", "resourceReferences", "aliasSpecs", "deletedWith", "replaceWith", "transforms"}
	return &pulumirpc.SupportsFeatureResponse{HasSupport: slices.Contains(features, in.GetId())}, nil
}

func (e *engine) RegisterResource(
	ctx context.Context, in *pulumirpc.RegisterResourceRequest,
) (*pulumirpc.RegisterResourceResponse, error) {
	inputs, err := plugin.UnmarshalProperties(in.GetObject(), keepAll)
	if err != nil {
		return nil, err
	}
	if inputs, err = e.transform(ctx, in, inputs); err != nil {
		return nil, err
	}
	r := newResource(in, e.urn(in.GetParent(), in.GetType(), in.GetName()), inputs)
	e.inheritAliases(r)
	if in.GetCustom() {
		e.create(r, in.GetAdditionalSecretOutputs())
	}
	if err := e.add(r, in.GetTransforms()...); err != nil {
		return nil, err
	}
	object, err := plugin.MarshalProperties(knownOnly(r.Outputs), keepAll)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.RegisterResourceResponse{Urn: r.URN, Id: r.ID, Object: object}, nil
}

// create gives a resource the id and outputs that its provider would return.
// A preview leaves the id unknown and knows no computed output.
func (e *engine) create(r *Resource, secretOutputs []string) {
	r.Outputs = wholeSecrets(r.Inputs)
	if !e.preview {
		at := place{region: e.region(r.Provider), urn: r.URN, name: r.Name}
		id, computed := computedOutputs(r.Type, r.Inputs, at)
		r.ID = id
		maps.Copy(r.Outputs, computed)
		if more, ok := e.settings.outputs[r.Type]; ok {
			maps.Copy(r.Outputs, more(r.Inputs))
		}
	}
	for _, key := range secretOutputs {
		k := resource.PropertyKey(key)
		if v, ok := r.Outputs[k]; ok && !v.IsSecret() {
			r.Outputs[k] = resource.MakeSecret(v)
		}
	}
}

// knownOnly leaves out what is not known, as the engine does for programs in Go: the
// SDK takes a missing output for an unknown one, whose secrecy is known after the
// update.
func knownOnly(outputs resource.PropertyMap) resource.PropertyMap {
	known := maps.Clone(outputs)
	maps.DeleteFunc(known, func(_ resource.PropertyKey, v resource.PropertyValue) bool { return v.ContainsUnknowns() })
	return known
}

func (e *engine) add(r *Resource, transforms ...*pulumirpc.Callback) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, ok := e.resources[r.URN]; ok {
		return fmt.Errorf("duplicate resource URN %q: try giving it a unique name", r.URN)
	}
	e.resources[r.URN], e.transforms.of[r.URN] = r, transforms
	return nil
}

func (e *engine) urn(parent, typ, name string) string {
	return urnOf(e.settings.stack, e.settings.project, parent, typ, name)
}

func urnOf(stack, project, parent, typ, name string) string {
	var parentType tokens.Type
	if parent != "" {
		parentType = resource.URN(parent).QualifiedType()
	}
	return string(resource.NewURN(tokens.QName(stack), tokens.PackageName(project), parentType, tokens.Type(typ), name))
}

// inheritAliases adds the URNs that a resource had while its parent had other ones:
// under the old parent, and named after it if its own name begins with the parent's.
func (e *engine) inheritAliases(r *Resource) {
	e.mu.Lock()
	defer e.mu.Unlock()
	parent := e.resources[r.Parent]
	if parent == nil {
		return
	}
	for _, now := range append([]string{r.URN}, r.Aliases...) {
		for _, old := range parent.Aliases {
			child, oldParent := resource.URN(now), resource.URN(old)
			name := child.Name()
			if rest, named := strings.CutPrefix(name, parent.Name); named {
				name = oldParent.Name() + rest
			}
			urn := resource.NewURN(oldParent.Stack(), oldParent.Project(), oldParent.QualifiedType(), child.Type(), name)
			if inherited := string(urn); inherited != r.URN && !slices.Contains(r.Aliases, inherited) {
				r.Aliases = append(r.Aliases, inherited)
			}
		}
	}
}

// region is the one that a provider reference ("urn::id", "" for the default
// provider) works in.
func (e *engine) region(provider string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if p, ok := e.resources[providerURN(provider)]; ok {
		if region, ok := p.Input("region").(string); ok {
			return region
		}
	}
	return e.settings.config[regionKey]
}

// providerURN cuts the id off a provider reference.
func providerURN(reference string) string {
	if r, err := providers.ParseReference(reference); err == nil {
		return string(r.URN())
	}
	return reference
}

func (e *engine) RegisterResourceOutputs(
	_ context.Context, in *pulumirpc.RegisterResourceOutputsRequest,
) (*emptypb.Empty, error) {
	outputs, err := plugin.UnmarshalProperties(in.GetOutputs(), keepAll)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	r, ok := e.resources[in.GetUrn()]
	if !ok {
		return nil, fmt.Errorf("outputs of %q, which is not registered", in.GetUrn())
	}
	r.Outputs, r.OutputsRegistered = outputs, true
	return &emptypb.Empty{}, nil
}

// ReadResource answers the getters of resource types (ec2.GetVpc and the like)
// with the state that the program asked for and made-up outputs.
func (e *engine) ReadResource(
	_ context.Context, in *pulumirpc.ReadResourceRequest,
) (*pulumirpc.ReadResourceResponse, error) {
	state, err := plugin.UnmarshalProperties(in.GetProperties(), keepAll)
	if err != nil {
		return nil, err
	}
	r := &Resource{
		URN: e.urn(in.GetParent(), in.GetType(), in.GetName()), Type: in.GetType(), Name: in.GetName(),
		Custom: true, External: true, Inputs: state, Parent: in.GetParent(),
		Provider: providerURN(in.GetProvider()), Dependencies: in.GetDependencies(),
	}
	if err := e.read(r, in.GetId()); err != nil {
		return nil, err
	}
	if err := e.add(r); err != nil {
		return nil, err
	}
	properties, err := plugin.MarshalProperties(r.Outputs, keepAll)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResourceResponse{Urn: r.URN, Properties: properties}, nil
}

func (e *engine) read(r *Resource, id string) error {
	if r.Type == stackReference {
		found, err := e.settings.find(stackKind, id, "", "WithStackReference")
		r.ID, r.Outputs = id, resource.NewPropertyMapFromMap(found)
		return err
	}
	at := place{region: e.region(r.Provider), urn: r.URN, name: r.Name, id: id}
	r.ID, r.Outputs = computedOutputs(r.Type, r.Inputs, at)
	maps.Copy(r.Outputs, wholeSecrets(r.Inputs))
	return nil
}

func (e *engine) Invoke(
	_ context.Context, in *pulumirpc.ResourceInvokeRequest,
) (*pulumirpc.ResourceInvokeResponse, error) {
	args, err := plugin.UnmarshalProperties(in.GetArgs(), keepAll)
	if err != nil {
		return nil, err
	}
	call := Call{Token: in.GetTok(), Args: args, Provider: providerURN(in.GetProvider())}
	e.mu.Lock()
	e.calls = append(e.calls, call)
	e.mu.Unlock()

	answer, err := e.answer(call)
	if err != nil {
		return nil, err
	}
	result, err := plugin.MarshalProperties(answer, keepAll)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.ResourceInvokeResponse{Return: result}, nil
}

func (e *engine) answer(call Call) (resource.PropertyMap, error) {
	if own, ok := e.settings.invokes[call.Token]; ok {
		return own(call.Args)
	}
	if builtin, ok := invokes[call.Token]; ok {
		found, err := builtin(lookup{engine: e, region: e.region(call.Provider), args: call.Args})
		return resource.NewPropertyMapFromMap(found), err
	}
	return nil, fmt.Errorf("nobody expected a call of %s: answer it by componentstest.WithInvoke", call.Token)
}

func (e *engine) Log(_ context.Context, in *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.logs = append(e.logs, LogLine{
		Severity: strings.ToLower(in.GetSeverity().String()), Message: in.GetMessage(), URN: in.GetUrn(),
	})
	return &emptypb.Empty{}, nil
}

func (e *engine) RequirePulumiVersion(
	context.Context, *pulumirpc.RequirePulumiVersionRequest,
) (*pulumirpc.RequirePulumiVersionResponse, error) {
	return &pulumirpc.RequirePulumiVersionResponse{}, nil
}

// graph is called when the program has ended.
func (e *engine) graph() *Graph {
	e.mu.Lock()
	defer e.mu.Unlock()
	g := &Graph{preview: e.preview, byURN: e.resources, calls: e.calls, logs: e.logs}
	for _, urn := range slices.Sorted(maps.Keys(e.resources)) {
		if r := e.resources[urn]; r.Type == stackType {
			g.outputs = r.Outputs
		} else {
			g.resources = append(g.resources, r)
		}
	}
	return g
}
