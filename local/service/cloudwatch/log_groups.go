package cloudwatch

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// logGroupType is a log group.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
func logGroupType() core.Type {
	const invalidParameter = "InvalidParameterException"
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
			core.Matching(invalidParameter, "name", regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`), "1-512 of the characters A-Z a-z 0-9 and ._-/#"),
			core.NotMatching(invalidParameter, "name", regexp.MustCompile("^aws/"), "begin with aws/"),
			// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
			core.OneOfNumbers(invalidParameter, "retentionInDays", 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545,
				731, 1096, 1827, 2192, 2557, 2922, 3288, 3653), // 0 is never
			core.OneOf(invalidParameter, "logGroupClass", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
		},
	}
}
