// Command portico is the Pulumi program of the ready stacks. Pulumi.yaml declares its
// configuration, and package stacks composes the variants.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/stacks"
)

func main() {
	pulumi.Run(stacks.Program)
}
