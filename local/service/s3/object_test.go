package s3_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/s3"
	"github.com/portico-iac/portico/local/traffic/account"
)

// helloMD5 is that of "<p>hello".
const helloMD5 = "fef204c8ad5edb6ecf33217b26aff0b9"

// stored is what traffic finds in the buckets.
func stored(t *testing.T, c *cloudtest.Cloud) []account.BucketObject {
	t.Helper()
	resources, err := account.Read(c.Account())
	require.NoError(t, err)
	return resources.Objects
}

func TestObjects(t *testing.T) {
	c := cloudtest.New(t)
	bucket, _ := c.Create(s3.BucketToken, "site", core.Object{"bucket": "site"})
	in := core.Object{"bucket": bucket, "content": "<p>hello"}
	c.Refused(s3.ObjectToken, "x", in.With(core.Object{"bucket": "nobody"}), "NoSuchBucket: The specified bucket does not exist")

	id, state := c.Create(s3.ObjectToken, "index.html", in)
	assert.Equal(t, "site/index.html", id)
	assert.Equal(t, []string{"index.html", "arn:aws:s3:::site/index.html", helloMD5, "application/octet-stream", "AES256"},
		[]string{state.Str("key"), state.Str("arn"), state.Str("etag"), state.Str("contentType"), state.Str("serverSideEncryption")})
	assert.Equal(t, []account.BucketObject{{Bucket: "site", Key: "index.html", Body: []byte("<p>hello"),
		Headers: map[string]string{"Content-Type": "application/octet-stream"}, ETag: helloMD5, Algorithm: "AES256"}}, stored(t, c))
	c.Refused(s3.ObjectToken, "index.html", in, "is taken")

	whole := in.With(core.Object{"contentType": "text/html", "cacheControl": "max-age=60", "contentLanguage": "en",
		"contentEncoding": "identity", "contentDisposition": "inline", "metadata": core.Object{"author": "me"}})
	c.Update(s3.ObjectToken, id, whole)
	assert.Equal(t, map[string]string{"Content-Type": "text/html", "Cache-Control": "max-age=60", "Content-Language": "en",
		"Content-Encoding": "identity", "Content-Disposition": "inline", "X-Amz-Meta-author": "me"}, stored(t, c)[0].Headers)
	state = c.Update(s3.ObjectToken, id, in.With(core.Object{"content": "<p>bye"}))
	assert.Equal(t, map[string]string{"Content-Type": "text/html"}, stored(t, c)[0].Headers, "a type stays until there is another")
	assert.NotEqual(t, helloMD5, state.Str("etag"))
	assert.Equal(t, []string{"key"}, c.ChangeOf(s3.ObjectToken, id, whole.With(core.Object{"key": "other.html"})).Replaces)

	assert.ErrorContains(t, c.TryDelete(s3.BucketToken, bucket), "BucketNotEmpty")
	c.Delete(s3.ObjectToken, id)
	assert.Empty(t, stored(t, c))
	c.Delete(s3.BucketToken, bucket)
	c.IsSeed()
}

// The content is a text, base64, or an asset as it is when the object is made.
func TestContentsOfObjects(t *testing.T) {
	c := cloudtest.New(t)
	bucket, _ := c.Create(s3.BucketToken, "site", core.Object{})
	file := filepath.Join(t.TempDir(), "index.html")
	require.NoError(t, os.WriteFile(file, []byte("<p>hello"), 0o600))
	for name, more := range map[string]core.Object{
		"text":   {"content": "<p>hello"},
		"base64": {"contentBase64": base64.StdEncoding.EncodeToString([]byte("<p>hello"))},
		"asset":  {"source": map[string]any(core.TextAsset("<p>hello"))},
		"file":   {"source": map[string]any(core.FileAsset(file))},
	} {
		_, state := c.Create(s3.ObjectToken, name, more.With(core.Object{"bucket": bucket}))
		assert.Equal(t, helloMD5, state.Str("etag"), name)
	}
	require.NoError(t, os.WriteFile(file, []byte("changed"), 0o600))
	for _, o := range stored(t, c) {
		assert.Equal(t, "<p>hello", string(o.Body), o.Key)
	}
	c.Create(s3.ObjectToken, "empty", core.Object{"bucket": bucket})
	require.NoError(t, os.Remove(file))
	c.Refused(s3.ObjectToken, "gone", core.Object{"bucket": bucket, "source": map[string]any(core.FileAsset(file))}, "opening S3 object source: reading the asset: open "+file)

	c.Create(s3.EncryptionToken, "kms", core.Object{"bucket": bucket, "rules": []any{
		core.Object{"applyServerSideEncryptionByDefault": core.Object{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "alias/a"}},
	}})
	_, state := c.Create(s3.ObjectToken, "encrypted", core.Object{"bucket": bucket, "content": "<p>hello"})
	assert.Equal(t, "aws:kms", state.Str("serverSideEncryption"))
	assert.NotEqual(t, helloMD5, state.Str("etag"))
}

// An etag that is not that of the content makes every update upload it again.
func TestETagsThatAreNotTheContents(t *testing.T) {
	c := cloudtest.New(t)
	bucket, _ := c.Create(s3.BucketToken, "site", core.Object{})
	k, err := c.Type(s3.ObjectToken)
	require.NoError(t, err)
	for etag, changes := range map[string][]string{helloMD5: nil, "another": {"etag"}} {
		in := core.Object{"bucket": bucket, "key": etag, "content": "<p>hello", "etag": etag}
		_, state, err := c.Provider.Create(k, in)
		require.NoError(t, err)
		assert.Equal(t, helloMD5, state.Str("etag"))
		assert.Equal(t, changes, k.Diff(k.AsLeft(state, in), in).Changed)
	}
}

func TestABucketIsDeletedWithItsObjectsIfItMay(t *testing.T) {
	c := cloudtest.New(t)
	bucket, _ := c.Create(s3.BucketToken, "site", core.Object{"forceDestroy": true})
	c.Create(s3.ObjectToken, "index.html", core.Object{"bucket": bucket})
	c.Delete(s3.BucketToken, bucket)
	c.IsSeed()
}

func TestRulesOfObjects(t *testing.T) {
	c := cloudtest.New(t)
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"two contents":     {core.Object{"content": "a", "contentBase64": "YQ=="}, "content cannot be given together with contentBase64"},
		"two sources":      {core.Object{"content": "a", "source": map[string]any(core.TextAsset("a"))}, "content cannot be given together with source"},
		"base64 and asset": {core.Object{"contentBase64": "YQ==", "source": map[string]any(core.TextAsset("a"))}, "contentBase64 cannot be given together with source"},
		"no base64":        {core.Object{"contentBase64": "s3cret!"}, "contentBase64 must be base64"},
		"a path":           {core.Object{"source": "index.html"}, "source must be an asset that is a text or a file"},
		"an archive":       {core.Object{"source": map[string]any(core.Archive(map[string]string{"a": "b"}))}, "source must be an asset that is a text or a file"},
		"a URL":            {core.Object{"source": map[string]any(core.TextAsset("").With(core.Object{"uri": "https://example.com"}))}, "source must be an asset that is a text or a file"},
		"long key":         {core.Object{"key": strings.Repeat("ä", 513)}, "KeyTooLongError: key must have at most 1024 bytes, got 1026"},
		"slash":            {core.Object{"key": "/index.html"}, "unsupported by the local AWS: key must not have slashes that the provider leaves out"},
		"dot":              {core.Object{"key": "./index.html"}, "key must not have slashes"},
		"two slashes":      {core.Object{"key": "a//b"}, "key must not have slashes"},
		"metadata":         {core.Object{"metadata": core.Object{"Author": "me"}}, `metadata must be lowercase only, got "Author"`},
		"long metadata":    {core.Object{"metadata": core.Object{"a": strings.Repeat("b", 2048)}}, "MetadataTooLarge: metadata must have at most 2048 bytes, got 2049"},
		"tags":             {core.Object{"tags": map[string]any{"1": "", "2": "", "3": "", "4": "", "5": "", "6": "", "7": "", "8": "", "9": "", "10": "", "11": ""}}, "tags must be at most 10, got 11"},
		"header":           {core.Object{"cacheControl": "no-store\r\nA: b"}, "cacheControl must not have control characters"},
		"acl":              {core.Object{"acl": "public-read"}, `unsupported by the local AWS: the input "acl"`},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.For(t).FaultsOf(s3.ObjectToken, tc.in.With(core.Object{"bucket": "b"}))
			assert.Contains(t, got, tc.want)
			assert.NotContains(t, got, "s3cret")
		})
	}
}
