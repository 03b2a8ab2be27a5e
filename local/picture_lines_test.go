package local_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/pathcases"
)

func pictureLines(t *testing.T, source, name string) []string {
	t.Helper()
	for _, c := range pathcases.All() {
		if c.Source == source && c.Name == name {
			return strings.Split(pictureSource(c.Plan), "\n")
		}
	}
	require.Fail(t, "no such case", "%s/%s", source, name)
	return nil
}

func TestPicturesShowOpenAndClosedWays(t *testing.T) {
	got := pictureLines(t, pathcases.SourceB, "HTTP/1.1 to targets on HTTP/1.1")
	assert.Contains(t, got, `viewer -> edge1: "HTTP 80: 301 to HTTPS\nHTTPS 443, HTTP/2"`)
	assert.Contains(t, got, `edge1 -> balancer1: "HTTPS 443, HTTP/1.1\nSNI alb.example.com"`)
	assert.Contains(t, got, `balancer1 -> server1: "HTTP 8080"`)
	const closed = ` {style: {stroke: "#c0392b"; stroke-dash: 4; font-color: "#c0392b"}}`
	assert.Contains(t, got, `viewer -> balancer1: "timeout"`+closed)
	assert.Contains(t, got, `stranger -> balancer1: "403"`+closed)
	assert.Contains(t, got, `balancer1: "Application Load Balancer\nalb.example.com\nin: 443 from CloudFront\nwants X-Origin-Verify" {shape: rectangle}`)
	assert.NotContains(t, strings.Join(got, "\n"), "secret-current")
}

// A way around the front that is open is drawn as an open one.
func TestPicturesShowAnOpenWayAround(t *testing.T) {
	got := pictureLines(t, pathcases.SourceC, "the instance's group left open: around the load balancer")
	assert.Contains(t, got, `viewer -> server1: "200"`)
}
