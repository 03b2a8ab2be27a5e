package components_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shownWidget is a widget of a dashboard's body.
type shownWidget struct {
	Type                string
	X, Y, Width, Height int
	Properties          struct {
		Markdown, Title, Region, View string
		Alarms                        []string
		Metrics                       [][]any
	}
}

// The dashboard has a row for each hop, in the order of the request path, and every metric
// in the Region that has it.
func TestTheDashboardFollowsARequest(t *testing.T) {
	g := deployUse(t, "Dashboard, most")
	made := g.One(t, "aws:cloudwatch/dashboard:Dashboard")
	assert.Equal(t, "project-stack-path", made.Input("dashboardName"))
	var body struct{ Widgets []shownWidget }
	require.NoError(t, json.Unmarshal([]byte(made.Input("dashboardBody").(string)), &body))

	var rows []string
	metrics := map[string]bool{}
	bottom := 0
	for _, w := range body.Widgets {
		assert.LessOrEqual(t, w.X+w.Width, 24, w.Properties.Title)
		assert.GreaterOrEqual(t, w.Y+w.Height, bottom, "rows do not overlap")
		bottom = max(bottom, w.Y+w.Height)
		switch w.Type {
		case "text":
			rows = append(rows, w.Properties.Markdown)
		case "alarm":
			assert.Len(t, w.Properties.Alarms, 2)
		case "metric":
			require.NotEmpty(t, w.Properties.Metrics, w.Properties.Title)
			for _, m := range w.Properties.Metrics {
				name := m[0].(string) + " " + m[1].(string)
				metrics[name] = true
				home := "ap-northeast-1"
				if m[0] == "AWS/CloudFront" {
					home = "us-east-1"
				}
				assert.Equal(t, home, w.Properties.Region, name)
			}
		}
	}
	assert.Equal(t, []string{
		"# The request path: viewer, web ACL, distribution, load balancer, targets, tasks", "## Distribution cdn: what viewers get",
		"## Load balancer web: what it answers itself", "## Targets of route app: what the application answers",
		"## Targets of route reports: what the application answers", "## Tasks of service app", "## Instance small", "## Certificate app",
	}, rows)
	for _, name := range []string{
		"AWS/CloudFront 5xxErrorRate", "AWS/ApplicationELB HTTPCode_ELB_5XX_Count", "AWS/ApplicationELB HTTPCode_Target_5XX_Count",
		"AWS/ApplicationELB TargetResponseTime", "AWS/ApplicationELB UnHealthyHostCount", "AWS/ApplicationELB RejectedConnectionCount",
		"ECS/ContainerInsights RunningTaskCount", "AWS/ECS CPUUtilization", "AWS/EC2 StatusCheckFailed",
		"Portico/TLSInstance CertificateDaysLeft", "AWS/CertificateManager DaysToExpiry",
	} {
		assert.True(t, metrics[name], name)
	}
}
