package awsrule_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestCacheTimes(t *testing.T) {
	for _, tt := range []struct {
		least, usual, most int
		want               string
	}{
		{0, 0, 1, ""}, {1, 1, 1, ""}, {0, 86400, 3153600000, ""},
		{0, 0, 0, "max: must be more than 0"},
		{2, 1, 3, "min: must be at most the default time to live of 1 s, got 2"},
		{0, 3, 2, "usual: must be at most the longest time to live of 2 s, got 3"},
		{-1, 0, 1, "min: must be 0-3153600000 seconds (100 years), got -1"},
		{0, 0, 3153600001, "max: must be 0-3153600000 seconds"},
	} {
		l := fault.ForConfig()
		awsrule.CacheTimes(l, "min", "usual", "max", tt.least, tt.usual, tt.most)
		if tt.want == "" {
			assert.NoError(t, l.Err(), tt)
			continue
		}
		assert.ErrorContains(t, l.Err(), tt.want)
	}
}

func TestCacheNames(t *testing.T) {
	var eleven []string
	for n := range 11 {
		eleven = append(eleven, fmt.Sprint("n", n))
	}
	for _, tt := range []struct {
		check func(*fault.List, string, []string)
		names []string
		want  string
	}{
		{awsrule.CacheNames, nil, ""}, {awsrule.CacheNames, []string{"*"}, ""}, {awsrule.CacheNames, []string{"page", "a[0]", "x.y"}, ""},
		{awsrule.CacheNames, eleven[:10], ""},
		{awsrule.CacheNames, eleven, "names: must be at most 10 names, got 11"},
		{awsrule.CacheNames, []string{"*", "page"}, `names: must be "*" alone`},
		{awsrule.CacheNames, []string{"page=1"}, `names[0]: must be a name without spaces`},
		{awsrule.CacheNames, []string{"session_*"}, `names[0]: must be a name without spaces`},
		{awsrule.CacheNames, []string{"a", "a"}, `names[1]: must be named once, got "a" twice`},
		{awsrule.CacheHeaders, []string{"Authorization", "X-Api-Key"}, ""},
		{awsrule.CacheHeaders, []string{"*"}, `names[0]: must be the name of a header, got "*"`},
		{awsrule.CacheHeaders, []string{"cookie"}, "names[0]: must not be Cookie"},
		{awsrule.CacheHeaders, []string{"Accept-Encoding"}, "names[0]: must not be Accept-Encoding"},
		{awsrule.CacheHeaders, []string{"X Y"}, "names[0]: must be the name of a header"},
	} {
		l := fault.ForConfig()
		tt.check(l, "names", tt.names)
		if tt.want == "" {
			assert.NoError(t, l.Err(), tt.names)
			continue
		}
		assert.ErrorContains(t, l.Err(), tt.want)
	}
}

func TestFunctions(t *testing.T) {
	assert.NoError(t, awsrule.FunctionCode("function handler(event) {}"))
	assert.ErrorContains(t, awsrule.FunctionCode("handler"+strings.Repeat(" ", 10234)), "must have at most 10240 bytes, got 10241")
	assert.ErrorContains(t, awsrule.FunctionCode("function f() {}"), "must have a function named handler")
	assert.NoError(t, awsrule.FunctionARN("arn:aws:cloudfront::123456789012:function/rewrite"))
	assert.ErrorContains(t, awsrule.FunctionARN("arn:aws:lambda:us-east-1:123456789012:function:rewrite"), "Lambda functions are not supported")
}
