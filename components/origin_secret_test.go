package components_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const passwordToken = "random:index/randomPassword:RandomPassword"

func secretProgram(args *components.OriginSecretArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		s, err := components.NewOriginSecret(ctx, "origin", args)
		if err != nil {
			return err
		}
		ctx.Export("value", s.Value)
		ctx.Export("accepted", s.AcceptedValues)
		ctx.Export("header", pulumi.String(s.HeaderName()))
		ctx.Export("count", pulumi.Int(len(s.Passwords)))
		return nil
	}
}

func TestOriginSecretByDefault(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, secretProgram(nil))
			assert.Equal(t, map[string]int{passwordToken: 1}, g.Counts())
			componentstest.AssertInvariants(t, g)
			password := g.Get(t, passwordToken, "origin-1")
			componentstest.AssertParentedTo(t, g.One(t, components.TokenOriginSecret), password)
			assert.Equal(t, 48, password.Input("length"))
			assert.Equal(t, false, password.Input("special"), "`*` and `?` are wildcards to a load balancer")
			assert.Equal(t, []string{"length"}, password.IgnoreChanges)
			assert.Equal(t, "X-Origin-Verify", g.Output("header"))
			assert.Equal(t, 1, g.Output("count"))
		})
	}
}

func TestOriginSecretStaysSecret(t *testing.T) {
	g := componentstest.Deploy(t, secretProgram(&components.OriginSecretArgs{Version: "2", PreviousVersion: "1"}))
	component := g.One(t, components.TokenOriginSecret)
	for _, key := range []string{"value", "acceptedValues"} {
		assert.True(t, component.Outputs[resourceKey(key)].ContainsSecrets(), key)
	}
	for _, key := range []string{"value", "accepted"} {
		assert.True(t, g.Outputs()[resourceKey(key)].ContainsSecrets(), key)
	}
}

func TestOriginSecretAcceptsThePreviousValueToo(t *testing.T) {
	g := componentstest.Deploy(t, secretProgram(&components.OriginSecretArgs{Version: "2", PreviousVersion: "1", Length: 64}))
	assert.Equal(t, map[string]int{passwordToken: 2}, g.Counts())
	current, previous := g.Get(t, passwordToken, "origin-2"), g.Get(t, passwordToken, "origin-1")
	assert.Equal(t, current.Output("result"), g.Output("value"))
	assert.Equal(t, []any{current.Output("result"), previous.Output("result")}, g.Output("accepted"))
	assert.Equal(t, 2, g.Output("count"))
}

// Three programs make a rotation: before it, while both values are accepted, after
// it. No value that is in use is ever made anew.
func TestOriginSecretRotationKeepsTheValueInUse(t *testing.T) {
	before := componentstest.Deploy(t, secretProgram(nil))
	during := componentstest.Deploy(t, secretProgram(&components.OriginSecretArgs{Version: "2", PreviousVersion: "1"}))
	after := componentstest.Deploy(t, secretProgram(&components.OriginSecretArgs{Version: "2"}))
	for version, graphs := range map[string][2]*componentstest.Graph{"1": {before, during}, "2": {during, after}} {
		earlier, later := graphs[0].Get(t, passwordToken, "origin-"+version), graphs[1].Get(t, passwordToken, "origin-"+version)
		assert.Equal(t, earlier.URN, later.URN)
		assert.Equal(t, earlier.Inputs, later.Inputs)
	}
	assert.Contains(t, during.Output("accepted"), before.Output("value"))
	assert.Contains(t, during.Output("accepted"), during.Output("value"))
	assert.Equal(t, during.Output("value"), after.Output("value"))
	assert.NotEqual(t, before.Output("value"), after.Output("value"))
	assert.Equal(t, []any{after.Output("value")}, after.Output("accepted"))
}

func TestOriginSecretRefusesBadArgs(t *testing.T) {
	for name, tt := range map[string]struct {
		args    components.OriginSecretArgs
		wantErr string
	}{
		"too short":         {components.OriginSecretArgs{Length: 31}, "length: must be 32-128 characters, got 31"},
		"too long":          {components.OriginSecretArgs{Length: 129}, "length: must be 32-128 characters, got 129"},
		"header of AWS":     {components.OriginSecretArgs{HeaderName: "X-Amz-Secret"}, "headerName: "},
		"header with space": {components.OriginSecretArgs{HeaderName: "X Origin"}, "headerName: "},
		"bad version":       {components.OriginSecretArgs{Version: "v.2"}, `version: must be 1-16 letters, digits and hyphens`},
		"long version":      {components.OriginSecretArgs{Version: strings.Repeat("a", 17)}, "version: must be 1-16"},
		"bad previous":      {components.OriginSecretArgs{PreviousVersion: "-"}, "previousVersion: must be 1-16"},
		"same version":      {components.OriginSecretArgs{PreviousVersion: "1"}, `previousVersion: must differ from version, got "1" for both`},
	} {
		t.Run(name, func(t *testing.T) { assertRefused(t, secretProgram(&tt.args), `OriginSecret "origin": `+tt.wantErr) })
	}
	for _, length := range []int{32, 128} {
		componentstest.Deploy(t, secretProgram(&components.OriginSecretArgs{Length: length, Version: strings.Repeat("a", 16)}))
	}
}
