package balancer

import (
	"errors"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
)

// FromAccount makes a load balancer of what is registered of it: its listeners,
// their rules and certificates, and the target groups with what is registered
// there. Public and Private are left to the caller. What cannot be served is an
// error that names the property.
func FromAccount(r *account.Resources, registered account.LoadBalancer) (Balancer, error) {
	b, err := balancerOf(r, registered)
	if err == nil {
		b.Listeners, err = listenersOf(r, registered.ARN)
	}
	if err == nil {
		b.TargetGroups, err = groupsOf(r, b)
	}
	if err != nil {
		return Balancer{}, fmt.Errorf("load balancer %q: %w", registered.Name, err)
	}
	return b, nil
}

func balancerOf(r *account.Resources, lb account.LoadBalancer) (Balancer, error) {
	b := Balancer{
		Name: lb.Name, ARN: lb.ARN, DNSName: lb.DNSName, VPC: lb.VPCID, Internal: lb.Internal,
		DualStack: lb.IPAddressType == "dualstack", Groups: lb.SecurityGroups,
		IdleSeconds: lb.IdleTimeout, ClientSeconds: lb.ClientKeepAlive, HTTP2: lb.EnableHTTP2,
		PreserveHost: lb.PreserveHostHeader, ForwardedFor: lb.XffHeaderProcessingMode, ClientPort: lb.EnableXffClientPort,
		DropInvalid: lb.DropInvalidHeaderFields, TLSHeaders: lb.EnableTLSVersionAndCipherSuiteHeaders,
	}
	if lb.LoadBalancerType != "application" {
		return b, fmt.Errorf("loadBalancerType: cannot serve %q, only \"application\"", lb.LoadBalancerType)
	}
	for _, id := range lb.Subnets {
		s, ok := r.Subnet(id)
		if !ok {
			return b, fmt.Errorf("subnets: there is no subnet %s in the account", id)
		}
		b.Subnets = append(b.Subnets, Subnet{ID: id, Zone: s.AvailabilityZone})
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

func listenerOf(r *account.Resources, registered account.Listener) (Listener, error) {
	l := Listener{Port: registered.Port, Secure: registered.Protocol == "HTTPS", Policy: registered.SSLPolicy}
	var err error
	switch mode := registered.MutualAuthentication.Mode; {
	case registered.Protocol != "HTTP" && registered.Protocol != "HTTPS":
		return l, fmt.Errorf("protocol: cannot serve %q, only HTTP and HTTPS", registered.Protocol)
	case mode != "" && mode != "off":
		return l, fmt.Errorf("mutualAuthentication.mode: cannot serve %q, only \"off\"", mode)
	case l.Secure:
		if _, known := versionsOf(l.Policy); !known {
			return l, fmt.Errorf("sslPolicy: %q is no policy of Application Load Balancers", l.Policy)
		}
		if l.Certificates, err = certificatesOf(r, registered); err != nil {
			return l, err
		}
	}
	if l.Default, err = oneAction("defaultActions", registered.DefaultActions); err != nil {
		return l, err
	}
	l.Rules, err = rulesOf(r, registered.ARN)
	return l, err
}

// certificatesOf are the ARNs of a listener's certificates, the default one first.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func certificatesOf(r *account.Resources, l account.Listener) ([]string, error) {
	if l.CertificateARN == "" {
		return nil, errors.New("certificateArn: an HTTPS listener needs a certificate")
	}
	out := []string{l.CertificateARN}
	for _, added := range r.ListenerCertificates {
		if added.ListenerARN == l.ARN {
			out = append(out, added.CertificateARN)
		}
	}
	return out, nil
}
