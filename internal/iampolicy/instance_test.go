package iampolicy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
)

func TestWhatAnInstanceMayDo(t *testing.T) {
	const parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/origin-secret-1"
	policies := []string{render(t, iampolicy.ReadParameter(parameter)), render(t, iampolicy.PutMetrics("Portico/TLSInstance"))}
	metric := func(namespace string) iampolicy.Call {
		return iampolicy.Call{Action: "cloudwatch:PutMetricData", Resource: "*", Context: map[string][]string{"cloudwatch:namespace": {namespace}}}
	}
	for _, c := range []struct {
		name string
		call iampolicy.Call
		want bool
	}{
		{"reads the parameter", iampolicy.Call{Action: "ssm:GetParameter", Resource: parameter}, true},
		{"reads another one", iampolicy.Call{Action: "ssm:GetParameter", Resource: parameter + "2"}, false},
		{"reads its history", iampolicy.Call{Action: "ssm:GetParameterHistory", Resource: parameter}, false},
		{"writes it", iampolicy.Call{Action: "ssm:PutParameter", Resource: parameter}, false},
		{"sends a metric", metric("Portico/TLSInstance"), true},
		{"sends another one", metric("AWS/EC2"), false},
		{"without a namespace", iampolicy.Call{Action: "cloudwatch:PutMetricData", Resource: "*"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := iampolicy.Allows(policies, c.call)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}
