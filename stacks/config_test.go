package stacks_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/stacks"
)

func TestEveryVariantComesUpWithTheLeastConfiguration(t *testing.T) {
	for _, variant := range stacks.Variants() {
		cfg := parse(t, minimal(variant))
		assert.Equal(t, variant, cfg.Variant)
		assert.Equal(t, []string{"app.example.com"}, cfg.ViewerNames())
		_, err := stacks.New(cfg)
		assert.NoError(t, err)
	}
}

func TestParseReadsEveryKindOfValue(t *testing.T) {
	cfg := parse(t, with(minimal(stacks.VariantCloudFrontALB),
		"domain.subjectAlternativeNames", `["www.example.com", "api.example.com"]`, "loadBalancer.deletionProtection", "true",
		"services[0].desiredCount", "3", "services[0].environment", `{"LEVEL": "info", "PORT": 8080, "DEBUG": true}`, "originSecret.version", "2",
		"services[0].route.healthCheck.path", "/health", "services[0].secretKmsKeyArns", `["arn:aws:kms:eu-west-1:123456789012:key/a"]`,
		"services[0].additionalEgress", `[{"name": "db", "port": 5432, "cidrBlock": "10.1.0.0/16"}]`))
	assert.Equal(t, []string{"www.example.com", "api.example.com"}, cfg.Domain.SubjectAlternativeNames)
	assert.True(t, cfg.LoadBalancer.DeletionProtection)
	service := cfg.Services[0]
	assert.Equal(t, "app", service.Name, "the only service has a default name")
	assert.Equal(t, 3, *service.DesiredCount)
	assert.Equal(t, map[string]pulumi.StringInput{"LEVEL": pulumi.String("info"), "PORT": pulumi.String("8080"), "DEBUG": pulumi.String("true")}, service.Environment)
	assert.Equal(t, "2", cfg.OriginSecret.Version, "pulumi config set --path makes a number of what looks like one")
	assert.Equal(t, "/health", service.Route.HealthCheck.Path)
	assert.Equal(t, pulumi.ToStringArray([]string{"arn:aws:kms:eu-west-1:123456789012:key/a"}), service.SecretKmsKeyArns)
	assert.Equal(t, 5432, service.AdditionalEgress[0].Port)
}

func TestParseIsStrict(t *testing.T) {
	alb := minimal(stacks.VariantALB)
	for name, c := range map[string]struct {
		config map[string]string
		want   string
	}{
		"misspelt field":     {with(alb, "loadBalancer.idleTimeoutSecond", "90"), "portico:loadBalancer.idleTimeoutSecond: is no field; did you mean idleTimeoutSeconds?"},
		"deeper":             {with(alb, "services[0].route.healthcheck.path", "/"), "portico:services[0].route.healthcheck: is no field; did you mean healthCheck?"},
		"nothing like it":    {with(alb, "domain.hostedZone.xyzzy", "a"), "portico:domain.hostedZone.xyzzy: is no field; there are id, name"},
		"a component":        {with(alb, "loadBalancer.network", "net"), "portico:loadBalancer.network: is no field; there are accessFrom, "},
		"string for a bool":  {with(alb, "loadBalancer.dualStack", "yes"), `portico:loadBalancer.dualStack: must be true or false, got "yes"`},
		"number for a list":  {with(alb, "loadBalancer.allowedCidrs", "10"), "portico:loadBalancer.allowedCidrs: must be a list of strings, got 10"},
		"string for a list":  {with(alb, "services", `{"image": "nginx"}`), `portico:services: must be a list of objects, got {"image":"nginx"}`},
		"fraction":           {with(alb, "services[0].cpu", "0.25"), "portico:services[0].cpu: must be a whole number, got \"0.25\""},
		"string for objects": {with(without(alb, "domain.domainName", "domain.hostedZone.name"), "domain", "app.example.com"), "portico:domain: must be an object, got \"app.example.com\"; set its fields: pulumi config set --path 'portico:domain.FIELD'"},
		"two of one name":    {with(alb, "services", `[{"name": "a", "image": "b"}, {"name": "a", "image": "b"}]`), `portico:services[1].name: must be unique, got "a" again`},
		"no name":            {with(alb, "services", `[{"name": "a", "image": "b"}, {"image": "b", "route": {"paths": ["/b"]}}]`), `portico:services[1].name: is required: services are told apart by their names`},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := tryParse(t, c.config)
			if err == nil {
				_, err = stacks.New(cfg)
			}
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// Faults have one order, however often a configuration is read.
func TestFaultsHaveOneOrder(t *testing.T) {
	config := with(minimal(stacks.VariantALB), "cloudFront.comment", "a", "originSecret.version", "2", "tlsInstance.appPort", "80")
	for range 20 {
		_, err := tryParse(t, config)
		assert.Regexp(t, `(?s)^portico:cloudFront: .*\nportico:originSecret: .*\nportico:tlsInstance: `, err)
	}
	config = with(minimal(stacks.VariantCloudFrontALB), "loadBalancer.accessFrom", "internet", "loadBalancer.aliasNames", `["a.example.com"]`,
		"loadBalancer.createAliasRecords", "true")
	for range 20 {
		_, err := stacks.New(parse(t, config))
		assert.Regexp(t, `(?s)loadBalancer.accessFrom: .*loadBalancer.aliasNames: .*loadBalancer.createAliasRecords: `, err)
	}
}

// A value that may be a secret is not repeated by the error about it.
func TestASecretIsNotRepeated(t *testing.T) {
	values := structured(t, with(minimal(stacks.VariantALB), "services[0].environment", "PASSWORD=hunter2"))
	_, err := stacks.Parse(func(key string) string { return values["portico:"+key] }, func(key string) bool { return key == "services" })
	require.ErrorContains(t, err, "portico:services[0].environment: must be an object of strings; the value given is not, and is not repeated because it may be secret")
	assert.NotContains(t, err.Error(), "hunter2")
}

// Pulumi says of the whole key only that part of it is secret.
func TestASecretInServicesHidesEveryEnvironment(t *testing.T) {
	values := structured(t, with(minimal(stacks.VariantALB), "services[0].environment", `{"A":"hunter2"}`,
		"services[0].sidecars", `[{"name":"agent","image":"nginx","environment":{"B":"hunter3"}}]`,
		"services[0].migration", `{"command":["migrate"],"environment":{"C":"hunter4"}}`))
	config, err := stacks.Parse(func(key string) string { return values["portico:"+key] }, func(key string) bool { return key == "services" })
	require.NoError(t, err)
	service := config.Services[0]
	for _, value := range []pulumi.StringInput{service.Environment["A"], service.Sidecars[0].Environment["B"], service.Migration.Environment["C"]} {
		output, is := value.(pulumi.StringOutput)
		require.True(t, is)
		assert.True(t, pulumi.IsSecret(output))
	}
}

// Adding, removing and reordering services changes no rule of another.
func TestServicesLeaveEachOtherAlone(t *testing.T) {
	three := rulesOf(t, "shop", "blog", "docs")
	assert.Equal(t, three, rulesOf(t, "docs", "shop", "blog"), "reordered")
	four := rulesOf(t, "shop", "news", "blog", "docs")
	delete(four, "news-rule")
	assert.Equal(t, three, four, "one more")
	two := rulesOf(t, "shop", "docs")
	delete(three, "blog-rule")
	assert.Equal(t, three, two, "one less")
}

// rulesOf are the priorities of the listener rules of services of these names.
func rulesOf(t *testing.T, names ...string) map[string]any {
	t.Helper()
	list := ""
	for _, name := range names {
		if list != "" {
			list += ", "
		}
		list += `{"name": "` + name + `", "image": "public.ecr.aws/nginx/nginx:stable", "route": {"paths": ["/` + name + `/*"]}}`
	}
	g := deploy(t, with(minimal(stacks.VariantALB), "services", "["+list+"]"))
	componentstest.AssertInvariants(t, g)
	rules := map[string]any{}
	for _, rule := range g.OfType(tokenRule) {
		rules[rule.Name] = rule.Input("priority")
	}
	return rules
}
