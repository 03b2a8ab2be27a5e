package alb

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/server"
)

// target is one target on one port, with what its health checks found.
type target struct {
	at netip.AddrPort
	// fails says that its checks fail whatever it answers.
	fails bool

	checked, healthy bool
	everHealthy      bool
	passed, failed   int // in a row
}

// targetsOf are the targets of a group that may get traffic: those that are attached,
// then the tasks that ECS registered, in the order they were started. An instance
// that does not run gets none.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func (r *Running) targetsOf(g account.TargetGroup) ([]*target, error) {
	var out []*target
	for _, a := range r.opts.Account.Attachments {
		if a.TargetGroupARN != g.ARN {
			continue
		}
		address := a.TargetID
		if g.TargetType == "instance" {
			instance, ok := r.opts.Account.Instance(a.TargetID)
			if !ok {
				return nil, fmt.Errorf("target %q: there is no such instance in the account", a.TargetID)
			}
			if instance.InstanceState != "running" {
				continue
			}
			address = instance.PrivateIP
		}
		out = r.withTarget(out, a.TargetID, address, cmp.Or(a.Port, g.Port))
	}
	for _, task := range r.opts.Account.Tasks {
		for _, registered := range task.Targets {
			if registered.TargetGroupARN == g.ARN {
				out = r.withTarget(out, task.PrivateIP, task.PrivateIP, registered.Port)
			}
		}
	}
	return out, nil
}

// withTarget adds a target that may get traffic to others. One that is registered
// twice counts once.
func (r *Running) withTarget(all []*target, id, address string, port int) []*target {
	ip, _ := netip.ParseAddr(address) // the account has no others
	at := netip.AddrPortFrom(ip, uint16(port))
	health := r.opts.Health[id]
	known := slices.ContainsFunc(all, func(other *target) bool { return other.at == at })
	if known || health == server.Draining || !r.reaches(ip) {
		return all
	}
	return append(all, &target{at: at, fails: health == server.Unhealthy})
}

// reaches says whether the load balancer has a subnet in the Availability Zone of an
// address; without one, the address gets no traffic.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
func (r *Running) reaches(address netip.Addr) bool {
	all := r.opts.Account.Subnets
	i := slices.IndexFunc(all, func(s account.Subnet) bool { return s.VPCID == r.registered.VPCID && s.Contains(address) })
	return i < 0 || slices.ContainsFunc(r.registered.Subnets, func(id string) bool {
		own, _ := r.opts.Account.Subnet(id)
		return own.AvailabilityZone == all[i].AvailabilityZone
	})
}
