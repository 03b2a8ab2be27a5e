// Package cloudwatch is CloudWatch: log groups and alarms on metrics.
package cloudwatch

import "github.com/portico-iac/portico/local/core"

// Tokens of the types.
const (
	LogGroupToken    = "aws:cloudwatch/logGroup:LogGroup"
	MetricAlarmToken = "aws:cloudwatch/metricAlarm:MetricAlarm"
)

// Service is what the local AWS has of CloudWatch.
func Service() core.Service {
	return core.Service{Types: []core.Type{logGroupType(), metricAlarmType()}}
}
