package edgefunction_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/edgefunction"
)

func TestOwnCodeIsRecognized(t *testing.T) {
	for _, rules := range []edgefunction.Rules{
		{}, {Names: map[string]string{"www.example.com": "example.com", "www.example.org": "example.org"}}, {TrailingSlash: edgefunction.AddSlash}, {SinglePage: "/index.html"},
		{Names: map[string]string{"example.com": "www.example.com"}, TrailingSlash: edgefunction.RemoveSlash, SinglePage: "/index.html"},
	} {
		code := rules.Code()
		assert.Less(t, len(code), awstable.MostFunctionBytes)
		got, own := edgefunction.Recognize(code)
		assert.True(t, own)
		assert.Equal(t, rules, got)
	}
}

// What differs in one character may do anything.
func TestOtherCodeIsNotRecognized(t *testing.T) {
	code := edgefunction.Rules{SinglePage: "/index.html"}.Code()
	for _, other := range []string{
		"", "function handler(event) { return event.request; }", code + " ", " " + code, strings.Replace(code, "301", "302", 1),
		strings.Replace(code, `{"singlePage":"/index.html"}`, `{"singlePage": "/index.html"}`, 1),
		strings.Replace(code, `{"singlePage":"/index.html"}`, `{"singlePage":"/index.html","other":1}`, 1),
	} {
		_, own := edgefunction.Recognize(other)
		assert.False(t, own, other)
	}
}
