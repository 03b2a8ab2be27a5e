package wafv2

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// loggingType is where a web ACL logs requests. Of the destinations only log groups are
// supported here.
// Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
// *sourced*, the wording inferred
func loggingType() core.Type {
	return core.Type{
		Token: LoggingToken,
		Inputs: []string{
			"logDestinationConfigs", "redactedFields.method", "redactedFields.queryString", "redactedFields.singleHeader.name",
			"redactedFields.uriPath", "resourceArn",
		},
		ID: "{resourceArn}",
		References: []core.Reference{
			{Input: "resourceArn", To: []string{WebACLToken}, By: "arn", Code: lost, Cascades: true},
			{Input: "logDestinationConfigs", To: []string{"aws:cloudwatch/logGroup:LogGroup"}, By: "arn", Code: "WAFLogDestinationPermissionIssueException", Loose: true},
		},
		FreeToDelete: "the web ACL logs no more",
		Rules: []core.Rule{
			core.AtMostItems("WAFLimitsExceededException", "logDestinationConfigs", 1),
			core.AtMostItems("WAFLimitsExceededException", "redactedFields", 100),
			core.Matching(invalid, "logDestinationConfigs", regexp.MustCompile(`^arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:aws-waf-logs-`),
				"the ARN of a log group whose name begins with aws-waf-logs-"),
			core.InBlocks("redactedFields", func(field core.Object) *core.Refusal {
				if name := field.Block("singleHeader").Str("name"); name != "" && !lowerCase.MatchString(name) {
					return core.Invalid(invalid, "singleHeader.name", "must be in lower case, got %q", name)
				}
				return nil
			}),
		},
	}
}

var lowerCase = regexp.MustCompile(`^[^A-Z]*$`)
