package prediction_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/prediction"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/s3"
)

// Only the buckets that a distribution asks have stand-ins, of every name that is one.
func TestFilesOf(t *testing.T) {
	c := cloudtest.New(t)
	c.Create(s3.BucketToken, "site", core.Object{"bucket": "site"})
	c.Create(s3.BucketToken, "logs", core.Object{"bucket": "logs"})
	c.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(core.Object{"origins": []any{
		cloudtest.OriginInputs(nil), core.Object{"originId": "site", "domainName": "site.s3.ap-northeast-1.amazonaws.com"},
		core.Object{"originId": "elsewhere", "domainName": "elsewhere.s3.eu-west-1.amazonaws.com"},
	}}))
	c.Create(s3.ObjectToken, "index.html", core.Object{"bucket": "site", "content": "<p>hello"})
	files := prediction.FilesOf(c.Account(), nil)
	require.Len(t, files, 1)
	site := files["site"]
	body, err := fs.ReadFile(site, "assets/app.css")
	require.NoError(t, err)
	assert.Equal(t, "assets/app.css", string(body))
	found, err := fs.Stat(site, "assets/app.css")
	require.NoError(t, err)
	assert.Equal(t, "app.css", found.Name())
	assert.Equal(t, int64(len("assets/app.css")), found.Size())
	_, err = fs.Stat(site, "assets/")
	assert.ErrorIs(t, err, fs.ErrInvalid)
	_, err = fs.Stat(site, "index.html")
	assert.ErrorIs(t, err, fs.ErrNotExist, "the account has it")
	all, err := fs.ReadDir(site, ".")
	require.NoError(t, err)
	assert.Empty(t, all)
}
