package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/portico-iac/portico/local/core"
)

// server speaks the engine's protocol for one provider instance. What it does
// not override, the engine gets told, is not implemented: Handshake among them,
// since a provider that shakes hands has to accept secrets.
type server struct {
	pulumirpc.UnimplementedResourceProviderServer
	*core.Provider
	version string
}

func (s *server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: s.version}, nil
}

func (s *server) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (s *server) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (s *server) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	news, err := decode(r.GetNews())
	if err != nil {
		return nil, err
	}
	checked, faults := s.Provider.CheckConfig(news)
	if len(faults) > 0 {
		return failures(faults), nil
	}
	inputs, err := encode(checked)
	return &pulumirpc.CheckResponse{Inputs: inputs}, err
}

func (s *server) DiffConfig(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, news, err := decodeBoth(r.GetOldInputs(), r.GetNews())
	if err != nil {
		return nil, err
	}
	if olds == nil {
		if olds, err = decode(r.GetOlds()); err != nil {
			return nil, err
		}
	}
	return diffResponse(core.DiffConfig(olds, news), olds, news), nil
}

func (s *server) Configure(_ context.Context, r *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	config, err := decode(r.GetArgs())
	if err != nil {
		return nil, err
	}
	if err := s.Provider.Configure(config); err != nil {
		return nil, err
	}
	return &pulumirpc.ConfigureResponse{SupportsPreview: true}, nil
}

func (s *server) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	urn := resource.URN(r.GetUrn())
	k, err := s.Type(string(urn.Type()))
	if err != nil {
		return nil, err
	}
	olds, news, err := decodeBoth(r.GetOlds(), r.GetNews())
	if err != nil {
		return nil, err
	}
	checked, faults := s.Provider.Check(k, urn.Name(), olds, news, r.GetRandomSeed())
	if len(faults) > 0 {
		return failures(faults), nil
	}
	inputs, err := encode(checked)
	return &pulumirpc.CheckResponse{Inputs: inputs}, err
}

func (s *server) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	k, err := s.Type(string(resource.URN(r.GetUrn()).Type()))
	if err != nil {
		return nil, err
	}
	olds, news, err := decodeBoth(r.GetOldInputs(), r.GetNews())
	if err != nil {
		return nil, err
	}
	return diffResponse(k.Diff(olds, news), olds, news), nil
}

func (s *server) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	k, err := s.Type(string(resource.URN(r.GetUrn()).Type()))
	if err != nil {
		return nil, err
	}
	inputs, err := decode(r.GetProperties())
	if err != nil {
		return nil, err
	}
	if r.GetPreview() {
		planned, err := s.PreviewCreate(k, inputs)
		if err != nil {
			return nil, err
		}
		state, err := encode(planned)
		return &pulumirpc.CreateResponse{Properties: state}, err
	}
	id, out, err := s.Provider.Create(k, inputs)
	if err != nil {
		return nil, err
	}
	state, err := encode(out)
	return &pulumirpc.CreateResponse{Id: id, Properties: state}, err
}

func (s *server) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	k, err := s.Type(string(resource.URN(r.GetUrn()).Type()))
	if err != nil {
		return nil, err
	}
	oldState, oldInputs, err := decodeBoth(r.GetProperties(), r.GetInputs())
	if err != nil {
		return nil, err
	}
	state, inputs, ok, err := s.Provider.Read(k, r.GetId(), oldState, oldInputs)
	if err != nil || !ok {
		return &pulumirpc.ReadResponse{}, err // no id: it is gone
	}
	encodedState, err := encode(state)
	if err != nil {
		return nil, err
	}
	encodedInputs, err := encode(inputs)
	return &pulumirpc.ReadResponse{Id: r.GetId(), Properties: encodedState, Inputs: encodedInputs}, err
}

func (s *server) Update(_ context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	k, err := s.Type(string(resource.URN(r.GetUrn()).Type()))
	if err != nil {
		return nil, err
	}
	oldState, inputs, err := decodeBoth(r.GetOlds(), r.GetNews())
	if err != nil {
		return nil, err
	}
	oldInputs, err := decode(r.GetOldInputs())
	if err != nil {
		return nil, err
	}
	var state core.Object
	if r.GetPreview() {
		state, err = s.PreviewUpdate(k, oldState, oldInputs, inputs)
	} else {
		state, err = s.Provider.Update(k, r.GetId(), oldState, oldInputs, inputs)
	}
	if err != nil {
		return nil, err
	}
	encoded, err := encode(state)
	return &pulumirpc.UpdateResponse{Properties: encoded}, err
}

func (s *server) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	k, err := s.Type(string(resource.URN(r.GetUrn()).Type()))
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, s.removePatiently(ctx, k, r.GetId())
}

func (s *server) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	args, err := decode(r.GetArgs())
	if err != nil {
		return nil, err
	}
	if core.HoldsUnknown(map[string]any(args)) {
		return nil, fmt.Errorf("invoking %s: an argument is not known yet", r.GetTok())
	}
	result, err := s.Provider.Invoke(r.GetTok(), args)
	if err != nil {
		return nil, err
	}
	encoded, err := encode(result)
	return &pulumirpc.InvokeResponse{Return: encoded}, err
}

// failures is what a check found, in the engine's terms. The input is named in the
// reason: the engine would print the whole value of a failure's property, secrets
// too.
func failures(faults []*core.Refusal) *pulumirpc.CheckResponse {
	out := &pulumirpc.CheckResponse{}
	for _, f := range faults {
		out.Failures = append(out.Failures, &pulumirpc.CheckFailure{Reason: f.Named()})
	}
	return out
}

// diffResponse is a diff in the engine's terms.
func diffResponse(d core.Diff, olds, news core.Object) *pulumirpc.DiffResponse {
	out := &pulumirpc.DiffResponse{
		Changes:             pulumirpc.DiffResponse_DIFF_NONE,
		Diffs:               d.Changed,
		Replaces:            d.Replaces,
		DeleteBeforeReplace: d.DeleteFirst,
		HasDetailedDiff:     true,
		DetailedDiff:        map[string]*pulumirpc.PropertyDiff{},
	}
	if len(d.Changed) > 0 {
		out.Changes = pulumirpc.DiffResponse_DIFF_SOME
	}
	for _, key := range d.Changed {
		out.DetailedDiff[key] = &pulumirpc.PropertyDiff{
			Kind: propertyDiffKind(olds.Has(key), news.Has(key), slices.Contains(d.Replaces, key)), InputDiff: true,
		}
	}
	return out
}

// propertyDiffKind is how the engine shows the change of one property.
func propertyDiffKind(had, has, replaces bool) pulumirpc.PropertyDiff_Kind {
	kinds := [2]pulumirpc.PropertyDiff_Kind{pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_UPDATE_REPLACE}
	switch {
	case !had:
		kinds = [2]pulumirpc.PropertyDiff_Kind{pulumirpc.PropertyDiff_ADD, pulumirpc.PropertyDiff_ADD_REPLACE}
	case !has:
		kinds = [2]pulumirpc.PropertyDiff_Kind{pulumirpc.PropertyDiff_DELETE, pulumirpc.PropertyDiff_DELETE_REPLACE}
	}
	if replaces {
		return kinds[1]
	}
	return kinds[0]
}

func decodeBoth(a, b *structpb.Struct) (core.Object, core.Object, error) {
	x, err := decode(a)
	if err != nil {
		return nil, nil, err
	}
	y, err := decode(b)
	return x, y, err
}
