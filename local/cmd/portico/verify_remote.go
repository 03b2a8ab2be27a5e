package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/observe/outside"
	"github.com/portico-iac/portico/requestpath"
)

func (v *verifyOptions) addOrigin(name string) error {
	if name == "" || strings.ContainsAny(name, "/:") {
		return fmt.Errorf("must be a name such as origin.example.com, got %q", name)
	}
	v.origins = append(v.origins, name)
	return nil
}

func (v *verifyOptions) addConnectTo(pair string) error {
	from, to, err := connection(pair)
	if err != nil {
		return err
	}
	if v.connectTo == nil {
		v.connectTo = map[string]netip.AddrPort{}
	}
	v.connectTo[from] = to
	return nil
}

// connection reads HOST:PORT:ADDRESS and HOST:PORT:ADDRESS:PORT, in which IPv6
// addresses have brackets.
func connection(pair string) (from string, to netip.AddrPort, err error) {
	refused := fmt.Errorf("must be HOST:PORT:ADDRESS or HOST:PORT:ADDRESS:PORT, got %q", pair)
	parts := strings.SplitN(pair, ":", 3)
	if len(parts) < 3 || parts[0] == "" {
		return "", to, refused
	}
	from = net.JoinHostPort(parts[0], parts[1])
	if to, err = netip.ParseAddrPort(parts[2]); err == nil {
		return from, to, nil
	}
	if to, err = netip.ParseAddrPort(net.JoinHostPort(strings.Trim(parts[2], "[]"), parts[1])); err != nil {
		return "", to, refused
	}
	return from, to, nil
}

func (v *verifyOptions) setMaxTime(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return errors.New("must be a time with its unit, such as 2s or 500ms")
	}
	v.maxTime = d
	return nil
}

// checkVerify refuses options that do not go together: some are for a deployment
// only, others for the local stack only.
func (s *session) checkVerify() error {
	v := &s.verify
	for _, name := range []string{"url", "outputs"} {
		if s.given[name] && v.url == "" && v.outputs == "" {
			return fmt.Errorf("%w: --%s: must not be empty", errUsage, name)
		}
	}
	if s.given["deployment"] && v.export == "" {
		return fmt.Errorf("%w: --deployment: must be a file, or - for standard input", errUsage)
	}
	unfitting, why := []string{"deployment", "origin", "resolver", "resolve", "connect-to", "cacert", "max-time"}, "goes with --url or --outputs"
	if v.remote() {
		unfitting, why = []string{"stack", "servers"}, "is about the local stack: it cannot be combined with --url or --outputs"
	}
	for _, name := range unfitting {
		if s.given[name] {
			return fmt.Errorf("%w: --%s %s", errUsage, name, why)
		}
	}
	return nil
}

func (s *session) verifyDeployment(ctx context.Context) error {
	deployment, err := s.verify.deployment()
	if err != nil {
		return err
	}
	if s.given["deployment"] {
		model, err := s.deploymentModel(s.verify.export)
		if err != nil {
			return err
		}
		if deployment.Answers = outside.AnswersOf(model.Plan, deployment.Page); len(deployment.Answers) == 0 {
			return fmt.Errorf("%w: --deployment %s: no distribution that its records of %s lead to adds security or custom headers: leave it out",
				errUsage, s.verify.export, deployment.Page.Name)
		}
	}
	via, err := s.verify.internet()
	if err != nil {
		return err
	}
	findings, err := outside.Look(ctx, via, deployment)
	if err != nil {
		return err
	}
	if s.json {
		err = s.printJSON(map[string]any{"url": deployment.Page.URL(), "checks": findings})
	} else {
		printFindings(s.stdout, findings)
	}
	failed := 0
	for _, f := range findings {
		if f.Verdict == outside.Fail {
			failed++
		}
	}
	if failed > 0 {
		err = errors.Join(err, fmt.Errorf("%d of %d checks of %s failed", failed, len(findings), deployment.Page.URL()))
	}
	return err
}

// deployment returns the deployment that the options and the file of outputs describe.
func (v *verifyOptions) deployment() (outside.Deployment, error) {
	d := outside.Deployment{Around: v.origins}
	outputs, err := v.readOutputs()
	if err != nil {
		return d, err
	}
	d.Page, err = observe.RequestFor(cmp.Or(v.url, outputs.URL))
	if err == nil && d.Page.Scheme != requestpath.SchemeHTTPS {
		err = fmt.Errorf("must be like https://www.example.com/, got %q", d.Page.URL())
	}
	if err != nil {
		return d, fmt.Errorf("%w: url: %w", errUsage, err)
	}
	if d.CloudFront = outputs.DistributionDomainName != ""; !d.CloudFront {
		return d, nil
	}
	for _, name := range []string{outputs.OriginDomainName, outputs.LoadBalancerDNSName} {
		if name != "" {
			d.Around = append(d.Around, name)
		}
	}
	return d, nil
}

type stackOutputs struct {
	URL                    string `json:"url"`
	OriginDomainName       string `json:"originDomainName"`
	LoadBalancerDNSName    string `json:"loadBalancerDnsName"`
	DistributionDomainName string `json:"distributionDomainName"`
}

func (v *verifyOptions) readOutputs() (outputs stackOutputs, err error) {
	if v.outputs == "" {
		return outputs, nil
	}
	raw, err := os.ReadFile(v.outputs)
	if err != nil {
		return outputs, fmt.Errorf("%w: --outputs: %w", errUsage, err)
	}
	if err := json.Unmarshal(raw, &outputs); err != nil {
		return outputs, fmt.Errorf("%w: --outputs %s: %w", errUsage, v.outputs, err)
	}
	if v.url == "" && outputs.URL == "" {
		return outputs, fmt.Errorf("%w: --outputs %s: it has no url: it must be the output of pulumi stack output --json", errUsage, v.outputs)
	}
	return outputs, nil
}

// maxQUIC is the longest wait for a QUIC handshake: many networks drop UDP, and
// viewers then fall back to TCP.
const maxQUIC = 3 * time.Second

// internet is the real network, as the options describe it.
func (v *verifyOptions) internet() (*observe.Internet, error) {
	via := &observe.Internet{Resolver: v.resolver, ConnectTo: v.connectTo, Wait: observe.Patience{Answer: v.maxTime, QUIC: min(v.maxTime, maxQUIC)}}
	if v.caFile == "" {
		return via, nil
	}
	raw, err := os.ReadFile(v.caFile)
	if err != nil {
		return nil, fmt.Errorf("%w: --cacert: %w", errUsage, err)
	}
	via.Trusted = x509.NewCertPool()
	if !via.Trusted.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("%w: --cacert %s: it contains no certificate in PEM format", errUsage, v.caFile)
	}
	return via, nil
}
