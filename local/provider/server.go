// Package provider speaks the protocol of Pulumi's engine for the local AWS: as
// plug-ins in processes of their own, and in the process of an engine.
package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/portico-iac/portico/local/core"
)

// server speaks the engine's protocol for one provider instance. Other methods are
// answered with Unimplemented, Handshake among them: a provider that shakes hands has
// to accept secrets.
type server struct {
	pulumirpc.UnimplementedResourceProviderServer
	*core.Provider
	version string
	engine  string // its address, "" for none
}

// about is the provider whose warnings the engine shows at a resource.
func (s *server) about(ctx context.Context, urn string) *core.Provider {
	p := *s.Provider
	p.Warn = func(message string) {
		if err := s.warn(ctx, urn, message); err != nil {
			fmt.Fprintln(os.Stderr, message)
		}
	}
	return &p
}

// warn has the engine show a warning. Warnings are rare: each has a connection of its own.
func (s *server) warn(ctx context.Context, urn, message string) error {
	if s.engine == "" {
		return nil
	}
	conn, err := grpc.NewClient(s.engine, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	_, err = pulumirpc.NewEngineClient(conn).Log(ctx, &pulumirpc.LogRequest{
		Severity: pulumirpc.LogSeverity_WARNING, Message: message, Urn: urn,
	})
	return errors.Join(err, conn.Close())
}

func (s *server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: s.version}, nil
}

func (s *server) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (s *server) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	news, err := decode(r.GetNews())
	if err != nil {
		return nil, err
	}
	return checkResponse(s.Provider.CheckConfig(news))
}

func (s *server) DiffConfig(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	props, err := decodeAll(r.GetOldInputs(), r.GetNews())
	if err != nil {
		return nil, err
	}
	olds, news := props[0], props[1]
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

// asked is what a request is about: the type in a URN, and sets of properties.
func (s *server) asked(urn string, sets ...*structpb.Struct) (*core.Type, []core.Object, error) {
	k, err := s.Type(string(resource.URN(urn).Type()))
	if err != nil {
		return nil, nil, err
	}
	props, err := decodeAll(sets...)
	return k, props, err
}

func (s *server) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	k, props, err := s.asked(r.GetUrn(), r.GetOlds(), r.GetNews())
	if err != nil {
		return nil, err
	}
	checked, faults := s.Provider.Check(k, resource.URN(r.GetUrn()).Name(), props[0], props[1], r.GetRandomSeed())
	return checkResponse(checked, faults)
}

func (s *server) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	k, props, err := s.asked(r.GetUrn(), r.GetOlds(), r.GetOldInputs(), r.GetNews())
	if err != nil {
		return nil, err
	}
	olds, news := k.AsLeft(props[0], props[1]), props[2]
	return diffResponse(k.Diff(olds, news), olds, news), nil
}

func (s *server) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	k, props, err := s.asked(r.GetUrn(), r.GetProperties())
	if err != nil {
		return nil, err
	}
	var id string
	var state core.Object
	if r.GetPreview() {
		state, err = s.PreviewCreate(k, props[0])
	} else {
		id, state, err = s.about(ctx, r.GetUrn()).Create(k, props[0])
	}
	if err != nil {
		return nil, err
	}
	encoded, err := encode(state)
	return &pulumirpc.CreateResponse{Id: id, Properties: encoded}, err
}

func (s *server) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	k, props, err := s.asked(r.GetUrn(), r.GetProperties(), r.GetInputs())
	if err != nil {
		return nil, err
	}
	state, inputs, ok, err := s.Provider.Read(k, r.GetId(), props[0], props[1])
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

func (s *server) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	k, props, err := s.asked(r.GetUrn(), r.GetOlds(), r.GetOldInputs(), r.GetNews())
	if err != nil {
		return nil, err
	}
	oldState, oldInputs, inputs := props[0], props[1], props[2]
	var state core.Object
	if r.GetPreview() {
		state, err = s.PreviewUpdate(k, oldState, oldInputs, inputs)
	} else {
		state, err = s.about(ctx, r.GetUrn()).Update(k, r.GetId(), oldState, oldInputs, inputs)
	}
	if err != nil {
		return nil, err
	}
	encoded, err := encode(state)
	return &pulumirpc.UpdateResponse{Properties: encoded}, err
}

func (s *server) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	k, _, err := s.asked(r.GetUrn())
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

// checkResponse is what a check found, in the engine's terms. The input is named in the
// reason: the engine would print the whole value of a failure's property, secrets
// too.
func checkResponse(checked core.Object, faults []*core.Refusal) (*pulumirpc.CheckResponse, error) {
	out := &pulumirpc.CheckResponse{}
	for _, f := range faults {
		out.Failures = append(out.Failures, &pulumirpc.CheckFailure{Reason: f.Named()})
	}
	if len(faults) > 0 {
		return out, nil
	}
	var err error
	out.Inputs, err = encode(checked)
	return out, err
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
	kind := plugin.DiffUpdate
	switch {
	case !had:
		kind = plugin.DiffAdd
	case !has:
		kind = plugin.DiffDelete
	}
	if replaces {
		kind = kind.AsReplace()
	}
	return pulumirpc.PropertyDiff_Kind(kind) // the same numbers
}
