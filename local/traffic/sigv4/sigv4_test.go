package sigv4

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const host = "site.s3.us-east-1.amazonaws.com"

var cloudFront = Caller{Service: "cloudfront.amazonaws.com", SourceARN: "arn:aws:cloudfront::123456789012:distribution/E1"}

func request(t *testing.T) *http.Request {
	t.Helper()
	r, err := http.NewRequest("GET", "https://"+host+"/a%20b?c=d", nil)
	require.NoError(t, err)
	return r
}

func TestASignatureTellsWhoAsks(t *testing.T) {
	r := request(t)
	Sign(r, cloudFront, host, "us-east-1")
	got, err := Verify(r)
	require.NoError(t, err)
	assert.Equal(t, cloudFront, got)
}

// Whatever is signed cannot be changed afterwards.
func TestASignatureThatDoesNotHold(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"another host":      func(r *http.Request) { r.Host = "www.example.com" },
		"another method":    func(r *http.Request) { r.Method = "PUT" },
		"another path":      func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/b", "" },
		"another query":     func(r *http.Request) { r.URL.RawQuery = "" },
		"another source":    func(r *http.Request) { r.Header.Set("X-Amz-Source-Arn", "arn:other") },
		"another time":      func(r *http.Request) { r.Header.Set("X-Amz-Date", "20200101T000000Z") },
		"another mechanism": func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") },
		"none":              func(r *http.Request) { r.Header.Del("Authorization") },
	} {
		r := request(t)
		Sign(r, cloudFront, host, "us-east-1")
		change(r)
		_, err := Verify(r)
		assert.Error(t, err, name)
	}
}
