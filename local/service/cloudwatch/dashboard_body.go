package cloudwatch

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// invalidBody is CloudWatch's code for a dashboard that it does not take.
const invalidBody = "InvalidParameterInput"

// Sizes of a dashboard: widgets, bytes, columns and metrics of a widget. That of the body
// is inferred.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
const (
	mostWidgets       = 500
	mostBytes         = 1 << 20
	columns           = 24
	mostHeight        = 1000
	mostWidgetMetrics = 500
)

// dashboardBodyRule requires the body of a dashboard to follow CloudWatch's grammar.
// Supported are widgets of text, metrics and the states of alarms.
// Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
// *sourced*, the words inferred
func dashboardBodyRule(in core.Object) *core.Refusal {
	if !in.Known("dashboardBody") {
		return nil
	}
	text := in.Str("dashboardBody")
	var body core.Object
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		return core.Invalid(invalidBody, "dashboardBody", "must be a JSON object: %v", err)
	}
	if err := checkBody(body); err != nil || len(text) > mostBytes {
		if err == nil {
			err = fmt.Errorf("must have at most %d bytes, got %d", mostBytes, len(text))
		}
		return core.Invalid(invalidBody, "dashboardBody", "%v", err)
	}
	return nil
}

// shape is what a JSON object of the grammar may have: the kinds of its fields. A ! marks
// one that is required.
type shape map[string]string

var (
	bodyShape   = shape{"widgets": "list!", "start": "text", "end": "text", "periodOverride": "text"}
	widgetShape = shape{"type": "text!", "x": "number", "y": "number", "width": "number", "height": "number", "properties": "object!"}
	// properties of each type of widget.
	propertyShapes = map[string]shape{
		"text": {"markdown": "text!", "background": "text"},
		"metric": {
			"metrics": "list", "annotations": "object", "region": "text!", "accountId": "text", "title": "text", "view": "text", "stacked": "bool",
			"stat": "text", "period": "number", "yAxis": "object", "legend": "object", "liveData": "bool", "sparkline": "bool",
			"setPeriodToTimeRange": "bool", "singleValueFullPrecision": "bool", "timezone": "text", "start": "text", "end": "text",
		},
		"alarm": {"alarms": "list!", "sortBy": "text", "states": "list", "title": "text"},
	}
	renderingShape = shape{
		"accountId": "text", "color": "text", "expression": "text", "id": "text", "label": "text", "period": "number", "region": "text",
		"stat": "text", "visible": "bool", "yAxis": "text",
	}
)

// check returns what an object lacks, has too much or has of another kind; nil for nothing.
func (s shape) check(path string, o core.Object) error {
	for _, key := range o.Keys() {
		kind, known := s[key]
		if !known {
			return fmt.Errorf("%s.%s is no property", path, key)
		}
		if got := kindOf(o[key]); got != strings.TrimSuffix(kind, "!") {
			return fmt.Errorf("%s.%s must be a %s, got a %s", path, key, strings.TrimSuffix(kind, "!"), got)
		}
	}
	for key, kind := range s {
		if strings.HasSuffix(kind, "!") && !o.Has(key) {
			return fmt.Errorf("%s.%s is required", path, key)
		}
	}
	return nil
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case float64:
		return "number"
	case bool:
		return "bool"
	case []any:
		return "list"
	case map[string]any:
		return "object"
	}
	return "null"
}

func checkBody(body core.Object) error {
	if err := bodyShape.check("body", body); err != nil {
		return err
	}
	widgets := body.List("widgets")
	if len(widgets) > mostWidgets {
		return fmt.Errorf("widgets must be at most %d, got %d", mostWidgets, len(widgets))
	}
	if o := body.Str("periodOverride"); o != "" && o != "auto" && o != "inherit" {
		return fmt.Errorf("periodOverride must be auto or inherit, got %q", o)
	}
	for i, w := range widgets {
		if err := checkWidget(fmt.Sprintf("widgets[%d]", i), core.AsObject(w)); err != nil {
			return err
		}
	}
	return nil
}

// checkWidget requires a widget to lie within the columns and to have the properties of its
// type.
func checkWidget(path string, w core.Object) error {
	if err := widgetShape.check(path, w); err != nil {
		return err
	}
	for _, r := range []struct {
		field       string
		least, most int
	}{{"x", 0, columns - 1}, {"y", 0, 1 << 31}, {"width", 1, columns}, {"height", 1, mostHeight}} {
		n, given := w.Num(r.field)
		if given && (n != float64(int(n)) || int(n) < r.least || int(n) > r.most) {
			return fmt.Errorf("%s.%s must be %d-%d, got %v", path, r.field, r.least, r.most, n)
		}
	}
	if w.Int("x")+w.Int("width") > columns {
		return fmt.Errorf("%s must end within the %d columns, got x %d and width %d", path, columns, w.Int("x"), w.Int("width"))
	}
	properties, known := propertyShapes[w.Str("type")]
	if !known {
		return fmt.Errorf("%s.type must be text, metric or alarm here, got %q", path, w.Str("type"))
	}
	of := w.Block("properties")
	if err := properties.check(path+".properties", of); err != nil {
		return err
	}
	switch w.Str("type") {
	case "metric":
		return checkMetricWidget(path+".properties", of)
	case "alarm":
		return checkAlarmWidget(path+".properties", of)
	}
	return nil
}

var alarmARN = regexp.MustCompile(`^arn:aws:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+$`)

// checkAlarmWidget requires 1-100 alarms, by their ARNs.
func checkAlarmWidget(path string, of core.Object) error {
	alarms := of.Strs("alarms")
	if len(alarms) == 0 || len(alarms) > 100 {
		return fmt.Errorf("%s.alarms must be 1-100, got %d", path, len(alarms))
	}
	for _, arn := range alarms {
		if !alarmARN.MatchString(arn) {
			return fmt.Errorf("%s.alarms must be ARNs of alarms, got %q", path, arn)
		}
	}
	return nil
}

// checkMetricWidget requires metrics, or an annotation that names an alarm, and values that
// its settings can have.
func checkMetricWidget(path string, of core.Object) error {
	if view := of.Str("view"); view != "" && !slices.Contains([]string{"timeSeries", "singleValue", "gauge", "bar", "pie", "table"}, view) {
		return fmt.Errorf("%s.view must be timeSeries, singleValue, gauge, bar, pie or table, got %q", path, view)
	}
	if !of.Has("metrics") && len(of.Block("annotations").List("alarms")) == 0 {
		return fmt.Errorf("%s must have metrics or annotations.alarms", path)
	}
	if err := checkSettings(path, of); err != nil {
		return err
	}
	metrics := of.List("metrics")
	if of.Has("metrics") && (len(metrics) == 0 || len(metrics) > mostWidgetMetrics) {
		return fmt.Errorf("%s.metrics must be 1-%d, got %d", path, mostWidgetMetrics, len(metrics))
	}
	var before []any
	for i, m := range metrics {
		list, _ := m.([]any)
		full, err := checkMetric(fmt.Sprintf("%s.metrics[%d]", path, i), list, before)
		if err != nil {
			return err
		}
		before = full
	}
	return nil
}

// checkSettings requires the statistic and the period of a widget or a metric to exist.
func checkSettings(path string, of core.Object) error {
	if stat := of.Str("stat"); stat != "" && !statistic.MatchString(stat) {
		return fmt.Errorf("%s.stat must be Average, Maximum, Minimum, SampleCount, Sum or a percentile here, got %q", path, stat)
	}
	if n, given := of.Num("period"); given && n != 1 && n != 5 && n != 10 && n != 30 && (n < 60 || int(n)%60 != 0) {
		return fmt.Errorf("%s.period must be 1, 5, 10, 30 or a multiple of 60, got %v", path, n)
	}
	return nil
}

// checkMetric requires one metric to be a namespace, a name, pairs of dimensions and
// perhaps how to draw it, or an expression. "." stands for what the metric before has in
// that place, "..." for all of its places up to there. It returns the metric in full.
func checkMetric(path string, metric, before []any) ([]any, error) {
	rendering, fields := core.Object(nil), metric
	if n := len(metric); n > 0 && core.AsObject(metric[n-1]) != nil {
		rendering, fields = core.AsObject(metric[n-1]), metric[:n-1]
	}
	if err := renderingShape.check(path, rendering); err != nil {
		return nil, err
	}
	if err := checkSettings(path, rendering); err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		if rendering.Str("expression") == "" {
			return nil, fmt.Errorf("%s must be a namespace, a name and dimensions, or an expression", path)
		}
		return before, nil
	}
	full := make([]any, 0, len(fields))
	for i, f := range fields {
		text, _ := f.(string)
		switch {
		case text == "":
			return nil, fmt.Errorf("%s must be texts, got %v", path, f)
		case text == "..." && i == 0 && len(before) >= len(fields)-1:
			full = append(full, before[:len(before)-len(fields)+1]...)
		case text == "." && len(full) < len(before):
			full = append(full, before[len(full)])
		case text == "." || text == "...":
			return nil, fmt.Errorf("%s: %q stands for nothing in the metric before", path, text)
		default:
			full = append(full, text)
		}
	}
	if len(full) < 2 || len(full)%2 != 0 {
		return nil, fmt.Errorf("%s must be a namespace, a name and pairs of dimensions, got %v", path, full)
	}
	return full, nil
}
