package awsrule_test

import (
	"testing"

	"github.com/portico-iac/portico/internal/awsrule"
)

func TestCheckAdopted(t *testing.T) {
	a := awsrule.AdoptedSubnet{ID: "subnet-a", VPC: "vpc-1", Zone: "us-east-1a", CIDRBlock: "10.0.0.0/27"}
	a2 := awsrule.AdoptedSubnet{ID: "subnet-a2", VPC: "vpc-1", Zone: "us-east-1a", CIDRBlock: "10.0.1.0/24"}
	b := awsrule.AdoptedSubnet{ID: "subnet-b", VPC: "vpc-1", Zone: "us-east-1b", CIDRBlock: "10.0.2.0/24"}
	small := awsrule.AdoptedSubnet{ID: "subnet-small", VPC: "vpc-1", Zone: "us-east-1b", CIDRBlock: "10.0.3.0/28"}
	other := awsrule.AdoptedSubnet{ID: "subnet-other", VPC: "vpc-2", Zone: "us-east-1b", CIDRBlock: "10.0.2.0/24"}
	for name, tt := range map[string]struct {
		subnets             []awsrule.AdoptedSubnet
		wantErr, wantPublic string
	}{
		"two zones":   {[]awsrule.AdoptedSubnet{a, b}, "", ""},
		"one zone":    {[]awsrule.AdoptedSubnet{b}, "", "must be subnets in at least 2 zones, got 1"},
		"none":        {nil, "", "must be subnets in at least 2 zones, got 0"},
		"shared zone": {[]awsrule.AdoptedSubnet{a, a2, b}, "", `must be one subnet per zone, got "subnet-a" and "subnet-a2" in us-east-1a`},
		"too small":   {[]awsrule.AdoptedSubnet{a, small}, "", `must be /27 or wider for a load balancer, got "subnet-small" with "10.0.3.0/28"`},
		"twice":       {[]awsrule.AdoptedSubnet{a, a}, `"subnet-a" is named twice`, `"subnet-a" is named twice`},
		"another VPC": {[]awsrule.AdoptedSubnet{a, other}, `"subnet-other" must lie in VPC "vpc-1", it lies in "vpc-2"`, "must lie in VPC"},
	} {
		t.Run(name, func(t *testing.T) {
			assertErrorContains(t, awsrule.AdoptedSubnets("vpc-1", tt.subnets), tt.wantErr)
			assertErrorContains(t, awsrule.LoadBalancerSubnets("vpc-1", tt.subnets), tt.wantPublic)
		})
	}
}
