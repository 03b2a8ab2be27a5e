package components

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
)

// tcpRule is a rule of a security group for one TCP port and one peer: an address
// range, another group or a prefix list.
type tcpRule struct {
	name, description string
	group             pulumi.StringInput
	port              int
	cidr              string
	peer, prefixList  pulumi.StringPtrInput
	tags              map[string]string
}

func (r tcpRule) args() vpc.SecurityGroupIngressRuleArgs {
	args := vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId:           r.group,
		Description:               pulumi.String(r.description),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(r.port),
		ToPort:                    pulumi.Int(r.port),
		ReferencedSecurityGroupId: r.peer,
		PrefixListId:              r.prefixList,
		Tags:                      resourceTags(r.tags),
	}
	if strings.Contains(r.cidr, ":") {
		args.CidrIpv6 = ifGiven(r.cidr)
	} else {
		args.CidrIpv4 = ifGiven(r.cidr)
	}
	return args
}

func (r tcpRule) in(ctx *pulumi.Context, parent pulumi.Resource) (*vpc.SecurityGroupIngressRule, error) {
	args := r.args()
	return vpc.NewSecurityGroupIngressRule(ctx, r.name, &args, pulumi.Parent(parent))
}

func (r tcpRule) out(ctx *pulumi.Context, parent pulumi.Resource) (*vpc.SecurityGroupEgressRule, error) {
	args := vpc.SecurityGroupEgressRuleArgs(r.args())
	return vpc.NewSecurityGroupEgressRule(ctx, r.name, &args, pulumi.Parent(parent))
}

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
