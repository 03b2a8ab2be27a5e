package cloudwatch

import (
	"cmp"
	"regexp"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
)

// logGroupType is a log group.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
func logGroupType() core.Type {
	const invalidParameter = "InvalidParameterException"
	retentions := []float64{0} // never
	for _, days := range awstable.LogRetentionDays {
		retentions = append(retentions, float64(days))
	}
	return core.Type{
		Token:    LogGroupToken,
		Name:     &core.Autoname{Property: "name", MaxLength: 512},
		Inputs:   []string{"logGroupClass", "name", "namePrefix", "retentionInDays", "tags"},
		Defaults: core.Object{"retentionInDays": 0.0, "skipDestroy": false},
		Keeps:    []string{"logGroupClass", "name"},
		Fills:    core.Object{"logGroupClass": "STANDARD", "name": "{id}", "namePrefix": ""},
		ARN:      "logs:log-group:{id}",
		NewID: func(t *core.Tx, in core.Object) (string, error) {
			return cmp.Or(in.Str("name"), in.Str("namePrefix")+t.Hex(26)), nil // of digits, in AWS's provider
		},
		Unique: []core.Unique{{Inputs: []string{"name"}, Code: "ResourceAlreadyExistsException",
			Message: "The specified log group already exists"}},
		FreeToDelete: "tasks lose their log",
		Rules: []core.Rule{
			core.Matching(invalidParameter, "name", regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`), "1-512 of the characters A-Z a-z 0-9 and ._-/#"),
			core.NotMatching(invalidParameter, "name", regexp.MustCompile("^aws/"), "begin with aws/"),
			core.NotBoth(invalidParameter, "name", "namePrefix"),
			core.OneOfNumbers(invalidParameter, "retentionInDays", retentions...),
			core.OneOf(invalidParameter, "logGroupClass", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
		},
	}
}
