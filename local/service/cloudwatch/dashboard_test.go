package cloudwatch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudwatch"
)

func dashboard(body string) core.Object {
	return core.Object{"dashboardName": "shop", "dashboardBody": body}
}

// widget is a dashboard of one widget.
func widget(kind, place, properties string) string {
	return fmt.Sprintf(`{"widgets":[{"type":%q%s,"properties":{%s}}]}`, kind, place, properties)
}

func TestDashboard(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(cloudwatch.DashboardToken, "x", dashboard(`{"widgets":[]}`))
	assert.Equal(t, "shop", id)
	assert.Equal(t, "arn:aws:cloudwatch::123456789012:dashboard/shop", state.Str("dashboardArn"))
	assert.Empty(t, c.ChangeOf(cloudwatch.DashboardToken, id, dashboard(`{ "widgets": [] }`)).Changed, "the same JSON")
	c.InRegion("us-east-1").Refused(cloudwatch.DashboardToken, "x", dashboard(`{"widgets":[]}`), "is taken")
	c.Update(cloudwatch.DashboardToken, id, dashboard(widget("text", "", `"markdown":"# shop"`)))
	assert.Equal(t, []string{"dashboardName"}, c.ChangeOf(cloudwatch.DashboardToken, id, core.Object{"dashboardName": "b", "dashboardBody": `{"widgets":[]}`}).Replaces)
	c.Delete(cloudwatch.DashboardToken, id)
	c.IsSeed()
}

func TestDashboardGrammar(t *testing.T) {
	c := cloudtest.New(t)
	metrics := func(list string) string { return widget("metric", "", `"region":"us-east-1","metrics":`+list) }
	const one = `[["AWS/EC2","CPUUtilization","InstanceId","i-1"]]`
	for name, tc := range map[string]struct{ body, want string }{
		"nothing":            {`{"widgets":[]}`, ""},
		"text":               {widget("text", `,"x":0,"y":0,"width":24,"height":1`, `"markdown":"# shop"`), ""},
		"metric":             {metrics(one), ""},
		"no dimension":       {metrics(`[["AWS/EC2","CPUUtilization"]]`), ""},
		"rendering":          {metrics(`[["AWS/EC2","CPUUtilization","InstanceId","i-1",{"label":"CPU","stat":"p95","period":60,"yAxis":"left"}]]`), ""},
		"as before":          {metrics(`[["AWS/EC2","CPUUtilization","InstanceId","i-1"],["...","i-2"],[".","NetworkIn",".","."]]`), ""},
		"expression":         {metrics(`[[{"expression":"a+b","id":"c"}],["AWS/EC2","NetworkIn",{"id":"a","visible":false}]]`), ""},
		"alarm states":       {widget("alarm", "", `"alarms":["arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"]`), ""},
		"an alarm's graph":   {widget("metric", "", `"region":"us-east-1","annotations":{"alarms":["arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"]}`), ""},
		"no JSON":            {`{`, "must be a JSON object"},
		"a list":             {`[]`, "must be a JSON object"},
		"no widgets":         {`{}`, "body.widgets is required"},
		"unknown":            {`{"widgets":[],"title":"x"}`, "body.title is no property"},
		"periods":            {`{"widgets":[],"periodOverride":"never"}`, "periodOverride must be auto or inherit"},
		"501 widgets":        {`{"widgets":[` + strings.Repeat(`{},`, 500) + `{}]}`, "widgets must be at most 500, got 501"},
		"too large":          {widget("text", "", `"markdown":"`+strings.Repeat("x", 1<<20)+`"`), "at most 1048576 bytes"},
		"no type":            {`{"widgets":[{"properties":{}}]}`, "widgets[0].type is required"},
		"type":               {widget("pie", "", ``), `widgets[0].type must be text, metric or alarm here, got "pie"`},
		"no properties":      {`{"widgets":[{"type":"text"}]}`, "widgets[0].properties is required"},
		"x":                  {widget("text", `,"x":24`, `"markdown":"x"`), "widgets[0].x must be 0-23, got 24"},
		"half a column":      {widget("text", `,"x":0.5`, `"markdown":"x"`), "widgets[0].x must be 0-23, got 0.5"},
		"width":              {widget("text", `,"width":25`, `"markdown":"x"`), "widgets[0].width must be 1-24"},
		"height":             {widget("text", `,"height":1001`, `"markdown":"x"`), "widgets[0].height must be 1-1000"},
		"y":                  {widget("text", `,"y":-1`, `"markdown":"x"`), "widgets[0].y must be 0-"},
		"over the edge":      {widget("text", `,"x":20,"width":6`, `"markdown":"x"`), "must end within the 24 columns, got x 20 and width 6"},
		"no markdown":        {widget("text", "", ``), "properties.markdown is required"},
		"no Region":          {widget("metric", "", `"metrics":`+one), "properties.region is required"},
		"no metrics":         {widget("metric", "", `"region":"us-east-1"`), "must have metrics or annotations.alarms"},
		"empty metrics":      {metrics(`[]`), "metrics must be 1-500, got 0"},
		"view":               {widget("metric", "", `"region":"us-east-1","view":"map","metrics":`+one), "view must be timeSeries"},
		"stat":               {widget("metric", "", `"region":"us-east-1","stat":"Median","metrics":`+one), "stat must be Average"},
		"period":             {widget("metric", "", `"region":"us-east-1","period":45,"metrics":`+one), "period must be 1, 5, 10, 30 or a multiple of 60"},
		"kind of a property": {widget("metric", "", `"region":1,"metrics":`+one), "region must be a text, got a number"},
		"namespace alone":    {metrics(`[["AWS/EC2"]]`), "must be a namespace, a name and pairs of dimensions"},
		"half a dimension":   {metrics(`[["AWS/EC2","CPUUtilization","InstanceId"]]`), "pairs of dimensions"},
		"a number":           {metrics(`[["AWS/EC2","CPUUtilization","InstanceId",1]]`), "must be texts, got 1"},
		"no metric":          {metrics(`[[]]`), "or an expression"},
		"nothing before":     {metrics(`[[".","NetworkIn"]]`), `"." stands for nothing in the metric before`},
		"nothing before all": {metrics(`[["...","i-2"]]`), `"..." stands for nothing`},
		"rendering unknown":  {metrics(`[["AWS/EC2","NetworkIn",{"colour":"#fff"}]]`), "metrics[0].colour is no property"},
		"rendering's stat":   {metrics(`[["AWS/EC2","NetworkIn",{"stat":"Mean"}]]`), "metrics[0].stat must be"},
		"no alarms":          {widget("alarm", "", `"alarms":[]`), "alarms must be 1-100, got 0"},
		"name of an alarm":   {widget("alarm", "", `"alarms":["errors"]`), "alarms must be ARNs of alarms"},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.For(t).FaultsOf(cloudwatch.DashboardToken, dashboard(tc.body))
			if tc.want == "" {
				assert.Empty(t, got)
			}
			assert.Contains(t, got, tc.want)
		})
	}
	assert.Contains(t, c.FaultsOf(cloudwatch.DashboardToken, core.Object{"dashboardName": "a.b", "dashboardBody": `{"widgets":[]}`}), "1-255 letters")
}
