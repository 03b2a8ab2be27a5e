package agreement

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/portico-iac/portico/requestpath"
)

// servers registers the instances. Services come later, since their target groups
// must be attached to a load balancer first.
func (r *registration) servers() error {
	image, err := r.driver.Invoke("aws:ssm/getParameter:getParameter", props{
		"name": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"})
	if err != nil {
		return fmt.Errorf("finding an image for instances: %w", err)
	}
	for _, s := range r.plan.Servers {
		if s.Image != nil {
			continue
		}
		if err := r.instance(s, image["value"]); err != nil {
			return err
		}
	}
	return nil
}

// instance registers an instance at the address in the plan, or else at one that AWS
// chooses, with an Elastic IP if it is public in the plan.
func (r *registration) instance(s requestpath.Server, image any) error {
	in := props{
		"ami": image, "instanceType": "t3.micro", "tags": props{"Name": s.Name},
		"vpcSecurityGroupIds": r.renames.groups(s.SecurityGroups),
	}
	inside, outside, err := addressesOf(s)
	if err != nil {
		return err
	}
	zone, cidr := zoneFor(r.plan, s.Name), "10.0.1.0/24"
	switch {
	case zone == unusedZone:
		cidr = "10.0.199.0/24"
	case inside.IsValid():
		cidr = subnetOf(inside)
		in["privateIp"] = inside.String()
	}
	if in["subnetId"], err = r.subnet(cidr, "", zone, r.publicTable); err != nil {
		return err
	}
	id, state, err := r.create("aws:ec2/instance:Instance", s.Name, in)
	if err != nil {
		return err
	}
	r.renames.serverIDs[s.Name], r.arns[s.Name] = id, fmt.Sprint(state["arn"])
	if assigned := fmt.Sprint(state["privateIp"]); inside.IsValid() {
		r.renames.names[inside.String()] = assigned
	} else {
		r.addAddress(s.Name, assigned)
	}
	if !outside.IsValid() {
		return nil
	}
	_, address, err := r.create("aws:ec2/eip:Eip", s.Name, props{"domain": "vpc", "instance": id})
	if err != nil {
		return err
	}
	r.renames.names[outside.String()] = fmt.Sprint(address["publicIp"])
	return nil
}

// addAddress adds to a server of the plan its assigned address.
func (r *registration) addAddress(name, address string) {
	for i := range r.plan.Servers {
		if r.plan.Servers[i].Name == name {
			r.plan.Servers[i].Addresses = append(r.plan.Servers[i].Addresses, address)
		}
	}
}

// addressesOf are the private and the public address of a server.
func addressesOf(s requestpath.Server) (inside, outside netip.Addr, err error) {
	for _, text := range s.Addresses {
		a, isPrivate := private(text)
		to := &outside
		if isPrivate {
			to = &inside
		}
		switch {
		case isPrivate && !block.Contains(a):
			return inside, outside, inexpressible("a server is at a private address outside the VPC")
		case to.IsValid() || !a.Is4():
			return inside, outside, inexpressible("a server has several addresses of a kind, or one of IPv6")
		}
		*to = a
	}
	return inside, outside, nil
}

func subnetOf(a netip.Addr) string { return netip.PrefixFrom(a, 24).Masked().String() }

// unusedZone is a zone in which no load balancer has a subnet.
const unusedZone = "d"

// zoneFor is the zone of a server: one without a load balancer if its targets are unused.
func zoneFor(p *requestpath.Plan, server string) string {
	for _, g := range p.TargetGroups {
		for _, t := range g.Targets {
			if t.Server == server && t.Health == requestpath.Unused {
				return unusedZone
			}
		}
	}
	return "c"
}

// attachments registers the instances with their target groups.
func (r *registration) attachments() error {
	for _, g := range r.plan.TargetGroups {
		for _, t := range g.Targets {
			s := serverOf(r.plan, t.Server)
			if s.Image != nil {
				continue
			}
			id := r.renames.serverIDs[t.Server]
			if hasServices(r.plan, g) {
				inside, _, err := addressesOf(*s)
				if err != nil {
					return err
				}
				id = inside.String()
			}
			in := props{"targetGroupArn": r.targetGroups[g.Name], "targetId": id}
			if t.Port != 0 {
				in["port"] = t.Port
			}
			if _, _, err := r.create("aws:lb/targetGroupAttachment:TargetGroupAttachment", g.Name, in); err != nil {
				return err
			}
		}
	}
	return nil
}

func serverOf(p *requestpath.Plan, name string) *requestpath.Server {
	i := slices.IndexFunc(p.Servers, func(s requestpath.Server) bool { return s.Name == name })
	return &p.Servers[i]
}

func hasServices(p *requestpath.Plan, g requestpath.TargetGroup) bool {
	return slices.ContainsFunc(g.Targets, func(t requestpath.Target) bool { return isService(p, t.Server) })
}
