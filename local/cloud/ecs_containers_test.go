package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestContainersRule(t *testing.T) {
	ports := func(mappings ...any) object { return object{"portMappings": mappings} }
	secret := func(name, from string) object {
		return object{"secrets": []any{object{"name": name, "valueFrom": from}}}
	}
	const arn = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf"
	tests := map[string]struct {
		containers []object
		noRole     bool
		wantErr    string
	}{
		"fine":           {containers: []object{webContainer(nil)}},
		"two":            {containers: []object{webContainer(nil), {"name": "side", "image": "x", "essential": false}}},
		"all of it":      {containers: []object{webContainer(loggedTo("/web").with(secret("DB", arn)))}},
		"from parameter": {containers: []object{webContainer(secret("DB", "arn:aws:ssm:ap-northeast-1:123456789012:parameter/db"))}},
		"health": {containers: []object{webContainer(object{"healthCheck": object{
			"command": list("CMD-SHELL", "exit 0"), "interval": 30, "timeout": 5, "retries": 3, "startPeriod": 0,
		}})}},

		"none":            {containers: []object{}, wantErr: "Container list cannot be empty."},
		"misspelt":        {containers: []object{webContainer(object{"images": "x"})}, wantErr: `unknown field "images"`},
		"wrong kind":      {containers: []object{webContainer(object{"cpu": "256"})}, wantErr: "container_definitions is invalid"},
		"no name":         {containers: []object{{"image": "x"}}, wantErr: "Container.name should not be null or empty."},
		"name":            {containers: []object{{"name": "a b", "image": "x"}}, wantErr: "invalid characters"},
		"no image":        {containers: []object{{"name": "web"}}, wantErr: "Container.image should not be null or empty"},
		"same name":       {containers: []object{webContainer(nil), webContainer(nil)}, wantErr: "must be unique"},
		"nothing matters": {containers: []object{webContainer(object{"essential": false})}, wantErr: "must be essential"},
		"order":           {containers: []object{webContainer(object{"dependsOn": []any{object{"containerName": "db"}}})}, wantErr: "depends on"},
		"port range":      {containers: []object{webContainer(ports(object{"containerPort": 70000}))}, wantErr: "must be 1-65535, got 70000"},
		"host port": {containers: []object{webContainer(ports(object{"containerPort": 8080, "hostPort": 80}))},
			wantErr: "When networkMode=awsvpc, the host ports and container ports in port mappings must match."},
		"protocol":   {containers: []object{webContainer(ports(object{"containerPort": 1, "protocol": "http"}))}, wantErr: "tcp or udp"},
		"same port":  {containers: []object{webContainer(ports(object{"containerPort": 1}, object{"containerPort": 1}))}, wantErr: "occurs twice"},
		"privileged": {containers: []object{webContainer(object{"privileged": true})}, wantErr: "does not support privileged"},
		"stop":       {containers: []object{webContainer(object{"stopTimeout": 121})}, wantErr: "0-120 seconds, got 121"},
		"start":      {containers: []object{webContainer(object{"startTimeout": 1})}, wantErr: "2-120 seconds, got 1"},
		"log driver": {containers: []object{webContainer(object{"logConfiguration": object{"logDriver": "syslog"}})}, wantErr: `got "syslog"`},
		"log options": {containers: []object{webContainer(object{"logConfiguration": object{"logDriver": "awslogs"}})},
			wantErr: "requires option 'awslogs-group'"},
		"secret's origin": {containers: []object{webContainer(secret("DB", "plain text"))}, wantErr: "must come from the ARN"},
		"secret's name":   {containers: []object{webContainer(secret("", arn))}, wantErr: "has no name"},
		"secret and variable": {containers: []object{webContainer(secret("DB", arn).with(object{
			"environment": []any{object{"name": "DB", "value": "x"}},
		}))}, wantErr: "The secret name must be unique"},
		"health command":  {containers: []object{webContainer(object{"healthCheck": object{"command": list("exit")}})}, wantErr: "begins with CMD"},
		"health interval": {containers: []object{webContainer(object{"healthCheck": object{"command": list("CMD", "x"), "interval": 4}})}, wantErr: "must be 5-300, got 4"},

		"log without a role":    {containers: []object{webContainer(loggedTo("/web"))}, noRole: true, wantErr: "to support log driver awslogs."},
		"image without a role":  {containers: []object{webContainer(object{"image": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:1"})}, noRole: true, wantErr: "to support ECR images."},
		"secret without a role": {containers: []object{webContainer(secret("DB", arn))}, noRole: true, wantErr: "container secrets"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := object{"containerDefinitions": containersJSON(tt.containers...)}
			if !tt.noRole {
				in["executionRoleArn"] = unknown{}
			}
			fault := containersRule(in)
			if tt.wantErr == "" {
				assert.Nil(t, fault)
				return
			}
			require.NotNil(t, fault)
			assert.Equal(t, "containerDefinitions", fault.property)
			assert.Contains(t, fault.message, tt.wantErr)
		})
	}
	assert.Nil(t, containersRule(object{"containerDefinitions": unknown{}}))
}

func TestContainersRuleKeepsValuesToItself(t *testing.T) {
	fault := containersRule(object{"containerDefinitions": `[{"name":"web","environment":[{"name":"A","value":["s3cret"]}]}]`})
	require.NotNil(t, fault)
	assert.NotContains(t, fault.Error(), "s3cret")
	assert.NotNil(t, containersRule(object{"containerDefinitions": containersJSON(webContainer(nil)) + "x"}))
}
