// Package lambda is AWS Lambda: functions, and their invocation by Pulumi.
package lambda

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// Tokens of the types.
const (
	FunctionToken   = "aws:lambda/function:Function"
	InvocationToken = "aws:lambda/invocation:Invocation"
)

// Service is what the local AWS has of Lambda.
func Service() core.Service {
	return core.Service{Types: []core.Type{functionType(), invocationType()}}
}

// invalid is Lambda's code for an input that breaks a constraint.
const invalid = "InvalidParameterValueException"

var functionName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// functionType is a function whose code is given as texts.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
// *sourced* (outputs of what is not set are inferred)
func functionType() core.Type {
	return core.Type{
		Token: FunctionToken,
		Name:  &core.Autoname{Property: "name", MaxLength: 64},
		Inputs: []string{
			"architectures", "code", "description", "environment.variables", "handler", "loggingConfig.logFormat", "loggingConfig.logGroup",
			"memorySize", "name", "packageType", "role", "runtime", "tags", "timeout",
		},
		Defaults: core.Object{
			"memorySize": 128.0, "packageType": "Zip", "publish": false, "replaceSecurityGroupsOnDestroy": false,
			"reservedConcurrentExecutions": -1.0, "skipDestroy": false, "timeout": 3.0,
		},
		Keeps: []string{"architectures", "loggingConfig"},
		Fills: core.Object{
			"architectures": []any{"x86_64"}, "version": "$LATEST",
			"invokeArn":    "arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/arn:aws:lambda:{region}:{account}:function:{name}/invocations",
			"qualifiedArn": "arn:aws:lambda:{region}:{account}:function:{name}:$LATEST",
		},
		ID:           "{name}",
		ARN:          "lambda:function:{name}",
		FreeToDelete: "nothing keeps a function",
		References: []core.Reference{{
			Input: "role", To: []string{iam.RoleToken}, By: "arn", Code: invalid, Loose: true,
			Message: func(*core.Tx, string) string { return cannotAssume },
		}},
		Rules: []core.Rule{
			core.Matching(invalid, "name", functionName, "1-64 letters, digits, hyphens and underscores"),
			core.OneOf(core.Unsupported, "packageType", "Zip"),
			core.Required(invalid, "code"),
			core.Required(invalid, "handler"),
			core.Required(invalid, "runtime"),
			core.OneOf(invalid, "architectures", "x86_64", "arm64"),
			// Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html *sourced*; those
			// that the provider knows and Lambda has not deprecated
			core.OneOf(invalid, "runtime", "python3.13", "python3.12", "nodejs22.x", "java21", "provided.al2023", "ruby3.4"),
			core.Within(invalid, "timeout", 1, 900),
			core.Within(invalid, "memorySize", 128, 10240),
			core.InBlocks("loggingConfig", core.OneOf(invalid, "logFormat", "Text", "JSON")),
			variablesRule,
		},
		Create: func(t *core.Tx, _ string, in core.Object) (core.Object, error) { return nil, assumable(t, in) },
		Update: func(t *core.Tx, _ string, old, in core.Object) (core.Object, error) {
			return nil, assumable(t, old.With(in))
		},
	}
}

// variablesRule requires the variables of a function to fit, and not to be Lambda's own.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
// *sourced*, the wording inferred
func variablesRule(in core.Object) *core.Refusal {
	variables, size := in.Block("environment").Block("variables"), 0
	for _, name := range variables.Keys() {
		if reserved[name] {
			return core.Invalid(invalid, "environment", "has %s, which Lambda sets itself", name)
		}
		size += len(name) + len(variables.Str(name))
	}
	if size > 4096 {
		return core.Invalid(invalid, "environment", "must have at most 4096 bytes, got %d", size)
	}
	return nil
}

var reserved = map[string]bool{"AWS_REGION": true, "AWS_LAMBDA_FUNCTION_NAME": true, "AWS_ACCESS_KEY_ID": true, "AWS_SECRET_ACCESS_KEY": true}

const cannotAssume = "The role defined for the function cannot be assumed by Lambda."

// assumable requires the function's role to trust Lambda.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
// *sourced*
func assumable(t *core.Tx, in core.Object) error {
	if role, ok := iam.RoleByArn(t, in.Str("role")); !ok || !iam.Trusts(role, "lambda.amazonaws.com") {
		return core.Refuse(invalid, cannotAssume)
	}
	return nil
}
