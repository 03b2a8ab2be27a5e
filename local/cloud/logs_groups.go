package cloud

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
)

const logGroupToken = "aws:cloudwatch/logGroup:LogGroup"

// logsArea is what is supported of CloudWatch Logs.
func logsArea() area { return area{kinds: []kind{logGroupKind()}} }

// logGroupKind is a log group.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
// *sourced*
func logGroupKind() kind {
	return kind{
		token:    logGroupToken,
		inputs:   cloudwatch.LogGroupArgs{}.ElementType(),
		state:    reflect.TypeOf(cloudwatch.LogGroup{}),
		autoname: &autoname{property: "name", maxLength: 512},
		changes: map[string]change{
			"logGroupClass":   replaces,
			"name":            replaces,
			"retentionInDays": updates,
			"tags":            updates,
		},
		defaults: object{"retentionInDays": 0.0, "skipDestroy": false},
		keeps:    []string{"logGroupClass"},
		rules: []rule{
			logGroupNameRule,
			retentionRule,
			oneOf("InvalidParameterException", "logGroupClass", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
		},
		create: func(t *tx, in object) (string, object, error) {
			name := in.str("name")
			if _, taken := t.get(logGroupToken, name); taken {
				return "", nil, refuse("ResourceAlreadyExistsException", "The specified log group already exists")
			}
			out := object{"arn": t.arn("logs", "log-group:"+name), "namePrefix": ""}
			if !in.has("logGroupClass") {
				out["logGroupClass"] = "STANDARD"
			}
			return name, out, nil
		},
	}
}

// logGroupName is the characters and the length of a log group's name.
var logGroupName = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

// logGroupNameRule is what a log group can be called; names that begin with aws/
// are AWS's own.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
// *sourced*
func logGroupNameRule(in object) *refusal {
	name, ok := in["name"].(string)
	if !ok || logGroupName.MatchString(name) && !strings.HasPrefix(name, "aws/") {
		return nil
	}
	return invalidf("InvalidParameterException", "name",
		"must have 1-512 of the characters A-Z a-z 0-9 and ._-/# and not begin with aws/, got %q", name)
}

// retentions are the numbers of days after which logs can expire; 0 is never.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
// *sourced*
var retentions = []float64{
	0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
	1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// retentionRule is that logs expire after one of the given numbers of days.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
// *sourced*
func retentionRule(in object) *refusal {
	if n, ok := in.num("retentionInDays"); ok && !slices.Contains(retentions, n) {
		return invalidf("InvalidParameterException", "retentionInDays", "must be one of %v days, got %v", retentions, n)
	}
	return nil
}
