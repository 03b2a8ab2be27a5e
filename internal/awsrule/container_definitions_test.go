package awsrule_test

import (
	"strings"
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
	for _, member := range []string{"command", "environment", "secrets", "cpu", "memory", "dependsOn", "startTimeout"} {
		assert.NotContains(t, got, `"`+member+`"`)
	}
}

// A container has as long to become healthy as its check may take to fail, up to Fargate's
// limit, and only if another one waits for that.
func TestStartTimeout(t *testing.T) {
	seconds := func(n int) *int { return &n }
	for name, tt := range map[string]struct {
		condition string
		check     *awsrule.ContainerHealthCheck
		want      string // "" for none
	}{
		"the defaults":       {awsrule.ConditionHealthy, &awsrule.ContainerHealthCheck{}, "105"},
		"all of it":          {awsrule.ConditionHealthy, &awsrule.ContainerHealthCheck{IntervalSeconds: 10, TimeoutSeconds: 4, Retries: 2, StartPeriodSeconds: seconds(60)}, "88"},
		"the shortest check": {awsrule.ConditionHealthy, &awsrule.ContainerHealthCheck{IntervalSeconds: 5, TimeoutSeconds: 2, Retries: 1, StartPeriodSeconds: seconds(0)}, "7"},
		"up to the limit":    {awsrule.ConditionHealthy, &awsrule.ContainerHealthCheck{StartPeriodSeconds: seconds(15)}, "120"},
		"over the limit":     {awsrule.ConditionHealthy, &awsrule.ContainerHealthCheck{StartPeriodSeconds: seconds(16)}, "120"},
		"only started":       {awsrule.ConditionStart, &awsrule.ContainerHealthCheck{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := awsrule.ContainerDefinitions([]awsrule.Container{
				{Name: "app", DependsOn: []awsrule.ContainerDependency{{Name: "side", Condition: tt.condition}}},
				{Name: "side", HealthCheck: tt.check},
			})
			require.NoError(t, err)
			app, side, _ := strings.Cut(got, `{"name":"side"`)
			assert.NotContains(t, app, "startTimeout")
			if tt.want == "" {
				assert.NotContains(t, side, "startTimeout")
				return
			}
			assert.Contains(t, side, `"startTimeout":`+tt.want+",")
		})
	}
}
