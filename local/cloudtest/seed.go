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
)
