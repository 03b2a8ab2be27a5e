package traffic

import (
	"io/fs"
	"net/netip"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// A bucket of the account answers with the files that whoever serves has put there, under
// the bucket's name or the name in the program.
func TestBucketsAnswerWithFiles(t *testing.T) {
	s := newSite(t)
	bucket, state := s.create("aws:s3/bucketV2:BucketV2", "files", props{})
	s.create("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "files", props{"bucket": bucket, "restrictPublicBuckets": false, "blockPublicPolicy": false})
	s.create("aws:s3/bucketPolicy:BucketPolicy", "files", props{"bucket": bucket, "policy": `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
		"Principal": "*", "Action": "s3:GetObject", "Resource": "` + text(state, "arn") + `/*"}]}`})
	for _, name := range []string{bucket, "files"} {
		w, err := Serve(s.driver.Account(), Options{Objects: map[string]fs.FS{name: fstest.MapFS{"index.html": {Data: []byte("hello")}}}})
		require.NoError(t, err)
		internet := viewer(t, w, w.Source(wire.KindInternet, netip.Addr{}, nil))
		got := ask(t, internet, "https://"+text(state, "bucketRegionalDomainName")+"/index.html")
		assert.Equal(t, 200, got.status)
		assert.Equal(t, "hello", got.body)
		assert.Equal(t, 403, ask(t, internet, "http://"+text(state, "bucketDomainName")+"/none").status)
		entry := w.Entries()[0]
		assert.Equal(t, []string{EntryBuckets, "s3." + region + ".amazonaws.com"}, []string{entry.Kind, entry.Name})
		assert.Contains(t, entry.Names, text(state, "bucketRegionalDomainName"))
		require.NoError(t, w.Close())
	}
}

// Addresses of S3 are not those that the account gives to machines.
func TestAddressesOfBucketsAndMachinesDiffer(t *testing.T) {
	s := newSite(t)
	s.create("aws:s3/bucketV2:BucketV2", "files", props{})
	_, address := s.create("aws:ec2/eip:Eip", "web", props{"domain": "vpc", "instance": legacy})
	w := s.serve(nil)
	i := slices.IndexFunc(w.Entries(), func(e Entry) bool { return e.Kind == EntryBuckets })
	require.GreaterOrEqual(t, i, 0)
	assert.NotEqual(t, text(address, "publicIp"), w.Entries()[i].Address.Addr().String())
}

func TestFilesOfNoBucketAreRefused(t *testing.T) {
	account, err := core.Seed()
	require.NoError(t, err)
	_, err = Serve(account, Options{Objects: map[string]fs.FS{"gone": fstest.MapFS{}}})
	require.ErrorContains(t, err, "objects[gone]: the account has 0 buckets of that name, want 1")
}
