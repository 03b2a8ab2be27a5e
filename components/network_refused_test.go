package components_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

func TestNetworkRefusesBadArgs(t *testing.T) {
	for name, tt := range map[string]struct {
		args    *components.NetworkArgs
		wantErr string
	}{
		"block too small":  {&components.NetworkArgs{CidrBlock: "10.0.0.0/24"}, `cidrBlock: must be /16 to /23, got "10.0.0.0/24"`},
		"block not a CIDR": {&components.NetworkArgs{CidrBlock: "ten"}, "cidrBlock: must be an IPv4 block"},
		"one zone":         {&components.NetworkArgs{AvailabilityZoneCount: 1}, "availabilityZoneCount: must be 2-3 zones, got 1"},
		"four zones":       {&components.NetworkArgs{AvailabilityZoneCount: 4}, "availabilityZoneCount: must be 2-3 zones, got 4"},
		"local zone": {
			&components.NetworkArgs{AvailabilityZones: []string{"us-east-1a", "us-east-1-bos-1a"}},
			"availabilityZones[1]: must be the name of a plain availability zone",
		},
		"zones and count": {
			&components.NetworkArgs{AvailabilityZones: []string{"us-east-1a", "us-east-1b"}, AvailabilityZoneCount: 2},
			"availabilityZoneCount: must not be given beside availabilityZones, got 2",
		},
		"unknown NAT mode": {&components.NetworkArgs{Nat: "two"}, `nat: must be one of "none", "single", "perAz", got "two"`},
		"endpoint by its full name": {
			&components.NetworkArgs{InterfaceEndpoints: []string{"com.amazonaws.us-east-1.logs"}}, `interfaceEndpoints[0]: must be the service alone`,
		},
		"a tag of the network":       {&components.NetworkArgs{Tags: map[string]string{"Name": "x"}}, `tags: must not have the key "Name"`},
		"a fixed tag of the network": {&components.NetworkArgs{FixedTags: map[string]string{"Name": "x"}}, `fixedTags: must not have the key "Name"`},
		"a tag of AWS":               {&components.NetworkArgs{Tags: map[string]string{"aws:x": "x"}}, `tags: must not have the key "aws:x"`},
	} {
		t.Run(name, func(t *testing.T) { assertRefused(t, networkProgram(tt.args), `Network "net": `+tt.wantErr) })
	}
}

func TestNetworkRefusesBadExistingArgs(t *testing.T) {
	existing := func(change func(*components.ExistingNetworkArgs)) *components.NetworkArgs {
		e := &components.ExistingNetworkArgs{
			VpcId:           pulumi.String("vpc-1"),
			PublicSubnetIds: pulumi.ToStringArray([]string{"subnet-a", "subnet-b"}),
		}
		change(e)
		return &components.NetworkArgs{Existing: e}
	}
	for name, tt := range map[string]struct {
		args    *components.NetworkArgs
		wantErr string
	}{
		"VPC missing": {
			existing(func(e *components.ExistingNetworkArgs) { e.VpcId = nil }), "existing.vpcId: is required",
		},
		"VPC empty": {
			existing(func(e *components.ExistingNetworkArgs) { e.VpcId = pulumi.String("") }), `existing.vpcId: must be an id that begins with "vpc-", got ""`,
		},
		"public subnets missing": {
			existing(func(e *components.ExistingNetworkArgs) { e.PublicSubnetIds = nil }), "existing.publicSubnetIds: is required",
		},
		"one public subnet": {
			existing(func(e *components.ExistingNetworkArgs) {
				e.PublicSubnetIds = pulumi.StringArray{pulumi.String("subnet-a")}
			}),
			"existing.publicSubnetIds: must be at least 2 subnets, each in a zone of its own, got 1",
		},
		"no private subnet in the list": {
			existing(func(e *components.ExistingNetworkArgs) { e.PrivateSubnetIds = pulumi.StringArray{} }),
			"existing.privateSubnetIds: must be at least one subnet",
		},
		"egress of subnets that are not there": {
			existing(func(e *components.ExistingNetworkArgs) { e.PrivateEgress = "nat" }),
			`existing.privateEgress: must be "none" without privateSubnetIds, got "nat"`,
		},
		"unknown egress": {
			existing(func(e *components.ExistingNetworkArgs) { e.PrivateEgress = "vpn" }), `existing.privateEgress: must be one of "nat", "endpoints", "none", got "vpn"`,
		},
		"endpoints without their group": {
			existing(func(e *components.ExistingNetworkArgs) {
				e.PrivateSubnetIds, e.PrivateEgress = pulumi.ToStringArray([]string{"subnet-c"}), "endpoints"
				e.S3PrefixListId = pulumi.String("pl-1")
			}), "existing.endpointSecurityGroupId: is required",
		},
		"endpoints without the prefix list": {
			existing(func(e *components.ExistingNetworkArgs) {
				e.PrivateSubnetIds, e.PrivateEgress = pulumi.ToStringArray([]string{"subnet-c"}), "endpoints"
				e.EndpointSecurityGroupId = pulumi.String("sg-1")
			}), "existing.s3PrefixListId: is required",
		},
		"endpoints' group of subnets without a way out": {
			existing(func(e *components.ExistingNetworkArgs) {
				e.PrivateSubnetIds, e.PrivateEgress = pulumi.ToStringArray([]string{"subnet-c"}), "none"
				e.EndpointSecurityGroupId = pulumi.String("sg-1")
			}), `existing.endpointSecurityGroupId: must be given only with privateEgress "endpoints" or "nat", got "none"`,
		},
		"endpoints' group beside NAT, no group": {
			existing(func(e *components.ExistingNetworkArgs) {
				e.PrivateSubnetIds = pulumi.ToStringArray([]string{"subnet-c"})
				e.EndpointSecurityGroupId = pulumi.String("vpce-1")
			}), `existing.endpointSecurityGroupId: must be an id that begins with "sg-", got "vpce-1"`,
		},
	} {
		t.Run(name, func(t *testing.T) { assertRefused(t, networkProgram(tt.args), `Network "net": `+tt.wantErr) })
	}
}

// assertRefused checks that a program fails with the error and registers nothing
// at all, neither in an update nor in a preview.
func assertRefused(t *testing.T, program pulumi.RunFunc, wantErr string) {
	t.Helper()
	g, err := componentstest.TryDeploy(program)
	assert.ErrorContains(t, err, wantErr)
	assert.Empty(t, g.All())
	g, err = componentstest.TryPreview(program)
	assert.ErrorContains(t, err, wantErr)
	assert.Empty(t, g.All())
}

func TestNetworkRefusesAllFaultsAtOnce(t *testing.T) {
	e := &components.ExistingNetworkArgs{}
	assertRefused(t, networkProgram(&components.NetworkArgs{
		Existing: e, CidrBlock: "10.0.0.0/16", AvailabilityZones: []string{"a"}, AvailabilityZoneCount: 2,
		Nat: "none", InterfaceEndpoints: []string{"logs"}, Tags: map[string]string{"a": "b"}, FixedTags: map[string]string{"a": "b"},
	}), strings.Join([]string{
		`Network "net": cidrBlock: must not be given beside existing, which makes nothing; leave out one of them`,
		`Network "net": availabilityZones: must not be given beside existing, which makes nothing; leave out one of them`,
		`Network "net": availabilityZoneCount: must not be given beside existing, which makes nothing; leave out one of them`,
		`Network "net": nat: must not be given beside existing, which makes nothing; leave out one of them`,
		`Network "net": interfaceEndpoints: must not be given beside existing, which makes nothing; leave out one of them`,
		`Network "net": tags: must not be given beside existing, which makes nothing; leave out one of them`,
		`Network "net": fixedTags: must not be given beside existing, which makes nothing; leave out one of them`,
		`Network "net": existing.vpcId: is required`,
		`Network "net": existing.publicSubnetIds: is required`,
	}, "\n"))
	assert.Empty(t, e.PrivateEgress, "the caller's args are not changed")
}

func TestNetworkRefusesANameThatChildrenCannotBear(t *testing.T) {
	assertRefused(t, func(ctx *pulumi.Context) error {
		_, err := components.NewNetwork(ctx, "sg-web", nil)
		return err
	}, `Network "sg-web": name must not be "sg" or begin with "sg-"`)
}
