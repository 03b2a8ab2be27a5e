package awsrule

// SpotShare refuses a share of tasks on Fargate Spot that is none.
func SpotShare(percent int) error { return Between(percent, 0, 100, "%") }

// OnDemandBase refuses a number of tasks that cannot be a base.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
func OnDemandBase(tasks int) error { return Between(tasks, 0, 100000, "tasks") }
