package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/observe/verify"
	"github.com/portico-iac/portico/local/prediction"
	"github.com/portico-iac/portico/local/traffic"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/requestpath"
)

// verifyOptions are the options of verify alone.
type verifyOptions struct {
	url, outputs string
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
	return errors.Join(err, judge(rows))
}

// verifyClock shortens simulated time: a timeout of 30 s takes a second and a half.
var verifyClock = wire.Clock{Second: 50 * time.Millisecond}

// dropPatience is how long to wait for a connection that may be dropped. Any other
// is made at once on the simulated network.
const dropPatience = 300 * time.Millisecond

// verifyAccount serves the account on loopback, sends the requests and compares.
func (s *session) verifyAccount(ctx context.Context, account *core.Account) (rows []verify.Row, err error) {
	served, predicted, err := readServers(s.servers, account)
	if err != nil {
		return nil, err
	}
	plan, err := prediction.PlanOf(account, predicted)
	if err != nil {
		return nil, err
	}
	s.delayed = delays(predicted)
	recorder := &verify.Recorder{}
	quietQUIC()
	world, err := traffic.Serve(account, traffic.Options{Servers: served, Clock: verifyClock, Sink: recorder.Note})
	if err != nil {
		return nil, fmt.Errorf("serving the stack: %w", err)
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	via := observe.World{World: world, Wait: observe.Patience{Connect: dropPatience}}
	return verify.All(ctx, via, plan, recorder)
}

// delays says whether a server answers late.
func delays(servers map[string]registered.Server) bool {
	for _, s := range servers {
		if slices.ContainsFunc(s.Listeners, func(l requestpath.ServerListener) bool { return l.Answer.DelaySeconds > 0 }) {
			return true
		}
	}
	return false
}

// quietQUIC keeps quic-go from printing about the size of the kernel's buffers,
// which does not matter on loopback.
func quietQUIC() { _ = os.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true") }

// judge returns an error unless every verdict is ok.
func judge(rows []verify.Row) error {
	if wrong := countWrong(rows); wrong > 0 {
		return fmt.Errorf("%d of %d requests did not get what they should", wrong, len(rows))
	}
	return nil
}

// countWrong counts the verdicts that are not ok.
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
