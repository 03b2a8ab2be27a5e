package components

import (
	"net/netip"

	"github.com/portico-iac/portico/internal/fargaterule"
	"github.com/portico-iac/portico/internal/pathplan"
	"github.com/portico-iac/portico/requestpath"
)

// target is the service's tasks as plans of requests know them. An image that is
// not known yet is taken to be within reach; it is checked when it is known.
func (a *PrivateFargateServiceArgs) target(name string) pathplan.Target {
	image, known := literal(a.Image)
	_, private := fargaterule.PrivateRepository(image)
	s := pathplan.Service{Name: name, Network: a.Network.path(), PrivateImage: private || !known}
	for _, e := range a.AdditionalEgress {
		s.Egress = append(s.Egress, e.access())
	}
	return s.Target()
}

func (e EgressArgs) access() requestpath.Access {
	access := requestpath.Access{Protocol: "tcp", FromPort: e.Port, ToPort: e.Port}
	group, _ := literal(e.SecurityGroupId)
	list, _ := literal(e.PrefixListId)
	switch {
	case e.SecurityGroupId != nil:
		access.SecurityGroup = group
	case e.PrefixListId != nil:
		access.PrefixList = list
	default:
		access.CIDR = netip.MustParsePrefix(e.CidrBlock).String()
	}
	return access
}

// path is the network as plans of requests know it.
func (n *Network) path() pathplan.Network {
	if n.Adopted() {
		return pathplan.AdoptedNetwork(n.name, n.PrivateEgress())
	}
	return pathplan.MadeNetwork(n.name, n.PrivateEgress(), n.args.InterfaceEndpoints)
}
