package local_test

import (
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// planned is what a stack knew of its requests' way: from its configuration
// alone, and from its components.
type planned struct{ config, components requestpath.Plan }

// program brings a ready stack up and notes its plans.
func (p *planned) program(ctx *pulumi.Context) error {
	stack, err := stacks.Load(ctx)
	if err != nil {
		return err
	}
	p.config = stack.Plan()
	outputs, err := stack.Register(ctx)
	p.components = stack.Plan()
	for name, value := range outputs {
		ctx.Export(name, value)
	}
	return err
}

// exampleConfig are the settings of one file of examples/configs.
func exampleConfig(t *testing.T, path string) []local.Option {
	t.Helper()
	project, err := workspace.LoadProject("../Pulumi.yaml")
	require.NoError(t, err)
	sink := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never})
	file, err := workspace.LoadProjectStack(sink, project, path)
	require.NoError(t, err)
	values, err := file.Config.Decrypt(config.NopDecrypter)
	require.NoError(t, err)
	opts := []local.Option{local.WithProjectFile("../Pulumi.yaml")}
	for key, text := range values {
		var value any = text
		if file.Config[key].Object() {
			require.NoError(t, json.Unmarshal([]byte(text), &value))
		}
		opts = append(opts, local.WithConfig(key.String(), value))
	}
	return opts
}

// settings of a variant that change what a request meets.
func variantConfigs() map[string]map[string]any {
	return map[string]map[string]any{
		"alb":                      {"variant": stacks.VariantALB},
		"alb, endpoints":           {"variant": stacks.VariantALB, "network.nat": "none", "services[0].image": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:v1"},
		"alb, beside NAT":          {"variant": stacks.VariantALB, "network.interfaceEndpoints": []string{"secretsmanager", "logs"}, "domain.subjectAlternativeNames": []string{"www.example.com"}},
		"alb, gRPC over TLS":       {"variant": stacks.VariantALB, "services[0].image": "public.ecr.aws/nginx/nginx:stable", "services[0].route.protocol": "HTTPS", "services[0].route.protocolVersion": "GRPC"},
		"cloudfront-alb":           {"variant": stacks.VariantCloudFrontALB},
		"cloudfront-alb, Host":     {"variant": stacks.VariantCloudFrontALB, "cloudFront.forwardHostHeader": "true", "originSecret.version": "2", "originSecret.previousVersion": "1"},
		"cloudfront-vpc-alb":       {"variant": stacks.VariantCloudFrontVPCALB},
		"cloudfront-vpc-alb, Host": {"variant": stacks.VariantCloudFrontVPCALB, "cloudFront.forwardHostHeader": "true"},
		"cloudfront-ec2":           {"variant": stacks.VariantCloudFrontEC2},
		"cloudfront-ec2, rotation": {"variant": stacks.VariantCloudFrontEC2, "originSecret.version": "2", "originSecret.previousVersion": "1"},
		"cloudfront-ec2, Host":     {"variant": stacks.VariantCloudFrontEC2, "tlsInstance.certificatePattern": "hostHeader", "domain.subjectAlternativeNames": []string{"www.example.com"}},
		"cloudfront-ec2, untrusted": {"variant": stacks.VariantCloudFrontEC2, "pathCheck": "warn",
			"tlsInstance.acmeDirectoryUrl": "https://acme-staging-v02.api.letsencrypt.org/directory"},
	}
}

// What the stack refuses plans by is what it registers: the plan that its
// components know beforehand equals the one that is read back from the account,
// but for names, ids and addresses that AWS chooses.
func TestTheStacksPlanIsWhatIsRegistered(t *testing.T) {
	t.Parallel()
	cases := map[string][]local.Option{}
	for name, settings := range variantConfigs() {
		opts := []local.Option{
			local.WithProjectFile("../Pulumi.yaml"),
			local.WithConfig("portico:domain.domainName", "app.example.com"), local.WithConfig("portico:domain.hostedZone.name", "example.com"),
		}
		for key, value := range settings {
			opts = append(opts, local.WithConfig("portico:"+key, value))
		}
		cases[name] = opts
	}
	examples, err := filepath.Glob("../examples/configs/*.yaml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(examples), 5)
	for _, path := range examples {
		cases[strings.TrimSuffix(filepath.Base(path), ".yaml")] = exampleConfig(t, path)
	}
	for name, opts := range cases {
		t.Run(name, func(t *testing.T) {
			var p planned
			stack := local.New(t, p.program, opts...)
			stack.Up()
			read := stack.Plan()
			want := asJSON(t, canonicalOf(p.components))
			assert.JSONEq(t, want, asJSON(t, canonicalOf(read)))
			if !strings.HasPrefix(p.config.Servers[0].Name, "i-") { // an instance that exists is looked up by components alone
				assert.JSONEq(t, want, asJSON(t, canonicalOf(p.config)), "the plan of the configuration alone")
			}
			if !strings.HasSuffix(name, "untrusted") { // whose certificate CloudFront does not accept
				assertAnswersAndRejects(t, name, stack)
			}
		})
	}
}

func asJSON(t *testing.T, plan requestpath.Plan) string {
	t.Helper()
	raw, err := json.MarshalIndent(plan, "", "  ")
	require.NoError(t, err)
	return string(raw)
}
