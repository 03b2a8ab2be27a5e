package elb_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/elb"
	"github.com/portico-iac/portico/local/service/s3"
)

// logBucket is a bucket into which load balancers may write below web/.
func logBucket(c *cloudtest.Cloud, name string) string {
	bucket, _ := c.Create(s3.BucketToken, name, core.Object{"bucket": name})
	c.Create(s3.PolicyToken, name, core.Object{"bucket": bucket, "policy": `{"Version":"2012-10-17","Statement":[{
		"Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},
		"Action":"s3:PutObject","Resource":"arn:aws:s3:::` + name + `/web/AWSLogs/123456789012/*"}]}`})
	return bucket
}

func logsTo(bucket string, more core.Object) core.Object {
	return cloudtest.LoadBalancerInputs(core.Object{"accessLogs": core.Object{"bucket": bucket, "prefix": "web", "enabled": true}.With(more)})
}

func TestLogsOfALoadBalancer(t *testing.T) {
	c := cloudtest.New(t)
	logBucket(c, "portico-logs")
	id, _ := c.Create(elb.LoadBalancerToken, "web", logsTo("portico-logs", nil))
	found := c.Call("aws:lb/getLoadBalancer:getLoadBalancer", core.Object{"arn": id})
	assert.Equal(t, "portico-logs", found.Block("accessLogs").Str("bucket"))
	assert.True(t, found.Block("accessLogs").Bool("enabled"))

	c.Update(elb.LoadBalancerToken, id, cloudtest.LoadBalancerInputs(nil))
	found = c.Call("aws:lb/getLoadBalancer:getLoadBalancer", core.Object{"arn": id})
	assert.False(t, found.Block("accessLogs").Bool("enabled"))
	c.Update(elb.LoadBalancerToken, id, logsTo("portico-logs", nil))
	c.Delete(s3.BucketToken, "portico-logs")
	c.Delete(elb.LoadBalancerToken, id)
	c.IsSeed()
}

// AWS tries to write when a log is switched on, and says no more than that it could not.
func TestBucketsThatALoadBalancerCannotWriteTo(t *testing.T) {
	c := cloudtest.New(t)
	logBucket(c, "portico-logs")
	logBucket(c, "portico-kms")
	c.Create(s3.EncryptionToken, "kms", core.Object{"bucket": "portico-kms", "rules": []any{core.Object{
		"applyServerSideEncryptionByDefault": core.Object{"sseAlgorithm": "aws:kms"},
	}}})
	logBucket(c.InRegion("us-east-1"), "portico-virginia")
	c.Create(s3.BucketToken, "bare", core.Object{"bucket": "portico-bare"})
	denied := func(bucket string) string {
		return "InvalidConfigurationRequest: Access Denied for bucket: " + bucket + ". Please check S3bucket permission"
	}
	for name, tt := range map[string]struct {
		in   core.Object
		want string
	}{
		"no bucket":       {logsTo("nobody", nil), denied("nobody")},
		"no policy":       {logsTo("portico-bare", nil), denied("portico-bare")},
		"KMS":             {logsTo("portico-kms", nil), denied("portico-kms")},
		"another prefix":  {logsTo("portico-logs", core.Object{"prefix": "api"}), denied("portico-logs")},
		"no prefix":       {logsTo("portico-logs", core.Object{"prefix": ""}), denied("portico-logs")},
		"another Region":  {logsTo("portico-virginia", nil), "portico-virginia is not located in the same region"},
		"AWSLogs":         {logsTo("portico-logs", core.Object{"prefix": "web/AWSLogs"}), "prefix must not have AWSLogs in it"},
		"slash":           {logsTo("portico-logs", core.Object{"prefix": "web/"}), "nor a slash at either edge"},
		"connection logs": {cloudtest.LoadBalancerInputs(core.Object{"connectionLogs": core.Object{"bucket": "portico-bare", "enabled": true}}), denied("portico-bare")},
	} {
		t.Run(name, func(t *testing.T) { c.For(t).Refused(elb.LoadBalancerToken, "web", tt.in, tt.want) })
	}
	id, _ := c.Create(elb.LoadBalancerToken, "web", logsTo("portico-bare", core.Object{"enabled": false}))
	_, err := c.TryUpdate(elb.LoadBalancerToken, id, logsTo("portico-bare", nil))
	require.ErrorContains(t, err, denied("portico-bare"))
}
