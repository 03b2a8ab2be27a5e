package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
)

func TestMain(m *testing.M) { local.Main(m) }

// network is a program that uses what every stack does: resources that wait for
// each other's outputs, lookups, automatic names, secrets and a second Region.
func network(ctx *pulumi.Context) error {
	net, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")})
	if err != nil {
		return err
	}
	zones, err := aws.GetAvailabilityZones(ctx, &aws.GetAvailabilityZonesArgs{
		Filters: []aws.GetAvailabilityZonesFilter{{Name: "zone-type", Values: []string{"availability-zone"}}},
	})
	if err != nil {
		return err
	}
	_, err = ec2.NewSubnet(ctx, "a", &ec2.SubnetArgs{
		VpcId: net.ID(), CidrBlock: pulumi.String("10.0.0.0/24"), AvailabilityZone: pulumi.String(zones.Names[0]),
		MapPublicIpOnLaunch: pulumi.Bool(config.GetBool(ctx, "app:public")),
	})
	if err != nil {
		return err
	}
	group, err := ec2.NewSecurityGroup(ctx, "web", &ec2.SecurityGroupArgs{VpcId: net.ID()})
	if err != nil {
		return err
	}
	password, err := random.NewRandomPassword(ctx, "secret", &random.RandomPasswordArgs{
		Length: pulumi.Int(48), Special: pulumi.Bool(false),
	})
	if err != nil {
		return err
	}
	_, err = vpc.NewSecurityGroupIngressRule(ctx, "https", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group.ID(), IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
		CidrIpv4: pulumi.String("10.0.0.0/16"), Description: password.Result,
	})
	if err != nil {
		return err
	}
	distribution, err := aws.NewProvider(ctx, "edge", &aws.ProviderArgs{
		Region: pulumi.String("us-east-1"), SkipMetadataApiCheck: pulumi.Bool(true),
		DefaultTags: &aws.ProviderDefaultTagsArgs{Tags: pulumi.StringMap{"team": pulumi.String("edge")}},
	})
	if err != nil {
		return err
	}
	far, err := ec2.NewVpc(ctx, "far", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")}, pulumi.Provider(distribution))
	if err != nil {
		return err
	}
	ctx.Export("group", group.Name)
	ctx.Export("farArn", far.Arn)
	ctx.Export("farTags", far.Tags)
	ctx.Export("password", password.Result)
	return nil
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	s := local.New(t, network)
	preview := s.Preview()
	assert.Len(t, preview.Changes(), 6)

	up := s.Up()
	assert.Len(t, up.Changes(), 6)
	out := s.Outputs()
	assert.Regexp(t, "^web-[0-9a-f]{7}$", out["group"].Value)
	assert.Contains(t, out["farArn"].Value, "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-")
	assert.Equal(t, map[string]any{"team": "edge"}, out["farTags"].Value)

	secret, ok := out["password"].Value.(string)
	require.True(t, ok)
	assert.Len(t, secret, 48)
	assert.True(t, out["password"].Secret)
	for path, raw := range s.RawState() {
		assert.False(t, strings.Contains(string(raw), secret), "the secret is in %s", path)
	}
	assert.False(t, strings.Contains(string(s.Deployment()), secret), "the secret is in the export")
	assert.False(t, strings.Contains(up.Output, secret), "the secret is in the output")
	rules := s.Account().All("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
	assert.Contains(t, descriptions(rules), secret, "the account stands for AWS, which knows the value")

	assert.Empty(t, s.Up().Changes(), "a second up")
	assert.Empty(t, s.Refresh().Changes(), "a refresh")
	assert.Empty(t, s.Preview().Changes(), "after the refresh")

	s.Configure("app:public", "true")
	changes := s.Up().Changes()
	require.Len(t, changes, 1)
	assert.Equal(t, "update", changes[0].Op)
	assert.Equal(t, []string{"mapPublicIpOnLaunch"}, changes[0].Diffs)

	s.Destroy()
	left, err := s.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}

func descriptions(rules []map[string]any) []string {
	var out []string
	for _, r := range rules {
		if d, ok := r["description"].(string); ok {
			out = append(out, d)
		}
	}
	return out
}

func TestReplacement(t *testing.T) {
	t.Parallel()
	program := func(cidr string) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			net, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String(cidr)})
			if err != nil {
				return err
			}
			_, err = ec2.NewSecurityGroup(ctx, "web", &ec2.SecurityGroupArgs{VpcId: net.ID()})
			return err
		}
	}
	s := local.New(t, program("10.0.0.0/16"))
	s.Up()
	s.Use(program("10.1.0.0/16"))
	var ops []string
	for _, c := range s.Up().Changes() {
		ops = append(ops, c.Op+" "+c.Name())
	}
	assert.Subset(t, ops, []string{"create-replacement net", "create-replacement web", "delete-replaced net", "delete-replaced web"})
	s.Destroy()
	left, err := s.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}

// What AWS, or the local AWS for want of rules, refuses ends the run with the
// reason, and before anything is made where the inputs alone tell.
func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		program pulumi.RunFunc
		wantErr string
	}{
		"a value": {func(ctx *pulumi.Context) error {
			_, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/8")})
			return err
		}, "InvalidVpc.Range"},
		"a type": {func(ctx *pulumi.Context) error {
			_, err := ec2.NewKeyPair(ctx, "key", &ec2.KeyPairArgs{PublicKey: pulumi.String("x")})
			return err
		}, "unsupported by the local AWS: the type aws:ec2/keyPair:KeyPair"},
		"an input": {func(ctx *pulumi.Context) error {
			_, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{Ipv4IpamPoolId: pulumi.String("ipam-pool-0")})
			return err
		}, `the input "ipv4IpamPoolId"`},
		"a lookup": {func(ctx *pulumi.Context) error {
			_, err := ec2.LookupVpc(ctx, &ec2.LookupVpcArgs{Id: pulumi.StringRef("vpc-0")})
			return err
		}, "no matching EC2 vpc found"},
		"a Region": {func(ctx *pulumi.Context) error {
			_, err := aws.NewProvider(ctx, "far", &aws.ProviderArgs{Region: pulumi.String("mars-1")})
			return err
		}, "invalid AWS Region"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := local.New(t, tt.program)
			_, err := s.TryPreview()
			require.Error(t, err)
			assert.Contains(t, err.Error(), tt.wantErr)
			assert.Equal(t, 1, strings.Count(err.Error(), tt.wantErr), "said once: %v", err)
		})
	}
}

// What AWS alone can have named is looked for at preview already; what the account
// has otherwise to say, it says when the resource is created.
func TestRefusedByTheAccount(t *testing.T) {
	t.Parallel()
	subnet := func(vpc, cidr string) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			_, err := ec2.NewSubnet(ctx, "a", &ec2.SubnetArgs{VpcId: pulumi.String(vpc), CidrBlock: pulumi.String(cidr)})
			return err
		}
	}
	s := local.New(t, subnet("vpc-0", "10.0.0.0/24"))
	_, err := s.TryPreview()
	assert.ErrorContains(t, err, "creating aws:ec2/subnet:Subnet: InvalidVpcID.NotFound: vpcId: the vpc 'vpc-0' does not exist")
	s.Use(subnet("vpc-05eed000000000001", "10.20.0.0/24"))
	s.Preview()
	_, err = s.TryUp()
	assert.ErrorContains(t, err, "creating aws:ec2/subnet:Subnet: InvalidSubnet.Conflict")
	left, err := s.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Empty(t, left)
}

// What a failed run did is recorded, so that the next one goes on from there.
func TestAFailedUpRecordsWhatItDid(t *testing.T) {
	t.Parallel()
	program := func(last string) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			net, err := ec2.NewVpc(ctx, "net", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/16")})
			if err != nil {
				return err
			}
			_, err = ec2.NewSubnet(ctx, "a", &ec2.SubnetArgs{
				VpcId: pulumi.String(last), CidrBlock: pulumi.String("10.0.0.0/24"),
			}, pulumi.DependsOn([]pulumi.Resource{net}))
			return err
		}
	}
	s := local.New(t, program("vpc-0"))
	res, err := s.TryUp()
	require.ErrorContains(t, err, "InvalidVpcID.NotFound")
	assert.Equal(t, []string{"create net"}, names(res.Changes()))
	s.Use(program("vpc-05eed000000000001"))
	_, err = s.TryUp()
	require.ErrorContains(t, err, "InvalidSubnet.Range")
	assert.Contains(t, string(s.Deployment()), "::net")
	assert.NotContains(t, string(s.Deployment()), "pending_operations")
	assert.Equal(t, []string{"delete net"}, names(s.Destroy().Changes()))
}

// The project file's types, defaults and mandatory keys apply, and the program
// sees what they make of the configuration.
func TestTheProjectFileTypesTheConfiguration(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "Pulumi.yaml")
	require.NoError(t, os.WriteFile(path, []byte(`name: typed
runtime: go
config:
  typed:count: {type: integer}
  typed:size: {type: string, default: small}
`), 0o600))
	seen := map[string]string{}
	s := local.New(t, func(ctx *pulumi.Context) error {
		for _, key := range []string{"typed:count", "typed:size", "aws:region"} {
			seen[key] = config.Get(ctx, key)
		}
		return nil
	}, local.WithProjectFile(path))
	_, err := s.TryUp()
	require.ErrorContains(t, err, "is missing configuration value 'typed:count'")
	s.Configure("typed:count", "many")
	_, err = s.TryUp()
	require.ErrorContains(t, err, "configuration key 'typed:count' must be of type 'integer'")
	s.Configure("typed:count", "2")
	s.Up()
	assert.Equal(t, map[string]string{"typed:count": "2", "typed:size": "small", "aws:region": "ap-northeast-1"}, seen)
}

func TestAProgramThatPanicsFailsTheRun(t *testing.T) {
	t.Parallel()
	_, err := local.New(t, func(*pulumi.Context) error { panic("out of luck") }).TryUp()
	assert.ErrorContains(t, err, "an unhandled panic occurred: out of luck")
}
