package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RawResource is a child whose package of the AWS SDK is not imported, because every
// importer of this library would have to compile it: the packages of WAF and S3 take
// longer than all others together. Its inputs are those of the type in the Pulumi
// Registry. Transforms and aliases see it as any other child.
type RawResource struct {
	pulumi.CustomResourceState

	// Arn is unset for types that have none, such as a bucket's settings.
	Arn pulumi.StringOutput `pulumi:"arn"`
}

// newRaw registers a resource by its type token. Inputs that are nil are left out.
func newRaw(
	ctx *pulumi.Context, token, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption,
) (*RawResource, error) {
	given := pulumi.Map{}
	for property, value := range inputs {
		if value != nil {
			given[property] = value
		}
	}
	r := &RawResource{}
	return r, ctx.RegisterResource(token, name, given, r, opts...)
}
