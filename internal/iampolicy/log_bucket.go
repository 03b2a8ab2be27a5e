package iampolicy

import "slices"

// The services that write logs into a bucket.
const (
	loadBalancerLogs = "logdelivery.elasticloadbalancing.amazonaws.com"
	deliveredLogs    = "delivery.logs.amazonaws.com"
)

// LogWriters are which services may write into a bucket of logs.
type LogWriters struct {
	LoadBalancers, Distributions, FlowLogs bool
}

// LogBucket is a bucket, with what the ARNs in its policy are made of.
type LogBucket struct {
	Partition, Region, Account, Name string
}

// Policy refuses what does not come by TLS, and lets each service write the logs of the
// bucket's account, below any prefix. The statements of delivery.logs.amazonaws.com have
// AWS's names: where these are missing, AWS adds them itself, and the next update would
// take them away again.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-vended-logs-permissions-V2.html
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
func (b LogBucket) Policy(may LogWriters) Document {
	bucket := "arn:" + b.Partition + ":s3:::" + b.Name
	policy := Document{tlsOnly(bucket)}
	allow := func(sid, service, action string, resource string, when Condition) {
		policy = append(policy, Statement{
			Sid: sid, Principal: map[string]string{"Service": service},
			Action: []string{action}, Resource: []string{resource}, Condition: when,
		})
	}
	logs := bucket + "/*/AWSLogs/" + b.Account + "/*"
	if may.LoadBalancers {
		allow("LoadBalancerLogs", loadBalancerLogs, "s3:PutObject", logs, nil)
	}
	arns := "arn:" + b.Partition + ":logs:"
	var sources []string
	if may.FlowLogs {
		sources = append(sources, arns+b.Region+":"+b.Account+":*")
		allow("AWSLogDeliveryAclCheck", deliveredLogs, "s3:GetBucketAcl", bucket, b.from(sources, nil))
	}
	if may.Distributions {
		sources = append(sources, arns+"us-east-1:"+b.Account+":delivery-source:*")
	}
	if len(sources) > 0 {
		allow("AWSLogDeliveryWrite", deliveredLogs, "s3:PutObject", logs,
			b.from(sources, map[string][]string{"s3:x-amz-acl": {"bucket-owner-full-control"}}))
	}
	return policy
}

// from is the condition that a delivery is one of the account's own.
func (b LogBucket) from(sources []string, equals map[string][]string) Condition {
	same := map[string][]string{"aws:SourceAccount": {b.Account}}
	for key, values := range equals {
		same[key] = values
	}
	return Condition{"StringEquals": same, "ArnLike": {"aws:SourceArn": slices.Clone(sources)}}
}
