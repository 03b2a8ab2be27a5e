package balancer

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
)

// FromAccount reads a registered load balancer: its listeners, their rules and
// certificates, and the target groups with their registered targets. Public and
// Private are left to the caller. What the account refuses to register is not
// checked again.
func FromAccount(r *account.Resources, lb account.LoadBalancer) (Balancer, error) {
	b := Balancer{
		Name: lb.Name, ARN: lb.ARN, DNSName: lb.DNSName, VPC: lb.VPCID, Internal: lb.Internal,
		DualStack: lb.IPAddressType == "dualstack", Groups: lb.SecurityGroups,
		IdleSeconds: lb.IdleTimeout, ClientSeconds: lb.ClientKeepAlive, HTTP2: lb.EnableHTTP2,
		PreserveHost: lb.PreserveHostHeader, ForwardedFor: lb.XffHeaderProcessingMode, ClientPort: lb.EnableXffClientPort,
		DropInvalid: lb.DropInvalidHeaderFields, TLSHeaders: lb.EnableTLSVersionAndCipherSuiteHeaders,
	}
	for _, id := range lb.Subnets {
		s, _ := r.Subnet(id)
		b.Subnets = append(b.Subnets, Subnet{ID: id, Zone: s.AvailabilityZone})
	}
	var err error
	if b.Listeners, err = listenersOf(r, lb.ARN); err == nil {
		b.TargetGroups, err = groupsOf(r, b)
	}
	if err != nil {
		return Balancer{}, fmt.Errorf("load balancer %q: %w", lb.Name, err)
	}
	return b, nil
}

// listenersOf are the listeners of a load balancer, by port.
func listenersOf(r *account.Resources, balancer string) ([]Listener, error) {
	var out []Listener
	for _, registered := range r.Listeners {
		if registered.LoadBalancerARN != balancer {
			continue
		}
		l, err := listenerOf(r, registered)
		if err != nil {
			return nil, fmt.Errorf("listener on port %d: %w", registered.Port, err)
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Listener) int { return a.Port - b.Port })
	return out, nil
}

// listenerOf reads a listener with its certificates, the default one first.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func listenerOf(r *account.Resources, registered account.Listener) (Listener, error) {
	l := Listener{Port: registered.Port, Secure: registered.Protocol == "HTTPS", Policy: registered.SSLPolicy}
	if l.Secure {
		l.Certificates = []string{registered.CertificateARN}
	}
	for _, added := range r.ListenerCertificates {
		if added.ListenerARN == registered.ARN {
			l.Certificates = append(l.Certificates, added.CertificateARN)
		}
	}
	var err error
	if l.Default, err = actionOf(registered.DefaultActions[0]); err != nil {
		return l, fmt.Errorf("defaultActions[0].%w", err)
	}
	l.Rules, err = rulesOf(r, registered.ARN)
	return l, err
}
