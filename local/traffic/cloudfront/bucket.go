package cloudfront

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/sigv4"
)

// bucket is what is special about an origin that is a bucket's REST endpoint.
type bucket struct {
	region  string
	signing string // behavior of its origin access control: "always", "no-override", "never" or ""
	caller  sigv4.Caller
}

// restEndpoint is the name of a bucket's REST endpoint.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
var restEndpoint = regexp.MustCompile(`^.+\.s3(?:[.-]([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$`)

// bucketOf reads an origin without customOriginConfig, which is a bucket, and adds how
// CloudFront asks one: with the viewer's protocol. The result is nil for a custom origin.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-s3-origin.html
func (f *Fleet) bucketOf(d account.Distribution, o *account.Origin) (*bucket, error) {
	if o.CustomOriginConfig.OriginProtocolPolicy != "" {
		return nil, nil
	}
	if o.S3OriginConfig.OriginAccessIdentity != "" {
		return nil, unserved("s3OriginConfig.originAccessIdentity")
	}
	parts := restEndpoint.FindStringSubmatch(o.DomainName)
	if parts == nil {
		return nil, fmt.Errorf("domainName %q must be that of a bucket, since there is no customOriginConfig", o.DomainName)
	}
	b := &bucket{region: parts[1], caller: sigv4.Caller{Service: "cloudfront.amazonaws.com", SourceARN: d.ARN}}
	if id := o.OriginAccessControlID; id != "" {
		i := slices.IndexFunc(f.opts.AccessControls, func(c account.OriginAccessControl) bool { return c.ID == id })
		if i < 0 {
			return nil, errors.New("originAccessControlId: there is no origin access control " + id)
		}
		b.signing = f.opts.AccessControls[i].SigningBehavior
	}
	config := &o.CustomOriginConfig
	config.HTTPPort, config.HTTPSPort, config.OriginProtocolPolicy = 80, 443, "match-viewer"
	return b, nil
}

// signs reports whether the request to a bucket is signed. With no-override a viewer's own
// signature is kept.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
func (x *exchange) signs() bool {
	b := x.origin.bucket
	if b == nil {
		return false
	}
	forwards := x.behavior.forward.headers.take("Authorization") && x.in.Header.Get("Authorization") != ""
	return b.signing == "always" || b.signing == "no-override" && !forwards
}

// sign signs a request to a bucket. Of a forwarded Host header the signature knows nothing.
// Inferred: that a signed request is always sent over TLS
func (x *exchange) sign(out *http.Request) {
	sigv4.Sign(out, x.origin.bucket.caller, x.origin.DomainName, x.origin.bucket.region)
}
