package iampolicy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
)

const policy = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Action":"s3:Get*","Resource":["arn:aws:s3:::b/*"]},
	{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/secret?"},
	{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"1"},"ArnLike":{"aws:SourceArn":"arn:aws:ecs:*:1:*"}}},
	{"Effect":"Allow","Action":"r:Change","Resource":"*","Condition":{"ForAllValues:StringEquals":{"r:Names":["a","b"]}}},
	{"Effect":"Allow","NotAction":["s3:*","sqs:*","r:*"],"NotResource":"arn:aws:x:::closed*"}
]}`

func TestAllows(t *testing.T) {
	type values = map[string][]string
	for _, c := range []struct {
		name string
		call iampolicy.Call
		want bool
	}{
		{"wildcards", iampolicy.Call{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x/y"}, true},
		{"action in any case", iampolicy.Call{Action: "S3:getobject", Resource: "arn:aws:s3:::b/x"}, true},
		{"resource in its case", iampolicy.Call{Action: "s3:GetObject", Resource: "arn:aws:s3:::B/x"}, false},
		{"other action", iampolicy.Call{Action: "s3:PutObject", Resource: "arn:aws:s3:::b/x"}, false},
		{"a denial wins", iampolicy.Call{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/secret1"}, false},
		{"question mark is one character", iampolicy.Call{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/secret12"}, true},
		{"both conditions", iampolicy.Call{Action: "sqs:SendMessage", Context: values{"aws:SourceAccount": {"1"}, "aws:SourceArn": {"arn:aws:ecs:eu:1:task/t"}}}, true},
		{"one condition", iampolicy.Call{Action: "sqs:SendMessage", Context: values{"aws:SourceAccount": {"1"}}}, false},
		{"all values within", iampolicy.Call{Action: "r:Change", Context: values{"r:Names": {"b", "a"}}}, true},
		{"one value outside", iampolicy.Call{Action: "r:Change", Context: values{"r:Names": {"a", "c"}}}, false},
		{"for all values of none", iampolicy.Call{Action: "r:Change"}, true},
		{"whatever is not excluded", iampolicy.Call{Action: "x:Get", Resource: "arn:aws:x:::open"}, true},
		{"excluded resource", iampolicy.Call{Action: "x:Get", Resource: "arn:aws:x:::closed1"}, false},
		{"excluded action", iampolicy.Call{Action: "R:Delete", Resource: "arn:aws:x:::open"}, false},
		{"conditions that are ignored", iampolicy.Call{Action: "sqs:SendMessage", IgnoreConditions: true}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := iampolicy.Allows([]string{policy}, c.call)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestAllowsDoesNotGuess(t *testing.T) {
	for name, p := range map[string]string{
		"operator": `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`,
		"member":   `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","NotPrincipal":"*"}]}`,
		"actions":  `{"Statement":[{"Effect":"Allow","Action":"*","NotAction":"a:*","Resource":"*"}]}`,
		"resource": `{"Statement":{"Effect":"Allow","Action":"*"}}`,
		"value":    `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a:b":true}}}]}`,
		"effect":   `{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}`,
		"json":     `{`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := iampolicy.Allows([]string{p}, iampolicy.Call{Action: "a:B", Resource: "r"})
			assert.Error(t, err)
		})
	}
}

// A denial in any policy wins; one with a condition that is ignored does not apply.
func TestAllowsTakesPoliciesTogether(t *testing.T) {
	allow := `{"Statement":{"Effect":"Allow","Action":"a:*","Resource":"*"}}`
	for deny, want := range map[string]bool{
		`{"Statement":{"Effect":"Deny","Action":"a:B","Resource":"*"}}`:                                              false,
		`{"Statement":{"Effect":"Deny","Action":"a:C","Resource":"*"}}`:                                              true,
		`{"Id":"x","Statement":{"Effect":"Deny","Action":"a:B","Resource":"*","Condition":{"Bool":{"aws:x":true}}}}`: true,
	} {
		for _, policies := range [][]string{{allow, deny}, {deny, allow}} {
			got, err := iampolicy.Allows(policies, iampolicy.Call{Action: "a:B", Resource: "r", IgnoreConditions: true})
			require.NoError(t, err)
			assert.Equal(t, want, got, deny)
		}
	}
	got, err := iampolicy.Allows(nil, iampolicy.Call{Action: "a:B", Resource: "r"})
	require.NoError(t, err)
	assert.False(t, got)
}

// AWS writes the key as aws:SourceArn and as AWS:SourceArn.
func TestTheCaseOfConditionKeysDoesNotMatter(t *testing.T) {
	policy := `{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"AWS:SourceArn": "a"}}}}`
	allowed, err := iampolicy.Allows([]string{policy}, iampolicy.Call{Action: "s3:GetObject", Resource: "r", Context: map[string][]string{"aws:SourceArn": {"a"}}})
	require.NoError(t, err)
	assert.True(t, allowed)
}
