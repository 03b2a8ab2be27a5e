package ec2_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
)

const offeringsToken = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"

func TestInstanceTypeOfferings(t *testing.T) {
	c := cloudtest.New(t)
	for name, tt := range map[string]struct {
		kind, instanceType string
		want               []string
	}{
		"of the Region, unless asked": {"", "t4g.small", []string{"ap-northeast-1"}},
		"of the Region":               {"region", "t4g.small", []string{"ap-northeast-1"}},
		"by zone":                     {"availability-zone", "t4g.small", []string{"ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"}},
		"by the zone's id":            {"availability-zone-id", "m7g.large", []string{"apne1-az4", "apne1-az1", "apne1-az2"}},
		"an old one":                  {"availability-zone", "t2.micro", []string{"ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c", "ap-northeast-1d"}},
		"with the Local Zone":         {"availability-zone-id", "t3.small", []string{"apne1-tpe1-az1", "apne1-az4", "apne1-az1", "apne1-az2"}},
		"of no Outpost":               {"outpost", "t3.small", nil},
		"none":                        {"availability-zone", "x1.large", nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := core.Object{"filters": by(map[string]string{"instance-type": tt.instanceType})}
			if tt.kind != "" {
				in["locationType"] = tt.kind
			}
			got := c.For(t).Call(offeringsToken, in)
			assert.Equal(t, tt.want, got.Strs("locations"))
			assert.Len(t, got.Strs("instanceTypes"), len(tt.want))
			assert.Len(t, got.Strs("locationTypes"), len(tt.want))
		})
	}
	in := core.Object{"locationType": "availability-zone", "filters": by(map[string]string{"location": cloudtest.SeededRefusingZone, "instance-type": "t?.micro"})}
	assert.Equal(t, []string{"t2.micro"}, c.Call(offeringsToken, in).Strs("instanceTypes"))
	_, err := c.TryCall(offeringsToken, core.Object{"locationType": "planet"})
	assert.ErrorContains(t, err, "expected location_type to be one of")
	_, err = c.TryCall(offeringsToken, core.Object{"filters": by(map[string]string{"colour": "red"})})
	assert.ErrorContains(t, err, "The filter 'colour' is invalid")
}

func TestTypesThatAZoneDoesNotOffer(t *testing.T) {
	c := cloudtest.New(t)
	subnet, _ := c.Create(ec2.SubnetToken, "b", core.Object{
		"vpcId": cloudtest.SeededVpc, "cidrBlock": "10.20.202.0/24", "availabilityZone": cloudtest.SeededRefusingZone})
	const why = "Unsupported: Your requested instance type (t4g.small) is not supported in your requested Availability Zone (ap-northeast-1b). " +
		"Please retry your request by not specifying an Availability Zone or choosing ap-northeast-1a, ap-northeast-1c, ap-northeast-1d."
	c.Refused(ec2.InstanceToken, "web", instanceInputs(core.Object{"subnetId": subnet}), why)

	old := instanceInputs(core.Object{"subnetId": subnet, "instanceType": "t2.small", "ami": newestImage("x86_64")})
	id, state := c.Create(ec2.InstanceToken, "web", old)
	assert.Equal(t, cloudtest.SeededRefusingZone, state.Str("availabilityZone"))
	_, err := c.TryUpdate(ec2.InstanceToken, id, old.With(core.Object{"instanceType": "t3.small"}))
	assert.ErrorContains(t, err, "Unsupported: Your requested instance type (t3.small) is not supported")
	c.Update(ec2.InstanceToken, id, old.With(core.Object{"instanceType": "t2.medium"}))
}

func TestZonesWithoutNatGateways(t *testing.T) {
	c := cloudtest.New(t)
	for zone, cidr := range map[string]string{cloudtest.SeededRefusingZone: "10.20.202.0/24", "ap-northeast-1-tpe-1a": "10.20.203.0/24"} {
		subnet, _ := c.Create(ec2.SubnetToken, zone, core.Object{"vpcId": cloudtest.SeededVpc, "cidrBlock": cidr, "availabilityZone": zone})
		c.Refused(ec2.NatGatewayToken, "nat", core.Object{"subnetId": subnet, "connectivityType": "private"},
			"NotAvailableInZone: Nat Gateway is not available in this availability zone")
	}
}
