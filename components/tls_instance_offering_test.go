package components_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
)

func TestTLSInstanceIsOfATypeThatItsZoneHas(t *testing.T) {
	const token = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings"
	offered := func(zones ...any) componentstest.Option {
		return componentstest.WithInvoke(token, func(args resource.PropertyMap) (resource.PropertyMap, error) {
			assert.Equal(t, "availability-zone", args["locationType"].StringValue())
			return resource.NewPropertyMapFromMap(map[string]any{"locations": zones}), nil
		})
	}
	g, err := componentstest.TryPreview(tlsInstance(), offered("ap-northeast-1d"))
	assert.ErrorContains(t, err, `instanceType: must be a type that ap-northeast-1c has, the zone of the first public subnet, got "t4g.small"; `+
		"use another type, or put a subnet in one of [ap-northeast-1d] first")
	assert.Empty(t, g.OfType(typeInstance))
	componentstest.Preview(t, tlsInstance(), offered("ap-northeast-1c"))
}

// AWS's own policies have ARNs of the partition, which the Region tells.
func TestTLSInstanceInAnotherPartition(t *testing.T) {
	g := componentstest.Deploy(t, tlsInstance(), componentstest.WithRegion("us-gov-west-1"))
	assert.Equal(t, "arn:aws-us-gov:iam::aws:policy/AmazonSSMManagedInstanceCore", g.One(t, typeAttachedTo).Input("policyArn"))
	assert.Contains(t, g.Get(t, typeRolePolicy, "origin-certbot").Input("policy"), "arn:aws-us-gov:route53:::change/*")
}
