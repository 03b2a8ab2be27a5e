package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// What an instance asks for is in the parameter that its user data names. Values that
// cannot be read are taken to be what the distribution adds.
func TestTheHeaderThatAnInstanceWants(t *testing.T) {
	const parameterType, arn = "aws:ssm/parameter:Parameter", "arn:aws:ssm:us-east-1:123456789012:parameter/origin"
	userData := "export PORTICO_CERTIFICATE_NAMES='a.example.com'\nexport PORTICO_SECRET_PARAMETER='" + arn + "'\nexport PORTICO_SECRET_HEADER='X-Mine'\n"
	for name, c := range map[string]struct {
		parameter state
		want      int // accepted values
		notes     int
	}{
		"readable":  {state{"arn": arn, "value": "new,old"}, 2, 0},
		"encrypted": {state{"arn": arn, "value": registered.Secret{}}, 1, 1},
		"another":   {state{"arn": "other", "value": "new"}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := resources{
				{instanceType, "i-1"}:          state{"privateIp": "10.0.0.5", "userData": userData},
				{parameterType, "origin-conf"}: c.parameter,
			}.read(t, registered.Options{})
			required := serverOf(m, "i-1").Listeners[0].RequiredHeader
			assert.Equal(t, "X-Mine", required.Name)
			assert.Len(t, required.Values, c.want)
			assert.NotContains(t, required.Values, "new", "values are not shown")
			assert.Len(t, m.Notes, c.notes)
			if c.want == 2 {
				assert.Equal(t, requestpath.Header{Name: "x-mine", Value: required.Values[0]}, m.Header("x-mine", "new"))
			}
		})
	}
}
