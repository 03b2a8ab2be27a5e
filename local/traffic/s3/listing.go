package s3

import (
	"encoding/xml"
	"net/http"
	"strings"
	"time"
)

// listed is an object in a listing.
type listed struct {
	Key          string
	LastModified string
	ETag         string
	Size         int
	StorageClass string
}

// prefixed are the objects whose keys share what comes before a delimiter.
type prefixed struct{ Prefix string }

// listing is the answer to a request for the list of objects. Whatever there is comes at
// once: IsTruncated is never true.
type listing struct {
	XMLName        xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name           string
	Prefix         string
	Delimiter      string `xml:",omitempty"`
	MaxKeys        int
	KeyCount       int
	IsTruncated    bool
	Contents       []listed
	CommonPrefixes []prefixed
}

// list answers with the list of objects.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
func (c *call) list() {
	if !c.may("s3:ListBucket", c.bucket.ARN) {
		c.fail(denied)
		return
	}
	all, err := c.bucket.all()
	if err != nil {
		c.fail(internal)
		return
	}
	query := c.r.URL.Query()
	out := listing{Name: c.bucket.Name, Prefix: query.Get("prefix"), Delimiter: query.Get("delimiter"), MaxKeys: max(1000, len(all))}
	shared := map[string]bool{}
	for _, o := range all {
		rest, ok := strings.CutPrefix(o.key, out.Prefix)
		if !ok {
			continue
		}
		before, _, folded := strings.Cut(rest, out.Delimiter)
		prefix := out.Prefix + before + out.Delimiter
		switch {
		case out.Delimiter == "" || !folded:
			out.Contents = append(out.Contents, listed{o.key, o.modified.UTC().Format(time.RFC3339), `"` + o.tag + `"`, len(o.body), "STANDARD"})
		case !shared[prefix]:
			shared[prefix] = true
			out.CommonPrefixes = append(out.CommonPrefixes, prefixed{prefix})
		}
	}
	out.KeyCount = len(out.Contents) + len(out.CommonPrefixes)
	c.w.Header().Set("X-Amz-Bucket-Region", c.opts.Region)
	c.write(http.StatusOK, out)
}
