package observe_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/requestpath"
)

func TestURLsAreRequests(t *testing.T) {
	for url, want := range map[string]requestpath.Request{
		"https://a.test:8443/a%20b?c=d": {Scheme: "https", Name: "a.test", Port: 8443, Path: "/a%20b", Query: "c=d"},
		"http://[2001:db8::1]":          {Scheme: "http", Name: "2001:db8::1"},
	} {
		r, err := observe.RequestFor(url)
		require.NoError(t, err)
		assert.Equal(t, want, r)
	}
	for _, url := range []string{"", "www.example.com", "ftp://www.example.com/", "https:///", "https://%zz/", "https://a.test:0x1"} {
		_, err := observe.RequestFor(url)
		assert.ErrorContains(t, err, "must be a URL such as https://www.example.com/path", url)
	}
	for _, url := range []string{"https://a.test:0/", "https://a.test:65536/"} {
		_, err := observe.RequestFor(url)
		assert.ErrorContains(t, err, "from 1 to 65535", url)
	}
}
