package components

import (
	"slices"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// endpoints are the short names of the interface endpoints, and whether there is a
// gateway endpoint for S3. Of an adopted network's interface endpoints only the security
// group is known: what a task needs is taken to be there.
func (n *Network) endpoints() (interfaces []string, gateway bool) {
	if !n.Adopted() {
		return n.args.InterfaceEndpoints, true
	}
	if n.hasEndpoints() {
		interfaces = awsrule.FargateEndpoints()
	}
	return interfaces, n.args.Existing.S3PrefixListId != nil
}

// endpointGroup is the security group of the interface endpoints, in plans.
func (n *Network) endpointGroup() string { return n.name + "-endpoints" }

// image is how a task in the private subnets gets its image, in plans.
func (n *Network) image(private bool) *requestpath.Image {
	i := &requestpath.Image{Private: private}
	interfaces, gateway := n.endpoints()
	for _, e := range awsrule.FargateEndpoints() { // others are of no use to an image
		if slices.Contains(interfaces, e) {
			i.Endpoints, i.EndpointGroups = append(i.Endpoints, e), []string{n.endpointGroup()}
		}
	}
	if gateway {
		i.Endpoints = append(i.Endpoints, awstable.S3)
		i.S3PrefixList = awstable.S3 // a stand-in for its id
	}
	slices.Sort(i.Endpoints)
	if n.PrivateEgress() == PrivateEgressNat {
		i.DefaultRoute = requestpath.RouteNAT
	}
	return i
}

// imageEgress is the access to its image that a task's group lets out, in plans.
func (n *Network) imageEgress() []requestpath.Access {
	if n.PrivateEgress() != PrivateEgressEndpoints {
		return []requestpath.Access{cidrAccess(httpsPort, anywhere)}
	}
	return []requestpath.Access{groupAccess(httpsPort, n.endpointGroup()), prefixListAccess(httpsPort, awstable.S3)}
}

// endpointsAdmitting is the endpoints' group, if there are endpoints, with the rule
// that admits the members of group, in plans.
func (n *Network) endpointsAdmitting(group string) []requestpath.SecurityGroup {
	if !n.hasEndpoints() {
		return nil
	}
	return []requestpath.SecurityGroup{{
		Name: n.endpointGroup(), Ingress: []requestpath.Access{groupAccess(httpsPort, group)},
	}}
}
