package cloudtest

// What the seeded account has, for tests.
const (
	SeededVpc          = "vpc-05eed000000000001"
	SeededSubnetA      = "subnet-05eed00000000000a"
	SeededSubnetC      = "subnet-05eed00000000000c"
	SeededPrivateA     = "subnet-05eed00000000001a"
	SeededPrivateC     = "subnet-05eed00000000001c"
	SeededDefaultGroup = "sg-05eed000000000000"
	SeededOpenGroup    = "sg-05eed00b300000001" // of SeededOpenInstance
	SeededInstance     = "i-05eed0c105ed00001"  // which no rule lets anyone reach
	SeededOpenInstance = "i-05eed00b300000001"
	SeededZone         = "Z05EEDEXAMPLECOM0001"

	SeededPrivateD          = "subnet-05eed00000000001d" // of SeededVpc, in the zone ap-northeast-1d
	SeededStoppedInstance   = "i-05eed570990000001"      // in SeededPrivateA
	SeededThirdZoneInstance = "i-05eed00d000000001"      // in SeededPrivateD
	SeededRefusingZone      = "ap-northeast-1b"          // which has no load balancers and no NAT gateways
)

// The seeded network "seeded-endpoints", with NAT for its private subnets and with
// endpoints of ecr.api, ecr.dkr and logs, which have private DNS names and admit
// nobody, and of s3.
const (
	EndpointsVpc          = "vpc-05eed000000000002"
	EndpointsPublicA      = "subnet-05eed00000000020a"
	EndpointsPublicC      = "subnet-05eed00000000020c"
	EndpointsPrivateA     = "subnet-05eed00000000021a"
	EndpointsPrivateC     = "subnet-05eed00000000021c"
	EndpointsPublicTable  = "rtb-05eed00000000020a"
	EndpointsPrivateTable = "rtb-05eed00000000021a"
	EndpointsGateway      = "igw-05eed000000000002"
	EndpointsNat          = "nat-05eed000000000002"
	EndpointsGroup        = "sg-05eed0002e0000001" // of the interface endpoints
	EndpointsInstance     = "i-05eed002000000001"  // in EndpointsPrivateA
	EndpointsZone         = "Z05EEDINTERNALCOM001" // internal.example.com, private to EndpointsVpc
)

// The seeded network "seeded-unrouted", whose subnets have no route to its internet
// gateway. One has a route table of its own, the other uses the VPC's main table.
const (
	UnroutedVpc       = "vpc-05eed000000000003"
	UnroutedA         = "subnet-05eed00000000030a"
	UnroutedC         = "subnet-05eed00000000030c" // with the main table
	UnroutedTable     = "rtb-05eed00000000030a"
	UnroutedMainTable = "rtb-05eed000000000300"
)
