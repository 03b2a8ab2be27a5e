package registered

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// absent describes a target that is not among the resources: an instance that was
// there before the program, or those of an auto scaling group. It is taken to
// answer what its group asks, in the given security groups or in adoptedGroups.
func (r *reader) absent(of *resource, property, id string, g *targetGroup, groups []string) *requestpath.Server {
	if r.server(id) == nil {
		r.addAbsent(of, property, id, groups)
	}
	s := r.server(id)
	if given, ok := r.options.Servers[id]; ok {
		s.Listeners = given.Listeners
	} else {
		s.Listeners = listen(s.Listeners, g.asked(of.num("port")))
	}
	return s
}

func (r *reader) addAbsent(of *resource, property, id string, groups []string) {
	if len(groups) == 0 {
		groups = r.adoptedGroups()
	}
	text := id + " is not among the resources: it is taken to answer what the target group asks, in security groups " + strings.Join(groups, ", ")
	if len(groups) == 0 {
		groups = []string{r.openGroup()}
		text = id + " is not among the resources: it is taken to answer what the target group asks, and to be open to whoever gets to it"
	}
	addresses := []string{id}
	if _, err := netip.ParseAddr(id); err != nil {
		addresses = r.standIn(len(r.Plan.Servers))
		text += "; its addresses are not known, and " + strings.Join(addresses, " and ") + " stand in for them"
	}
	r.doubt(of, property, text)
	r.open = append(r.open, r.notAmong(groups)...)
	r.Plan.Servers = append(r.Plan.Servers, requestpath.Server{Name: id, Addresses: addresses, SecurityGroups: groups})
}

// adoptedGroups are those not among the resources that rules are for or about.
func (r *reader) adoptedGroups() []string {
	var ids []string
	for _, g := range r.Plan.SecurityGroups {
		ids = append(ids, g.Name)
		for _, rule := range append(slices.Clone(g.Egress), g.Ingress...) {
			ids = append(ids, rule.SecurityGroup)
		}
	}
	return r.notAmong(present(ids))
}

// notAmong are the security groups that are not among the resources.
func (r *reader) notAmong(groups []string) []string {
	return slices.DeleteFunc(slices.Clone(groups), func(id string) bool {
		return r.one(typeGroup, id) != nil || r.one(typeDefaultGroup, id) != nil
	})
}

// openGroup stands for security groups of which nothing is known.
func (r *reader) openGroup() string {
	groupIn(&r.Plan, unknownGroups).Ingress = everything
	return unknownGroups
}

// readScaled registers auto scaling groups, each as one server.
func (r *reader) readScaled() {
	refer := func(of *resource, property, name string, arns []string) {
		for _, arn := range arns {
			if g, ok := r.groups[arn]; ok {
				s := r.absent(of, property, name, g, r.templateGroups(name))
				g.attached = append(g.attached, g.target(s.Name, 0, "", r.options.Servers[s.Name].Health))
			}
		}
	}
	for _, g := range r.all[typeASG] {
		if g.object["desiredCapacity"] == 0.0 && g.object["maxSize"] == 0.0 {
			continue
		}
		r.stands[g.id] = g.strs("vpcZoneIdentifiers")
		refer(g, "targetGroupArns", g.id, append(g.strs("targetGroupArns"), pluck(g.blocks("trafficSources"), "identifier")...))
	}
	for _, a := range r.all["aws:autoscaling/attachment:Attachment"] {
		refer(a, "lbTargetGroupArn", a.str("autoscalingGroupName"), []string{a.str("lbTargetGroupArn")})
	}
}

// templateGroups are the security groups of an auto scaling group's instances.
func (r *reader) templateGroups(name string) []string {
	group := r.get(typeASG, name)
	if t := r.one("aws:ec2/launchTemplate:LaunchTemplate", group.block("launchTemplate").str("id")); t != nil {
		return append(t.strs("vpcSecurityGroupIds"), t.block("networkInterfaces").strs("securityGroups")...)
	}
	return r.get("aws:ec2/launchConfiguration:LaunchConfiguration", group.str("launchConfiguration")).strs("securityGroups")
}
