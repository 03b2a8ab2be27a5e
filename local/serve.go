package local

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// WithServers says what instances and ECS services answer, to traffic and in
// predictions alike: by instance id, the instance's Name tag or the name of the
// service. Default: each speaks what its target groups ask for and answers 200.
func WithServers(servers map[string]server.Server) Option {
	return func(s *Stack) { s.servers = servers }
}

// Clock is how time passes in the traffic of tests: what takes AWS a minute
// takes three seconds.
var Clock = wire.Clock{Second: 50 * time.Millisecond}

// dropPatience is how long a viewer waits for a connection that may be dropped.
// On the simulated network one that is not takes no time.
const dropPatience = 300 * time.Millisecond

// Serve makes what is registered in the account now carry traffic on loopback,
// until the test ends.
func (s *Stack) Serve() *traffic.World {
	s.t.Helper()
	world := s.serve()
	s.t.Cleanup(func() { s.close(world) })
	return world
}

func (s *Stack) serve() *traffic.World {
	s.t.Helper()
	world, err := traffic.Serve(s.Account(), traffic.Options{Servers: s.servers, Clock: Clock})
	s.check(err)
	return world
}

func (s *Stack) close(world *traffic.World) {
	s.t.Helper()
	if err := world.Close(); err != nil {
		s.t.Errorf("closing the traffic: %v", err)
	}
}

// Request sends one request over what is registered in the account now, and
// follows no redirects. A request that cannot be sent fails the test; one that
// gets no answer does not.
func (s *Stack) Request(request requestpath.Request) observe.Observation {
	s.t.Helper()
	via := observe.World{World: s.current(), Wait: observe.Patience{Connect: dropPatience}}
	seen, err := observe.Send(context.Background(), via, request)
	s.check(err)
	return seen
}

// Get is Request for a URL, asked for as a browser on the internet does.
func (s *Stack) Get(address string) observe.Observation {
	s.t.Helper()
	at, err := url.Parse(address)
	s.check(err)
	port, _ := strconv.Atoi(at.Port()) // none, or digits: that is what a URL's port is
	return s.Request(requestpath.Request{
		Scheme: at.Scheme, Name: at.Hostname(), Port: port, Path: at.EscapedPath(), Query: at.RawQuery,
	})
}

// current is a world of the account as it is now; that of the account as it was
// before is closed.
func (s *Stack) current() *traffic.World {
	s.t.Helper()
	raw, err := json.Marshal(s.Account())
	s.check(err)
	if s.world != nil && s.worldOf == string(raw) {
		return s.world
	}
	if s.world == nil {
		s.t.Cleanup(func() { s.close(s.world) })
	} else {
		s.close(s.world)
	}
	s.world, s.worldOf = s.serve(), string(raw)
	return s.world
}

// predicted are the servers as predictions know them, which share no type with
// the traffic.
func (s *Stack) predicted() map[string]registered.Server {
	s.t.Helper()
	raw, err := json.Marshal(s.servers)
	s.check(err)
	var servers map[string]registered.Server
	s.check(json.Unmarshal(raw, &servers))
	return servers
}
