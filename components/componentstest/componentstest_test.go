package componentstest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components/componentstest"
)

// thing is a custom resource of any type, so that these tests need no AWS SDK.
type thing struct {
	pulumi.CustomResourceState

	Arn    pulumi.StringOutput `pulumi:"arn"`
	Result pulumi.StringOutput `pulumi:"result"`
}

func newThing(
	ctx *pulumi.Context, token, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption,
) (*thing, error) {
	var r thing
	err := ctx.RegisterResource(token, name, inputs, &r, opts...)
	return &r, err
}

type box struct{ pulumi.ResourceState }

const (
	boxToken      = "test:index:Box"
	groupToken    = "aws:ec2/securityGroup:SecurityGroup"
	vpcToken      = "aws:ec2/vpc:Vpc"
	passwordToken = "random:index/randomPassword:RandomPassword"
)

// boxed is a well-behaved program: a component with a VPC and a group in it.
func boxed(ctx *pulumi.Context) error {
	var b box
	if err := ctx.RegisterComponentResource(boxToken, "b", &b); err != nil {
		return err
	}
	vpc, err := newThing(ctx, vpcToken, "v", pulumi.Map{"cidrBlock": pulumi.String("10.0.0.0/16")}, pulumi.Parent(&b))
	if err != nil {
		return err
	}
	_, err = newThing(ctx, groupToken, "web", pulumi.Map{
		"vpcId": vpc.ID(),
		"tags":  pulumi.Map{"list": pulumi.Array{pulumi.Int(7), pulumi.Float64(1.5), pulumi.Bool(true)}},
		"token": pulumi.ToSecret(pulumi.String("correct-horse")),
	}, pulumi.Parent(&b), pulumi.IgnoreChanges([]string{"tags"}),
		pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("old")}}))
	if err != nil {
		return err
	}
	ctx.Export("vpc", vpc.Arn)
	return ctx.RegisterResourceOutputs(&b, pulumi.Map{"vpcId": vpc.ID()})
}

func TestDeployRecordsResources(t *testing.T) {
	g := componentstest.Deploy(t, boxed)
	parent, vpc, group := g.One(t, boxToken), g.One(t, vpcToken), g.Get(t, groupToken, "web")

	assert.Len(t, g.All(), 3)
	assert.Equal(t, map[string]int{vpcToken: 1, groupToken: 1}, g.Counts())
	componentstest.AssertParentedTo(t, parent, vpc, group)
	assert.Equal(t, []*componentstest.Resource{group, vpc}, g.Children(parent))

	assert.Regexp(t, "^vpc-[0-9a-f]{17}$", vpc.ID)
	assert.Equal(t, vpc.ID, group.Input("vpcId"))
	assert.Equal(t, []any{7, 1.5, true}, group.Input("tags.list"))
	assert.Equal(t, 7, group.Input("tags.list[0]"))
	assert.Equal(t, map[string]any{"list": []any{7, 1.5, true}}, group.Input("tags"))
	assert.Nil(t, group.Input("tags.list[3]"))
	assert.Nil(t, group.Input("nothing.here"))
	assert.False(t, group.Has("nothing"))

	componentstest.AssertSecret(t, group, "token")
	assert.Equal(t, "correct-horse", group.Input("token"))
	assert.False(t, group.IsSecret("vpcId"))
	assert.False(t, group.IsUnknown("vpcId"))

	assert.True(t, group.DependsOn(vpc))
	assert.Equal(t, []string{vpc.URN}, group.PropertyDependencies["vpcId"])
	assert.Equal(t, []string{"tags"}, group.IgnoreChanges)
	assert.Equal(t, []string{strings.Replace(group.URN, "::web", "::old", 1)}, group.Aliases)

	assert.True(t, parent.OutputsRegistered)
	assert.Equal(t, vpc.ID, parent.Output("vpcId"))
	assert.Equal(t, "arn:aws:ec2:ap-northeast-1:123456789012:vpc/"+vpc.ID, g.Output("vpc"))
	componentstest.AssertInvariants(t, g)
}

func TestPreviewKnowsNoComputedOutputs(t *testing.T) {
	g := componentstest.Preview(t, boxed)
	group := g.One(t, groupToken)
	assert.Equal(t, componentstest.Unknown, group.Input("vpcId"))
	assert.True(t, group.IsUnknown("vpcId"))
	assert.True(t, group.Has("vpcId"))
	assert.Empty(t, g.One(t, vpcToken).ID)
	assert.Equal(t, "10.0.0.0/16", g.One(t, vpcToken).Input("cidrBlock"))
	assert.Equal(t, componentstest.Unknown, g.Output("vpc"))
	componentstest.AssertInvariants(t, g)
}

func TestRunsOfOneProgramAreTheSame(t *testing.T) {
	deployed := componentstest.Deploy(t, boxed)
	componentstest.AssertSameGraph(t, deployed, componentstest.Deploy(t, boxed))
	componentstest.AssertSameGraph(t, deployed, componentstest.Preview(t, boxed))
}

func TestProgramErrorsAreReturned(t *testing.T) {
	tests := map[string]struct {
		program pulumi.RunFunc
		want    string
	}{
		"returned": {
			func(*pulumi.Context) error { return errors.New("no such size") }, "no such size",
		},
		"duplicate URN": {
			func(ctx *pulumi.Context) error {
				_, first := newThing(ctx, vpcToken, "v", nil)
				_, second := newThing(ctx, vpcToken, "v", nil)
				return errors.Join(first, second)
			}, "duplicate resource URN",
		},
		"in a consumed Apply": {
			func(ctx *pulumi.Context) error {
				vpc, err := newThing(ctx, vpcToken, "v", nil)
				checked := vpc.Arn.ApplyT(func(string) (string, error) { return "", errors.New("wrong region") })
				_, second := newThing(ctx, groupToken, "g", pulumi.Map{"arn": checked})
				return errors.Join(err, second)
			}, "wrong region",
		},
		"unexpected invoke": {
			func(ctx *pulumi.Context) error {
				return ctx.Invoke("aws:acm/getCertificate:getCertificate", &struct{}{}, &struct{}{})
			}, "nobody expected a call of aws:acm/getCertificate:getCertificate",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := componentstest.TryDeploy(test.program)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestProgramErrorIsReturnedAsItIs(t *testing.T) {
	want := errors.New("no such size")
	_, err := componentstest.TryDeploy(func(*pulumi.Context) error { return want })
	assert.Equal(t, want, err)

	_, err = componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		_, first := newThing(ctx, vpcToken, "v", nil)
		_, second := newThing(ctx, vpcToken, "v", nil)
		return errors.Join(first, second, want)
	})
	assert.ErrorIs(t, err, want, "not hidden by the failure of a resource")
	assert.ErrorContains(t, err, "duplicate resource URN")
}

func TestTryReturnsWhatWasRegisteredBeforeTheError(t *testing.T) {
	g, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		if _, err := newThing(ctx, vpcToken, "v", nil); err != nil {
			return err
		}
		return errors.New("after the network")
	})
	require.Error(t, err)
	assert.Equal(t, map[string]int{vpcToken: 1}, g.Counts())
}

func TestOptions(t *testing.T) {
	g := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		var result struct {
			Name string `pulumi:"name"`
		}
		if err := ctx.Invoke("other:index:get", &struct{}{}, &result); err != nil {
			return err
		}
		_, err := newThing(ctx, "other:index:Thing", "t", pulumi.Map{
			"size":     pulumi.String(config.Require(ctx, "shop:size")),
			"password": config.RequireSecret(ctx, "shop:password"),
			"found":    pulumi.String(result.Name),
			"stack":    pulumi.String(ctx.Project() + "/" + ctx.Stack()),
		})
		return errors.Join(err, ctx.Log.Warn("port 443 is open", nil))
	},
		componentstest.WithStack("shop", "dev"),
		componentstest.WithConfig(map[string]string{"shop:size": "2"}),
		componentstest.WithSecretConfig(map[string]string{"shop:password": "hunter2hunter2"}),
		componentstest.WithInvoke("other:index:get", func(resource.PropertyMap) (resource.PropertyMap, error) {
			return resource.PropertyMap{"name": resource.NewProperty("answer")}, nil
		}),
		componentstest.WithOutputs("other:index:Thing", func(in resource.PropertyMap) resource.PropertyMap {
			return resource.PropertyMap{"result": resource.NewProperty("made of " + in["size"].StringValue())}
		}))

	r := g.One(t, "other:index:Thing")
	assert.Equal(t, "2", r.Input("size"))
	assert.Equal(t, "answer", r.Input("found"))
	assert.Equal(t, "shop/dev", r.Input("stack"))
	assert.Equal(t, "made of 2", r.Output("result"))
	componentstest.AssertSecret(t, r, "password")
	assert.True(t, r.Outputs["password"].IsSecret())
	assert.Equal(t, []string{"port 443 is open"}, g.Logs("warning"))
	assert.Equal(t, "other:index:get", g.Calls()[0].Token)
}

// recordingT catches the failures of an assertion that is meant to fail.
type recordingT struct {
	testing.TB
	failures []string
}

func (r *recordingT) Helper() {}
func (r *recordingT) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

// componentWith is a component with one resource inside.
func componentWith(token string, inputs pulumi.Map) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		var b box
		if err := ctx.RegisterComponentResource(boxToken, "b", &b); err != nil {
			return err
		}
		if _, err := newThing(ctx, token, "x", inputs, pulumi.Parent(&b)); err != nil {
			return err
		}
		return ctx.RegisterResourceOutputs(&b, pulumi.Map{})
	}
}

func TestAssertInvariantsFindsFaults(t *testing.T) {
	everywhere := pulumi.String("0.0.0.0/0")
	tests := map[string]struct {
		program pulumi.RunFunc
		want    string
	}{
		"no component above": {
			func(ctx *pulumi.Context) error { _, err := newThing(ctx, vpcToken, "v", nil); return err },
			"resources with no component above them",
		},
		"outputs not registered": {
			func(ctx *pulumi.Context) error { return ctx.RegisterComponentResource(boxToken, "b", &box{}) },
			"components that did not register their outputs",
		},
		"secret in plain text": {
			func(ctx *pulumi.Context) error {
				ctx.Export("url", pulumi.String("https://x/?key=correct-horse"))
				return boxed(ctx)
			}, "the stack's outputs shows the secret of inputs of urn",
		},
		"secret in the log": {
			func(ctx *pulumi.Context) error { return errors.Join(ctx.Log.Info("correct-horse", nil), boxed(ctx)) },
			"the log shows the secret",
		},
		"ingress from everywhere": {
			componentWith("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", pulumi.Map{
				"cidrIpv4": everywhere, "fromPort": pulumi.Int(443), "toPort": pulumi.Int(443),
				"securityGroupId": pulumi.String("sg-1"),
			}), "admits the whole internet",
		},
		"everything out": {
			componentWith("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", pulumi.Map{
				"cidrIpv6": pulumi.String("::/0"), "ipProtocol": pulumi.String("-1"),
			}), "lets everything out",
		},
		"inline rule": {
			componentWith(groupToken, pulumi.Map{
				"ingress": pulumi.Array{pulumi.Map{"cidrBlocks": pulumi.Array{everywhere}}},
			}), "ingress[0] is open to the whole internet",
		},
		"old kind of rule": {
			componentWith("aws:ec2/securityGroupRule:SecurityGroupRule", pulumi.Map{"cidrBlocks": pulumi.Array{everywhere}}),
			"admits or reaches the whole internet",
		},
		"task with a public address": {
			componentWith("aws:ecs/service:Service", pulumi.Map{
				"networkConfiguration": pulumi.Map{"assignPublicIp": pulumi.Bool(true)},
			}), "gives its tasks public addresses",
		},
		"instance with a public address": {
			componentWith("aws:ec2/instance:Instance", pulumi.Map{"associatePublicIpAddress": pulumi.Bool(true)}),
			"asks for a public address",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := &recordingT{TB: t}
			assert.False(t, componentstest.AssertInvariants(r, componentstest.Deploy(t, test.program)))
			assert.Contains(t, strings.Join(r.failures, "\n"), test.want)
			assert.NotContains(t, strings.Join(r.failures, "\n"), "correct-horse")
		})
	}
}

func TestAssertNotOpenAllowsAPublicLoadBalancer(t *testing.T) {
	program := func(port int, internal bool) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			group, err := newThing(ctx, groupToken, "web", nil)
			if err != nil {
				return err
			}
			_, first := newThing(ctx, "aws:lb/loadBalancer:LoadBalancer", "web", pulumi.Map{
				"securityGroups": pulumi.Array{group.ID()}, "internal": pulumi.Bool(internal),
			})
			_, second := newThing(ctx, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web", pulumi.Map{
				"cidrIpv4": pulumi.String("0.0.0.0/0"), "securityGroupId": group.ID(),
				"fromPort": pulumi.Int(port), "toPort": pulumi.Int(port),
			})
			return errors.Join(first, second)
		}
	}
	tests := map[string]struct {
		port     int
		internal bool
		want     bool
	}{
		"https": {443, false, true}, "http": {80, false, true},
		"another port": {8443, false, false}, "internal": {443, true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, run := range []func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
				componentstest.Deploy, componentstest.Preview,
			} {
				got := componentstest.AssertNotOpen(&recordingT{TB: t}, run(t, program(test.port, test.internal)))
				assert.Equal(t, test.want, got)
			}
		})
	}
}

func TestAssertSameGraphFindsDifferences(t *testing.T) {
	base := pulumi.Map{"a": pulumi.Map{"b": pulumi.Array{pulumi.Int(1)}}}
	want := componentstest.Deploy(t, componentWith(vpcToken, base))
	tests := map[string]struct {
		inputs pulumi.Map
		want   string
	}{
		"value":  {pulumi.Map{"a": pulumi.Map{"b": pulumi.Array{pulumi.Int(2)}}}, ".a.b[0] differs"},
		"length": {pulumi.Map{"a": pulumi.Map{"b": pulumi.Array{}}}, ".a.b is of another kind or length"},
		"kind":   {pulumi.Map{"a": pulumi.String("b")}, ".a is of another kind"},
		"more":   {pulumi.Map{"a": base["a"], "c": pulumi.Int(1)}, ".c differs"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := &recordingT{TB: t}
			assert.False(t, componentstest.AssertSameGraph(r, want, componentstest.Deploy(t, componentWith(vpcToken, test.inputs))))
			assert.Contains(t, strings.Join(r.failures, "\n"), test.want)
		})
	}
	r := &recordingT{TB: t}
	assert.False(t, componentstest.AssertSameGraph(r, want, componentstest.Deploy(t, componentWith(groupToken, base))))
	assert.Contains(t, strings.Join(r.failures, "\n"), "the resources differ")
}

func TestGeneratedPassword(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		password, err := newThing(ctx, passwordToken, "p", pulumi.Map{"length": pulumi.Int(100)},
			pulumi.AdditionalSecretOutputs([]string{"result"}))
		ctx.Export("password", password.Result)
		return err
	}
	g := componentstest.Deploy(t, program)
	assert.Len(t, g.Output("password"), 100)
	assert.True(t, g.Outputs()["password"].IsSecret())
	assert.Equal(t, componentstest.Unknown, componentstest.Preview(t, program).Output("password"))
}
