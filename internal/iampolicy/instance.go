package iampolicy

// ReadParameter lets an instance read one parameter of Systems Manager, by its ARN. The
// key that AWS manages for parameters needs no permission of its own.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
func ReadParameter(arn string) Document {
	return Document{Allow([]string{"ssm:GetParameter"}, arn)}
}

// PutMetrics lets an instance send metrics to one namespace. The action takes no
// narrower resource.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
func PutMetrics(namespace string) Document {
	put := Allow([]string{"cloudwatch:PutMetricData"}, "*")
	put.Condition = Condition{"StringEquals": {"cloudwatch:namespace": {namespace}}}
	return Document{put}
}
