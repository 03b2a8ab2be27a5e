package awsrule

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestToInternetGateway(t *testing.T) {
	for name, tt := range map[string]struct {
		routes []Route
		want   string
	}{
		"none":               {nil, ""},
		"NAT":                {[]Route{{"0.0.0.0/0", ""}}, ""},
		"internet":           {[]Route{{"10.9.0.0/16", ""}, {"0.0.0.0/0", "igw-1"}}, "igw-1"},
		"for some addresses": {[]Route{{"198.51.100.0/24", "igw-1"}}, ""},
		"private gateway":    {[]Route{{"0.0.0.0/0", "vgw-1"}}, ""},
	} {
		assert.Equal(t, tt.want, ToInternetGateway(tt.routes), name)
	}
}

func TestRoutesOfAdoptedSubnets(t *testing.T) {
	open := AdoptedSubnet{ID: "subnet-a", Zone: "xx-north-1a", RouteTable: "rtb-1", InternetGateway: "igw-1"}
	closed := AdoptedSubnet{ID: "subnet-b", Zone: "xx-north-1b", RouteTable: "rtb-2"}
	assert.NoError(t, PublicRoutes([]AdoptedSubnet{open}))
	assert.ErrorContains(t, PublicRoutes([]AdoptedSubnet{open, closed}), `"subnet-b" has no default route to an internet gateway in its route table (rtb-2)`)
	assert.NoError(t, PrivateRoutes([]AdoptedSubnet{closed}))
	assert.ErrorContains(t, PrivateRoutes([]AdoptedSubnet{closed, open}), `the default route of "subnet-a" leads to igw-1 (rtb-1)`)
	assert.NoError(t, PrivateZones([]AdoptedSubnet{open, closed}, []AdoptedSubnet{closed}))
	assert.ErrorContains(t, PrivateZones([]AdoptedSubnet{open}, []AdoptedSubnet{closed}), `"subnet-b" is in xx-north-1b`)
}
