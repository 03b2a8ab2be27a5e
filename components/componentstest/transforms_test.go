package componentstest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
)

// signed is a transform that adds its name to the input "signed".
func signed(name string) pulumi.ResourceTransform {
	return func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		if !args.Custom {
			return nil
		}
		before, _ := args.Props["signed"].(pulumi.Array)
		args.Props["signed"] = append(before, pulumi.String(name))
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
	}
}

func transforms(all ...pulumi.ResourceTransform) pulumi.ResourceOption { return pulumi.Transforms(all) }

// family is a component in a component, with a VPC and a group in the inner one.
func family(outer, own pulumi.ResourceOption) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		if err := ctx.RegisterResourceTransform(signed("stack")); err != nil {
			return err
		}
		var a, b box
		if err := ctx.RegisterComponentResource(boxToken, "a", &a, outer); err != nil {
			return err
		}
		if err := ctx.RegisterComponentResource(boxToken, "a-b", &b, pulumi.Parent(&a), transforms(signed("inner"))); err != nil {
			return err
		}
		vpc, err := newThing(ctx, vpcToken, "a-b-v", nil, pulumi.Parent(&b))
		if err != nil {
			return err
		}
		_, err = newThing(ctx, groupToken, "web", pulumi.Map{
			"vpcId": vpc.ID(), "token": pulumi.ToSecret(pulumi.String("correct-horse")),
		}, pulumi.Parent(&b), own)
		return err
	}
}

func TestTransforms(t *testing.T) {
	program := family(transforms(signed("outer")), transforms(signed("first"), signed("second")))
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deployed": componentstest.Deploy, "previewed": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, program)
			vpc, group := g.One(t, vpcToken), g.One(t, groupToken)
			assert.Equal(t, []any{"inner", "outer", "stack"}, vpc.Input("signed"))
			assert.Equal(t, []any{"first", "second", "inner", "outer", "stack"}, group.Input("signed"))
			assert.True(t, group.DependsOn(vpc))
			assert.Equal(t, name == "previewed", group.IsUnknown("vpcId"))
			componentstest.AssertSecret(t, group, "token")
		})
	}
}

func TestTransformsChangeOptions(t *testing.T) {
	guard := func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		opts := args.Opts
		opts.Protect, opts.RetainOnDelete, opts.DeleteBeforeReplace = true, true, true
		opts.IgnoreChanges = []string{"tags"}
		opts.AdditionalSecretOutputs = []string{"arn"}
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: opts}
	}
	vpc := componentstest.Deploy(t, family(transforms(guard), pulumi.Protect(false))).One(t, vpcToken)
	assert.True(t, vpc.Protect)
	assert.True(t, vpc.RetainOnDelete)
	assert.True(t, vpc.DeleteBeforeReplace)
	assert.Equal(t, []string{"tags"}, vpc.IgnoreChanges)
	assert.True(t, vpc.Outputs["arn"].IsSecret())
}

func TestTransformsThatFail(t *testing.T) {
	orphan := func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
		args.Opts.Parent = nil
		return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
	}
	_, err := componentstest.TryDeploy(family(pulumi.Protect(false), transforms(orphan)))
	assert.ErrorContains(t, err, "cannot change parent in transform")
}

// TestInheritedAliases: those of a component stand for its children's too, with the
// names that they had after the component's old name.
func TestInheritedAliases(t *testing.T) {
	alias := pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String("old")}})
	g := componentstest.Deploy(t, family(alias, alias))
	vpc, group := g.One(t, vpcToken), g.One(t, groupToken)
	assert.Equal(t, []string{strings.Replace(vpc.URN, "::a-b-v", "::old-b-v", 1)}, vpc.Aliases)
	assert.Equal(t, []string{strings.Replace(group.URN, "::web", "::old", 1)}, group.Aliases)
}
