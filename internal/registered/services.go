package registered

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// readServices describes each ECS service as one server, at the address of its
// first task. The service that was started first comes first, if that is known.
func (r *reader) readServices() {
	services := slices.Clone(r.all[typeService])
	slices.SortStableFunc(services, func(a, b *resource) int {
		return r.firstTask(a).num("startedAs") - r.firstTask(b).num("startedAs")
	})
	for n, service := range services {
		if service.num("desiredCount") == 0 && service.str("schedulingStrategy") != "DAEMON" {
			continue
		}
		r.readService(service, n)
	}
}

func (r *reader) readService(service *resource, n int) {
	name := service.str("name")
	if r.server(name) != nil {
		parts := strings.Split(service.id, "/")
		name = strings.Join(parts[max(0, len(parts)-2):], "/")
	}
	definition := r.definition(service.str("taskDefinition"))
	if mode := cmp.Or(definition.str("networkMode"), "bridge"); definition != nil && mode != "awsvpc" {
		r.note(service, "taskDefinition", "tasks in network mode "+mode+" are at addresses and ports of their host, which is not described")
		r.registerService(service, name, "", "")
		return
	}
	network := service.block("networkConfiguration")
	groups := network.strs("securityGroups")
	subnet := r.subnetOf(service)
	if len(groups) == 0 {
		groups = r.defaultGroup(subnet)
	}
	s := requestpath.Server{
		Name: name, Addresses: []string{r.taskAddress(service, subnet, n)},
		SecurityGroups: r.groupsOf(service, "networkConfiguration.securityGroups", groups),
		Image:          r.image(service, definition, subnet),
	}
	r.noteAddresses(service, network.flag("assignPublicIp") && !r.inland(subnet), &s)
	given, ok := r.given(nil, name)
	s.Listeners = given.Listeners
	if !ok {
		for _, lb := range service.blocks("loadBalancers") {
			if g, ok := r.groups[lb.str("targetGroupArn")]; ok {
				s.Listeners = listen(s.Listeners, g.asked(lb.num("containerPort")))
			}
		}
	}
	r.Plan.Servers = append(r.Plan.Servers, s)
	r.stands[name] = append(network.strs("subnets"), subnet)
	health := given.Health
	if r.options.Live && r.firstTask(service) == nil {
		health = requestpath.Unused
	}
	r.registerService(service, name, subnet, health)
}

// noteAddresses says what stands in for the addresses of a service's tasks.
func (r *reader) noteAddresses(service *resource, public bool, s *requestpath.Server) {
	if r.firstTask(service) != nil || r.options.Live {
		return
	}
	if public {
		s.Addresses = append(s.Addresses, publicStandIn(len(r.Plan.Servers)))
	}
	r.note(service, "networkConfiguration.subnets",
		"the addresses of its tasks are in no state: "+strings.Join(s.Addresses, " and ")+" stand in for them")
}

func (r *reader) registerService(service *resource, name, subnet, health string) {
	zone := r.get(typeSubnet, subnet).str("availabilityZone")
	for _, lb := range service.blocks("loadBalancers") {
		if g, ok := r.groups[lb.str("targetGroupArn")]; ok {
			g.Targets = append(g.Targets, g.target(name, lb.num("containerPort"), zone, health))
		} else if lb.str("targetGroupArn") != "" {
			r.note(service, "loadBalancers", "target group "+lb.str("targetGroupArn")+" is not described")
		}
	}
}

// definition is a task definition by its ARN or as family:revision.
func (r *reader) definition(reference string) object {
	for _, d := range r.all["aws:ecs/taskDefinition:TaskDefinition"] {
		if d.is(reference) || reference == fmt.Sprintf("%s:%d", d.str("family"), d.num("revision")) {
			return d.object
		}
	}
	return nil
}

// firstTask is the one of a service that started first, or nil.
func (r *reader) firstTask(service *resource) object {
	tasks := r.where("aws:ecs/task:Task", "service", service.id)
	if len(tasks) == 0 {
		return nil
	}
	return slices.MinFunc(tasks, func(a, b *resource) int { return a.num("startedAs") - b.num("startedAs") }).object
}

// subnetOf is where the first task of a service is, or would be.
func (r *reader) subnetOf(service *resource) string {
	if task := r.firstTask(service); task != nil {
		return task.str("subnetId")
	}
	subnets := service.block("networkConfiguration").strs("subnets")
	for _, id := range subnets {
		if s := r.one(typeSubnet, id); s != nil && r.tableOf(s) != "" && r.defaultRoute(s) == "" {
			return id
		}
	}
	return strings.Join(subnets[:min(1, len(subnets))], "")
}

func (r *reader) defaultGroup(subnet string) []string {
	vpc := r.get(typeVPC, r.get(typeSubnet, subnet).str("vpcId"))
	return present([]string{vpc.str("defaultSecurityGroupId")})
}

// taskAddress is that of the first task. Where no state says it, it is one that
// AWS could give: the first four of a subnet are its own.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
func (r *reader) taskAddress(service *resource, subnet string, n int) string {
	if task := r.firstTask(service); task != nil {
		return task.str("privateIp")
	}
	return r.addressIn(subnet, 10+n)
}

// addressIn is the n-th address of a subnet, or of 10.0.0.0/24 if it is not known.
func (r *reader) addressIn(subnet string, n int) string {
	prefix, err := netip.ParsePrefix(cmp.Or(r.get(typeSubnet, subnet).str("cidrBlock"), "10.0.0.0/24"))
	if err != nil {
		return ""
	}
	address := prefix.Masked().Addr()
	for range n {
		address = address.Next()
	}
	return address.String()
}

// images are those of a task definition's containers.
func images(definition object) []string {
	var containers []struct{ Image string }
	if json.Unmarshal([]byte(definition.str("containerDefinitions")), &containers) != nil {
		return nil
	}
	var out []string
	for _, c := range containers {
		out = append(out, c.Image)
	}
	return out
}
