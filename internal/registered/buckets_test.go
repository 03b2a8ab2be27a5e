package registered_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

const (
	bucketType       = "aws:s3/bucketV2:BucketV2"
	bucketPolicyType = "aws:s3/bucketPolicy:BucketPolicy"
)

// bucketSite is the site with a bucket for /assets/*.
func bucketSite() resources {
	r := site()
	public(r)
	d := r[[2]string{distributionType, "E1"}]
	d["arn"] = "arn:aws:cloudfront::123456789012:distribution/E1"
	d["origins"] = append(d["origins"].([]any), state{
		"originId": "assets", "domainName": "b.s3.us-east-1.amazonaws.com", "originAccessControlId": "OAC1",
	})
	d["orderedCacheBehaviors"] = list(state{
		"pathPattern": "/assets/*", "targetOriginId": "assets", "viewerProtocolPolicy": "redirect-to-https", "allowedMethods": list("GET", "HEAD"),
	})
	r[[2]string{"aws:cloudfront/originAccessControl:OriginAccessControl", "OAC1"}] = state{"signingBehavior": "always", "originAccessControlOriginType": "s3"}
	r[[2]string{bucketType, "b"}] = state{"bucket": "b", "bucketRegionalDomainName": "b.s3.us-east-1.amazonaws.com", "region": "us-east-1"}
	r[[2]string{bucketPolicyType, "b"}] = state{"bucket": "b", "policy": bucketPolicy("s3:GetObject", "arn:aws:s3:::b/*", "distribution/E1")}
	return r
}

func bucketPolicy(action, resource, source string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}},
		{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":%q,"Resource":%q,
		 "Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:cloudfront::123456789012:%s"}}}]}`, action, resource, source)
}

func TestBuckets(t *testing.T) {
	const object = "aws:s3/bucketObjectv2:BucketObjectv2"
	policy := func(text any) func(resources) {
		return func(r resources) { r.set(bucketPolicyType, "b", "policy", text) }
	}
	anyone := `{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}}`
	unsigned := func(r resources) {
		r.set("aws:cloudfront/originAccessControl:OriginAccessControl", "OAC1", "signingBehavior", "never")
	}
	granted := []requestpath.Grant{{Distribution: "E1", Get: true}}
	both := []requestpath.Grant{{Distribution: "E1", Get: true, List: true}}
	for name, c := range map[string]struct {
		change func(resources)
		live   bool
		grants []requestpath.Grant
		status int
	}{
		"granted":                         {func(resources) {}, false, granted, 200},
		"all actions":                     {policy(bucketPolicy("s3:*", "*", "distribution/E1")), false, both, 200},
		"some keys":                       {policy(bucketPolicy("s3:GetObject", "arn:aws:s3:::b/assets/*", "distribution/E1")), false, granted, 200},
		"another distribution":            {policy(bucketPolicy("s3:GetObject", "arn:aws:s3:::b/*", "distribution/E2")), false, nil, 403},
		"no policy":                       {func(r resources) { delete(r, [2]string{bucketPolicyType, "b"}) }, false, nil, 403},
		"encrypted":                       {policy(encrypted("x")), false, both, 200},
		"an operator that is not known":   {policy(`{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}`), false, both, 200},
		"a bucket that is not registered": {func(r resources) { delete(r, [2]string{bucketType, "b"}) }, false, both, 200},
		"not signed":                      {unsigned, false, granted, 403},
		"public, as nothing can be":       {func(r resources) { policy(anyone)(r); unsigned(r) }, false, granted, 403},
		"public": {func(r resources) {
			policy(anyone)(r)
			unsigned(r)
			r.set("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "b", "bucket", "b")
		}, false, append(granted, requestpath.Grant{Get: true}), 200},
		"an object that is registered": {func(r resources) {
			r.set(object, "o", "bucket", "b")
			r.set(object, "o", "key", "assets/app.js")
		}, true, granted, 200},
		"an object that is not, among others": {func(r resources) {
			r.set(object, "o", "bucket", "b")
			r.set(object, "o", "key", "assets/other.js")
		}, true, granted, 403},
	} {
		t.Run(name, func(t *testing.T) {
			r := bucketSite()
			c.change(r)
			var m *registered.Model
			if m = r.read(t, registered.Options{OriginFacing: []string{"pl-cloudfront"}, Live: c.live}); name == "encrypted" {
				m = r.deployed(t)
			}
			assert.Len(t, m.Plan.Buckets, 1)
			assert.Equal(t, c.grants, m.Plan.Buckets[0].Grants)
			request := requestpath.Request{Name: "www.example.com", Path: "/assets/app.js"}
			chain := m.Follow(request)
			assert.Equal(t, c.status, chain.Outcome.Status, chain.Outcome.Why)
			assert.Equal(t, requestpath.HopBucket, chain.Outcome.By)
		})
	}
	m := bucketSite().read(t, registered.Options{})
	assert.True(t, m.Plan.Buckets[0].TLSOnly)
	assert.True(t, m.Plan.Buckets[0].OtherKeys)
	assert.Contains(t, noted(m, ""), "taken to exist")
}
