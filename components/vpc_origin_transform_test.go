package components_test

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
)

// What no argument has and a transform sets is seen in what is registered.
func TestWhatATransformSetsBeforeAVPCOrigin(t *testing.T) {
	lambda := func(event string) pulumi.Map {
		return pulumi.Map{"lambdaFunctionAssociations": pulumi.Array{pulumi.Map{
			"eventType": pulumi.String(event), "lambdaArn": pulumi.String("arn:aws:lambda:us-east-1:123456789012:function:edge:1"),
		}}}
	}
	for name, c := range map[string]struct {
		add  pulumi.Map
		want string // the field that AWS refuses
	}{
		"gRPC":            {pulumi.Map{"grpcConfig": pulumi.Map{"enabled": pulumi.Bool(true)}}, "default.grpc"},
		"origin-request":  {lambda("origin-request"), "default.lambdaEvents"},
		"origin-response": {lambda("origin-response"), "default.lambdaEvents"},
		"viewer-request":  {lambda("viewer-request"), ""},
	} {
		set := func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
			if args.Type != typeDistribution {
				return nil
			}
			behavior := args.Props["defaultCacheBehavior"].(pulumi.Map)
			for key, value := range c.add {
				behavior[key] = value
			}
			return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
		}
		g := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
			if err := ctx.RegisterResourceTransform(set); err != nil {
				return err
			}
			return withParts(private(asItIs, nil))(ctx)
		})
		plan, err := g.Plan()
		require.NoError(t, err)
		o := requestpath.Walk(plan, requestpath.Request{Name: "www.example.com"}).Outcome
		if c.want == "" {
			assert.Equal(t, 200, o.Status, name)
			continue
		}
		assert.Equal(t, requestpath.RefusedByAWS, o.Reason, name)
		assert.Contains(t, o.Field, c.want, name)
	}
}
