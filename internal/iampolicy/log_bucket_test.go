package iampolicy_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
)

// about is a policy without the statements that are about another service, and without
// their principals: what is left is evaluated as that service's.
func about(t *testing.T, policy, service string) string {
	t.Helper()
	var document struct{ Statement []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(policy), &document))
	kept := []map[string]any{}
	for _, s := range document.Statement {
		principal := s["Principal"].(map[string]any)
		if principal["AWS"] == "*" || principal["Service"] == service {
			delete(s, "Principal")
			kept = append(kept, s)
		}
	}
	out, err := json.Marshal(map[string]any{"Statement": kept})
	require.NoError(t, err)
	return string(out)
}

func TestLogBucketAgainstTheCallsOfItsWriters(t *testing.T) {
	const alb, delivery, bucket = "logdelivery.elasticloadbalancing.amazonaws.com", "delivery.logs.amazonaws.com", "arn:aws:s3:::logs"
	const own, flows = "/AWSLogs/123456789012/a.gz", "arn:aws:logs:ap-northeast-1:123456789012:x"
	all := iampolicy.LogWriters{LoadBalancers: true, Distributions: true, FlowLogs: true}
	context := func(account, source, acl, tls string) map[string][]string {
		return map[string][]string{
			"aws:SourceAccount": {account}, "aws:SourceArn": {source}, "s3:x-amz-acl": {acl}, "aws:SecureTransport": {tls},
		}
	}
	right := context("123456789012", flows, "bucket-owner-full-control", "true")
	front := context("123456789012", "arn:aws:logs:us-east-1:123456789012:delivery-source:front", "bucket-owner-full-control", "true")
	for name, tt := range map[string]struct {
		may              iampolicy.LogWriters
		service          string
		action, resource string
		context          map[string][]string
		want             bool
	}{
		"a load balancer":                  {all, alb, "s3:PutObject", bucket + "/web/access" + own, right, true},
		"a load balancer without TLS":      {all, alb, "s3:PutObject", bucket + "/web/access" + own, context("123456789012", flows, "", "false"), false},
		"a load balancer of another":       {all, alb, "s3:PutObject", bucket + "/web/AWSLogs/210987654321/a.gz", right, false},
		"a load balancer that reads":       {all, alb, "s3:GetObject", bucket + "/web/access" + own, right, false},
		"a load balancer, not meant":       {iampolicy.LogWriters{FlowLogs: true}, alb, "s3:PutObject", bucket + "/web/access" + own, right, false},
		"a flow log":                       {all, delivery, "s3:PutObject", bucket + "/network" + own, right, true},
		"a flow log that asks for the ACL": {all, delivery, "s3:GetBucketAcl", bucket, right, true},
		"a flow log of another account":    {all, delivery, "s3:PutObject", bucket + "/network" + own, context("210987654321", flows, "bucket-owner-full-control", "true"), false},
		"a flow log of another Region": {all, delivery, "s3:PutObject", bucket + "/network" + own,
			context("123456789012", "arn:aws:logs:eu-west-1:123456789012:x", "bucket-owner-full-control", "true"), false},
		"a flow log that keeps its objects": {all, delivery, "s3:PutObject", bucket + "/network" + own, context("123456789012", flows, "private", "true"), false},
		"a distribution":                    {all, delivery, "s3:PutObject", bucket + "/front" + own, front, true},
		"a distribution alone":              {iampolicy.LogWriters{Distributions: true}, delivery, "s3:PutObject", bucket + "/front" + own, front, true},
		"a distribution, not meant":         {iampolicy.LogWriters{FlowLogs: true}, delivery, "s3:PutObject", bucket + "/front" + own, front, false},
		"the ACL for a distribution":        {iampolicy.LogWriters{Distributions: true}, delivery, "s3:GetBucketAcl", bucket, front, false},
		"nobody":                            {iampolicy.LogWriters{}, delivery, "s3:PutObject", bucket + "/front" + own, front, false},
	} {
		t.Run(name, func(t *testing.T) {
			logs := iampolicy.LogBucket{Partition: "aws", Region: "ap-northeast-1", Account: "123456789012", Name: "logs"}
			policy, err := logs.Policy(tt.may).JSON()
			require.NoError(t, err)
			got, err := iampolicy.Allows([]string{about(t, policy, tt.service)}, iampolicy.Call{Action: tt.action, Resource: tt.resource, Context: tt.context})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}
