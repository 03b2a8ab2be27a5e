package components_test

import (
	"fmt"

	"github.com/portico-iac/portico/components"
)

// PlanX checks the arguments and registers nothing; Register, which NewX calls after it,
// creates the resources. A program that plans all of its components first creates nothing
// when one of them is refused.
func ExamplePlanNetwork() {
	_, err := components.PlanNetwork("shop", &components.NetworkArgs{CidrBlock: "10.0.0.0/8", Nat: "one"})
	fmt.Println(err)
	// Output:
	// Network "shop": cidrBlock: must be /16 to /23, got "10.0.0.0/8"; AWS allows a VPC no other size
	// Network "shop": nat: must be one of "none", "single", "perAz", got "one"
}
