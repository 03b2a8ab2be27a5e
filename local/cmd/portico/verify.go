package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"time"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/observe/verify"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/wire"
)

type verifyOptions struct {
	url, outputs string
	export       string // the file of --deployment
	origins      []string
	resolver     string
	connectTo    map[string]netip.AddrPort // --resolve and --connect-to
	caFile       string
	maxTime      time.Duration
}

func verifyFlags(o *options, flags *flag.FlagSet) {
	v := &o.verify
	serversFlag(o, flags)
	flags.StringVar(&v.url, "url", "", "check the deployment behind this `URL` over the network, instead of the local stack")
	flags.StringVar(&v.outputs, "outputs", "", "check the deployment whose outputs are in this `file`, as printed by pulumi stack output --json")
	flags.StringVar(&v.export, "deployment", "", "with --url or --outputs, `file` with the output of pulumi stack export, or - for standard input: compare the headers that its distributions add to responses, for each behavior")
	flags.Func("origin", "`name` behind CloudFront that must not answer from here; may be repeated", v.addOrigin)
	flags.StringVar(&v.resolver, "resolver", "", "DNS server to ask, `HOST:PORT` (default: the system's)")
	flags.Func("resolve", "`HOST:PORT:ADDRESS` to connect to instead of looking HOST up, as for curl; may be repeated", v.addConnectTo)
	flags.Func("connect-to", "`HOST:PORT:ADDRESS:PORT` to connect to instead of HOST:PORT, as for curl; may be repeated", v.addConnectTo)
	flags.StringVar(&v.caFile, "cacert", "", "PEM `file` of the certification authorities to trust (default: the system's)")
	v.maxTime = 10 * time.Second
	flags.Func("max-time", "`time` to wait for each answer, such as 2s (default 10s)", v.setMaxTime)
}

// remote says whether to check a deployment instead of the local stack.
func (v *verifyOptions) remote() bool { return v.url != "" || v.outputs != "" }

func verifyCommand(ctx context.Context, s *session) error {
	if err := s.checkVerify(); err != nil {
		return err
	}
	if s.verify.remote() {
		return s.verifyDeployment(ctx)
	}
	account, err := s.registeredAccount()
	if err != nil {
		return err
	}
	rows, err := s.verifyAccount(ctx, account)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return errors.New("no distribution and no load balancer is registered: there is nothing to request")
	}
	if s.json {
		err = s.printJSON(map[string]any{"requests": rows})
	} else {
		s.printVerified(rows)
	}
	if wrong := countWrong(rows); wrong > 0 {
		err = errors.Join(err, fmt.Errorf("%d of %d requests did not get what they should", wrong, len(rows)))
	}
	return err
}

// verifyClock shortens simulated time: a timeout of 30 s takes a second and a half.
var verifyClock = wire.Clock{Second: 50 * time.Millisecond}

// verifyAccount serves the account on loopback, sends the requests and compares.
func (s *session) verifyAccount(ctx context.Context, account *core.Account) (rows []verify.Row, err error) {
	model, served, err := s.modelOf(account)
	if err != nil {
		return nil, err
	}
	recorder := &verify.Recorder{}
	served.Clock, served.Sink = verifyClock, recorder.Note
	world, err := traffic.Serve(account, served)
	if err != nil {
		return nil, fmt.Errorf("serving the stack: %w", err)
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	return verify.All(ctx, observe.World{World: world}, model.Fronted(), recorder)
}

// delays says whether a server answers late.
func delays(servers map[string]registered.Server) bool {
	for _, s := range servers {
		for _, l := range s.Listeners {
			if l.Answer.DelaySeconds > 0 {
				return true
			}
		}
	}
	return false
}

func countWrong(rows []verify.Row) int {
	wrong := 0
	for _, row := range rows {
		if row.Verdict != verify.OK {
			wrong++
		}
	}
	return wrong
}

// checkPrediction returns an error if a prediction and an observation differ. Only
// verify fails when a stack answers what it should not: up did what was declared,
// and preview warned of it.
func checkPrediction(rows []verify.Row) error {
	for _, row := range rows {
		if row.Verdict == verify.Differs {
			return errors.New("prediction and observation differ: one of them is wrong, please report it")
		}
	}
	return nil
}
