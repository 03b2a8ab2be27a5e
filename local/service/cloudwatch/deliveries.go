package cloudwatch

import (
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/s3"
)

const (
	logsInvalid  = "ValidationException"
	logsConflict = "ConflictException"
	logsNotFound = "ResourceNotFoundException"
)

var (
	deliveryName = regexp.MustCompile(`^[\w-]{1,60}$`)
	logFolder    = regexp.MustCompile(`^arn:aws:s3:::[a-z0-9.-]{3,63}(/[^/].*)?$`)
)

// deliverySourceType is what logs are delivered of. Distributions alone are supported.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
// *sourced* (the words are inferred)
func deliverySourceType() core.Type {
	return core.Type{
		Token:  LogDeliverySourceToken,
		Home:   awstable.CloudFrontRegion,
		Name:   &core.Autoname{Property: "name", MaxLength: 60},
		Inputs: []string{"logType", "name", "resourceArn", "tags"},
		Fills:  core.Object{"service": "cloudfront"},
		ID:     "{name}",
		ARN:    "logs:delivery-source:{name}",
		InUse:  logsConflict,
		References: []core.Reference{{
			// AWS deletes a distribution whatever delivers its logs.
			Input: "resourceArn", To: []string{cloudfront.DistributionToken}, By: "arn", Code: logsNotFound, Loose: true,
		}},
		Unique: []core.Unique{{Inputs: []string{"resourceArn", "logType"}, Code: logsConflict,
			Message: "A delivery source for {resourceArn} and {logType} already exists"}},
		Rules: []core.Rule{
			core.Matching(logsInvalid, "name", deliveryName, "1-60 of the characters A-Z a-z 0-9 and _-"),
			core.OneOf(logsInvalid, "logType", "ACCESS_LOGS", "CONNECTION_LOGS"),
		},
		Apply: checkDeliveryRegion,
	}
}

// checkDeliveryRegion takes what delivers the logs of distributions where CloudFront is.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
func checkDeliveryRegion(t *core.Tx, _ string, _ core.Object) (core.Object, error) {
	if t.Region() != awstable.CloudFrontRegion {
		return nil, core.Refuse(logsInvalid, "Deliveries of the logs of CloudFront distributions must be in %s, not in %s",
			awstable.CloudFrontRegion, t.Region())
	}
	return nil, nil
}

// deliveryDestinationType is where logs are delivered to. Buckets alone are supported.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliveryDestination.html
// *sourced* (the words are inferred)
func deliveryDestinationType() core.Type {
	const bucket = "deliveryDestinationConfiguration.destinationResourceArn"
	return core.Type{
		Token:  LogDeliveryDestinationToken,
		Home:   awstable.CloudFrontRegion,
		Name:   &core.Autoname{Property: "name", MaxLength: 60},
		Inputs: []string{bucket, "name", "outputFormat", "tags"},
		Fills:  core.Object{"deliveryDestinationType": "S3"},
		ID:     "{name}",
		ARN:    "logs:delivery-destination:{name}",
		InUse:  logsConflict,
		References: []core.Reference{{
			Input: bucket, To: []string{s3.BucketToken}, By: "arn", Code: logsNotFound, Loose: true,
			Exists: func(t *core.Tx, arn string) bool { _, ok := s3.BucketOf(t, arn); return ok },
		}},
		Rules: []core.Rule{
			core.Matching(logsInvalid, "name", deliveryName, "1-60 of the characters A-Z a-z 0-9 and _-"),
			core.OneOf(logsInvalid, "outputFormat", "json", "plain", "w3c", "raw", "parquet"),
			core.Required(core.Unsupported, "deliveryDestinationConfiguration"),
			core.InBlocks("deliveryDestinationConfiguration",
				core.Matching(core.Unsupported, "destinationResourceArn", logFolder, "the ARN of a bucket, or of a folder in one")),
		},
		Apply: checkDeliveryRegion,
	}
}

// deliveryType joins a source and a destination. Its fields, its delimiter and the paths
// of its objects are AWS's defaults: others are not supported.
// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateDelivery.html
// *sourced* (outputs of what is not set are inferred)
func deliveryType() core.Type {
	return core.Type{
		Token:  LogDeliveryToken,
		Home:   awstable.CloudFrontRegion,
		Inputs: []string{"deliveryDestinationArn", "deliverySourceName", "tags"},
		Fills: core.Object{
			"fieldDelimiter": "", "recordFields": core.List(deliveredFields...),
			"s3DeliveryConfigurations": []any{map[string]any{
				"enableHiveCompatiblePath": false, "suffixPath": "AWSLogs/{account-id}/CloudFront/",
			}},
		},
		ID:  "{hex16}",
		ARN: "logs:delivery:{id}",
		References: []core.Reference{
			{Input: "deliverySourceName", To: []string{LogDeliverySourceToken}, Code: logsNotFound},
			{Input: "deliveryDestinationArn", To: []string{LogDeliveryDestinationToken}, By: "arn", Code: logsNotFound},
		},
		FreeToDelete: "nothing refers to a delivery",
		Unique: []core.Unique{{Inputs: []string{"deliverySourceName"}, Code: logsConflict,
			Message: "A delivery of {deliverySourceName} to a destination of this type already exists"}},
		Create: createDelivery,
	}
}

// deliveredFields are the fields of a delivery that names none.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
var deliveredFields = strings.Fields(`date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status
	cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol
	cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version
	fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type
	sc-content-len sc-range-start sc-range-end`)

// createDelivery requires that the policy of the bucket lets the service write. AWS adds
// what is missing if the caller may change the policy; here it is refused, as it is for
// other callers: the program would take away what AWS has added.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-vended-logs-permissions-V2.html
// *sourced* (the words are inferred)
func createDelivery(t *core.Tx, id string, in core.Object) (core.Object, error) {
	if out, err := checkDeliveryRegion(t, id, in); err != nil {
		return out, err
	}
	for _, destination := range t.Where(LogDeliveryDestinationToken, "arn", in.Str("deliveryDestinationArn")) {
		folder := destination.StrsAt("deliveryDestinationConfiguration.destinationResourceArn")[0]
		bucket, ok := s3.BucketOf(t, folder)
		if !ok {
			return nil, core.Refuse(logsNotFound, "The bucket of %s does not exist", folder)
		}
		may, err := s3.ServiceMay(t, bucket, s3.LogDelivery, iampolicy.Call{
			Action: "s3:PutObject", Resource: folder + "/AWSLogs/" + t.AccountID() + "/CloudFront/log.gz",
			Context: map[string][]string{
				"s3:x-amz-acl": {"bucket-owner-full-control"}, "aws:SourceAccount": {t.AccountID()},
				"aws:SourceArn": {t.ARN("logs", "delivery-source:"+in.Str("deliverySourceName"))},
			},
		})
		if err == nil && !may {
			err = core.Refuse("AccessDeniedException", "The policy of bucket %s does not let %s write logs of the delivery source",
				bucket.Str("id"), s3.LogDelivery)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}
