package cloudwatch_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/s3"
)

// deliveries are a distribution, and a bucket in Tokyo into which its logs may be written
// below front/.
func deliveries(t *testing.T) (tokyo, virginia *cloudtest.Cloud, distribution string) {
	t.Helper()
	tokyo = cloudtest.New(t)
	for _, name := range []string{"portico-logs", "portico-bare"} {
		tokyo.Create(s3.BucketToken, name, core.Object{"bucket": name})
	}
	tokyo.Create(s3.PolicyToken, "x", core.Object{"bucket": "portico-logs", "policy": `{"Statement":{"Effect":"Allow",
		"Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::portico-logs/front/*",
		"Condition":{"StringEquals":{"aws:SourceAccount":"123456789012","s3:x-amz-acl":"bucket-owner-full-control"},
		"ArnLike":{"aws:SourceArn":"arn:aws:logs:us-east-1:123456789012:delivery-source:*"}}}}`})
	_, state := tokyo.Create(cloudfront.DistributionToken, "x", cloudtest.DistributionInputs(nil))
	return tokyo, tokyo.InRegion("us-east-1"), state.Str("arn")
}

func source(distribution string) core.Object {
	return core.Object{"logType": "ACCESS_LOGS", "resourceArn": distribution}
}

func destination(folder string) core.Object {
	return core.Object{"outputFormat": "w3c", "deliveryDestinationConfiguration": core.Object{"destinationResourceArn": "arn:aws:s3:::" + folder}}
}

func TestDeliveryOfLogs(t *testing.T) {
	tokyo, c, distribution := deliveries(t)
	from, state := c.Create(cloudwatch.LogDeliverySourceToken, "front", source(distribution))
	assert.Regexp(t, `^front-[0-9a-f]{7}$`, from)
	assert.Equal(t, "arn:aws:logs:us-east-1:123456789012:delivery-source:"+from, state.Str("arn"))
	assert.Equal(t, "cloudfront", state.Str("service"))
	to, state := c.Create(cloudwatch.LogDeliveryDestinationToken, "front", destination("portico-logs/front"))
	assert.Equal(t, "S3", state.Str("deliveryDestinationType"))
	delivery, _ := c.Create(cloudwatch.LogDeliveryToken, "front", core.Object{"deliverySourceName": from, "deliveryDestinationArn": state.Str("arn")})
	assert.ErrorContains(t, c.TryDelete(cloudwatch.LogDeliverySourceToken, from), "ConflictException")
	assert.ErrorContains(t, c.TryDelete(cloudwatch.LogDeliveryDestinationToken, to), "ConflictException")

	c.Delete(cloudwatch.LogDeliveryToken, delivery)
	c.Delete(cloudwatch.LogDeliverySourceToken, from)
	c.Delete(cloudwatch.LogDeliveryDestinationToken, to)
	for _, bucket := range []string{"portico-logs", "portico-bare"} {
		tokyo.Delete(s3.BucketToken, bucket)
	}
}

func TestDeliveriesThatCannotBe(t *testing.T) {
	tokyo, c, distribution := deliveries(t)
	tokyo.Refused(cloudwatch.LogDeliverySourceToken, "front", source(distribution), "ValidationException: Deliveries of the logs of CloudFront distributions must be in us-east-1, not in ap-northeast-1")
	c.Refused(cloudwatch.LogDeliverySourceToken, "front", source(distribution+"0"), "ResourceNotFoundException")
	c.Refused(cloudwatch.LogDeliverySourceToken, "front", source(distribution).With(core.Object{"logType": "ERROR_LOGS"}), "logType must be one of")
	c.Refused(cloudwatch.LogDeliveryDestinationToken, "front", destination("nobody"), "ResourceNotFoundException")
	c.Refused(cloudwatch.LogDeliveryDestinationToken, "front", destination("portico-logs").With(core.Object{"outputFormat": "csv"}), "outputFormat must be one of")
	from, _ := c.Create(cloudwatch.LogDeliverySourceToken, "front", source(distribution))
	c.Refused(cloudwatch.LogDeliverySourceToken, "again", source(distribution), "ConflictException")
	for folder, name := range map[string]string{"portico-bare": "bare", "portico-logs/other": "other", "portico-logs": "root"} {
		_, state := c.Create(cloudwatch.LogDeliveryDestinationToken, name, destination(folder))
		_, _, err := c.TryCreate(cloudwatch.LogDeliveryToken, name, core.Object{"deliverySourceName": from, "deliveryDestinationArn": state.Str("arn")})
		require.ErrorContains(t, err, "AccessDeniedException: The policy of bucket portico-", folder)
	}
}
