package cloudwatch

import (
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// logGroupType is a log group.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
// *sourced*
func logGroupType() core.Type {
	return core.Type{
		Token:    LogGroupToken,
		Name:     &core.Autoname{Property: "name", MaxLength: 512},
		Inputs:   []string{"logGroupClass", "name", "retentionInDays", "tags"},
		Defaults: core.Object{"retentionInDays": 0.0, "skipDestroy": false},
		Keeps:    []string{"logGroupClass"},
		Fills:    core.Object{"logGroupClass": "STANDARD", "namePrefix": ""},
		ID:       "{name}",
		ARN:      "logs:log-group:{name}",
		Unique: []core.Unique{{Inputs: []string{"name"}, Code: "ResourceAlreadyExistsException",
			Message: "The specified log group already exists"}},
		FreeToDelete: "tasks lose their log",
		Rules: []core.Rule{
			logGroupNameRule,
			retentionRule,
			core.OneOf("InvalidParameterException", "logGroupClass", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
		},
	}
}

// logGroupName is the characters and the length of a log group's name.
var logGroupName = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

// logGroupNameRule is what a log group can be called; names that begin with aws/
// are AWS's own.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
// *sourced*
func logGroupNameRule(in core.Object) *core.Refusal {
	name, ok := in["name"].(string)
	if !ok || logGroupName.MatchString(name) && !strings.HasPrefix(name, "aws/") {
		return nil
	}
	return core.Invalid("InvalidParameterException", "name",
		"must have 1-512 of the characters A-Z a-z 0-9 and ._-/# and not begin with aws/, got %q", name)
}

// retentions are the numbers of days after which logs can expire; 0 is never.
var retentions = []float64{
	0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
	1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// retentionRule is that logs expire after one of the given numbers of days.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
// *sourced*
func retentionRule(in core.Object) *core.Refusal {
	if n, ok := in.Num("retentionInDays"); ok && !slices.Contains(retentions, n) {
		return core.Invalid("InvalidParameterException", "retentionInDays", "must be one of %v days, got %v", retentions, n)
	}
	return nil
}
