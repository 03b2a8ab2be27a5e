package cloudwatch

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// dashboardType is a dashboard, which has no Region. AWS replaces one of the same name
// without a word; here it is refused (a limit of the local AWS).
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
// *sourced*, the code of a bad body too
func dashboardType() core.Type {
	return core.Type{
		Token:        DashboardToken,
		Global:       true,
		Inputs:       []string{"dashboardBody", "dashboardName"},
		Fills:        core.Object{"dashboardArn": "arn:aws:cloudwatch::{account}:dashboard/{dashboardName}"},
		ID:           "{dashboardName}",
		Same:         map[string]func(was, is any) bool{"dashboardBody": core.SameJSON},
		FreeToDelete: "nothing refers to a dashboard",
		Rules: []core.Rule{
			core.Matching(invalidBody, "dashboardName", regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`), "1-255 letters, digits, - and _"),
			dashboardBodyRule,
		},
	}
}
