package dnsname_test

import (
	"strings"
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/dnsname"
)

func labels(sizes ...int) string {
	parts := make([]string, len(sizes))
	for i, n := range sizes {
		parts[i] = strings.Repeat("a", n)
	}
	return strings.Join(parts, ".")
}

func TestCheck(t *testing.T) {
	for name, wantErr := range map[string]string{
		"example.com":             "",
		"a.b":                     "",
		"3com.example":            "",
		"xn--wgv71a119e.jp":       "",
		"a--b.example.com":        "",
		labels(63, 3):             "",
		labels(63, 63, 63, 61):    "",
		"":                        "got none",
		"localhost":               `must be fully qualified, got "localhost"`,
		"Example.com":             `must be in lower case, got "Example.com"; use "example.com"`,
		"example.com.":            `no trailing dot, got "example.com."; use "example.com"`,
		"*.example.com":           "the name of one host, got the wildcard",
		"https://example.com":     "without scheme or path",
		"example.com/app":         "without scheme or path",
		"example.com:443":         "letters, digits and hyphens",
		"under_score.example.com": "letters, digits and hyphens",
		"-a.example.com":          "no hyphen beside a dot",
		"a-.example.com":          "no hyphen beside a dot",
		"a..com":                  "single dots",
		".example.com":            "single dots",
		"bücher.example":          `must be in Punycode, got the internationalized name "bücher.example"; use its form with xn--, as in`,
		"Bücher.example":          "must be in Punycode",
		"a b.com":                 "letters, digits and hyphens",
		"192.0.2.1":               `got the address "192.0.2.1"`,
		"2001:db8::1":             "got the address",
		"app.123":                 "must not end in a number",
		labels(64, 3):             "at most 63 characters between its dots, got 64",
		labels(63, 63, 63, 62):    "at most 253 characters, got 254",
		"a.*.example.com":         "letters, digits and hyphens",
		"example.com\nevil.com":   "letters, digits and hyphens",
	} {
		t.Run(name, func(t *testing.T) { matches(t, dnsname.Check(name), wantErr) })
	}
}

func TestCheckPattern(t *testing.T) {
	for name, wantErr := range map[string]string{
		"example.com":        "",
		"*.example.com":      "",
		"*.a.example.com":    "",
		"*.com":              "fully qualified",
		"*":                  "in place of the whole leftmost label",
		"*example.com":       "in place of the whole leftmost label",
		"a*.example.com":     "in place of the whole leftmost label",
		"a.*.example.com":    "in place of the whole leftmost label",
		"*.*.example.com":    "in place of the whole leftmost label",
		"*.Example.com":      `use "*.example.com"`,
		"*." + labels(64, 3): "at most 63",
	} {
		t.Run(name, func(t *testing.T) { matches(t, dnsname.CheckPattern(name), wantErr) })
	}
}

func matches(t *testing.T, err error, wantErr string) {
	t.Helper()
	if wantErr == "" {
		assert.NoError(t, err)
		return
	}
	assert.ErrorContains(t, err, wantErr)
}

func TestCovers(t *testing.T) {
	for _, tt := range []struct {
		certificate, host string
		want              bool
	}{
		{"app.example.com", "app.example.com", true},
		{"app.example.com", "APP.example.com.", true},
		{"app.example.com", "www.example.com", false},
		{"*.example.com", "app.example.com", true},
		{"*.example.com", "a.app.example.com", false},
		{"*.example.com", "example.com", false},
		{"*.example.com", ".example.com", false},
		{"*.example.com", "app.example.org", false},
		{"*.example.com", "appexample.com", false},
		{"*.example.com", "*.example.com", true},
		{"*.example.com", "*.app.example.com", false},
		{"*.com", "*.example.com", false},
		{"app.example.com", "*.example.com", false},
	} {
		assert.Equal(t, tt.want, dnsname.Covers(tt.certificate, tt.host), "%s for %s", tt.certificate, tt.host)
	}
	assert.True(t, dnsname.AnyCovers([]string{"example.com", "*.example.com"}, "app.example.com"))
	assert.False(t, dnsname.AnyCovers([]string{"example.com"}, "app.example.com"))
	assert.False(t, dnsname.AnyCovers(nil, "app.example.com"))
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct {
		name, zone string
		want       bool
	}{
		{"example.com", "example.com", true},
		{"example.com", "example.com.", true},
		{"a.b.example.com", "Example.com", true},
		{"*.example.com", "example.com", true},
		{"*.example.com", "app.example.com", false},
		{"badexample.com", "example.com", false},
		{"example.com", "app.example.com", false},
		{"example.com", "", false},
	} {
		assert.Equal(t, tt.want, dnsname.Within(tt.name, tt.zone), "%s in %s", tt.name, tt.zone)
		assert.Equal(t, tt.want, dnsname.CheckWithin(tt.name, tt.zone) == nil, "%s in %s", tt.name, tt.zone)
	}
	assert.EqualError(t, dnsname.CheckWithin("app.example.org", "example.com."),
		`"app.example.org" does not lie in hosted zone "example.com"; give the zone of that domain`)
}

// What a wildcard covers lies in the wildcard's domain and has one validation
// record with it or below it.
func TestCoveredNamesLieInTheWildcardsDomain(t *testing.T) {
	require.NoError(t, quick.Check(func(n uint8, m uint8) bool {
		host := labels(1+int(n)%63, 1+int(m)%63, 3)
		_, parent, _ := strings.Cut(host, ".")
		return dnsname.Covers("*."+parent, host) && dnsname.Within(host, parent) &&
			!dnsname.Covers("*."+host, host) && !dnsname.Covers("*."+parent, "a."+host)
	}, nil))
}

func TestValidationBases(t *testing.T) {
	assert.Equal(t, []string{"example.com", "app.example.com"}, dnsname.ValidationBases(
		[]string{"*.example.com", "app.example.com", "example.com", "*.app.example.com", "EXAMPLE.com."}))
	assert.Empty(t, dnsname.ValidationBases(nil))
}

func TestNormalise(t *testing.T) {
	assert.Equal(t, "*.example.com", dnsname.Normalise(`\052.Example.COM.`))
	assert.Equal(t, "example.com", dnsname.Normalise("example.com"))
}

func TestNamesOfAWS(t *testing.T) {
	for name, want := range map[string][2]bool{
		"web-123.ap-northeast-1.elb.amazonaws.com":  {true, false},
		"nlb-123.elb.us-east-1.amazonaws.com":       {true, false},
		"web-123.cn-north-1.elb.amazonaws.com.cn":   {true, false},
		"Web-123.ap-northeast-1.elb.amazonaws.com.": {true, false},
		"d111111abcdef8.cloudfront.net":             {false, true},
		"elb.amazonaws.com.example.com":             {false, false},
		"cloudfront.net":                            {false, false},
		"app.example.com":                           {false, false},
		"ec2-1-2-3-4.compute-1.amazonaws.com":       {false, false},
	} {
		assert.Equal(t, want, [2]bool{dnsname.IsLoadBalancer(name), dnsname.IsCloudFront(name)}, name)
	}
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"example.com", "*.example.com", "", "..", "a.b.", "192.0.2.1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if dnsname.CheckPattern(name) != nil {
			return
		}
		assert.Equal(t, name, dnsname.Normalise(name))
		assert.True(t, dnsname.Covers(name, name))
		assert.Equal(t, dnsname.Check(name) == nil, !dnsname.IsWildcard(name))
		assert.Equal(t, []string{dnsname.Base(name)}, dnsname.ValidationBases([]string{name}))
	})
}
