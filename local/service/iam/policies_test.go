package iam_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// awsManagedPolicies are the policies of AWS's own that exist here.
var awsManagedPolicies = []string{
	"arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
	"arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy",
	"arn:aws:iam::aws:policy/ReadOnlyAccess",
	"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
}

// longPolicy is a policy of at least n characters.
func longPolicy(n int) string {
	return allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + strings.Repeat("b", n) + `"`)
}

func TestRolePolicy(t *testing.T) {
	c := cloudtest.New(t)
	role, _ := c.Role("r", "ec2.amazonaws.com")
	id, _ := c.Create(iam.RolePolicyToken, "p", core.Object{"role": role, "name": "read", "policy": readBucket})
	assert.Equal(t, role+":read", id)

	c.Refused(iam.RolePolicyToken, "q", core.Object{"role": role, "name": "read", "policy": readBucket}, "EntityAlreadyExists")
	c.Refused(iam.RolePolicyToken, "q", core.Object{"role": "nobody", "policy": readBucket}, "NoSuchEntity")
	c.Refused(iam.RolePolicyToken, "q", core.Object{"role": role, "policy": cloudtest.TrustOf("ec2.amazonaws.com")}, "MalformedPolicyDocument")
	c.Refused(iam.RolePolicyToken, "q", core.Object{"role": role, "policy": longPolicy(10200)}, "LimitExceeded: Maximum policy size of 10240")
	c.Update(iam.RolePolicyToken, id, core.Object{"role": role, "name": "read", "policy": longPolicy(10000)})
	assert.Equal(t, []string{"role"}, c.ChangeOf(iam.RolePolicyToken, id, core.Object{"role": "x", "name": "read", "policy": readBucket}).Replaces)
}

func TestRolePolicyAttachment(t *testing.T) {
	c := cloudtest.New(t)
	role, _ := c.Role("r", "ec2.amazonaws.com")
	for _, arn := range awsManagedPolicies {
		c.Create(iam.AttachmentToken, arn, core.Object{"role": role, "policyArn": arn})
	}
	c.Refused(iam.AttachmentToken, "a", core.Object{"role": role, "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstance"},
		"NoSuchEntity: Policy arn:aws:iam::aws:policy/AmazonSSMManagedInstance does not exist or is not attachable.")
	c.Refused(iam.AttachmentToken, "a", core.Object{"role": "nobody", "policyArn": awsManagedPolicies[0]}, "NoSuchEntity: The role")
	for i := range 10 - len(awsManagedPolicies) {
		own, _ := c.Create(iam.PolicyToken, fmt.Sprint("own", i), core.Object{"policy": readBucket})
		c.Create(iam.AttachmentToken, own, core.Object{"role": role, "policyArn": own})
	}
	eleventh, _ := c.Create(iam.PolicyToken, "eleventh", core.Object{"policy": readBucket})
	c.Refused(iam.AttachmentToken, "a", core.Object{"role": role, "policyArn": eleventh}, "PoliciesPerRole: 10")
}

func TestPolicy(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(iam.PolicyToken, "p", core.Object{"name": "read", "policy": readBucket})
	assert.Equal(t, "arn:aws:iam::"+c.Account().ID+":policy/read", id)
	assert.Equal(t, id, state.Str("arn"))
	c.Refused(iam.PolicyToken, "q", core.Object{"name": "read", "policy": readBucket}, "EntityAlreadyExists")
	c.Refused(iam.PolicyToken, "q", core.Object{"policy": longPolicy(6144)}, "PolicySize: 6144")
	c.Update(iam.PolicyToken, id, core.Object{"name": "read", "policy": longPolicy(1000)})

	role, _ := c.Role("r", "ec2.amazonaws.com")
	attachment, _ := c.Create(iam.AttachmentToken, "a", core.Object{"role": role, "policyArn": id})
	assert.ErrorContains(t, c.TryDelete(iam.PolicyToken, id), "DeleteConflict")
	c.Delete(iam.AttachmentToken, attachment)
	c.Delete(iam.PolicyToken, id)
}

func TestRoleMay(t *testing.T) {
	c := cloudtest.New(t)
	role, arn := c.Role("r", "ecs-tasks.amazonaws.com")
	c.Create(iam.AttachmentToken, "a", core.Object{"role": role, "policyArn": awsManagedPolicies[3]})
	c.Create(iam.RolePolicyToken, "p", core.Object{"role": role, "policy": `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"secretsmanager:Get*","Resource":"arn:aws:secretsmanager:*:*:secret:app-*"},
		{"Effect":"Deny","Action":"secretsmanager:*","Resource":"arn:aws:secretsmanager:*:*:secret:app-admin*"},
		{"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::*"}]}`})
	own, _ := c.Create(iam.PolicyToken, "own", core.Object{"policy": allow(`"Action":"s3:getobject","Resource":"arn:aws:s3:::b/*"`)})
	c.Create(iam.AttachmentToken, "b", core.Object{"role": role, "policyArn": own})
	tests := map[string]struct {
		action, resource string
		want             bool
	}{
		"managed":         {"ecr:BatchGetImage", "arn:aws:ecr:x", true},
		"inline":          {"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:x:1:secret:app-db", true},
		"denied":          {"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:x:1:secret:app-admin", false},
		"attached":        {"s3:GetObject", "arn:aws:s3:::b/key", true},
		"not what it is":  {"sqs:SendMessage", "arn:aws:sqs:::q", true},
		"not that action": {"iam:PassRole", "arn:aws:iam::1:role/x", false},
		"not there":       {"s3:PutObject", "arn:aws:s3:::b/key", false},
	}
	c.Change(func(tx *core.Tx) {
		found, ok := iam.RoleByArn(tx, arn)
		require.True(t, ok)
		for name, tt := range tests {
			assert.Equal(t, tt.want, iam.RoleMay(tx, found, tt.action, tt.resource), name)
		}
		assert.False(t, iam.RoleMay(tx, nil, "ecr:BatchGetImage", "*"))
	})
}
