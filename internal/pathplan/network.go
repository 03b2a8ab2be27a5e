package pathplan

import (
	"slices"

	"github.com/portico-iac/portico/internal/egress"
	"github.com/portico-iac/portico/requestpath"
)

// s3 is the short name of the endpoint that image layers come through, and the
// stand-in for its prefix list.
const s3 = "s3"

// Network is how private subnets reach what lies outside.
type Network struct {
	// Name is the one of the component that makes it.
	Name string
	// Way is one of package egress's.
	Way string
	// Interfaces are the short names of the interface endpoints, among which
	// gateway endpoints do not count.
	Interfaces []string
	// Gateway says that there is an endpoint for S3.
	Gateway bool
}

// MadeNetwork is a network with the interface endpoints given, and one for
// S3.
func MadeNetwork(name, way string, interfaces []string) Network {
	return Network{Name: name, Way: way, Interfaces: interfaces, Gateway: true}
}

// AdoptedNetwork is one of which only the way is known. What a task needs is
// taken to be there.
func AdoptedNetwork(name, way string) Network {
	n := Network{Name: name, Way: way}
	if way == egress.ViaEndpoints {
		n.Interfaces, n.Gateway = egress.ForFargate(), true
	}
	return n
}

func (n Network) endpointGroup() string { return n.Name + "-endpoints" }

// image is how a task in the network gets its image.
func (n Network) image(private bool) *requestpath.Image {
	i := &requestpath.Image{Private: private}
	for _, e := range egress.ForFargate() { // others are of no use to an image
		if slices.Contains(n.Interfaces, e) {
			i.Endpoints, i.EndpointGroups = append(i.Endpoints, e), []string{n.endpointGroup()}
		}
	}
	if n.Gateway {
		i.Endpoints = append(i.Endpoints, s3)
		i.S3PrefixList = s3
	}
	slices.Sort(i.Endpoints)
	if n.Way == egress.ViaNAT {
		i.DefaultRoute = requestpath.RouteNAT
	}
	return i
}

// ways are the ones out of a task's group to its image.
func (n Network) ways() []requestpath.Access {
	if n.Way != egress.ViaEndpoints {
		return []requestpath.Access{fromCIDR(httpsPort, anywhere)}
	}
	return []requestpath.Access{fromGroup(httpsPort, n.endpointGroup()), fromList(httpsPort, s3)}
}

// admitting is the endpoints' group with the rule that admits the members of
// group, if there are endpoints.
func (n Network) admitting(group string) []requestpath.SecurityGroup {
	if len(n.Interfaces) == 0 {
		return nil
	}
	return []requestpath.SecurityGroup{{Name: n.endpointGroup(), Ingress: []requestpath.Access{fromGroup(httpsPort, group)}}}
}

// Service is a Fargate service in private subnets.
type Service struct {
	Name    string
	Network Network
	// PrivateImage says that the image lies in a private ECR repository.
	PrivateImage bool
	// Egress is the ways out of the tasks beside those to their image.
	Egress []requestpath.Access
}

// Target is the service's tasks.
func (s Service) Target() Target {
	tasks := requestpath.SecurityGroup{Name: s.Name + "-tasks", Egress: slices.Concat(s.Network.ways(), s.Egress)}
	return Target{
		Server: s.Name, Group: tasks.Name, Groups: []requestpath.SecurityGroup{tasks},
		Beside: s.Network.admitting(tasks.Name),
		Image:  s.Network.image(s.PrivateImage),
	}
}
