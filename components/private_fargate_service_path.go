package components

import (
	"net/netip"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/requestpath"
)

// target is the service's tasks as plans have them. An image that is not known yet
// is taken to be within reach; it is checked when it is known. A task starts when all of
// its images are.
func (a *PrivateFargateServiceArgs) target(name string) targetPlan {
	private := true
	for _, container := range a.containers(name) {
		if image, known := literal(container.image); known {
			_, _, inECR := awsrule.PrivateRepository(image)
			private = private && inECR
		}
	}
	tasks := requestpath.SecurityGroup{Name: name + "-tasks", Egress: a.Network.imageEgress()}
	for _, e := range a.AdditionalEgress {
		tasks.Egress = append(tasks.Egress, e.access())
	}
	return targetPlan{
		server: name, group: tasks.Name, groups: []requestpath.SecurityGroup{tasks},
		beside: a.Network.endpointsAdmitting(tasks.Name),
		image:  a.Network.image(private),
	}
}

func (e EgressArgs) access() requestpath.Access {
	group, _ := literal(e.SecurityGroupId)
	list, _ := literal(e.PrefixListId)
	switch {
	case e.SecurityGroupId != nil:
		return groupAccess(e.Port, group)
	case e.PrefixListId != nil:
		return prefixListAccess(e.Port, list)
	}
	return cidrAccess(e.Port, netip.MustParsePrefix(e.CidrBlock).String())
}
