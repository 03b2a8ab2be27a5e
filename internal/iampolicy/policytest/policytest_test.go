package policytest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy/policytest"
)

const policy = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Action":"s3:Get*","Resource":["arn:aws:s3:::b/*"]},
	{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/secret?"},
	{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"1"},"ArnLike":{"aws:SourceArn":"arn:aws:ecs:*:1:*"}}},
	{"Effect":"Allow","Action":"r:Change","Resource":"*","Condition":{"ForAllValues:StringEquals":{"r:Names":["a","b"]}}}
]}`

func TestAllows(t *testing.T) {
	type values = map[string][]string
	for _, c := range []struct {
		name string
		call policytest.Call
		want bool
	}{
		{"wildcards", policytest.Call{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x/y"}, true},
		{"action in any case", policytest.Call{Action: "S3:getobject", Resource: "arn:aws:s3:::b/x"}, true},
		{"resource in its case", policytest.Call{Action: "s3:GetObject", Resource: "arn:aws:s3:::B/x"}, false},
		{"other action", policytest.Call{Action: "s3:PutObject", Resource: "arn:aws:s3:::b/x"}, false},
		{"a denial wins", policytest.Call{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/secret1"}, false},
		{"question mark is one character", policytest.Call{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/secret12"}, true},
		{"both conditions", policytest.Call{Action: "sqs:SendMessage", Context: values{"aws:SourceAccount": {"1"}, "aws:SourceArn": {"arn:aws:ecs:eu:1:task/t"}}}, true},
		{"one condition", policytest.Call{Action: "sqs:SendMessage", Context: values{"aws:SourceAccount": {"1"}}}, false},
		{"all values within", policytest.Call{Action: "r:Change", Context: values{"r:Names": {"b", "a"}}}, true},
		{"one value outside", policytest.Call{Action: "r:Change", Context: values{"r:Names": {"a", "c"}}}, false},
		{"for all values of none", policytest.Call{Action: "r:Change"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := policytest.Allows(policy, c.call)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestAllowsDoesNotGuess(t *testing.T) {
	for name, p := range map[string]string{
		"operator": `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`,
		"member":   `{"Statement":[{"Effect":"Allow","NotAction":"*","Resource":"*"}]}`,
		"effect":   `{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}`,
		"json":     `{`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policytest.Allows(p, policytest.Call{Action: "a:B", Resource: "r"})
			assert.Error(t, err)
		})
	}
}
