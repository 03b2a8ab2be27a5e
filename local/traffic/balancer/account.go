package balancer

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/local/cloud"
)

// Pulumi types of what a load balancer is read from.
const (
	balancerToken    = "aws:lb/loadBalancer:LoadBalancer"
	listenerToken    = "aws:lb/listener:Listener"
	ruleToken        = "aws:lb/listenerRule:ListenerRule"
	certificateToken = "aws:lb/listenerCertificate:ListenerCertificate"
	groupToken       = "aws:lb/targetGroup:TargetGroup"
	attachmentToken  = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	subnetToken      = "aws:ec2/subnet:Subnet"
	instanceToken    = "aws:ec2/instance:Instance"
	taskToken        = "aws:ecs/task:Task"
)

// balancerState is what counts of a registered load balancer.
type balancerState struct {
	ARN, Name, DNSName, VPCID, IPAddressType string
	LoadBalancerType                         string
	Internal                                 bool
	Subnets, SecurityGroups                  []string
	IdleTimeout, ClientKeepAlive             float64
	EnableHTTP2                              bool
	PreserveHostHeader                       bool
	DropInvalidHeaderFields                  bool
	EnableXffClientPort                      bool
	EnableTLSVersionAndCipherSuiteHeaders    bool
	XffHeaderProcessingMode                  string
}

// FromAccount reads a load balancer, by its ARN, out of an account: its listeners,
// their rules and certificates, and the target groups with what is registered
// there. Public and Private are left to the caller. What cannot be served is an
// error that names the property.
func FromAccount(account *cloud.Account, arn string) (Balancer, error) {
	state := account.Get(balancerToken, arn)
	if state == nil {
		return Balancer{}, fmt.Errorf("there is no load balancer %s in the account", arn)
	}
	s, err := cloud.StateOf[balancerState](state)
	if err != nil {
		return Balancer{}, err
	}
	b, err := s.balancer(account)
	if err == nil {
		b.Listeners, err = listenersOf(account, arn)
	}
	if err == nil {
		b.TargetGroups, err = groupsOf(account, b)
	}
	if err != nil {
		return Balancer{}, fmt.Errorf("load balancer %q: %w", s.Name, err)
	}
	return b, nil
}

func (s balancerState) balancer(account *cloud.Account) (Balancer, error) {
	b := Balancer{
		Name: s.Name, ARN: s.ARN, DNSName: s.DNSName, VPC: s.VPCID, Internal: s.Internal,
		DualStack: s.IPAddressType == "dualstack", Groups: s.SecurityGroups,
		IdleSeconds: s.IdleTimeout, ClientSeconds: s.ClientKeepAlive, HTTP2: s.EnableHTTP2,
		PreserveHost: s.PreserveHostHeader, ForwardedFor: s.XffHeaderProcessingMode, ClientPort: s.EnableXffClientPort,
		DropInvalid: s.DropInvalidHeaderFields, TLSHeaders: s.EnableTLSVersionAndCipherSuiteHeaders,
	}
	if s.LoadBalancerType != "application" {
		return b, fmt.Errorf("loadBalancerType: cannot serve %q, only \"application\"", s.LoadBalancerType)
	}
	for _, id := range s.Subnets {
		subnet, err := subnetOf(account, id)
		if err != nil {
			return b, fmt.Errorf("subnets: %w", err)
		}
		b.Subnets = append(b.Subnets, subnet)
	}
	return b, nil
}

// subnetOf reads a subnet.
func subnetOf(account *cloud.Account, id string) (Subnet, error) {
	state := account.Get(subnetToken, id)
	if state == nil {
		return Subnet{}, fmt.Errorf("there is no subnet %s in the account", id)
	}
	s, err := cloud.StateOf[struct{ AvailabilityZone, CidrBlock, IPv6CidrBlock string }](state)
	if err != nil {
		return Subnet{}, err
	}
	subnet := Subnet{ID: id, Zone: s.AvailabilityZone}
	for _, block := range []string{s.CidrBlock, s.IPv6CidrBlock} {
		if prefix, err := netip.ParsePrefix(block); err == nil {
			subnet.Blocks = append(subnet.Blocks, prefix)
		}
	}
	return subnet, nil
}

// listenerState is what counts of a registered listener.
type listenerState struct {
	ARN, LoadBalancerARN, Protocol, SSLPolicy, CertificateARN string
	Port                                                      int
	DefaultActions                                            []actionState
	MutualAuthentication                                      struct{ Mode string }
}

// listenersOf reads the listeners of a load balancer.
func listenersOf(account *cloud.Account, balancer string) ([]Listener, error) {
	states, err := cloud.States[listenerState](account, listenerToken)
	if err != nil {
		return nil, err
	}
	var out []Listener
	for _, s := range states {
		if s.LoadBalancerARN != balancer {
			continue
		}
		l, err := s.listener(account)
		if err != nil {
			return nil, fmt.Errorf("listener on port %d: %w", s.Port, err)
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Listener) int { return a.Port - b.Port })
	return out, nil
}

func (s listenerState) listener(account *cloud.Account) (Listener, error) {
	l := Listener{Port: s.Port, Secure: s.Protocol == "HTTPS", Policy: s.SSLPolicy}
	var err error
	switch {
	case s.Protocol != "HTTP" && s.Protocol != "HTTPS":
		return l, fmt.Errorf("protocol: cannot serve %q, only HTTP and HTTPS", s.Protocol)
	case s.MutualAuthentication.Mode != "" && s.MutualAuthentication.Mode != "off":
		return l, fmt.Errorf("mutualAuthentication.mode: cannot serve %q, only \"off\"", s.MutualAuthentication.Mode)
	case l.Secure:
		if _, known := versionsOf(s.SSLPolicy); !known {
			return l, fmt.Errorf("sslPolicy: %q is no policy of Application Load Balancers", s.SSLPolicy)
		}
		if l.Certificates, err = s.certificates(account); err != nil {
			return l, err
		}
	}
	if l.Default, err = oneAction("defaultActions", s.DefaultActions); err != nil {
		return l, err
	}
	l.Rules, err = rulesOf(account, s.ARN)
	return l, err
}

// certificates are the ARNs of a listener's certificates, the default one first.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func (s listenerState) certificates(account *cloud.Account) ([]string, error) {
	if s.CertificateARN == "" {
		return nil, errors.New("certificateArn: an HTTPS listener needs a certificate")
	}
	added, err := cloud.States[struct{ ListenerARN, CertificateARN string }](account, certificateToken)
	if err != nil {
		return nil, err
	}
	out := []string{s.CertificateARN}
	for _, c := range added {
		if c.ListenerARN == s.ARN {
			out = append(out, c.CertificateARN)
		}
	}
	return out, nil
}
