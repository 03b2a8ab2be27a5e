package local

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/prediction"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// WithServers says what instances and ECS services answer, to traffic and in
// predictions alike: by instance id, Name tag or the service's name. Default: 200, in
// the protocol of their target groups.
func WithServers(servers map[string]server.Server) Option {
	return func(s *Stack) { s.servers = servers }
}

// WithObjects puts files into buckets, for traffic and for predictions alike: by the bucket's
// name, or its logical name. The path of a file is its key. Default: none.
func WithObjects(objects map[string]fs.FS) Option {
	return func(s *Stack) { s.objects = objects }
}

// WithAccessLog gives the lines that load balancers and distributions log of the requests
// to sink, from several goroutines. A request's line follows its response.
func WithAccessLog(sink accesslog.Sink) Option {
	return func(s *Stack) { s.accessLog = sink }
}

// Clock is the time of the traffic in tests: a minute of AWS takes three seconds.
var Clock = wire.Clock{Second: 50 * time.Millisecond}

// Serve lets the resources that are registered now carry traffic on loopback, until
// the test ends.
func (s *Stack) Serve() *traffic.World {
	s.t.Helper()
	world := s.serve()
	s.t.Cleanup(func() { s.close(world) })
	return world
}

func (s *Stack) serve() *traffic.World {
	s.t.Helper()
	account := s.Account()
	world, err := traffic.Serve(account, traffic.Options{Servers: s.servers, Objects: prediction.FilesOf(account, s.objects), Clock: Clock, AccessLog: s.accessLog})
	s.check(err)
	return world
}

func (s *Stack) close(world *traffic.World) {
	s.t.Helper()
	if world == nil { // serving failed
		return
	}
	if err := world.Close(); err != nil {
		s.t.Errorf("closing the traffic: %v", err)
	}
}

// Request sends one request over the resources that are registered now, and follows
// no redirects. A request that cannot be sent fails the test; one that gets no answer
// does not. Requests of several goroutines are sent one after the other.
func (s *Stack) Request(request requestpath.Request) observe.Observation {
	s.t.Helper()
	s.requesting.Lock()
	defer s.requesting.Unlock()
	seen, err := observe.Send(context.Background(), observe.World{World: s.current()}, request)
	s.check(err)
	return seen
}

// Get is Request for a URL, as a browser on the internet sends it.
func (s *Stack) Get(address string) observe.Observation {
	s.t.Helper()
	request, err := observe.RequestFor(address)
	s.check(err)
	return s.Request(request)
}

// current is a world of the current account. It replaces that of an earlier one, whose
// requests it would cut: the caller holds requesting.
func (s *Stack) current() *traffic.World {
	s.t.Helper()
	file, err := os.Stat(s.accountPath())
	if !errors.Is(err, fs.ErrNotExist) {
		s.check(err)
	}
	if s.world != nil && unchanged(s.worldOf, file) {
		return s.world
	}
	if s.world == nil {
		s.t.Cleanup(func() { s.close(s.world) })
	} else {
		s.close(s.world)
	}
	s.world, s.worldOf = s.serve(), file
	return s.world
}

// unchanged tells that nobody has written to a file, which may not exist, between two looks.
func unchanged(before, now os.FileInfo) bool {
	if before == nil || now == nil {
		return before == now
	}
	return os.SameFile(before, now) && before.Size() == now.Size() && before.ModTime().Equal(now.ModTime())
}

// predicted returns the servers as the model has them, which shares no type with the
// traffic.
func (s *Stack) predicted() map[string]registered.Server {
	s.t.Helper()
	raw, err := json.Marshal(s.servers)
	s.check(err)
	var servers map[string]registered.Server
	s.check(json.Unmarshal(raw, &servers))
	return servers
}
