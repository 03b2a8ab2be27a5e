package registered

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// image is how a service's tasks get it, nil when that is not known.
func (r *reader) image(service *resource, definition object, subnetID string) *requestpath.Image {
	subnet := r.one(typeSubnet, subnetID)
	switch {
	case !onFargate(service, definition):
		r.note(service, "launchType", "the image is fetched by the host, whose routes are not described: it is taken to be there")
		return nil
	case subnet == nil || r.tableOf(subnet) == "":
		r.note(service, "networkConfiguration.subnets", "their routes are not among the resources: the image is taken to be reachable")
		return nil
	case len(images(definition)) == 0:
		r.note(service, "taskDefinition", "its images cannot be read: they are taken to be reachable")
		return nil
	}
	i := &requestpath.Image{
		Private:       !slices.ContainsFunc(images(definition), public),
		DefaultRoute:  r.defaultRoute(subnet),
		PublicAddress: service.block("networkConfiguration").flag("assignPublicIp"),
	}
	r.endpoints(subnet, i)
	return i
}

// public says that an image lies in no private repository of ECR.
func public(image string) bool {
	_, _, private := awsrule.PrivateRepository(image)
	return !private
}

// onFargate goes by the service, then by its task definition.
func onFargate(service *resource, definition object) bool {
	for _, s := range service.blocks("capacityProviderStrategies") {
		return strings.HasPrefix(s.str("capacityProvider"), "FARGATE")
	}
	if launch := service.str("launchType"); launch != "" {
		return launch == "FARGATE"
	}
	return slices.Contains(definition.strs("requiresCompatibilities"), "FARGATE")
}

// tableOf is the route table of a subnet: its own, or the VPC's main one.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
func (r *reader) tableOf(subnet *resource) string {
	for _, a := range r.where("aws:ec2/routeTableAssociation:RouteTableAssociation", "subnetId", subnet.id) {
		return a.str("routeTableId")
	}
	vpcID := subnet.str("vpcId")
	for _, a := range r.where("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation", "vpcId", vpcID) {
		return a.str("routeTableId")
	}
	return r.get(typeVPC, vpcID).str("mainRouteTableId")
}

// defaultRoute is where a subnet's traffic to the internet goes, in the model's
// words. What is no internet gateway leads out as a NAT gateway does: an instance
// or another network, of which the resources do not say more.
func (r *reader) defaultRoute(subnet *resource) string {
	route := r.wayOut(subnet)
	switch {
	case route == nil:
		return ""
	case strings.HasPrefix(route.str("gatewayId"), "igw-"):
		return requestpath.RouteInternetGateway
	case route.str("natGatewayId") != "" && !r.leadsOut(route.str("natGatewayId")):
		return ""
	}
	return requestpath.RouteNAT
}

// inland says that a subnet is known to have no route to an internet gateway.
func (r *reader) inland(subnetID string) bool {
	subnet := r.one(typeSubnet, subnetID)
	return subnet != nil && r.tableOf(subnet) != "" && r.defaultRoute(subnet) != requestpath.RouteInternetGateway
}

// wayOut is the route of a subnet's traffic to anywhere, or nil.
func (r *reader) wayOut(subnet *resource) object {
	id := r.tableOf(subnet)
	var routes []object
	for _, route := range r.where("aws:ec2/route:Route", "routeTableId", id) {
		routes = append(routes, route.object)
	}
	for _, kind := range []string{"aws:ec2/routeTable:RouteTable", "aws:ec2/defaultRouteTable:DefaultRouteTable"} {
		routes = append(routes, r.get(kind, id).blocks("routes")...)
	}
	for _, route := range routes {
		if route.str("destinationCidrBlock") == everywhere || route.str("cidrBlock") == everywhere {
			return route
		}
	}
	return nil
}

const everywhere = "0.0.0.0/0"

// leadsOut says whether a NAT gateway does: a private one does not, nor does one
// whose subnet has no internet gateway.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
func (r *reader) leadsOut(id string) bool {
	nat := r.one("aws:ec2/natGateway:NatGateway", id)
	if nat == nil {
		return true
	}
	subnet := r.one(typeSubnet, nat.str("subnetId"))
	return nat.str("connectivityType") != "private" &&
		(subnet == nil || strings.HasPrefix(r.wayOut(subnet).str("gatewayId"), "igw-"))
}

// endpoints are those of the VPC that a subnet's tasks use: interface endpoints
// with private DNS, gateway endpoints on the subnet's route table.
// Sourced: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
func (r *reader) endpoints(subnet *resource, i *requestpath.Image) {
	table := r.tableOf(subnet)
	for _, e := range r.where(typeEndpoint, "vpcId", subnet.str("vpcId")) {
		at := slices.IndexFunc(awstable.FargateServices, func(s string) bool { return strings.HasSuffix(e.str("serviceName"), "."+s) })
		switch {
		case at < 0:
			continue
		case e.str("vpcEndpointType") == "Interface" && e.flag("privateDnsEnabled"):
			i.EndpointGroups = present(append(i.EndpointGroups, e.strs("securityGroupIds")...))
		case e.str("vpcEndpointType") == "Interface", !slices.Contains(e.strs("routeTableIds"), table) && !r.associated(e.id, table):
			continue
		case awstable.FargateServices[at] == awstable.S3:
			i.S3PrefixList = e.str("prefixListId")
		}
		i.Endpoints = present(append(i.Endpoints, awstable.FargateServices[at]))
	}
	slices.Sort(i.Endpoints)
}

// associated says whether a resource puts a gateway endpoint on a route table.
func (r *reader) associated(endpoint, table string) bool {
	return slices.ContainsFunc(r.where("aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation", "vpcEndpointId", endpoint),
		func(a *resource) bool { return a.str("routeTableId") == table })
}
