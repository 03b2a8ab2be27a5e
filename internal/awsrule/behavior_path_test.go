package awsrule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestBehaviorPath(t *testing.T) {
	for pattern, want := range map[string]string{
		"/assets/*": "", "assets/*": "", "*.jpg": "", "/a?c/~x\"'@:+&$": "", "/": "", "/?*": "",
		"/" + strings.Repeat("a", 254): "",
		"/" + strings.Repeat("a", 255): "must be at most 255 characters, got 256",
		"":                             "is required",
		"*":                            "must not match every path",
		"/*":                           "must not match every path",
		"/**":                          "must not match every path",
		"/a b":                         "must be a path of letters",
		"/a#b":                         "must be a path of letters",
		"https://example.com/a":        "must be a path without scheme and host",
	} {
		err := awsrule.BehaviorPath(pattern)
		if want == "" {
			assert.NoError(t, err, pattern)
			continue
		}
		assert.ErrorContains(t, err, want, pattern)
	}
}

func TestBehaviorPaths(t *testing.T) {
	for _, tt := range []struct {
		patterns []string
		want     string
	}{
		{nil, ""},
		{[]string{"/api/*", "/assets/*"}, ""},
		{[]string{"/assets/img/*", "/assets/*"}, ""},
		{[]string{"/assets/*", "/assets/img/*"}, `behaviors[1].pathPattern: must not be covered by an earlier pattern, got "/assets/img/*" after "/assets/*" at behaviors[0]`},
		{[]string{"/a", "a"}, `behaviors[1].pathPattern: is a duplicate of "/a" at behaviors[0]`},
		{[]string{"*.jpg", "/img/*.jpg"}, `behaviors[1].pathPattern: must not be covered`},
		{[]string{"*", "/a"}, `behaviors[0].pathPattern: must not match every path`},
	} {
		l := fault.ForConfig()
		awsrule.BehaviorPaths(l, "behaviors", tt.patterns)
		if tt.want == "" {
			assert.NoError(t, l.Err(), tt.patterns)
			continue
		}
		assert.ErrorContains(t, l.Err(), tt.want, tt.patterns)
	}
	many := make([]string, 75)
	for i := range many {
		many[i] = "/" + strings.Repeat("a", i+1)
	}
	l := fault.ForConfig()
	awsrule.BehaviorPaths(l, "behaviors", many[:74])
	assert.NoError(t, l.Err())
	awsrule.BehaviorPaths(l, "behaviors", many)
	assert.ErrorContains(t, l.Err(), "behaviors: must be at most 74, got 75")
}
