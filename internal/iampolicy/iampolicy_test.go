package iampolicy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
)

func render(t *testing.T, d iampolicy.Document) string {
	t.Helper()
	text, err := d.JSON()
	require.NoError(t, err)
	return text
}

func TestJSONIsDeterministic(t *testing.T) {
	d := iampolicy.TrustService("x.amazonaws.com", iampolicy.Condition{
		"StringEquals": {"b": {"<2>"}, "a": {"1"}},
		"ArnLike":      {"c": {"*"}},
	})
	want := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` +
		`"Principal":{"Service":"x.amazonaws.com"},"Action":["sts:AssumeRole"],` +
		`"Condition":{"ArnLike":{"c":["*"]},"StringEquals":{"a":["1"],"b":["<2>"]}}}]}`
	for range 20 {
		assert.Equal(t, want, render(t, d))
	}
}

func TestPartition(t *testing.T) {
	assert.Equal(t, "aws", iampolicy.Partition("ap-northeast-1"))
	assert.Equal(t, "aws-cn", iampolicy.Partition("cn-north-1"))
	assert.Equal(t, "aws-us-gov", iampolicy.Partition("us-gov-west-1"))
}

func TestTaskExecutionWritesLogsAndNothingElseByDefault(t *testing.T) {
	d := iampolicy.TaskExecution{Region: "eu-west-1", LogGroupARN: "arn:aws:logs:eu-west-1:1:log-group:app"}.Document()
	assert.Equal(t, iampolicy.Document{{
		Action:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resource: []string{"arn:aws:logs:eu-west-1:1:log-group:app:*"},
	}}, d)
}

func TestTaskExecutionNamesEveryResource(t *testing.T) {
	d := iampolicy.TaskExecution{
		Region:         "eu-west-1",
		LogGroupARN:    "arn:aws:logs:eu-west-1:1:log-group:app",
		RepositoryARNs: []string{"arn:aws:ecr:eu-west-1:1:repository/app"},
		SecretRefs: []string{
			"arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf:password::",
			"arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf:user::",
			"arn:aws:secretsmanager:eu-west-1:1:secret:api-AbCdEf",
		},
		ParameterARNs: []string{"arn:aws:ssm:eu-west-1:1:parameter/mode"},
		KMSKeyARNs:    []string{"arn:aws:kms:eu-west-1:1:key/k"},
	}.Document()
	byAction := map[string][]string{}
	for _, s := range d {
		for _, a := range s.Action {
			byAction[a] = s.Resource
		}
	}
	repository := []string{"arn:aws:ecr:eu-west-1:1:repository/app"}
	assert.Equal(t, map[string][]string{
		"logs:CreateLogStream":            {"arn:aws:logs:eu-west-1:1:log-group:app:*"},
		"logs:PutLogEvents":               {"arn:aws:logs:eu-west-1:1:log-group:app:*"},
		"ecr:GetAuthorizationToken":       {"*"},
		"ecr:BatchCheckLayerAvailability": repository,
		"ecr:BatchGetImage":               repository,
		"ecr:GetDownloadUrlForLayer":      repository,
		"secretsmanager:GetSecretValue": {
			"arn:aws:secretsmanager:eu-west-1:1:secret:api-AbCdEf",
			"arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf",
		},
		"ssm:GetParameters": {"arn:aws:ssm:eu-west-1:1:parameter/mode"},
		"kms:Decrypt":       {"arn:aws:kms:eu-west-1:1:key/k"},
	}, byAction)
	assert.Equal(t, iampolicy.Condition{"StringEquals": {
		"kms:ViaService": {"secretsmanager.eu-west-1.amazonaws.com", "ssm.eu-west-1.amazonaws.com"},
	}}, d[len(d)-1].Condition)
}

func TestTrustTasksIsConfinedToAccountAndRegion(t *testing.T) {
	assert.Equal(t, iampolicy.Condition{
		"ArnLike":      {"aws:SourceArn": {"arn:aws:ecs:eu-west-1:123456789012:*"}},
		"StringEquals": {"aws:SourceAccount": {"123456789012"}},
	}, iampolicy.TrustTasks("eu-west-1", "123456789012")[0].Condition)
}
