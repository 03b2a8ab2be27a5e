package components_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	typeBucket         = "aws:s3/bucketV2:BucketV2"
	typeBucketPolicy   = "aws:s3/bucketPolicy:BucketPolicy"
	typeFlowLog        = "aws:ec2/flowLog:FlowLog"
	typeLogSource      = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
	typeLogDestination = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
	typeLogDelivery    = "aws:cloudwatch/logDelivery:LogDelivery"
)

// statement is one statement of a bucket's policy.
type statement struct {
	Sid, Effect string
	Principal   map[string]string
	Action      []string
	Resource    []string
	Condition   map[string]map[string][]string
}

func bucketPolicy(t *testing.T, g *componentstest.Graph) map[string]statement {
	t.Helper()
	var document struct {
		Version   string
		Statement []statement
	}
	require.NoError(t, json.Unmarshal([]byte(g.One(t, typeBucketPolicy).Input("policy").(string)), &document))
	assert.Equal(t, "2012-10-17", document.Version)
	found := map[string]statement{}
	for _, s := range document.Statement {
		found[s.Sid] = s
	}
	require.Len(t, found, len(document.Statement))
	return found
}

func deployBucket(t *testing.T, args components.LogBucketArgs, opts ...componentstest.Option) *componentstest.Graph {
	t.Helper()
	return componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		_, err := components.NewLogBucket(ctx, "logs", &args)
		return err
	}, opts...)
}

// The bucket is private, and each source may write logs of the account: nothing else may.
func TestLogBucketLetsItsSourcesWrite(t *testing.T) {
	g := deployUse(t, "LogBucket, least")
	bucket := g.One(t, typeBucket)
	arn := bucket.Output("arn").(string)
	logs := []string{arn + "/*/AWSLogs/123456789012/*"}
	elb, delivery := map[string]string{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, map[string]string{"Service": "delivery.logs.amazonaws.com"}
	const flows, front = "arn:aws:logs:ap-northeast-1:123456789012:*", "arn:aws:logs:us-east-1:123456789012:delivery-source:*"
	assert.Equal(t, map[string]statement{
		"TLSOnly": {
			"TLSOnly", "Deny", map[string]string{"AWS": "*"}, []string{"s3:*"}, []string{arn, arn + "/*"},
			map[string]map[string][]string{"Bool": {"aws:SecureTransport": {"false"}}},
		},
		"LoadBalancerLogs": {"LoadBalancerLogs", "Allow", elb, []string{"s3:PutObject"}, logs, nil},
		"AWSLogDeliveryAclCheck": {
			"AWSLogDeliveryAclCheck", "Allow", delivery, []string{"s3:GetBucketAcl"}, []string{arn},
			map[string]map[string][]string{"StringEquals": {"aws:SourceAccount": {"123456789012"}}, "ArnLike": {"aws:SourceArn": {flows}}},
		},
		"AWSLogDeliveryWrite": {
			"AWSLogDeliveryWrite", "Allow", delivery, []string{"s3:PutObject"}, logs,
			map[string]map[string][]string{
				"StringEquals": {"aws:SourceAccount": {"123456789012"}, "s3:x-amz-acl": {"bucket-owner-full-control"}},
				"ArnLike":      {"aws:SourceArn": {flows, front}},
			},
		},
	}, bucketPolicy(t, g))
	assert.Equal(t, false, bucket.Input("forceDestroy"))
	public := g.One(t, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
	for _, property := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
		assert.Equal(t, true, public.Input(property), property)
	}
	assert.Equal(t, "AES256", g.One(t, "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2").
		Input("rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"))
	assert.Equal(t, "BucketOwnerEnforced", g.One(t, "aws:s3/bucketOwnershipControls:BucketOwnershipControls").Input("rule.objectOwnership"))
	lifecycle := g.One(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2")
	assert.Equal(t, 90, lifecycle.Input("rules[0].expiration.days"))
	assert.Equal(t, 7, lifecycle.Input("rules[0].abortIncompleteMultipartUpload.daysAfterInitiation"))
}

func TestPolicyOfOneSource(t *testing.T) {
	for source, sids := range map[string][]string{
		components.LogSourceALB:        {"TLSOnly", "LoadBalancerLogs"},
		components.LogSourceCloudFront: {"TLSOnly", "AWSLogDeliveryWrite"},
		components.LogSourceFlowLogs:   {"TLSOnly", "AWSLogDeliveryWrite", "AWSLogDeliveryAclCheck"},
	} {
		policy := bucketPolicy(t, deployBucket(t, components.LogBucketArgs{RetentionDays: 1, Sources: []string{source}}))
		assert.Len(t, policy, len(sids), source)
		for _, sid := range sids {
			assert.Contains(t, policy, sid, source)
		}
		if source == components.LogSourceCloudFront {
			assert.Equal(t, []string{"arn:aws:logs:us-east-1:123456789012:delivery-source:*"},
				policy["AWSLogDeliveryWrite"].Condition["ArnLike"]["aws:SourceArn"])
		}
	}
}

// ARNs are those of the Region's partition.
func TestLogBucketInAnotherPartition(t *testing.T) {
	china := componentstest.WithInvoke("aws:index/getPartition:getPartition", func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{"id": "aws-cn", "partition": "aws-cn", "dnsSuffix": "amazonaws.com.cn"}), nil
	})
	g := deployBucket(t, components.LogBucketArgs{RetentionDays: 1}, componentstest.WithRegion("cn-north-1"), china)
	policy := g.One(t, typeBucketPolicy).Input("policy").(string)
	assert.Contains(t, policy, `"arn:aws-cn:logs:cn-north-1:123456789012:*"`)
	assert.NotContains(t, policy, "arn:aws:")
}

// What writes into the bucket is made after the policy that lets it.
func TestLogsComeAfterThePolicy(t *testing.T) {
	g := deployUse(t, "SecuredALB, most")
	alb, policy := g.One(t, typeLoadBalancer), g.One(t, typeBucketPolicy)
	bucket := g.One(t, typeBucket).ID
	assert.Equal(t, map[string]any{"bucket": bucket, "enabled": true, "prefix": "web/access"}, alb.Input("accessLogs"))
	assert.Equal(t, map[string]any{"bucket": bucket, "enabled": true, "prefix": "web/connections"}, alb.Input("connectionLogs"))
	assert.True(t, alb.DependsOn(policy))

	g = deployUse(t, "Network, most")
	flow := g.One(t, typeFlowLog)
	assert.True(t, flow.DependsOn(g.One(t, typeBucketPolicy)))
	assert.Equal(t, "arn:aws:s3:::"+g.One(t, typeBucket).ID+"/net/", flow.Input("logDestination"))
	assert.Equal(t, "s3", flow.Input("logDestinationType"))
	assert.Equal(t, "ALL", flow.Input("trafficType"))
	assert.Equal(t, "vpc-1", deployUse(t, "Network, adopted, with a flow log").One(t, typeFlowLog).Input("vpcId"))
}

// CloudFront's logs are delivered from us-east-1: by the provider given, or by the
// certificate's.
func TestLogsOfADistribution(t *testing.T) {
	for name, provider := range map[string]string{
		"CloudFrontFront, most": "logs-virginia", "CloudFrontFront, before an origin of this program": "virginia",
	} {
		g := deployUse(t, name)
		source, destination, delivery := g.One(t, typeLogSource), g.One(t, typeLogDestination), g.One(t, typeLogDelivery)
		for _, r := range []*componentstest.Resource{source, destination, delivery} {
			assert.True(t, strings.HasSuffix(r.Provider, "::"+provider), "%s: %s", r.Type, r.Provider)
		}
		assert.Equal(t, g.One(t, typeDistribution).Output("arn"), source.Input("resourceArn"))
		assert.Equal(t, "ACCESS_LOGS", source.Input("logType"))
		assert.Equal(t, "w3c", destination.Input("outputFormat"))
		assert.Equal(t, "arn:aws:s3:::"+g.One(t, typeBucket).ID+"/cdn", destination.Input("deliveryDestinationConfiguration.destinationResourceArn"))
		assert.Equal(t, source.Output("name"), delivery.Input("deliverySourceName"))
		assert.Equal(t, destination.Output("arn"), delivery.Input("deliveryDestinationArn"))
		assert.True(t, destination.DependsOn(g.One(t, typeBucketPolicy)))
	}
}

func frontWithLogs(ctx *pulumi.Context) error {
	logs, err := components.NewLogBucket(ctx, "logs", &components.LogBucketArgs{RetentionDays: 90})
	if err != nil {
		return err
	}
	_, err = components.NewCloudFrontFront(ctx, "cdn", &components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com", LogBucket: logs})
	return err
}

// A program in us-east-1 needs no provider for it, and any other one is told so before
// the distribution is made.
func TestLogsOfADistributionNeedUSEast1(t *testing.T) {
	componentstest.Deploy(t, frontWithLogs, componentstest.WithRegion("us-east-1")).One(t, typeLogDelivery)
	g, err := componentstest.TryDeploy(frontWithLogs)
	assert.ErrorContains(t, err, `CloudFrontFront "cdn": usEast1Provider: must be a provider for us-east-1, where CloudFront's logs are delivered from, `+
		`got one for "ap-northeast-1"; give the result of USEast1Provider`)
	assert.Empty(t, g.OfType(typeDistribution))
}

func TestAdoptedLogBucket(t *testing.T) {
	g := deployUse(t, "LogBucket, adopted")
	assert.Empty(t, g.Custom())
	adopted := g.One(t, components.TokenLogBucket)
	assert.Equal(t, "audit-logs", adopted.Output("bucketName"))
	assert.Equal(t, "arn:aws:s3:::audit-logs", adopted.Output("bucketArn"))
}

func TestAdoptedLogBucketOfAnotherRegion(t *testing.T) {
	_, err := componentstest.TryPreview(func(ctx *pulumi.Context) error {
		_, err := components.NewLogBucket(ctx, "logs", &components.LogBucketArgs{
			Existing: &components.ExistingLogBucketArgs{Name: pulumi.String("audit-logs")},
		})
		return err
	}, componentstest.WithInvoke("aws:s3/getBucket:getBucket", func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{"region": "eu-west-1"}), nil
	}))
	assert.ErrorContains(t, err, `LogBucket "logs": existing.name: must be a bucket in ap-northeast-1, where the provider works, got "audit-logs" of eu-west-1`)
}

// A bucket that this program makes elsewhere is refused by what would log into it.
func TestLogBucketOfAnotherRegion(t *testing.T) {
	_, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		virginia, err := components.USEast1Provider(ctx, "virginia")
		if err != nil {
			return err
		}
		logs, err := components.NewLogBucket(ctx, "logs", &components.LogBucketArgs{RetentionDays: 1}, pulumi.Provider(virginia))
		if err != nil {
			return err
		}
		_, err = components.NewNetwork(ctx, "net", &components.NetworkArgs{LogBucket: logs})
		return err
	})
	assert.ErrorContains(t, err, `Network "net": logBucket: must be a bucket in ap-northeast-1, where the component is, got LogBucket "logs" in us-east-1`)
}
