package ec2

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/s3"
)

// defaultFlowFormat is what a record of a flow log holds when nothing else was asked for.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
const defaultFlowFormat = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} " +
	"${packets} ${bytes} ${start} ${end} ${action} ${log-status}"

// flowDestination is a bucket or a folder in it. AWS keeps the folder AWSLogs for itself.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-create-flow-log.html
var (
	flowDestination = regexp.MustCompile(`^arn:aws:s3:::[a-z0-9.-]{3,63}(/.*)?$`)
	reservedFolder  = regexp.MustCompile(`:::[^/]+/AWSLogs(/|$)`)
)

// flowLogType is the flow log of a VPC to a bucket. Other destinations, and flow logs of
// subnets and interfaces, are not supported.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
// *sourced* (outputs of what is not set, and that a VPC can be deleted before its flow log, are inferred)
func flowLogType() core.Type {
	const invalid = "InvalidParameter"
	return core.Type{
		Token:    FlowLogToken,
		Inputs:   []string{"logDestination", "logDestinationType", "maxAggregationInterval", "tags", "trafficType", "vpcId"},
		Defaults: core.Object{"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600.0},
		Fills:    core.Object{"logFormat": defaultFlowFormat, "logGroupName": ""},
		ID:       "fl-{hex17}",
		ARN:      "ec2:vpc-flow-log/{id}",
		References: []core.Reference{
			{Input: "vpcId", To: []string{VpcToken}, Code: "InvalidVpcId.NotFound", Loose: true},
		},
		FreeToDelete: "nothing refers to a flow log",
		Unique: []core.Unique{{Inputs: []string{"vpcId", "logDestination", "trafficType"}, Code: "FlowLogAlreadyExists",
			Message: "There is an existing Flow Log with the same configuration and log destination."}},
		Rules: []core.Rule{
			core.OneOf(core.Unsupported, "logDestinationType", "s3"),
			core.Required(core.Unsupported, "vpcId"),
			core.Required(invalid, "logDestination"),
			core.Required(invalid, "trafficType"),
			core.OneOf(invalid, "trafficType", "ACCEPT", "ALL", "REJECT"),
			core.OneOfNumbers(invalid, "maxAggregationInterval", 60, 600),
			core.Matching(invalid, "logDestination", flowDestination, "the ARN of a bucket, or of a folder in one"),
			core.NotMatching(invalid, "logDestination", reservedFolder, "have the folder AWSLogs, which AWS adds itself"),
		},
		Create: createFlowLog,
	}
}

// createFlowLog requires that the policy of the bucket lets the service write. AWS writes
// the policy itself if the caller may; here it is refused, as it is for other callers: the
// program would take away what AWS has written.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
// *sourced* (the words are inferred)
func createFlowLog(t *core.Tx, id string, in core.Object) (core.Object, error) {
	destination := strings.TrimSuffix(in.Str("logDestination"), "/")
	bucket, ok := s3.BucketOf(t, destination)
	if !ok {
		return nil, core.Refuse("400", "LogDestination: %s does not exist", in.Str("logDestination"))
	}
	context := map[string][]string{
		"aws:SourceAccount": {t.AccountID()}, "aws:SourceArn": {t.ARN("logs", "vpc-flow-log/"+id)},
		"s3:x-amz-acl": {"bucket-owner-full-control"},
	}
	for action, resource := range map[string]string{
		"s3:PutObject":    destination + "/AWSLogs/" + t.AccountID() + "/vpcflowlogs/log.gz",
		"s3:GetBucketAcl": bucket.Str("arn"),
	} {
		may, err := s3.ServiceMay(t, bucket, s3.LogDelivery, iampolicy.Call{Action: action, Resource: resource, Context: context})
		if err != nil {
			return nil, err
		}
		if !may {
			return nil, core.Refuse("400", "Access Denied for LogDestination: %s. Please check LogDestination permission", bucket.Str("id"))
		}
	}
	return nil, nil
}
