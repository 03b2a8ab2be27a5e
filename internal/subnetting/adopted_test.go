package subnetting_test

import (
	"testing"

	"github.com/portico-iac/portico/internal/subnetting"
)

func TestCheckAdopted(t *testing.T) {
	a := subnetting.Adopted{ID: "subnet-a", VPC: "vpc-1", Zone: "us-east-1a", CIDRBlock: "10.0.0.0/27"}
	a2 := subnetting.Adopted{ID: "subnet-a2", VPC: "vpc-1", Zone: "us-east-1a", CIDRBlock: "10.0.1.0/24"}
	b := subnetting.Adopted{ID: "subnet-b", VPC: "vpc-1", Zone: "us-east-1b", CIDRBlock: "10.0.2.0/24"}
	small := subnetting.Adopted{ID: "subnet-small", VPC: "vpc-1", Zone: "us-east-1b", CIDRBlock: "10.0.3.0/28"}
	other := subnetting.Adopted{ID: "subnet-other", VPC: "vpc-2", Zone: "us-east-1b", CIDRBlock: "10.0.2.0/24"}
	for name, tt := range map[string]struct {
		subnets             []subnetting.Adopted
		wantErr, wantPublic string
	}{
		"two zones":   {[]subnetting.Adopted{a, b}, "", ""},
		"one zone":    {[]subnetting.Adopted{b}, "", "must be subnets in at least 2 zones, got 1"},
		"none":        {nil, "", "must be subnets in at least 2 zones, got 0"},
		"shared zone": {[]subnetting.Adopted{a, a2, b}, "", `must be one subnet per zone, got "subnet-a" and "subnet-a2" in us-east-1a`},
		"too small":   {[]subnetting.Adopted{a, small}, "", `must be /27 or wider for a load balancer, got "subnet-small" with "10.0.3.0/28"`},
		"twice":       {[]subnetting.Adopted{a, a}, `"subnet-a" is named twice`, `"subnet-a" is named twice`},
		"another VPC": {[]subnetting.Adopted{a, other}, `"subnet-other" must lie in VPC "vpc-1", it lies in "vpc-2"`, "must lie in VPC"},
	} {
		t.Run(name, func(t *testing.T) {
			matches(t, subnetting.CheckAdopted("vpc-1", tt.subnets), tt.wantErr)
			matches(t, subnetting.CheckAdoptedPublic("vpc-1", tt.subnets), tt.wantPublic)
		})
	}
}
