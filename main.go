// Command portico is the Pulumi program of the ready stacks: Pulumi.yaml names
// its configuration, and the package stacks holds what each variant is made of.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/stacks"
)

func main() {
	pulumi.Run(stacks.Program)
}
