package awsrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
)

// holds asserts that err is nil for "", else that its text contains want.
func holds(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		assert.NoError(t, err)
		return
	}
	assert.ErrorContains(t, err, want)
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		name    string
		err     error
		wantErr string
	}{
		{"lowest port", awsrule.ListensOn(1, "container"), ""},
		{"highest port", awsrule.ListensOn(65535, "container"), ""},
		{"no port", awsrule.ListensOn(0, "container"), "is required: the port on which the container listens"},
		{"port too high", awsrule.ListensOn(70000, "container"), "must be 1-65535, got 70000"},
		{"no tasks", awsrule.DesiredCount(0), ""},
		{"negative tasks", awsrule.DesiredCount(-1), "must be 0-5000 tasks, got -1"},
		{"retention", awsrule.LogRetention(30), ""},
		{"longest retention", awsrule.LogRetention(3653), ""},
		{"odd retention", awsrule.LogRetention(31), "got 31; use 60"},
		{"endless retention", awsrule.LogRetention(4000), "got 4000; use 3653"},
		{"no retention", awsrule.LogRetention(0), "got 0; use 1"},
		{"no grace", awsrule.GracePeriod(0), ""},
		{"negative grace", awsrule.GracePeriod(-1), "got -1"},
		{"variable", awsrule.VariableName("APP_mode.1"), ""},
		{"variable with a value", awsrule.VariableName("A=b"), `got "A=b"`},
		{"no variable", awsrule.VariableName(""), `got ""`},
		{"range", awsrule.EgressPeer("10.1.0.0/16"), ""},
		{"IPv6 range", awsrule.EgressPeer("2001:db8::/32"), ""},
		{"address", awsrule.EgressPeer("10.1.0.1"), `got "10.1.0.1"`},
		{"within a range", awsrule.EgressPeer("10.1.0.1/16"), `use "10.1.0.0/16"`},
	} {
		t.Run(c.name, func(t *testing.T) { holds(t, c.err, c.wantErr) })
	}
}

func TestImage(t *testing.T) {
	for image, wantErr := range map[string]string{
		"nginx":                             "",
		"public.ecr.aws/nginx/nginx:stable": "",
		"localhost:5000/app:v1":             "",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app@sha256:" + digest: "",
		"":                  "must be a container image",
		"https://nginx":     `got "https://nginx"`,
		"nginx latest":      `got "nginx latest"`,
		"nginx:":            `got "nginx:"`,
		"app@sha256:abc123": "got",
	} {
		t.Run(image, func(t *testing.T) { holds(t, awsrule.ContainerImage(image), wantErr) })
	}
}

const digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestPrivateRepository(t *testing.T) {
	for image, arn := range map[string]string{
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/app":                  "arn:aws:ecr:eu-west-1:123456789012:repository/app",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:v1":          "arn:aws:ecr:eu-west-1:123456789012:repository/team/app",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:" + digest: "arn:aws:ecr:eu-west-1:123456789012:repository/app",
		"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app:v1":           "arn:aws-cn:ecr:cn-north-1:123456789012:repository/app",
		"123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/app":         "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/app",
		"123456789012.dkr-ecr.eu-west-1.on.aws/app:v1":                      "arn:aws:ecr:eu-west-1:123456789012:repository/app",
		"public.ecr.aws/nginx/nginx:stable":                                 "",
		"nginx":                                                             "",
		"evil.example.com/123456789012.dkr.ecr.eu-west-1.amazonaws.com/app": "",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example.com/app": "",
		"123456789012.dkr.ecr.eu-west-1.amazonaws.com/":                     "",
		"12345678901.dkr.ecr.eu-west-1.amazonaws.com/app":                   "",
	} {
		t.Run(image, func(t *testing.T) {
			_, got, ok := awsrule.PrivateRepository(image)
			assert.Equal(t, arn, got)
			assert.Equal(t, arn != "", ok)
		})
	}
}

func TestImageThroughEndpoints(t *testing.T) {
	const private = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1"
	holds(t, awsrule.ImageThroughEndpoints(private, "eu-west-1"), "")
	holds(t, awsrule.ImageThroughEndpoints(private, ""), "")
	holds(t, awsrule.ImageThroughEndpoints(private, "eu-west-2"), "must lie in ECR of region eu-west-2")
	holds(t, awsrule.ImageThroughEndpoints("public.ecr.aws/nginx/nginx", "eu-west-1"), "viewers would get 503")
}

func TestSecretStore(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf":            "secretsmanager",
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password::": "secretsmanager",
		"arn:aws-cn:ssm:cn-north-1:123456789012:parameter/app/mode":                 "ssm",
		"hunter2":             "",
		"/app/mode":           "",
		"arn:aws:s3:::bucket": "",
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf:password": "",
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db":                 "", // no policy can name it
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db:password::":      "",
		"": "",
	} {
		t.Run(arn, func(t *testing.T) {
			got, err := awsrule.SecretStore(arn)
			assert.Equal(t, want, got)
			assert.Equal(t, want == "", err != nil)
		})
	}
	_, err := awsrule.SecretStore("hunter2")
	assert.NotContains(t, err.Error(), "hunter2", "a secret given by mistake must not be repeated")
}

func TestSecretUnreachable(t *testing.T) {
	holds(t, awsrule.SecretUnreachable("ssm"), `add "ssm" to the network's interfaceEndpoints`)
}
