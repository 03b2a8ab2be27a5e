package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/stretchr/testify/assert"
)

func TestTablesFitALine(t *testing.T) {
	loop := "301 redirect-loop by load balancer"
	var out bytes.Buffer
	printTable(&out, [][]string{
		{"VERDICT", "EXPECTED", "OBSERVED", "REQUEST"},
		{"NOT ANSWERED", loop, loop, "https://www.example.com/"},
		{"ok", "200 by target", "200 by target", "around the front to server one, 198.51.100.20 port 80"},
	})
	assert.Equal(t, `  VERDICT       EXPECTED              OBSERVED              REQUEST
  NOT ANSWERED  301 redirect-loop by  301 redirect-loop by  https://www.example.com/
                load balancer         load balancer
  ok            200 by target         200 by target         around the front to
                                                            server one,
                                                            198.51.100.20 port
                                                            80
`, out.String())

	out.Reset()
	printTable(&out, [][]string{{"url", "https://app.example.com/" + strings.Repeat("x", 80)}, {"vpcId", "vpc-1"}})
	assert.Equal(t, "  url    https://app.example.com/"+strings.Repeat("x", 80)+"\n  vpcId  vpc-1\n", out.String())
}

func TestOutcomesInTheTable(t *testing.T) {
	for outcome, want := range map[string]string{
		"301, then 200 by target app-1; Miss from cloudfront": "301, 200 by target",
		"403 by distribution; Error from cloudfront":          "403 by distribution",
		"301 redirect-loop by load balancer web":              "301 redirect-loop by load balancer",
		"timeout":                                             "timeout",
	} {
		assert.Equal(t, want, brief(outcome))
	}
}

// A terminal says how wide it is.
func TestTablesAreAsWideAsTheTerminal(t *testing.T) {
	row := [][]string{{"around the front to server one, 198.51.100.20 port 80", "ok"}}
	for columns, want := range map[string]string{
		"120": "  around the front to server one, 198.51.100.20 port 80  ok\n",
		"50":  "  around the front to server one,               ok\n  198.51.100.20 port 80\n",
		"x":   "  around the front to server one, 198.51.100.20 port 80  ok\n",
	} {
		t.Setenv("COLUMNS", columns)
		var out bytes.Buffer
		printTable(&out, row)
		assert.Equal(t, want, out.String(), columns)
	}
}

func TestOutputsOfServicesHavePaths(t *testing.T) {
	var out bytes.Buffer
	printOutputs(&out, auto.OutputMap{"services": {Value: map[string]any{"api": map[string]any{"serviceName": "api-1"}}}, "url": {Value: "https://a/"}})
	assert.Equal(t, "  services.api.serviceName  api-1\n  url                       https://a/\n", out.String())
}
