package ecs_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ecs"
)

func TestContainersRule(t *testing.T) {
	ports := func(mappings ...any) core.Object { return core.Object{"portMappings": mappings} }
	secret := func(name, from string) core.Object {
		return core.Object{"secrets": []any{core.Object{"name": name, "valueFrom": from}}}
	}
	waitsFor := func(name, condition string) core.Object {
		return core.Object{"dependsOn": []any{core.Object{"containerName": name, "condition": condition}}}
	}
	const arn = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf"
	c := cloudtest.New(t)
	tests := map[string]struct {
		containers []core.Object
		noRole     bool
		wantErr    string
	}{
		"fine":     {containers: []core.Object{cloudtest.WebContainer(nil)}},
		"in order": {containers: []core.Object{cloudtest.WebContainer(waitsFor("side", "SUCCESS")), {"name": "side", "image": "x", "essential": false}}},
		"two":      {containers: []core.Object{cloudtest.WebContainer(nil), {"name": "side", "image": "x", "essential": false}}},
		"waits for health that is checked": {containers: []core.Object{cloudtest.WebContainer(waitsFor("side", "HEALTHY")), {
			"name": "side", "image": "x", "healthCheck": core.Object{"command": core.List("CMD", "check")},
		}}},
		"all of it":      {containers: []core.Object{cloudtest.WebContainer(cloudtest.LoggedTo("/web").With(secret("DB", arn)))}},
		"from parameter": {containers: []core.Object{cloudtest.WebContainer(secret("DB", "arn:aws:ssm:ap-northeast-1:123456789012:parameter/db"))}},
		"health": {containers: []core.Object{cloudtest.WebContainer(core.Object{"healthCheck": core.Object{
			"command": core.List("CMD-SHELL", "exit 0"), "interval": 30, "timeout": 5, "retries": 3, "startPeriod": 0,
		}})}},

		"none":             {containers: []core.Object{}, wantErr: "Container list cannot be empty."},
		"misspelt":         {containers: []core.Object{cloudtest.WebContainer(core.Object{"images": "x"})}, wantErr: `unknown field "images"`},
		"wrong kind":       {containers: []core.Object{cloudtest.WebContainer(core.Object{"cpu": "256"})}, wantErr: "container_definitions is invalid"},
		"no name":          {containers: []core.Object{{"image": "x"}}, wantErr: "Container.name should not be null or empty."},
		"name":             {containers: []core.Object{{"name": "a b", "image": "x"}}, wantErr: "invalid characters"},
		"no image":         {containers: []core.Object{{"name": "web"}}, wantErr: "Container.image should not be null or empty"},
		"same name":        {containers: []core.Object{cloudtest.WebContainer(nil), cloudtest.WebContainer(nil)}, wantErr: "must be unique"},
		"nothing matters":  {containers: []core.Object{cloudtest.WebContainer(core.Object{"essential": false})}, wantErr: "must be essential"},
		"order":            {containers: []core.Object{cloudtest.WebContainer(core.Object{"dependsOn": []any{core.Object{"containerName": "db"}}})}, wantErr: `Container "web", dependsOn[0].name: must be one of the task's sidecars, got "db"`},
		"waits for itself": {containers: []core.Object{cloudtest.WebContainer(waitsFor("web", "START"))}, wantErr: `dependsOn[0].name: must be another container, got "web" itself`},
		"waits for the end of the task": {containers: []core.Object{cloudtest.WebContainer(nil), core.Object{"name": "side", "image": "x"}.With(waitsFor("web", "SUCCESS"))},
			wantErr: `dependsOn[0].condition: must not be SUCCESS for "web", which is essential`},
		"waits for no condition":              {containers: []core.Object{cloudtest.WebContainer(waitsFor("side", "READY")), {"name": "side", "image": "x"}}, wantErr: `got "READY"`},
		"waits for health that nobody checks": {containers: []core.Object{cloudtest.WebContainer(waitsFor("side", "HEALTHY")), {"name": "side", "image": "x"}}, wantErr: `dependsOn[0].condition: must not be HEALTHY for "side", which has no health check of its own, and ECS does not use one of the image: set its healthCheck, or wait for START`},
		"wait for each other": {containers: []core.Object{cloudtest.WebContainer(waitsFor("side", "START")), core.Object{"name": "side", "image": "x"}.With(waitsFor("web", "START"))},
			wantErr: "Cyclic dependency between the containers of the task: web -> side -> web"},
		"too much CPU":    {containers: []core.Object{cloudtest.WebContainer(core.Object{"cpu": 200}), {"name": "side", "image": "x", "cpu": 100}}, wantErr: "The cpu of the containers, 300, must not be more than the task's, 256"},
		"too much memory": {containers: []core.Object{cloudtest.WebContainer(core.Object{"memory": 1024})}, wantErr: "The memory of the containers, 1024, must not be more than the task's, 512"},
		"port range":      {containers: []core.Object{cloudtest.WebContainer(ports(core.Object{"containerPort": 70000}))}, wantErr: "portMappings[0].containerPort must be 1-65535, got 70000"},
		"host port": {containers: []core.Object{cloudtest.WebContainer(ports(core.Object{"containerPort": 8080, "hostPort": 80}))},
			wantErr: "When networkMode=awsvpc, the host ports and container ports in port mappings must match."},
		"protocol":   {containers: []core.Object{cloudtest.WebContainer(ports(core.Object{"containerPort": 1, "protocol": "http"}))}, wantErr: "portMappings[0].protocol must be one of tcp, udp"},
		"same port":  {containers: []core.Object{cloudtest.WebContainer(ports(core.Object{"containerPort": 1}, core.Object{"containerPort": 1}))}, wantErr: "occurs twice"},
		"privileged": {containers: []core.Object{cloudtest.WebContainer(core.Object{"privileged": true})}, wantErr: "does not support privileged"},
		"stop":       {containers: []core.Object{cloudtest.WebContainer(core.Object{"stopTimeout": 121})}, wantErr: "containerDefinitions[0].stopTimeout must be 0-120, got 121"},
		"start":      {containers: []core.Object{cloudtest.WebContainer(core.Object{"startTimeout": 1})}, wantErr: "startTimeout must be 2-120, got 1"},
		"log driver": {containers: []core.Object{cloudtest.WebContainer(core.Object{"logConfiguration": core.Object{"logDriver": "syslog"}})}, wantErr: `got "syslog"`},
		"log options": {containers: []core.Object{cloudtest.WebContainer(core.Object{"logConfiguration": core.Object{"logDriver": "awslogs"}})},
			wantErr: "logConfiguration.options must have 'awslogs-group'"},
		"secret's origin": {containers: []core.Object{cloudtest.WebContainer(secret("DB", "plain text"))}, wantErr: "must come from the ARN"},
		"secret's name":   {containers: []core.Object{cloudtest.WebContainer(secret("", arn))}, wantErr: "without a name"},
		"secret and variable": {containers: []core.Object{cloudtest.WebContainer(secret("DB", arn).With(core.Object{
			"environment": []any{core.Object{"name": "DB", "value": "x"}},
		}))}, wantErr: "The secret name must be unique"},
		"health command":  {containers: []core.Object{cloudtest.WebContainer(core.Object{"healthCheck": core.Object{"command": core.List("exit")}})}, wantErr: "begins with CMD"},
		"health interval": {containers: []core.Object{cloudtest.WebContainer(core.Object{"healthCheck": core.Object{"command": core.List("CMD", "x"), "interval": 4}})}, wantErr: "containerDefinitions[0].healthCheck.interval must be 5-300, got 4"},

		"log without a role":    {containers: []core.Object{cloudtest.WebContainer(cloudtest.LoggedTo("/web"))}, noRole: true, wantErr: "to support log driver awslogs."},
		"image without a role":  {containers: []core.Object{cloudtest.WebContainer(core.Object{"image": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:1"})}, noRole: true, wantErr: "to support ECR images."},
		"secret without a role": {containers: []core.Object{cloudtest.WebContainer(secret("DB", arn))}, noRole: true, wantErr: "container secrets"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := cloudtest.DefinitionInputs(t, core.Object{"containerDefinitions": cloudtest.ContainersJSON(t, tt.containers...)})
			if !tt.noRole {
				in["executionRoleArn"] = "arn:aws:iam::123456789012:role/execution"
			}
			fault := c.FaultsOf(ecs.DefinitionToken, in)
			if tt.wantErr == "" {
				assert.Empty(t, fault)
				return
			}
			assert.Regexp(t, `containerDefinitions(:|\[\d\])`, fault)
			assert.Contains(t, fault, tt.wantErr)
		})
	}
}

func TestContainersRuleShowsNoValues(t *testing.T) {
	c := cloudtest.New(t)
	for _, wrong := range []string{
		`[{"name":"web","environment":[{"name":"A","value":["s3cret"]}]}]`,
		cloudtest.ContainersJSON(t, cloudtest.WebContainer(nil)) + "s3cret",
		`[{"name":"web","image":"x","secrets":[{"name":"A","valueFrom":"s3cret"}]}]`,
	} {
		fault := c.FaultsOf(ecs.DefinitionToken, cloudtest.DefinitionInputs(t, core.Object{"containerDefinitions": wrong}))
		assert.Regexp(t, "container_definitions is invalid|must come from the ARN", fault)
		assert.NotContains(t, fault, "s3cret")
	}
}
