package components_test

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// shown is a distribution in front of an origin that another stack makes, with a
// dashboard and the alarms of the distribution.
func shown(ctx *pulumi.Context) error {
	front, err := components.NewCloudFrontFront(ctx, "shown", &components.CloudFrontFrontArgs{
		OriginDomainName: "origin.example.com",
	})
	if err != nil {
		return err
	}
	virginia, err := components.USEast1Provider(ctx, "virginia")
	if err != nil {
		return err
	}
	alarms, err := components.NewAlarms(ctx, "shown", &components.AlarmsArgs{
		TopicArns: []string{"arn:aws:sns:us-east-1:123456789012:oncall"},
		Fronts:    []*components.CloudFrontFront{front},
	}, pulumi.Provider(virginia))
	if err != nil {
		return err
	}
	dashboard, err := components.NewDashboard(ctx, "shown", &components.DashboardArgs{
		Alarms: []*components.Alarms{alarms},
		Fronts: []*components.CloudFrontFront{front},
	})
	if err != nil {
		return err
	}
	ctx.Export("dashboard", dashboard.DashboardName)
	return nil
}

func ExampleDashboard() {
	pulumi.Run(shown)
}
