package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTablesFitALine(t *testing.T) {
	loop := "301 redirect-loop by balancer"
	var out bytes.Buffer
	printTable(&out, [][]string{
		{"VERDICT", "EXPECTED", "OBSERVED", "REQUEST"},
		{"NOT ANSWERED", loop, loop, "https://www.example.com/"},
		{"ok", "200 by target", "200 by target", "around the front to server one, 198.51.100.20 port 80"},
	})
	assert.Equal(t, `  VERDICT       EXPECTED              OBSERVED              REQUEST
  NOT ANSWERED  301 redirect-loop by  301 redirect-loop by  https://www.example.com/
                balancer              balancer
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
		"403 by edge; Error from cloudfront":                  "403 by edge",
		"301 redirect-loop by balancer web":                   "301 redirect-loop by balancer",
		"timeout":                                             "timeout",
	} {
		assert.Equal(t, want, brief(outcome))
	}
}
