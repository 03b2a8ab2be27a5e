package components

import (
	"runtime/debug"
	"slices"
	"strings"

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
	// BucketRegionalDomainName is set for buckets alone: where their objects are.
	BucketRegionalDomainName pulumi.StringOutput `pulumi:"bucketRegionalDomainName"`
}

// awsModule is the SDK, and testedVersion the one that this library requires.
const (
	awsModule     = "github.com/pulumi/pulumi-aws/sdk/v6"
	testedVersion = "6.83.4"
)

// sdkVersion is the version of the SDK in the program. A binary of go test does not say.
func sdkVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return testedVersion
	}
	i := slices.IndexFunc(info.Deps, func(d *debug.Module) bool { return d.Path == awsModule })
	if i < 0 {
		return testedVersion
	}
	return strings.TrimPrefix(info.Deps[i].Version, "v")
}

// newRaw registers a resource by its type token. Inputs that are nil are left out. The
// version is the one with which the SDK registers the others: without it, Pulumi would make
// a second default provider.
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
	return r, ctx.RegisterResource(token, name, given, r, append(slices.Clone(opts), pulumi.Version(sdkVersion()))...)
}
