package awsrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awsrule"
)

func TestDefinitions(t *testing.T) {
	c := awsrule.Container{
		Name: "app", Image: "nginx", Port: 8080, Command: []string{"serve", "a b"},
		Environment: map[string]string{"Z": "1", "A": `"quoted"`, "M": ""},
		Secrets:     map[string]string{"TOKEN": "arn:t", "PASSWORD": "arn:p"},
		LogGroup:    "app-logs", LogRegion: "eu-west-1", LogPrefix: "app",
	}
	want := `[{"name":"app","image":"nginx","essential":true,"command":["serve","a b"],` +
		`"portMappings":[{"containerPort":8080,"hostPort":8080,"protocol":"tcp"}],` +
		`"environment":[{"name":"A","value":"\"quoted\""},{"name":"M","value":""},{"name":"Z","value":"1"}],` +
		`"secrets":[{"name":"PASSWORD","valueFrom":"arn:p"},{"name":"TOKEN","valueFrom":"arn:t"}],` +
		`"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"app-logs","awslogs-region":"eu-west-1",` +
		`"awslogs-stream-prefix":"app","mode":"non-blocking"}}}]`
	for range 20 {
		got, err := awsrule.ContainerDefinitions([]awsrule.Container{c})
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestDefinitionsLeaveOutWhatIsEmpty(t *testing.T) {
	got, err := awsrule.ContainerDefinitions([]awsrule.Container{{Name: "app", Image: "nginx", Port: 80}})
	require.NoError(t, err)
	for _, member := range []string{"command", "environment", "secrets", "cpu", "memory", "dependsOn"} {
		assert.NotContains(t, got, `"`+member+`"`)
	}
}
