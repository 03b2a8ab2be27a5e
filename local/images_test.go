package local_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/stacks"
)

// Private DNS leads tasks to the endpoints whether or not there is NAT too: they
// have to be let in there.
func TestTasksStartThroughEndpointsBesideNAT(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{
		"network.interfaceEndpoints": []string{"ecr.api", "ecr.dkr", "logs"},
		"services[0].image":          "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:v1",
	})
	stack.Up()
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
}

// onlyInstance is the instance that the stack made, as AWS has it.
func onlyInstance(t *testing.T, stack *local.Stack) map[string]any {
	t.Helper()
	id := stack.Outputs()["instanceId"].Value
	for _, instance := range stack.Account().All("aws:ec2/instance:Instance") {
		if instance["id"] == id {
			return instance
		}
	}
	require.Fail(t, "no instance of the stack", "%v", id)
	return nil
}

// An image that cannot start is refused while the instance that it would replace
// runs, and so is a type that the image cannot run on; an instance without an
// image of its choice moves to the other architecture with that one's newest.
func TestAnInstanceIsNotGivenUpForAnImageThatCannotStart(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantCloudFrontEC2)
	first := onlyInstance(t, stack)

	stack.Configure("portico:tlsInstance.amiId", "ami-0123456789abcdef0")
	_, err := stack.TryUp()
	assert.ErrorContains(t, err, "amiId: must be an image of the region")
	stack.Configure("portico:tlsInstance.amiId", first["ami"])
	stack.Configure("portico:tlsInstance.instanceType", "t3.small")
	_, err = stack.TryUp()
	assert.ErrorContains(t, err, "amiId: must be an image for x86_64, which t3.small is")
	assert.Equal(t, first["id"], onlyInstance(t, stack)["id"])

	stack.Configure("portico:tlsInstance.amiId", "")
	stack.Up()
	second := onlyInstance(t, stack)
	assert.NotEqual(t, first["id"], second["id"])
	assert.NotEqual(t, first["ami"], second["ami"])
	assert.Empty(t, stack.Up().Changes())
}
