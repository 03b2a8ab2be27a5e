package stacks_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// failing are configurations whose ordinary requests fail, with what the refusal
// says.
func failing() map[string]struct {
	config map[string]string
	want   string
} {
	type entry = struct {
		config map[string]string
		want   string
	}
	cdn, ec2 := minimal(stacks.VariantCloudFrontALB), minimal(stacks.VariantCloudFrontEC2)
	return map[string]entry{
		"protocol version": {with(cdn, "targetProtocolVersion", "HTTP2"), "would get 464 from the load balancer"},
		"of an instance":   {with(cdn, append(pairs(adopted()), "targetProtocolVersion", "HTTP2")...), "would get 464 from the load balancer"},
		"TLS":              {with(cdn, "sslPolicy", "ELBSecurityPolicy-TLS13-1-3-2021-06"), "would get 502 from CloudFront"},
		"trust":            {with(ec2, "acmeDirectoryUrl", "https://acme-staging-v02.api.letsencrypt.org/directory"), "would get 502 from CloudFront"},
	}
}

// With pathCheck warn the stack comes up, and is told the same once.
func TestPathCheckWarns(t *testing.T) {
	for name, f := range failing() {
		t.Run(name, func(t *testing.T) {
			_, err := componentstest.TryPreview(stacks.Program, options(f.config)...)
			assert.ErrorContains(t, err, f.want)

			g := deploy(t, with(f.config, "pathCheck", "warn"))
			said := 0
			for _, line := range g.Logs("warning") {
				said += strings.Count(line, f.want)
				assert.NotContains(t, line, "set pathCheck", "there is nothing left to set")
			}
			assert.Equal(t, 1, said, "%q", g.Logs("warning"))
		})
	}
}

func TestSoundStacksAreToldNothing(t *testing.T) {
	for name := range configurations() {
		t.Run(name, func(t *testing.T) { assert.Empty(t, deployConfiguration(t, name).Logs("warning")) })
	}
}

// Plan serves checks of one's own.
func TestPlan(t *testing.T) {
	cfg := parse(t, with(minimal(stacks.VariantCloudFrontALB), "defaultRootObject", "index.html"))
	way := requestpath.Walk(cfg.Plan(), requestpath.Request{Name: "app.example.com"})
	assert.Equal(t, 200, way.Outcome.Status)
	assert.Equal(t, "/index.html", way.Origin().Path)
	way = requestpath.Walk(cfg.Plan(), requestpath.Request{Name: "origin.app.example.com"})
	assert.Equal(t, requestpath.Timeout, way.Outcome.Reason, "nobody gets around CloudFront")
}

// The plan of the configuration alone is the one that the components draw up, but
// for what only a look-up tells of an instance that exists.
func TestThePlanOfTheConfigurationIsTheComponents(t *testing.T) {
	for name, config := range configurations() {
		t.Run(name, func(t *testing.T) {
			cfg := parse(t, config)
			var built requestpath.Plan
			componentstest.Deploy(t, func(ctx *pulumi.Context) error {
				stack, err := stacks.Build(ctx, cfg)
				if err != nil {
					return err
				}
				built = stack.Plan()
				return nil
			}, options(config)...)
			planned := cfg.Plan()
			if cfg.Instance.ID != "" {
				for _, p := range []*requestpath.Plan{&planned, &built} {
					p.SecurityGroups, p.Servers[0].SecurityGroups, p.Servers[0].Addresses = nil, nil, nil
				}
				assert.Equal(t, closedInstance, built.Servers[0].Name)
			}
			assert.Equal(t, planned, built)
		})
	}
}

// What the stacks register answers its viewers, and nobody who goes around
// CloudFront.
func TestViewersGetAnAnswer(t *testing.T) {
	for name, config := range configurations() {
		t.Run(name, func(t *testing.T) {
			g := deployConfiguration(t, name)
			request := requestpath.Request{Name: "app.example.com"}
			if config["portico:allowedCidrs"] != "" {
				request.From.Address = "203.0.113.7"
			}
			componentstest.AssertPath(t, g, request, 200)
			request.Scheme = requestpath.SchemeHTTP
			componentstest.AssertPath(t, g, request, 301)
			if strings.HasPrefix(config["portico:variant"], "cloudfront") {
				componentstest.AssertPath(t, g, requestpath.Request{Name: "origin.app.example.com", IgnoreCertificate: true}, 0)
			}
		})
	}
}
