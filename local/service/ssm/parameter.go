package ssm

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// invalid is the code of Systems Manager for an input that breaks a constraint.
const invalid = "ValidationException"

var (
	parameterName = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)
	reserved      = regexp.MustCompile(`(?i)^/?(aws|ssm)`)
)

// parameterType is a parameter of the standard tier. A new value is a new version.
// Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
func parameterType() core.Type {
	return core.Type{
		Token:        ParameterToken,
		Name:         &core.Autoname{Property: "name", MaxLength: 1011},
		Inputs:       []string{"allowedPattern", "description", "insecureValue", "name", "tags", "type", "value"},
		Fills:        core.Object{"dataType": "text", "keyId": "", "tier": "Standard"},
		ID:           "{name}",
		FreeToDelete: "whoever reads it gets an error",
		Unique: []core.Unique{{Inputs: []string{"name"}, Code: "ParameterAlreadyExists",
			Message: "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."}},
		Recomputes: map[string][]string{"insecureValue": {"value", "version"}, "value": {"insecureValue", "version"}},
		Rules: []core.Rule{
			core.Matching(invalid, "name", parameterName, "letters, digits and . - _ /"),
			core.AtMost(invalid, "name", 1011),
			core.NotMatching(invalid, "name", reserved, "begin with aws or ssm"),
			core.OneOf(invalid, "type", "SecureString", "String", "StringList"),
			core.ExactlyOneOf("insecureValue", "value"),
			core.When("type", "SecureString", core.Absent(invalid, "insecureValue")),
			core.AtMost(invalid, "value", 4096),
			core.AtMost(invalid, "insecureValue", 4096),
			core.AtMost(invalid, "description", 1024),
		},
		Create: func(t *core.Tx, id string, in core.Object) (core.Object, error) {
			return parameterValue(in).With(core.Object{
				"arn": parameterARN(t, id), "keyId": keyOf(in), "version": 1.0,
			}), nil
		},
		Update: func(_ *core.Tx, _ string, old, in core.Object) (core.Object, error) {
			out := parameterValue(in)
			if out.Str("value") != old.Str("value") {
				out["version"] = float64(old.Int("version") + 1)
			}
			return out.With(core.Object{"keyId": keyOf(in)}), nil
		},
	}
}

// parameterValue is the value, which is in insecureValue too unless it is a secret.
func parameterValue(in core.Object) core.Object {
	value := in.Str("value") + in.Str("insecureValue") // one of them is given
	if in.Str("type") == "SecureString" {
		return core.Object{"value": value, "insecureValue": ""}
	}
	return core.Object{"value": value, "insecureValue": value}
}

// keyOf is the key that encrypts the value.
func keyOf(in core.Object) string {
	if in.Str("type") == "SecureString" {
		return "alias/aws/ssm"
	}
	return ""
}

func parameterARN(t *core.Tx, name string) string {
	return t.ARN("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}
