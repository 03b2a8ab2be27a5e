package agreement

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/observe/verify"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// Carrier sends requests through registered resources.
type Carrier struct {
	// Dir has the certification authority that issued the imported certificates.
	Dir string
	// Clock is how long simulated seconds take.
	Clock wire.Clock
	// Wait is how long the viewer waits. Default: as for observe.World.
	Wait observe.Patience
}

// Carry serves the resources, sends the request so many times, and stops serving. With
// follow it follows redirects: the last request then counts, with the handshakes of the
// ones before it, whose connections the distribution may reuse.
func (c Carrier) Carry(ctx context.Context, s *Setup, request requestpath.Request, follow bool, times int) (out []verify.Exchange, err error) {
	servers, err := served(s)
	if err != nil {
		return nil, err
	}
	recorder := &verify.Recorder{}
	world, err := traffic.Serve(s.Driver.Account(), traffic.Options{Servers: servers, Clock: c.Clock, Dir: c.Dir, Sink: recorder.Note})
	if err != nil {
		return nil, fmt.Errorf("serving the resources: %w", err)
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	via := observe.World{World: world, Wait: c.Wait}
	for range times {
		x, err := exchange(ctx, via, request, follow, recorder)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func exchange(ctx context.Context, via observe.World, request requestpath.Request, follow bool, recorder *verify.Recorder) (out verify.Exchange, err error) {
	if !follow {
		out.Observation, err = observe.Send(ctx, via, request)
		out.Events = recorder.Take()
		return out, err
	}
	exchanges, err := verify.Follow(ctx, via, request, recorder)
	if err != nil {
		return out, err
	}
	out = exchanges[len(exchanges)-1]
	if !slices.ContainsFunc(out.Events, func(e wire.Event) bool { return e.Hop == wire.HopDistribution }) {
		return out, nil // the redirect led around it
	}
	for _, before := range exchanges[:len(exchanges)-1] {
		for _, e := range before.Events {
			if e.Kind == wire.Handshake {
				out.Events = append(out.Events, e)
			}
		}
	}
	return out, nil
}

// served converts the servers for the traffic: both sides read the same JSON.
func served(s *Setup) (map[string]server.Server, error) {
	out := map[string]server.Server{}
	raw, err := json.Marshal(s.Servers)
	if err != nil {
		return nil, fmt.Errorf("writing the servers: %w", err)
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("reading the servers: %w", err)
	}
	for name := range out {
		if strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("a server without a name")
		}
	}
	return out, nil
}
