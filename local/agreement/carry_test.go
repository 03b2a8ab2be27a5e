package agreement

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// Carry serves the resources, sends the requests in a row, and stops serving. With follow it
// follows redirects: the last request then counts, with the handshakes of the ones before it,
// whose connections the distribution may reuse. Before the last request so many seconds pass.
func (c Carrier) Carry(ctx context.Context, s *Setup, requests []requestpath.Request, pass int, follow bool) (out []verify.Exchange, err error) {
	servers, err := served(s)
	if err != nil {
		return nil, err
	}
	recorder := &verify.Recorder{}
	world, err := traffic.Serve(s.Driver.Account(), traffic.Options{Servers: servers, Clock: c.Clock, Dir: c.Dir, Sink: recorder.Note, Objects: objects(s.Plan)})
	if err != nil {
		return nil, fmt.Errorf("serving the resources: %w", err)
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	via := observe.World{World: world, Wait: c.Wait}
	for i, request := range requests {
		if i == len(requests)-1 {
			time.Sleep(c.Clock.Seconds(float64(pass)))
		}
		x, err := exchange(ctx, via, request, follow, recorder)
		if err != nil {
			return nil, err
		}
		x.Events = append(x.Events, handshakesBefore(out, x)...)
		out = append(out, x)
	}
	return out, nil
}

// handshakesBefore are those of requests before one that reached something behind the
// distribution, whose connections it may have used.
func handshakesBefore(before []verify.Exchange, x verify.Exchange) []wire.Event {
	if !slices.ContainsFunc(x.Events, func(e wire.Event) bool { return e.Kind == wire.Request && e.Hop != wire.HopDistribution }) {
		return nil
	}
	var out []wire.Event
	for _, b := range before {
		out = append(out, slices.DeleteFunc(slices.Clone(b.Events), func(e wire.Event) bool { return e.Kind != wire.Handshake })...)
	}
	return out
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
