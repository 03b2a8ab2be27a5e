package cloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// longPolicy is a policy of at least n characters.
func longPolicy(n int) string {
	return allow(`"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + strings.Repeat("b", n) + `"`)
}

func TestRolePolicy(t *testing.T) {
	c := newTestCloud(t)
	role, _ := c.role("r", "ec2.amazonaws.com")
	id, _ := c.create(iamRolePolicyToken, "p", object{"role": role, "name": "read", "policy": readBucket})
	assert.Equal(t, role+":read", id)

	c.refused(iamRolePolicyToken, "q", object{"role": role, "name": "read", "policy": readBucket}, "EntityAlreadyExists")
	c.refused(iamRolePolicyToken, "q", object{"role": "nobody", "policy": readBucket}, "NoSuchEntity")
	c.refused(iamRolePolicyToken, "q", object{"role": role, "policy": trustOf("ec2.amazonaws.com")}, "MalformedPolicyDocument")
	c.refused(iamRolePolicyToken, "q", object{"role": role, "policy": longPolicy(10200)}, "LimitExceeded: Maximum policy size of 10240")
	c.update(iamRolePolicyToken, id, object{"role": role, "name": "read", "policy": longPolicy(10000)})
	assert.Equal(t, []string{"role"}, c.changeOf(iamRolePolicyToken, id, object{"role": "x", "name": "read", "policy": readBucket}).replaces)
}

func TestRolePolicyAttachment(t *testing.T) {
	c := newTestCloud(t)
	role, _ := c.role("r", "ec2.amazonaws.com")
	for _, arn := range awsManagedPolicies {
		c.create(iamAttachmentToken, arn, object{"role": role, "policyArn": arn})
	}
	c.refused(iamAttachmentToken, "a", object{"role": role, "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstance"},
		"NoSuchEntity: Policy arn:aws:iam::aws:policy/AmazonSSMManagedInstance does not exist or is not attachable.")
	c.refused(iamAttachmentToken, "a", object{"role": "nobody", "policyArn": awsManagedPolicies[0]}, "NoSuchEntity: The role")
	for i := range 10 - len(awsManagedPolicies) {
		own, _ := c.create(iamPolicyToken, fmt.Sprint("own", i), object{"policy": readBucket})
		c.create(iamAttachmentToken, own, object{"role": role, "policyArn": own})
	}
	eleventh, _ := c.create(iamPolicyToken, "eleventh", object{"policy": readBucket})
	c.refused(iamAttachmentToken, "a", object{"role": role, "policyArn": eleventh}, "PoliciesPerRole: 10")
}

func TestPolicy(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(iamPolicyToken, "p", object{"name": "read", "policy": readBucket})
	assert.Equal(t, "arn:aws:iam::"+c.account().ID+":policy/read", id)
	assert.Equal(t, id, state.str("arn"))
	c.refused(iamPolicyToken, "q", object{"name": "read", "policy": readBucket}, "EntityAlreadyExists")
	c.refused(iamPolicyToken, "q", object{"policy": longPolicy(6144)}, "PolicySize: 6144")
	c.update(iamPolicyToken, id, object{"name": "read", "policy": longPolicy(1000)})

	role, _ := c.role("r", "ec2.amazonaws.com")
	attachment, _ := c.create(iamAttachmentToken, "a", object{"role": role, "policyArn": id})
	assert.ErrorContains(t, c.tryDelete(iamPolicyToken, id), "DeleteConflict")
	c.delete(iamAttachmentToken, attachment)
	c.delete(iamPolicyToken, id)
}

func TestRoleMay(t *testing.T) {
	c := newTestCloud(t)
	role, arn := c.role("r", "ecs-tasks.amazonaws.com")
	c.create(iamAttachmentToken, "a", object{"role": role, "policyArn": awsManagedPolicies[3]})
	c.create(iamRolePolicyToken, "p", object{"role": role, "policy": `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"secretsmanager:Get*","Resource":"arn:aws:secretsmanager:*:*:secret:app-*"},
		{"Effect":"Deny","Action":"secretsmanager:*","Resource":"arn:aws:secretsmanager:*:*:secret:app-admin*"},
		{"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::*"}]}`})
	own, _ := c.create(iamPolicyToken, "own", object{"policy": allow(`"Action":"s3:getobject","Resource":"arn:aws:s3:::b/*"`)})
	c.create(iamAttachmentToken, "b", object{"role": role, "policyArn": own})
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
	require.NoError(t, c.transact(func(tx *tx) error {
		found, ok := roleByArn(tx, arn)
		require.True(t, ok)
		for name, tt := range tests {
			assert.Equal(t, tt.want, roleMay(tx, found, tt.action, tt.resource), name)
		}
		assert.False(t, roleMay(tx, nil, "ecr:BatchGetImage", "*"))
		return nil
	}))
}
