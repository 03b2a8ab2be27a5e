package iampolicy

// TaskRunner is what a function needs that runs tasks of one family in one cluster, and
// waits for their end.
type TaskRunner struct {
	Region, AccountID, ClusterName, Family string
	RoleARNs                               []string // that the tasks are given
	LogGroupARN, LogStreams                string   // a pattern of the tasks' log streams
}

// Document is the policy of the function's role.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
func (r TaskRunner) Document() Document {
	ecs := "arn:" + Partition(r.Region) + ":ecs:" + r.Region + ":" + r.AccountID + ":"
	inCluster := Condition{"ArnLike": {"ecs:cluster": {ecs + "cluster/" + r.ClusterName}}}
	run := Allow([]string{"ecs:RunTask"}, ecs+"task-definition/"+r.Family+":*")
	run.Condition = inCluster
	// This action knows no tasks as resources.
	list := Allow([]string{"ecs:ListTasks"}, "*")
	list.Condition = inCluster
	pass := Allow([]string{"iam:PassRole"}, distinct(r.RoleARNs)...)
	pass.Condition = Condition{"StringEquals": {"iam:PassedToService": {ecsTasks}}}
	return Document{
		run, list, pass,
		Allow([]string{"ecs:DescribeTasks"}, ecs+"task/"+r.ClusterName+"/*"),
		Allow([]string{"logs:GetLogEvents"}, r.LogGroupARN+":log-stream:"+r.LogStreams),
		// Its own log.
		Allow([]string{"logs:CreateLogStream", "logs:PutLogEvents"}, r.LogGroupARN+":*"),
	}
}

// TrustFunctions lets Lambda assume the role of a function.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
func TrustFunctions() Document { return TrustService("lambda.amazonaws.com", nil) }
