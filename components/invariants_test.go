package components_test

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

var update = flag.Bool("update", false, "write the golden files; the test fails all the same")

// deployedUses are the graphs of the uses that were deployed: tests that only look
// at what was registered share one run.
var deployedUses = map[string]*componentstest.Graph{}

func deployUse(t *testing.T, name string) *componentstest.Graph {
	t.Helper()
	if deployedUses[name] == nil {
		deployedUses[name] = componentstest.Deploy(t, use{t: t}.program(uses[name]), existing()...)
	}
	return deployedUses[name]
}

func TestInvariantsHoldInEveryUse(t *testing.T) {
	for name, body := range uses {
		t.Run(name, func(t *testing.T) {
			program := use{t: t}.program(body)
			deployed := deployUse(t, name)
			preview := componentstest.Preview(t, program, existing()...)

			componentstest.AssertInvariants(t, deployed)
			componentstest.AssertInvariants(t, preview)
			componentstest.AssertSameGraph(t, deployed, preview)
		})
	}
}

// TestGeneratedSecretsStaySecret looks at the values themselves: AssertInvariants
// finds no leak of a secret that lost its mark where it is made.
func TestGeneratedSecretsStaySecret(t *testing.T) {
	for name := range uses {
		g := deployUse(t, name)
		passwords := g.OfType("random:index/randomPassword:RandomPassword")
		for _, password := range passwords {
			assert.True(t, password.Outputs["result"].IsSecret(), "%s: %s", name, password.Name)
		}
		for _, secret := range g.OfType(components.TokenOriginSecret) {
			assert.NotEmpty(t, passwords, name)
			assert.True(t, secret.Outputs["value"].IsSecret(), name)
			assert.True(t, secret.Outputs["acceptedValues"].ContainsSecrets(), name)
		}
	}
}

// TestSecurityGroupsKeepTheirIdentity: a change of name, description or VPC
// replaces a group, and rules inside a group fight with rules beside it.
// https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/
func TestSecurityGroupsKeepTheirIdentity(t *testing.T) {
	groups := 0
	for name := range uses {
		for _, group := range deployUse(t, name).OfType(securityGroupToken) {
			groups++
			for _, key := range []string{"name", "ingress", "egress"} {
				assert.False(t, group.Has(key), "%s: %s of %s", name, key, group.Name)
			}
			assert.True(t, group.Has("description"), "%s: %s", name, group.Name)
			assert.False(t, strings.HasPrefix(group.Name+"-", "sg-"), "%s: the provider refuses %s", name, group.Name)
		}
	}
	assert.Positive(t, groups)
}

// TestPhysicalNamesAreLeftToThePlatform: a fixed name makes a replacement delete
// the old resource first, which fails while it is in use.
func TestPhysicalNamesAreLeftToThePlatform(t *testing.T) {
	limits := map[string]int{"aws:lb/loadBalancer:LoadBalancer": 24, "aws:lb/targetGroup:TargetGroup": 24}
	for name := range uses {
		g := deployUse(t, name)
		for _, r := range g.Custom() {
			// The name of an association is its document.
			if !slices.Contains([]string{"aws:route53/record:Record", "aws:iam/rolePolicy:RolePolicy", typeAssociation}, r.Type) {
				assert.False(t, r.Has("name"), "%s: %s %q has a fixed name", name, r.Type, r.Name)
			}
			if limit, ok := limits[r.Type]; ok {
				assert.LessOrEqual(t, len(r.Name), limit, r.Name)
			}
		}
	}
}

// TestEveryFieldIsUsed keeps the uses complete: a field that none of them gives
// is one that no invariant was checked with.
func TestEveryFieldIsUsed(t *testing.T) {
	given := map[string]map[string]bool{}
	for name := range uses {
		for _, c := range deployUse(t, name).Components() {
			if given[c.Type] == nil {
				given[c.Type] = map[string]bool{}
			}
			for key := range c.Inputs {
				given[c.Type][string(key)] = true
			}
		}
	}
	args := argsStructs(t)
	for _, token := range tokens(t) {
		component := token[strings.LastIndex(token, ":")+1:]
		require.Contains(t, args, component+"Args")
		for _, field := range args[component+"Args"].fields {
			assert.True(t, given[token][field.tag], "no use of %s gives %s", component, field.tag)
		}
	}
}

// TestWrongArgsRegisterNothing: the args that a constructor cannot do without.
func TestWrongArgsRegisterNothing(t *testing.T) {
	tests := map[string]func(*pulumi.Context) error{
		"CertifiedDomain, nil":       refused(components.NewCertifiedDomain, nil),
		"CertifiedDomain, zero":      refused(components.NewCertifiedDomain, &components.CertifiedDomainArgs{}),
		"SecuredALB, nil":            refused(components.NewSecuredALB, nil),
		"SecuredALB, zero":           refused(components.NewSecuredALB, &components.SecuredALBArgs{}),
		"ServiceRoute, nil":          refused(components.NewServiceRoute, nil),
		"ServiceRoute, zero":         refused(components.NewServiceRoute, &components.ServiceRouteArgs{}),
		"PrivateFargateService, nil": refused(components.NewPrivateFargateService, nil),
		"PrivateFargateService, zero": refused(components.NewPrivateFargateService,
			&components.PrivateFargateServiceArgs{}),
		"CloudFrontFront, nil":  refused(components.NewCloudFrontFront, nil),
		"CloudFrontFront, zero": refused(components.NewCloudFrontFront, &components.CloudFrontFrontArgs{}),
		"InstanceTarget, nil":   refused(components.NewInstanceTarget, nil),
		"InstanceTarget, zero":  refused(components.NewInstanceTarget, &components.InstanceTargetArgs{}),
		"TLSInstance, nil":      refused(components.NewTLSInstance, nil),
		"TLSInstance, zero":     refused(components.NewTLSInstance, &components.TLSInstanceArgs{}),
		"Alarms, nil":           refused(components.NewAlarms, nil),
		"Alarms, zero":          refused(components.NewAlarms, &components.AlarmsArgs{}),
		"LogBucket, nil":        refused(components.NewLogBucket, nil),
		"LogBucket, zero":       refused(components.NewLogBucket, &components.LogBucketArgs{}),
		"Dashboard, nil":        refused(components.NewDashboard, nil),
		"Dashboard, zero":       refused(components.NewDashboard, &components.DashboardArgs{}),
		"Network":               refused(components.NewNetwork, &components.NetworkArgs{Nat: "many"}),
		"OriginSecret":          refused(components.NewOriginSecret, &components.OriginSecretArgs{Length: 1}),
	}
	for name, program := range tests {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(program)
			component, _, _ := strings.Cut(name, ",")
			assert.ErrorContains(t, err, component+` "x": `)
			assert.Empty(t, g.All())
			assert.Empty(t, g.Calls(), "nothing is looked up for args that are wrong in themselves")
		})
	}
}

func refused[A, C any](
	make func(*pulumi.Context, string, *A, ...pulumi.ResourceOption) (*C, error), args *A,
) func(*pulumi.Context) error {
	return func(ctx *pulumi.Context) error {
		_, err := make(ctx, "x", args)
		return err
	}
}

// TestChildrenAreNamedAfterTheirComponent: one of its own name at most of a type,
// the others with what they are for.
func TestChildrenAreNamedAfterTheirComponent(t *testing.T) {
	for name := range uses {
		g := deployUse(t, name)
		for _, r := range g.Custom() {
			parent := g.ByURN(r.Parent)
			assert.True(t, r.Name == parent.Name || strings.HasPrefix(r.Name, parent.Name+"-"),
				"%s: %s %q in %s %q", name, r.Type, r.Name, parent.Type, parent.Name)
		}
	}
}

// TestNamesAreAReleasedContract compares what identifies resources in a stack's
// state, their types, names and parents, with what was released: a line that
// changes replaces somebody's resource, and needs an alias and an upgrade note.
func TestNamesAreAReleasedContract(t *testing.T) {
	const golden = "testdata/names.txt"
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(uses)) {
		b.WriteString(name + "\n")
		for _, r := range deployUse(t, name).All() {
			_, path, _ := strings.Cut(strings.TrimPrefix(r.URN, "urn:pulumi:"), "::project::")
			b.WriteString("  " + strings.ReplaceAll(path, "::", "  ") + "\n")
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
		t.Error("wrote " + golden + "; run again without -update")
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), b.String())
}
