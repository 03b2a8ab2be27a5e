// Package cloudwatch is CloudWatch: log groups, deliveries of logs, alarms and dashboards.
package cloudwatch

import "github.com/portico-iac/portico/local/core"

// Tokens of the types.
const (
	CompositeAlarmToken = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
	DashboardToken      = "aws:cloudwatch/dashboard:Dashboard"
	LogGroupToken       = "aws:cloudwatch/logGroup:LogGroup"

	LogDeliveryToken            = "aws:cloudwatch/logDelivery:LogDelivery"
	LogDeliveryDestinationToken = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
	LogDeliverySourceToken      = "aws:cloudwatch/logDeliverySource:LogDeliverySource"

	MetricAlarmToken = "aws:cloudwatch/metricAlarm:MetricAlarm"
)

// Service is what the local AWS has of CloudWatch.
func Service() core.Service {
	return core.Service{Types: []core.Type{
		compositeAlarmType(), dashboardType(), deliveryDestinationType(), deliverySourceType(), deliveryType(), logGroupType(),
		metricAlarmType(),
	}}
}
