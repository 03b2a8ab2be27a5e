package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/requestpath"
)

// Files of the traffic in the stack's folder: the certification authority, the ports
// while the stack is served, and the lock of the process that serves it.
const (
	rootFile    = "root.pem"
	servingFile = "serving.json"
	lockFile    = "serving.lock"
)

// watchEvery is how often the account's file is checked. A change is served once
// the file has not changed for as long.
const watchEvery = time.Second

// busyTime is how long requests from before a change may still take.
const busyTime = 2 * time.Second

// serve lets the stack's resources carry traffic until ctx ends or they are destroyed.
func serve(ctx context.Context, s *session) error {
	_, dir, err := s.existing()
	if err != nil {
		return err
	}
	v := &serving{session: s, dir: dir}
	if err := s.checkAccount(dir); err != nil {
		return err
	}
	account, err := v.read()
	if err == nil {
		err = s.nothingRegistered(account)
	}
	if err == nil {
		err = v.openLogs()
	}
	if err == nil {
		err = v.takeLock()
	}
	if err != nil {
		return err
	}
	if err := v.start(ctx, account); err != nil {
		return errors.Join(err, v.unlock())
	}
	v.watch(ctx)
	err = errors.Join(v.world.Close(), v.logs.close(), v.unlock())
	if err == nil {
		fmt.Fprintln(s.stdout, "\nserving ended")
	}
	return err
}

type serving struct {
	*session
	dir   string
	lock  *os.File
	world *traffic.World
	stamp stamp
	logs  *logFiles // nil without --access-log
}

// file returns the path of a file of the traffic.
func (v *serving) file(name string) string { return trafficFile(v.dir, name) }

func trafficFile(dir, name string) string { return filepath.Join(dir, "traffic", name) }

// stamp identifies a version of the account's file.
type stamp struct {
	written time.Time
	size    int64
}

func (v *serving) now() stamp {
	info, err := os.Stat(engine.AccountPath(v.dir))
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

func (v *serving) read() (*core.Account, error) {
	if v.stamp = v.now(); v.stamp == (stamp{}) {
		return v.readAccount(v.dir) // which says what is missing
	}
	return core.ReadAccount(engine.AccountPath(v.dir)) // a run may be changing it
}

// start serves the account and prints where. Parts that were served before keep their
// ports. After an error, the previous world is still served.
func (v *serving) start(ctx context.Context, account *core.Account) error {
	model, served, err := v.modelOf(account)
	if err != nil {
		return err
	}
	served.Dir, served.After, served.AccessLog = v.file(""), v.world, v.logs.sink()
	world, err := traffic.Serve(account, served)
	if err != nil {
		return fmt.Errorf("serving the stack: %w", err)
	}
	before := v.world
	v.world = world
	err = v.record(world)
	if before == nil && err != nil {
		return errors.Join(err, world.Close())
	}
	if err != nil {
		fmt.Fprintln(v.stderr, "portico: the change is served, but recording its ports failed:", err)
	}
	v.announce(model.Fronted())
	if before != nil {
		v.retire(ctx, before)
	}
	return nil
}

// retire closes the previous world as soon as its requests are answered.
func (v *serving) retire(ctx context.Context, before interface {
	Retire(context.Context)
	Close() error
}) {
	patience, cancel := context.WithTimeout(ctx, busyTime)
	defer cancel()
	before.Retire(patience)
	if err := before.Close(); err != nil {
		fmt.Fprintln(v.stderr, "portico: the change is served, but closing the previous servers failed:", err)
	}
}

// watch serves every change of the account, once the run that makes it pauses.
func (v *serving) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	last := v.stamp
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		current := v.now()
		if current != v.stamp && current == last && !v.change(ctx) {
			return
		}
		last = current
	}
}

// change serves the current account; goOn is false when nothing is left.
func (v *serving) change(ctx context.Context) (goOn bool) {
	account, err := v.read()
	if err == nil && v.nothingRegistered(account) != nil {
		fmt.Fprintf(v.stdout, "\nstack %s has no resources any more: there is nothing left to serve\n", v.stack)
		return false
	}
	fmt.Fprintln(v.stdout, "\nthe account has changed")
	if err == nil {
		err = v.start(ctx, account)
	}
	if err != nil {
		fmt.Fprintln(v.stderr, "portico: the change cannot be served, so the previous state still is:", err)
	}
	return true
}

// record writes the ports to a file, for other programs.
func (v *serving) record(world *traffic.World) error {
	raw, err := json.MarshalIndent(map[string]any{
		"ca": v.file(rootFile), "dns": world.DNSAddress(), "entries": world.Entries(),
	}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(v.file(servingFile), append(raw, '\n'), 0o600)
}

// announce prints how to send requests, and the answers to expect.
func (v *serving) announce(plan requestpath.Plan) {
	fmt.Fprintln(v.stdout)
	for _, text := range []string{
		fmt.Sprintf("Serving stack %s on loopback, as of %s. Stop with Ctrl-C.", v.stack, v.stamp.written.Format(time.TimeOnly)),
		fmt.Sprintf("Connections from other processes count as viewers on the internet, %s.", requestpath.InternetAddress),
		"Where a security group drops a connection, the kernel still accepts it, but no data follows.",
	} {
		printWrapped(v.stdout, "", text)
	}
	fmt.Fprintln(v.stdout)
	lines, asked := v.curls(plan)
	for _, line := range lines {
		fmt.Fprintln(v.stdout, line)
	}
	fmt.Fprintln(v.stdout, "# DNS, with the simulated addresses")
	host, port, _ := strings.Cut(v.world.DNSAddress(), ":")
	for _, name := range asked {
		fmt.Fprintf(v.stdout, "  dig @%s -p %s %s\n", host, port, name)
	}
}
