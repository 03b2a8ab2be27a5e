package requestpath

import (
	"cmp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
)

// When an origin access control signs the requests to a bucket.
const (
	SignAlways     = "always"
	SignNever      = "never"
	SignNoOverride = "no-override"
)

// Bucket is a bucket with what strangers may do with it, by its policy.
type Bucket struct {
	Name string `json:"name"`
	// DomainName is that of the REST endpoint. Default: NAME.s3.REGION.amazonaws.com.
	DomainName string `json:"domainName,omitempty"`
	// Region is where the bucket is. Default: us-east-1.
	Region string `json:"region,omitempty"`
	// Grants are whom its policy lets do what. Default: nobody outside the account.
	Grants []Grant `json:"grants,omitempty"`
	// TLSOnly says that the policy denies whatever comes over plain HTTP. Default: false.
	TLSOnly bool `json:"tlsOnly,omitempty"`
	// Keys are the objects that are known, without a slash in front.
	Keys []string `json:"keys,omitempty"`
	// OtherKeys says that other objects may be there too: a key is then taken to exist unless
	// it ends in a slash. Default: false.
	OtherKeys bool `json:"otherKeys,omitempty"`
}

// Grant lets a distribution, or everybody, get or list the objects of a bucket.
type Grant struct {
	// Distribution is the name of the one whose signed requests are granted. Default:
	// everybody's requests are, signed or not.
	Distribution string `json:"distribution,omitempty"`
	// Get is s3:GetObject, List is s3:ListBucket, without which a missing key is 403.
	Get  bool `json:"get,omitempty"`
	List bool `json:"list,omitempty"`
}

func (b *Bucket) fill() {
	b.Region = cmp.Or(b.Region, "us-east-1")
	b.DomainName = cmp.Or(b.DomainName, b.Name+".s3."+b.Region+".amazonaws.com")
}

// is says whether a host names the bucket, by the name of any of its REST endpoints.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
func (b *Bucket) is(host string) bool {
	name := dnsname.Normalise(hostname(host))
	return slices.Contains([]string{dnsname.Normalise(b.DomainName), b.Name + ".s3." + b.Region + ".amazonaws.com", b.Name + ".s3.amazonaws.com"}, name)
}

// has says whether there is, or is taken to be, an object.
func (b *Bucket) has(key string) bool {
	return slices.Contains(b.Keys, key) || b.OtherKeys && !strings.HasSuffix(key, "/")
}

// granted is what the policy grants to a request.
func (b *Bucket) granted(c call) Grant {
	var out Grant
	for _, g := range b.Grants {
		signed := c.signed && c.from.fetch != nil && c.from.fetch.distribution.Name == g.Distribution
		if g.Distribution == "" || signed {
			out.Get, out.List = out.Get || g.Get, out.List || g.List
		}
	}
	return out
}
