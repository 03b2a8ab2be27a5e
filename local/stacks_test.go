package local_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/requestpath"
	"github.com/portico-iac/portico/stacks"
)

// readyStack is a ready stack on a fresh account.
func readyStack(t testing.TB, variant string, config map[string]any, more ...local.Option) *local.Stack {
	t.Helper()
	opts := append([]local.Option{
		local.WithProjectFile("../Pulumi.yaml"),
		local.WithConfig("portico:variant", variant),
		local.WithConfig("portico:domain.domainName", "app.example.com"),
		local.WithConfig("portico:domain.hostedZone.name", "example.com"),
	}, more...)
	if runsTasks(variant) {
		opts = append(opts, local.WithConfig("portico:services[0].image", "public.ecr.aws/nginx/nginx:stable"))
	}
	for key, value := range config {
		opts = append(opts, local.WithConfig("portico:"+key, value))
	}
	return local.New(t, stacks.Program, opts...)
}

// runsTasks says whether a variant has Fargate services.
func runsTasks(variant string) bool {
	return slices.Contains([]string{stacks.VariantALB, stacks.VariantCloudFrontALB, stacks.VariantCloudFrontVPCALB}, variant)
}

// names are the steps' operations and resources, "update app".
func names(steps []engine.Step) []string {
	var list []string
	for _, step := range steps {
		list = append(list, step.Op+" "+step.Name())
	}
	return list
}

// A change of one setting updates what depends on it and nothing else.
func TestAChangeUpdatesOnlyWhatItShould(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantALB)
	for _, change := range []struct {
		key, value string
		want       []string
	}{
		{"services[0].desiredCount", "3", []string{"update app"}},
		{"loadBalancer.idleTimeoutSeconds", "120", []string{"update web"}},
		{"services[0].route.deregistrationDelaySeconds", "5", []string{"update app"}},
		{"services[0].logRetentionDays", "7", []string{"update app-logs"}},
	} {
		stack.Configure("portico:"+change.key, change.value)
		previewed := stack.Preview().Changes()
		assert.Equal(t, change.want, names(stack.Up().Changes()), change.key)
		assert.Equal(t, change.want, names(previewed), "preview of %s", change.key)
	}
	assert.Empty(t, stack.Refresh().Changes(), "AWS has what the state says")
	assert.Empty(t, stack.Up().Changes())
}

// A new zone at the end of the list moves nothing, and its own subnets go away with it.
func TestAZoneComesAndGoesWithoutMovingOthers(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{"network.availabilityZones": []string{"ap-northeast-1d", "ap-northeast-1c"}})
	stack.Up()
	stack.Configure("portico:network.availabilityZones", []string{"ap-northeast-1d", "ap-northeast-1c", "ap-northeast-1a"})
	for _, step := range stack.Up().Changes() {
		assert.NotContains(t, []string{"delete", "replace", "create-replacement", "delete-replaced"}, step.Op, step.URN)
	}
	stack.Configure("portico:network.availabilityZones", []string{"ap-northeast-1d", "ap-northeast-1c"})
	for _, step := range stack.Up().Changes() {
		if step.Op != "update" {
			assert.Equal(t, "delete", step.Op, step.URN)
			assert.Contains(t, step.Name(), "ap-northeast-1a")
		}
	}
	stack.Destroy()
}

// Names come and go and Host is forwarded or not, each in one update of a stack
// that serves: no validation record has to move from one certificate to the other.
func TestNamesOnCertificatesChangeInOneUpdate(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantCloudFrontALB)
	for _, change := range []struct {
		key   string
		value any
	}{
		{"cloudFront.forwardHostHeader", "true"},
		{"domain.subjectAlternativeNames", []string{"www.example.com"}},
		{"cloudFront.forwardHostHeader", "false"},
		{"domain.subjectAlternativeNames", ""},
	} {
		stack.Configure("portico:"+change.key, change.value)
		stack.Up()
	}
	assert.Len(t, stack.Account().All("aws:acm/certificate:Certificate"), 2)
	assert.Empty(t, stack.Up().Changes())
	stack.Destroy()
}

// The origin secret rotates in two ups. In the first the rule accepts both
// values before the distribution sends the new one; in the second the rule drops
// the old one. At no time does the distribution send what the rule refuses.
func TestTheOriginSecretRotatesWithoutAnOutage(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantCloudFrontALB)
	assertSecretAccepted(t, stack, 1)

	stack.Configure("portico:originSecret.version", "2")
	stack.Configure("portico:originSecret.previousVersion", "1")
	steps := names(stack.Up().Changes())
	assert.Equal(t, []string{"create origin-secret-2", "update app-rule", "update front"}, steps)
	assertSecretAccepted(t, stack, 2)

	stack.Configure("portico:originSecret.previousVersion", "")
	steps = names(stack.Up().Changes())
	assert.Equal(t, []string{"update app-rule", "delete origin-secret-1"}, steps)
	assertSecretAccepted(t, stack, 1)
	assert.Empty(t, stack.Up().Changes())
}

// An instance is told first what the distribution is about to send, and the association
// that is made anew ends when nginx accepts it.
func TestTheSecretOfAnInstanceRotatesWithoutAnOutage(t *testing.T) {
	t.Parallel()
	stack := upStack(t, stacks.VariantCloudFrontEC2)
	first := onlyInstance(t, stack)
	accepted := func(want int) {
		t.Helper()
		sent := sentSecret(t, stack)
		parameters := stack.Account().All("aws:ssm/parameter:Parameter")
		require.Len(t, parameters, 1)
		values := strings.Split(parameters[0]["value"].(string), ",")
		assert.Len(t, values, want)
		assert.Equal(t, sent, values[0])
		assert.NotContains(t, first["userData"], sent)
		for _, r := range stack.Check() {
			assert.True(t, r.OK, "%s: %s", r.Name, r.Chain.Outcome.Why)
		}
		assert.Equal(t, 200, stack.Get("https://app.example.com/").Status)
	}
	accepted(1)
	assert.Empty(t, stack.Up().Changes())

	stack.Configure("portico:originSecret.version", "2")
	stack.Configure("portico:originSecret.previousVersion", "1")
	steps := names(stack.Up().Changes())
	again := []string{"update origin-secret", "delete-replaced origin-ready", "replace origin-ready", "create-replacement origin-ready"}
	assert.Equal(t, slices.Concat([]string{"create origin-secret-2"}, again, []string{"update front"}), steps)
	accepted(2)

	stack.Configure("portico:originSecret.previousVersion", "")
	steps = names(stack.Up().Changes())
	assert.Equal(t, append(again, "delete origin-secret-1"), steps)
	accepted(1)
	assert.Equal(t, first["id"], onlyInstance(t, stack)["id"])
	assert.Empty(t, stack.Up().Changes())

	another := requestpath.Request{Scheme: "https", Name: "origin.app.example.com", From: requestpath.Source{Kind: requestpath.FromCloudFront}}
	assert.Equal(t, 403, stack.Request(another).Status, "another account's distribution")
	another.Headers = []requestpath.Header{{Name: "X-Origin-Verify", Value: "wrong"}}
	assert.Equal(t, 403, stack.Request(another).Status)
	stack.Destroy()
}

// assertSecretAccepted says that the distribution sends one value of so many
// that the rule accepts.
func assertSecretAccepted(t *testing.T, stack *local.Stack, accepted int) {
	t.Helper()
	sent, values := originSecrets(t, stack)
	assert.Len(t, values, accepted)
	assert.Contains(t, values, sent)
}

// originSecrets are the value that the distribution sends and those that the
// rule accepts, as AWS has them.
func originSecrets(t *testing.T, stack *local.Stack) (sent string, accepted []string) {
	t.Helper()
	for _, rule := range stack.Account().All("aws:lb/listenerRule:ListenerRule") {
		for _, condition := range rule["conditions"].([]any) {
			if match, ok := condition.(map[string]any)["httpHeader"].(map[string]any); ok {
				for _, value := range match["values"].([]any) {
					accepted = append(accepted, value.(string))
				}
			}
		}
	}
	return sentSecret(t, stack), accepted
}

// sentSecret is the value that the distribution sends.
func sentSecret(t *testing.T, stack *local.Stack) string {
	t.Helper()
	distributions := stack.Account().All("aws:cloudfront/distribution:Distribution")
	require.Len(t, distributions, 1)
	origin := distributions[0]["origins"].([]any)[0].(map[string]any)
	return origin["customHeaders"].([]any)[0].(map[string]any)["value"].(string)
}

// The secret is nowhere in what Pulumi keeps or prints, a failing run included.
func TestTheOriginSecretIsNowhereInPlainText(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantCloudFrontALB, nil)
	first := stack.Up()
	secret, _ := originSecrets(t, stack)
	require.GreaterOrEqual(t, len(secret), 32)

	stack.Configure("portico:originSecret.version", "2")
	stack.Configure("portico:cloudFront.priceClass", "PriceClass_200")
	preview, second := stack.Preview(), stack.Up()
	rotated, _ := originSecrets(t, stack)
	require.NotEqual(t, secret, rotated)
	stack.Configure("portico:domain.domainName", "other.example.com")
	stack.Configure("portico:domain.existingCertificateArn", "arn:aws:acm:ap-northeast-1:123456789012:certificate/00000000-0000-0000-0000-000000000000")
	failed, err := stack.TryUp()
	require.Error(t, err, "the certificate does not exist")

	printed := strings.Join([]string{first.Output, preview.Output, second.Output, failed.Output, err.Error()}, "\n")
	for _, value := range []string{secret, rotated} {
		assert.NotContains(t, printed, value)
		assert.NotContains(t, string(stack.Deployment()), value)
		for path, raw := range stack.RawState() {
			assert.NotContains(t, string(raw), value, path)
		}
	}
}

// A secret within an object of the configuration is nowhere in what Pulumi keeps or
// prints, a failing run included, and reaches the container.
func TestASecretOfTheConfigurationIsNowhereInPlainText(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-in-the-environment"
	stack := local.New(t, stacks.Program, local.WithProjectFile("../Pulumi.yaml"),
		local.WithConfig("portico:variant", stacks.VariantALB),
		local.WithConfig("portico:domain", map[string]any{"domainName": "app.example.com", "hostedZone": map[string]any{"name": "example.com"}}),
		local.WithConfig("portico:services[0].image", "public.ecr.aws/nginx/nginx:stable"),
		local.WithConfig("portico:services[0].environment.LEVEL", "info"),
		local.WithSecretConfig("portico:services[0].environment.PASSWORD", secret))
	preview, up := stack.Preview(), stack.Up()
	definitions := stack.Account().All("aws:ecs/taskDefinition:TaskDefinition")
	require.Len(t, definitions, 1)
	assert.Contains(t, definitions[0]["containerDefinitions"], secret, "ECS gets it")

	stack.Configure("portico:services[0].cpu", "3")
	refused, err := stack.TryUp()
	require.ErrorContains(t, err, "portico:services[0].memory: must go with a cpu of")
	stack.Configure("portico:services[0].cpu", "256")
	for _, field := range []string{"LEVEL", "PASSWORD"} {
		stack.Configure("portico:services[0].environment."+field, "")
	}
	stack.Configure("portico:services[0].environment", engine.Secret(secret))
	wrong, err := stack.TryUp()
	require.ErrorContains(t, err, "portico:services[0].environment: must be an object of strings")
	for _, printed := range []string{preview.Output, up.Output, refused.Output, wrong.Output, err.Error(), string(stack.Deployment())} {
		assert.NotContains(t, printed, secret)
	}
	for path, raw := range stack.RawState() {
		assert.NotContains(t, string(raw), secret, path)
	}
}

// desiredCount belongs to autoscaling once there is autoscaling, and to the
// program otherwise.
func TestAutoscalingOwnsTheDesiredCount(t *testing.T) {
	t.Parallel()
	stack := readyStack(t, stacks.VariantALB, map[string]any{"services[0].autoscaling.minCount": "2", "services[0].autoscaling.maxCount": "4"})
	stack.Up()
	stack.Configure("portico:services[0].autoscaling.minCount", "3")
	changes := stack.Up().Changes()
	require.Len(t, changes, 1, "the service keeps the count that autoscaling gives it")
	assert.Equal(t, "aws:appautoscaling/target:Target", changes[0].Type)
	services := stack.Account().All("aws:ecs/service:Service")
	require.Len(t, services, 1)
	assert.EqualValues(t, 3, services[0]["desiredCount"])
	assert.Empty(t, stack.Up().Changes(), "which is no drift")
}
