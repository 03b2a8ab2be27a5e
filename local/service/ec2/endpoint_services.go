package ec2

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// getVpcEndpointService describes a service that has endpoints of a type, in every
// Availability Zone.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html *sourced*
// (that each is in every zone is *inferred*)
func getVpcEndpointService(t *core.Tx, in core.Object) (core.Object, error) {
	name := in.Str("serviceName")
	if short := in.Str("service"); short != "" {
		name = "com.amazonaws." + t.Region() + "." + short
	}
	offered := endpointServices[shortName(t, name)]
	if offered == nil {
		return nil, core.Refuse("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", name)
	}
	kind := in.Str("serviceType")
	switch {
	case kind == "" && len(offered) > 1:
		return nil, fmt.Errorf("multiple EC2 VPC Endpoint Services matched; " +
			"use additional constraints to reduce matches to a single EC2 VPC Endpoint Service")
	case kind == "":
		kind = offered[0]
	case !slices.Contains(offered, kind):
		return nil, fmt.Errorf("no matching EC2 VPC Endpoint Service found")
	}
	zones := []any{}
	for _, z := range region.ZonesOf(t, false) {
		if !z.Local() {
			zones = append(zones, z.Name)
		}
	}
	return core.Object{
		"id": name, "serviceName": name, "serviceType": kind, "availabilityZones": zones, "owner": "amazon",
		"acceptanceRequired": false, "managesVpcEndpoints": false, "vpcEndpointPolicySupported": true, "region": t.Region(),
		"privateDnsName": shortName(t, name) + "." + t.Region() + ".amazonaws.com", "tags": map[string]any{},
	}, nil
}
