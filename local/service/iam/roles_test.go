package iam_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

const readBucket = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`

func TestRole(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(iam.RoleToken, "task", core.Object{
		"assumeRolePolicy": cloudtest.TrustOf("ecs-tasks.amazonaws.com"), "path": "/app/", "tags": map[string]any{"a": "b"},
	})
	assert.Regexp(t, `^task-[0-9a-f]{7}$`, id)
	assert.Equal(t, "arn:aws:iam::"+c.Account().ID+":role/app/"+id, state.Str("arn"))
	assert.Equal(t, 3600, state.Int("maxSessionDuration"))

	other := core.Object{"assumeRolePolicy": cloudtest.TrustOf("ec2.amazonaws.com"), "path": "/app/"}
	assert.Empty(t, c.ChangeOf(iam.RoleToken, id, other).Replaces)
	assert.Equal(t, []string{"path"}, c.ChangeOf(iam.RoleToken, id, core.Object{"assumeRolePolicy": cloudtest.TrustOf("ec2.amazonaws.com")}).Replaces)
	rewritten := strings.Replace(cloudtest.TrustOf("ecs-tasks.amazonaws.com"), `{"V`, `{ "V`, 1)
	assert.Empty(t, c.ChangeOf(iam.RoleToken, id, core.Object{
		"assumeRolePolicy": rewritten, "path": "/app/", "tags": map[string]any{"a": "b"},
	}).Changed, "the same JSON, written differently")

	c.Update(iam.RoleToken, id, other)
	c.Delete(iam.RoleToken, id)
	c.IsSeed()
}

func TestRoleRefusals(t *testing.T) {
	c := cloudtest.New(t)
	trust := cloudtest.TrustOf("ec2.amazonaws.com")
	c.Create(iam.RoleToken, "x", core.Object{"name": "taken", "assumeRolePolicy": trust})
	tests := map[string]struct {
		in  core.Object
		why string
	}{
		"no trust policy":   {core.Object{"assumeRolePolicy": readBucket}, "MalformedPolicyDocument"},
		"name too long":     {core.Object{"name": strings.Repeat("a", 65), "assumeRolePolicy": trust}, "1-64"},
		"characters":        {core.Object{"name": "a b", "assumeRolePolicy": trust}, "ValidationError"},
		"path":              {core.Object{"path": "app", "assumeRolePolicy": trust}, "begin and end with a slash"},
		"session":           {core.Object{"maxSessionDuration": 60, "assumeRolePolicy": trust}, "3600-43200"},
		"description":       {core.Object{"description": strings.Repeat("d", 1001), "assumeRolePolicy": trust}, "at most 1000"},
		"name taken":        {core.Object{"name": "taken", "assumeRolePolicy": trust}, "EntityAlreadyExists"},
		"too long a policy": {core.Object{"assumeRolePolicy": allow(`"Action":"sts:AssumeRole","Principal":{"AWS":"` + strings.Repeat("1", 2048) + `"}`)}, "ACLSizePerRole: 2048"},
		"inline policies":   {core.Object{"assumeRolePolicy": trust, "managedPolicyArns": core.List("x")}, "managedPolicyArns"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(iam.RoleToken, "r", tt.in, tt.why)
		})
	}
}

func TestRoleWithPoliciesStays(t *testing.T) {
	c := cloudtest.New(t)
	role, _ := c.Role("r", "ec2.amazonaws.com")
	attachment, _ := c.Create(iam.AttachmentToken, "a", core.Object{
		"role": role, "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
	})
	inline, _ := c.Create(iam.RolePolicyToken, "p", core.Object{"role": role, "policy": readBucket})

	assert.ErrorContains(t, c.TryDelete(iam.RoleToken, role), "DeleteConflict: the role '"+role+"' is in use by the role policy '"+inline)
	c.Delete(iam.RolePolicyToken, inline)
	assert.ErrorContains(t, c.TryDelete(iam.RoleToken, role), "DeleteConflict: the role '"+role+"' is in use by the role policy attachment '"+attachment)
	c.Delete(iam.AttachmentToken, attachment)

	profile, _ := c.Create(iam.ProfileToken, "i", core.Object{"role": role})
	c.Delete(iam.RoleToken, role)
	assert.Empty(t, c.State(iam.ProfileToken, profile).Str("role"), "a deleted role leaves the profile")
	c.Delete(iam.ProfileToken, profile)
	c.IsSeed()
}

func TestRoleMayDetachItsPolicies(t *testing.T) {
	c := cloudtest.New(t)
	role, _ := c.Create(iam.RoleToken, "r", core.Object{
		"assumeRolePolicy": cloudtest.TrustOf("ec2.amazonaws.com"), "forceDetachPolicies": true,
	})
	c.Create(iam.RolePolicyToken, "p", core.Object{"role": role, "policy": readBucket})
	c.Delete(iam.RoleToken, role)
	c.IsSeed()
}

func TestInstanceProfile(t *testing.T) {
	c := cloudtest.New(t)
	c.Refused(iam.ProfileToken, "i", core.Object{"role": "nobody"}, "NoSuchEntity: The role with name nobody cannot be found.")
	role, _ := c.Role("r", "ec2.amazonaws.com")
	second, _ := c.Role("s", "ec2.amazonaws.com")
	id, state := c.Create(iam.ProfileToken, "i", core.Object{"role": role})
	assert.Equal(t, "arn:aws:iam::"+c.Account().ID+":instance-profile/"+id, state.Str("arn"))
	c.Refused(iam.ProfileToken, "j", core.Object{"name": id}, "EntityAlreadyExists")
	c.Update(iam.ProfileToken, id, core.Object{"role": second})
	assert.Equal(t, []string{"name"}, c.ChangeOf(iam.ProfileToken, id, core.Object{"name": "other", "role": second}).Replaces)
}
