package inprocess

import (
	"context"
	"path"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// clientOf calls a provider as over a connection: messages are copied, and errors have
// a status. Calls pass the gate.
func clientOf(server pulumirpc.ResourceProviderServer, gate *gate) pulumirpc.ResourceProviderClient {
	return pulumirpc.NewResourceProviderClient(connection{server, gate})
}

// gate lets calls through until it is closed.
type gate struct {
	calls  sync.RWMutex
	closed bool
}

// close waits for pending calls and refuses new ones.
func (g *gate) close() {
	g.calls.Lock()
	defer g.calls.Unlock()
	g.closed = true
}

type connection struct {
	server pulumirpc.ResourceProviderServer
	gate   *gate
}

// Invoke calls a method of the server.
func (c connection) Invoke(ctx context.Context, method string, args, reply any, _ ...grpc.CallOption) error {
	c.gate.calls.RLock()
	defer c.gate.calls.RUnlock()
	if c.gate.closed {
		return status.Error(codes.Unavailable, "the run has ended")
	}
	for _, m := range pulumirpc.ResourceProvider_ServiceDesc.Methods {
		if m.MethodName != path.Base(method) {
			continue
		}
		out, err := m.Handler(c.server, ctx, func(in any) error { return copyMessage(in, args) }, nil)
		if err != nil {
			return status.Convert(err).Err()
		}
		return copyMessage(reply, out)
	}
	return status.Error(codes.Unimplemented, method)
}

// NewStream refuses streams, which no resource provider needs.
func (c connection) NewStream(_ context.Context, _ *grpc.StreamDesc, method string, _ ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Error(codes.Unimplemented, method)
}

func copyMessage(to, from any) error {
	target, ok := to.(proto.Message)
	source, isMessage := from.(proto.Message)
	if !ok || !isMessage {
		return status.Errorf(codes.Internal, "%T and %T must be messages", to, from)
	}
	proto.Merge(target, source)
	return nil
}
