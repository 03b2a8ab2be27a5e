package ec2_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/s3"
)

// flowBucket is a bucket whose policy lets the delivery of logs call some actions.
func flowBucket(c *cloudtest.Cloud, name, actions string) {
	c.Create(s3.BucketToken, name, core.Object{"bucket": name})
	c.Create(s3.PolicyToken, name, core.Object{"bucket": name, "policy": `{"Statement":{"Effect":"Allow",
		"Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":` + actions + `,
		"Resource":["arn:aws:s3:::` + name + `","arn:aws:s3:::` + name + `/*"],
		"Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:logs:ap-northeast-1:123456789012:*"}}}}`})
}

func flowInputs(more core.Object) core.Object {
	return core.Object{
		"vpcId": cloudtest.SeededVpc, "trafficType": "ALL", "logDestinationType": "s3", "logDestination": "arn:aws:s3:::portico-flows/net/",
	}.With(more)
}

func TestFlowLog(t *testing.T) {
	c := cloudtest.New(t)
	flowBucket(c, "portico-flows", `["s3:PutObject","s3:GetBucketAcl"]`)
	id, state := c.Create(ec2.FlowLogToken, "net", flowInputs(nil))
	assert.Regexp(t, `^fl-[0-9a-f]{17}$`, id)
	assert.Equal(t, "arn:aws:ec2:ap-northeast-1:123456789012:vpc-flow-log/"+id, state.Str("arn"))
	assert.Equal(t, 600, state.Int("maxAggregationInterval"))
	c.Refused(ec2.FlowLogToken, "again", flowInputs(nil), "FlowLogAlreadyExists")
	assert.Equal(t, []string{"trafficType"}, c.ChangeOf(ec2.FlowLogToken, id, flowInputs(core.Object{"trafficType": "REJECT"})).Replaces)
	c.Update(ec2.FlowLogToken, id, flowInputs(core.Object{"tags": core.Object{"a": "b"}}))
	c.Delete(s3.BucketToken, "portico-flows")
	c.Delete(ec2.FlowLogToken, id)
	c.IsSeed()
}

func TestWhatAFlowLogCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	flowBucket(c, "portico-flows", `["s3:PutObject","s3:GetBucketAcl"]`)
	flowBucket(c, "portico-puts", `"s3:PutObject"`)
	for name, tt := range map[string]struct {
		in   core.Object
		want string
	}{
		"no bucket":      {core.Object{"logDestination": "arn:aws:s3:::nobody"}, "400: LogDestination: arn:aws:s3:::nobody does not exist"},
		"no ACL":         {core.Object{"logDestination": "arn:aws:s3:::portico-puts"}, "400: Access Denied for LogDestination: portico-puts. Please check LogDestination permission"},
		"no VPC":         {core.Object{"vpcId": "vpc-1"}, "InvalidVpcId.NotFound"},
		"AWSLogs":        {core.Object{"logDestination": "arn:aws:s3:::portico-flows/AWSLogs/"}, "must not have the folder AWSLogs"},
		"no ARN":         {core.Object{"logDestination": "portico-flows"}, "logDestination must be the ARN of a bucket"},
		"traffic":        {core.Object{"trafficType": "SOME"}, "trafficType must be one of ACCEPT, ALL, REJECT"},
		"interval":       {core.Object{"maxAggregationInterval": 300.0}, "maxAggregationInterval must be one of [60 600]"},
		"to a log group": {core.Object{"logDestinationType": "cloud-watch-logs"}, "unsupported by the local AWS"},
		"another Region": {core.Object{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := c.For(t)
			in := flowInputs(tt.in)
			if name == "another Region" {
				c = c.InRegion("us-east-1")
				in["vpcId"] = c.Vpc()
				tt.want = "Access Denied for LogDestination: portico-flows"
			}
			c.Refused(ec2.FlowLogToken, "x", in, tt.want)
		})
	}
}
