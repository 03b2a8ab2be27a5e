package lambda

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// program is what a function does, for a function that is known here: the permissions of
// its role and the event decide. An error is one that the function raises.
type program func(t *core.Tx, call call) (result any, err error)

type call struct {
	role             core.Object
	variables, event core.Object
}

// may returns IAM's message when it refuses the function's role an action; nil if it
// allows it.
func (c call) may(t *core.Tx, resource, action string) error {
	if iam.RoleMay(t, c.role, action, resource) {
		return nil
	}
	return accessDenied{c.role.Str("arn"), action, resource}
}

// accessDenied reads as the AWS SDK of a function's program says it.
type accessDenied struct{ role, action, resource string }

// Error implements error.
func (e accessDenied) Error() string {
	return fmt.Sprintf("An error occurred (AccessDeniedException): %s is not authorized to perform: %s on resource: %s", e.role, e.action, e.resource)
}

// programs are by the SHA-256 of the functions' only file: no code runs here.
var programs = map[string]program{taskRunner: runTask, echo: answerEvent}

// echo is the function "def handler(event, context): return event".
const echo = "d93701cada8a9b8c14c4666869cd4e2549660ebecf8d9a37842cb32138e83450"

func answerEvent(_ *core.Tx, c call) (any, error) { return c.event, nil }

// invocationType invokes a function once when it is made, and again when the function's
// name, the input or a trigger changes. What fails is not made, and tried again by the next
// update.
// Source: https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/lambda/invocation.go
// *sourced*, the wording of the error partly inferred
func invocationType() core.Type {
	return core.Type{
		Token:        InvocationToken,
		Inputs:       []string{"functionName", "input", "lifecycleScope", "qualifier", "triggers"},
		Defaults:     core.Object{"lifecycleScope": "CREATE_ONLY", "qualifier": "$LATEST", "terraformKey": "tf"},
		ID:           "{functionName}_$LATEST_{hex32}",
		FreeToDelete: "nothing refers to an invocation",
		References: []core.Reference{{
			Input: "functionName", To: []string{FunctionToken}, By: "name", Code: "ResourceNotFoundException", Loose: true,
			Message: func(t *core.Tx, name string) string {
				return "Function not found: " + t.ARN("lambda", "function:"+name)
			},
		}},
		Rules: []core.Rule{
			core.OneOf(core.Unsupported, "lifecycleScope", "CREATE_ONLY"), // a limit of the local AWS
			core.OneOf(core.Unsupported, "qualifier", "$LATEST"),
			jsonRule,
		},
		Create: invoke,
	}
}

// jsonRule requires the input to be JSON.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// *sourced*, the wording inferred
func jsonRule(in core.Object) *core.Refusal {
	if in.Known("input") && !json.Valid([]byte(in.Str("input"))) {
		return core.Invalid(invalid, "input", "must be JSON")
	}
	return nil
}

// invoke runs what the function does.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// *sourced*; that other functions are unsupported is the local AWS's limit
func invoke(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	name := in.Str("functionName")
	function, _ := t.Get(FunctionToken, name)
	run := programs[codeOf(function)]
	if run == nil {
		return nil, core.Refuse(core.Unsupported, "%s: the local AWS does not run code, and does not know what this function does", name)
	}
	role, _ := iam.RoleByArn(t, function.Str("role"))
	event := core.Object{}
	if err := json.Unmarshal([]byte(in.Str("input")), &event); err != nil {
		return nil, err
	}
	result, err := run(t, call{role: role, variables: function.Block("environment").Block("variables"), event: event})
	if err != nil {
		payload, _ := json.Marshal(map[string]any{"errorMessage": err.Error(), "errorType": "Exception"})
		return nil, fmt.Errorf("invoking Lambda Function (%s): %s", name, payload)
	}
	text, err := json.Marshal(result)
	return core.Object{"result": string(text)}, err
}

// codeOf is the SHA-256 of the only file of a function's code; "" if there are others.
func codeOf(function core.Object) string {
	files := core.Files(function["code"])
	if len(files) != 1 {
		return ""
	}
	for _, text := range files {
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	return ""
}
