package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// lookupPrefixList finds the id of an AWS-managed prefix list, which differs
// from region to region, by the list's name. A list whose weight does not fit
// into a security group is refused.
func lookupPrefixList(ctx *pulumi.Context, parent pulumi.Resource, name string, quota int) (string, error) {
	list, err := ec2.LookupManagedPrefixList(ctx, &ec2.LookupManagedPrefixListArgs{Name: &name}, pulumi.Parent(parent))
	if err != nil {
		return "", lookupFailed(err, "prefix list %q", name)
	}
	return list.Id, awsrule.PrefixListFits(name, list.MaxEntries, quota)
}
