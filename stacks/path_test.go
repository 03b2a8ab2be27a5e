package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
		"protocol version": {with(cdn, "services[0].route.protocolVersion", "HTTP2"), "would get 464 from the load balancer"},
		"of an instance":   {with(cdn, append(pairs(adopted()), "instanceTarget.route.protocolVersion", "HTTP2")...), "would get 464 from the load balancer"},
		"trust":            {with(ec2, "tlsInstance.acmeDirectoryUrl", "https://acme-staging-v02.api.letsencrypt.org/directory"), "would get 502 from CloudFront"},
	}
}

// With pathCheck warn the stack comes up, with one warning for each cause.
func TestPathCheckWarns(t *testing.T) {
	for name, f := range failing() {
		t.Run(name, func(t *testing.T) {
			_, err := componentstest.TryPreview(stacks.Program, options(t, f.config)...)
			assert.ErrorContains(t, err, f.want)
			assert.Equal(t, 1, strings.Count(err.Error(), f.want), "one fault, one error: %v", err)

			g := deploy(t, with(f.config, "pathCheck", "warn"))
			warned := 0
			for _, line := range g.Logs("warning") {
				warned += strings.Count(line, f.want)
				assert.NotContains(t, line, "set pathCheck", "there is nothing left to set")
			}
			assert.Equal(t, 1, warned, "%q", g.Logs("warning"))
		})
	}
}

// A failure on which AWS's pages disagree is a warning without being asked for.
func TestADisputedPolicyWarns(t *testing.T) {
	g := deploy(t, with(minimal(stacks.VariantCloudFrontALB), "loadBalancer.sslPolicy", "ELBSecurityPolicy-TLS13-1-3-2021-06"))
	warnings := g.Logs("warning")
	require.Len(t, warnings, 1, "%q", warnings)
	assert.Contains(t, warnings[0], "may get 502 from CloudFront: AWS's pages disagree on TLS 1.3")
}

func TestSoundStacksGiveNoWarnings(t *testing.T) {
	for name := range configurations() {
		t.Run(name, func(t *testing.T) { assert.Empty(t, deployConfiguration(t, name).Logs("warning")) })
	}
}

// Plan serves checks of one's own.
func TestPlan(t *testing.T) {
	stack, err := stacks.New(parse(t, with(minimal(stacks.VariantCloudFrontALB), "cloudFront.defaultRootObject", "index.html")))
	require.NoError(t, err)
	trace := requestpath.Walk(stack.Plan(), requestpath.Request{Name: "app.example.com"})
	assert.Equal(t, 200, trace.Outcome.Status)
	assert.Equal(t, "/index.html", trace.Origin().Path)
	trace = requestpath.Walk(stack.Plan(), requestpath.Request{Name: "origin.app.example.com"})
	assert.Equal(t, requestpath.Timeout, trace.Outcome.Reason, "nobody gets around CloudFront")
}

// What the stacks register answers its viewers, and nobody who goes around
// CloudFront.
func TestViewersGetAnAnswer(t *testing.T) {
	for name, config := range configurations() {
		t.Run(name, func(t *testing.T) {
			g := deployConfiguration(t, name)
			request := requestpath.Request{Name: "app.example.com"}
			if config["portico:loadBalancer.allowedCidrs"] != "" {
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
