package awsrule_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awsrule"
)

func TestPhysical(t *testing.T) {
	for name, tt := range map[string]struct {
		limit int
		parts []string
		want  string
	}{
		"kept":                      {24, []string{"web", "alb"}, "web-alb"},
		"kept at the limit":         {24, []string{strings.Repeat("a", 24)}, strings.Repeat("a", 24)},
		"cut above the limit":       {24, []string{strings.Repeat("a", 25)}, "aaaaaaaaaaaaaaa-2f521e2a"},
		"no hyphen left by the cut": {24, []string{"aaaaaaaaaaaaaa-bbbbbbbbbbbbb"}, "aaaaaaaaaaaaaa-7f124ac6"},
		"refused characters":        {24, []string{"web", "app.example.com"}, "web-app-example-7234e2d7"},
		"hyphen at a distribution":  {24, []string{"-web"}, "web-9cc3145b"},
		"nothing left":              {24, []string{"日本"}, "cf2abf0c"},
		"nothing given":             {24, nil, "e3b0c442"},
		"no room beside the hash":   {8, []string{"web_app"}, "253bafb1"},
		"room for part of the hash": {4, []string{"web_app"}, "253b"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, awsrule.PhysicalName(tt.limit, tt.parts...))
		})
	}
}

var accepted = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)

func TestPhysicalAlwaysMakesANameThatLoadBalancersAccept(t *testing.T) {
	require.NoError(t, quick.Check(func(a, b string, n uint8) bool {
		limit := 10 + int(n)%50
		got := awsrule.PhysicalName(limit, a, b)
		return len(got) <= limit && accepted.MatchString(got) && got == awsrule.PhysicalName(limit, a, b)
	}, nil))
}

func TestPhysicalKeepsChangedNamesApart(t *testing.T) {
	seen := map[string]string{}
	collides := func(wanted string) bool {
		got := awsrule.PhysicalName(24, wanted)
		other, taken := seen[got]
		seen[got] = wanted
		return taken && other != wanted
	}
	require.NoError(t, quick.Check(func(s string) bool { return !collides(s + "_") }, nil))
	long := strings.Repeat("service-", 4)
	for _, s := range []string{"a.b", "a-b", "a_b", "a b", "-a-b", long + "a", long + "b"} {
		assert.False(t, collides(s), s)
	}
}

func TestComponentName(t *testing.T) {
	for name, wantErr := range map[string]string{
		"web":                   "",
		"Web-2":                 "",
		"2web":                  "",
		"sgx":                   "",
		"my-sg":                 "",
		"internal":              "",
		strings.Repeat("a", 40): "",
		"":                      "a name is required",
		"web_app":               `letters, digits and hyphens without a hyphen at either edge, got "web_app"; load balancers accept nothing else, use for example "web-app"`,
		"app.example.com":       `use for example "app-example-com"`,
		"-web":                  `use for example "web"`,
		"web-":                  `use for example "web"`,
		"日本":                    `use for example "web"`,
		strings.Repeat("a", 41): "at most 40 characters, got 41",
		"sg":                    `use for example "web-sg"`,
		"sg-web":                `must not be "sg" or begin with "sg-", got "sg-web"`,
		"SG-web":                `begin with "sg-"`,
		"internal-web":          `must not begin with "internal-", got "internal-web"; AWS keeps that prefix for load balancers of its own naming, use for example "web-internal"`,
	} {
		t.Run(name, func(t *testing.T) {
			err := awsrule.ComponentName(name)
			if wantErr == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, wantErr)
		})
	}
}
