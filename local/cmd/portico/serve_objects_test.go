package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/local/service/s3"
)

// Files in the stack's folder are objects of the bucket whose name, with or without its random
// suffix, is that of their folder, from the moment they are there.
func TestServeServesTheFilesOfTheStacksFolder(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, exampleE)
	folder := filepath.Join(sh.stackDir(), "objects", "site")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	sh.fails(exitFailed, "objects[site]: the account has 0 buckets of that name, want 1", "serve")

	c := cloudtest.New(t)
	c.UseFile(engine.AccountPath(sh.stackDir()))
	bucket, _ := c.Create(s3.BucketToken, "site", core.Object{})
	c.Create(s3.PublicAccessBlockToken, "site", core.Object{"bucket": bucket})
	c.Create(s3.PolicyToken, "site", core.Object{"bucket": bucket, "policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",` +
		`"Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::` + bucket + `","arn:aws:s3:::` + bucket + `/*"]}]}`})
	c.Create(s3.ObjectToken, "registered.txt", core.Object{"bucket": bucket, "content": "registered", "contentType": "text/plain"})
	served := sh.start(t, "serve")
	served.out.until(t, `dig @`)
	address := servedPorts(t, sh)["buckets s3.ap-northeast-1.amazonaws.com 80 false"]
	get := func(path string) (status int, kind, body string) {
		request, err := http.NewRequest(http.MethodGet, "http://"+address+path, nil)
		require.NoError(t, err)
		request.Host = bucket + ".s3.ap-northeast-1.amazonaws.com"
		response, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		raw, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode, response.Header.Get("Content-Type"), string(raw)
	}
	status, _, _ := get("/index.html")
	assert.Equal(t, 404, status)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "index.html"), []byte("<p>hello"), 0o600))
	for path, want := range map[string][2]string{"/index.html": {"text/html; charset=utf-8", "<p>hello"}, "/registered.txt": {"text/plain", "registered"}} {
		status, kind, body := get(path)
		assert.Equal(t, 200, status, path)
		assert.Equal(t, want, [2]string{kind, body}, path)
	}
	served.interrupt(t)
}
