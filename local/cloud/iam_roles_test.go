package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const readBucket = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`

// role makes a role that a service can be.
func (c *testCloud) role(name, service string) (id, arn string) {
	c.t.Helper()
	id, state := c.create(iamRoleToken, name, object{"assumeRolePolicy": trustOf(service)})
	return id, state.str("arn")
}

func TestRole(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(iamRoleToken, "task", object{
		"assumeRolePolicy": trustOf("ecs-tasks.amazonaws.com"), "path": "/app/", "tags": map[string]any{"a": "b"},
	})
	assert.Regexp(t, `^task-[0-9a-f]{7}$`, id)
	assert.Equal(t, "arn:aws:iam::"+c.account().ID+":role/app/"+id, state.str("arn"))
	assert.Equal(t, 3600, state.integer("maxSessionDuration"))

	other := object{"assumeRolePolicy": trustOf("ec2.amazonaws.com"), "path": "/app/"}
	assert.Empty(t, c.changeOf(iamRoleToken, id, other).replaces)
	assert.Equal(t, []string{"path"}, c.changeOf(iamRoleToken, id, object{"assumeRolePolicy": trustOf("ec2.amazonaws.com")}).replaces)
	rewritten := strings.Replace(trustOf("ecs-tasks.amazonaws.com"), `{"V`, `{ "V`, 1)
	assert.Empty(t, c.changeOf(iamRoleToken, id, object{
		"assumeRolePolicy": rewritten, "path": "/app/", "tags": map[string]any{"a": "b"},
	}).changed, "the same JSON, written differently")

	c.update(iamRoleToken, id, other)
	c.delete(iamRoleToken, id)
	c.isSeed()
}

func TestRoleRefusals(t *testing.T) {
	c := newTestCloud(t)
	trust := trustOf("ec2.amazonaws.com")
	c.create(iamRoleToken, "x", object{"name": "taken", "assumeRolePolicy": trust})
	tests := map[string]struct {
		in  object
		why string
	}{
		"no trust policy":   {object{"assumeRolePolicy": readBucket}, "MalformedPolicyDocument"},
		"name too long":     {object{"name": strings.Repeat("a", 65), "assumeRolePolicy": trust}, "1-64"},
		"characters":        {object{"name": "a b", "assumeRolePolicy": trust}, "ValidationError"},
		"path":              {object{"path": "app", "assumeRolePolicy": trust}, "begin and end with a slash"},
		"session":           {object{"maxSessionDuration": 60, "assumeRolePolicy": trust}, "3600-43200"},
		"description":       {object{"description": strings.Repeat("d", 1001), "assumeRolePolicy": trust}, "at most 1000"},
		"name taken":        {object{"name": "taken", "assumeRolePolicy": trust}, "EntityAlreadyExists"},
		"too long a policy": {object{"assumeRolePolicy": allow(`"Action":"sts:AssumeRole","Principal":{"AWS":"` + strings.Repeat("1", 2048) + `"}`)}, "ACLSizePerRole: 2048"},
		"inline policies":   {object{"assumeRolePolicy": trust, "managedPolicyArns": list("x")}, "managedPolicyArns"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(iamRoleToken, "r", tt.in, tt.why)
		})
	}
}

func TestRoleWithPoliciesStays(t *testing.T) {
	c := newTestCloud(t)
	role, _ := c.role("r", "ec2.amazonaws.com")
	attachment, _ := c.create(iamAttachmentToken, "a", object{
		"role": role, "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
	})
	inline, _ := c.create(iamRolePolicyToken, "p", object{"role": role, "policy": readBucket})

	assert.ErrorContains(t, c.tryDelete(iamRoleToken, role), "DeleteConflict: Cannot delete entity, must detach all policies first.")
	c.delete(iamAttachmentToken, attachment)
	assert.ErrorContains(t, c.tryDelete(iamRoleToken, role), "must delete policies first")
	c.delete(iamRolePolicyToken, inline)

	profile, _ := c.create(iamProfileToken, "i", object{"role": role})
	c.delete(iamRoleToken, role)
	assert.Empty(t, c.state(iamProfileToken, profile).str("role"), "a deleted role leaves the profile")
	c.delete(iamProfileToken, profile)
	c.isSeed()
}

func TestRoleMayDetachItsPolicies(t *testing.T) {
	c := newTestCloud(t)
	role, _ := c.create(iamRoleToken, "r", object{
		"assumeRolePolicy": trustOf("ec2.amazonaws.com"), "forceDetachPolicies": true,
	})
	c.create(iamRolePolicyToken, "p", object{"role": role, "policy": readBucket})
	c.delete(iamRoleToken, role)
	c.isSeed()
}

func TestInstanceProfile(t *testing.T) {
	c := newTestCloud(t)
	c.refused(iamProfileToken, "i", object{"role": "nobody"}, "NoSuchEntity: The role with name nobody cannot be found.")
	role, _ := c.role("r", "ec2.amazonaws.com")
	second, _ := c.role("s", "ec2.amazonaws.com")
	id, state := c.create(iamProfileToken, "i", object{"role": role})
	assert.Equal(t, "arn:aws:iam::"+c.account().ID+":instance-profile/"+id, state.str("arn"))
	c.refused(iamProfileToken, "j", object{"name": id}, "EntityAlreadyExists")
	c.update(iamProfileToken, id, object{"role": second})
	assert.Equal(t, []string{"name"}, c.changeOf(iamProfileToken, id, object{"name": "other", "role": second}).replaces)
}
