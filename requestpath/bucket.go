package requestpath

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// atBucket is a request at the REST endpoint of a bucket.
func (w *walker) atBucket(c call, b *Bucket) *answer {
	h := w.arrive(HopBucket, b.Name, c)
	if c.port != awstable.HTTPPort && c.port != awstable.HTTPSPort {
		return h.closed(Timeout, "drops the connection", part("buckets", b.Name))
	}
	c, refusal := w.enter(h, c, b.door(c))
	if refusal != nil {
		return refusal
	}
	if denied := b.denies(h, c); denied != nil {
		return denied
	}
	return w.object(h, c, b)
}

// door is that of S3, which speaks TLS from 1.2 on and HTTP/1.1.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/network-isolation.html
func (b *Bucket) door(c call) door {
	domain := "s3." + b.Region + ".amazonaws.com"
	return door{
		field: part("buckets", b.Name), secure: c.port == awstable.HTTPSPort, versions: []string{HTTP11},
		certificates: []Certificate{{Names: []string{domain, "*." + domain, "s3.amazonaws.com", "*.s3.amazonaws.com"}}},
		tls:          tlsBetween(TLS12, TLS13), minimumTLS: factBucketTLS, tlsField: part("buckets", b.Name),
	}
}

// denies is 403: the request names another bucket, or its sender is not granted anything.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
func (b *Bucket) denies(h *Hop, c call) *answer {
	field := part("buckets", b.Name) + ".grants"
	f := c.from.fetch
	if !b.is(c.host) {
		refused := cause{
			fact: factBucketHost, field: "request.host", fix: "ask for " + b.DomainName,
			why: fmt.Sprintf("the Host header %s does not name bucket %s", c.host, b.Name),
		}
		if f != nil {
			refused.field = f.behaviorField("forwardsHost")
			refused.why += ": the distribution forwards the viewer's"
			refused.fix = "do not forward Host to a bucket: use the origin request policy AllViewerExceptHostHeader, or none"
		}
		return h.answers(http.StatusForbidden, refused)
	}
	granted := b.granted(c)
	switch {
	case b.TLSOnly && c.scheme == SchemeHTTP:
		return h.answers(http.StatusForbidden, cause{
			fact: factBucketTLS, field: part("buckets", b.Name) + ".tlsOnly",
			why: fmt.Sprintf("the policy of bucket %s denies plain HTTP", b.Name), fix: "ask over HTTPS: let the behaviour redirect viewers to HTTPS",
		})
	case !c.signed && hasHeader(c.headers, "Authorization", "*"): // Inferred: S3 takes it for a signature
		return h.answers(http.StatusForbidden, cause{
			fact: factBucketSignature, field: "request.headers",
			why: fmt.Sprintf("bucket %s takes the Authorization header for a signature, and does not know it", b.Name),
			fix: "do not forward Authorization to a bucket, or let the origin access control always sign",
		})
	case granted.Get || granted.List && c.key() == "":
		return nil
	case c.signed:
		return h.answers(http.StatusForbidden, cause{
			fact: factBucketPolicy, field: field,
			why: fmt.Sprintf("the policy of bucket %s does not let distribution %s get objects", b.Name, f.distribution.Name),
			fix: fmt.Sprintf("allow cloudfront.amazonaws.com s3:GetObject in the bucket's policy, with the ARN of distribution %s as aws:SourceArn", f.distribution.Name),
		})
	case f != nil:
		return h.answers(http.StatusForbidden, cause{
			fact: factBucketSignature, field: f.originField("accessControl"),
			why: fmt.Sprintf("bucket %s is private, and the distribution does not sign its request", b.Name),
			fix: "give the origin an origin access control that always signs",
		})
	}
	return h.answers(http.StatusForbidden, cause{
		fact: factBucketPolicy, field: field, why: fmt.Sprintf("bucket %s is private", b.Name), fix: "ask the distribution before it",
	})
}

// key is the key of the object that the request is for.
func (c call) key() string {
	key := strings.TrimPrefix(c.path, "/")
	if plain, err := url.PathUnescape(key); err == nil {
		return plain
	}
	return key
}

// object is the answer of the bucket to a request that it lets in.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func (w *walker) object(h *Hop, c call, b *Bucket) *answer {
	granted, key := b.granted(c), c.key()
	missing := cause{
		fact: factBucketKey, field: part("buckets", b.Name) + ".keys", why: fmt.Sprintf("bucket %s has no object %q", b.Name, key),
		fix: "upload the object",
	}
	if strings.HasSuffix(key, "/") {
		missing.fix = "ask for the page itself: a default root object is for / alone; or let a function append index.html"
	}
	switch {
	case c.method == http.MethodOptions:
		return h.answers(http.StatusForbidden, cause{
			fact: factBucketPreflight, field: "request.method",
			why: fmt.Sprintf("no CORS configuration of bucket %s is known, and without one S3 refuses OPTIONS", b.Name),
			fix: "let pages ask for files with GET or HEAD and without headers of their own, which browsers do not ask about beforehand",
		})
	case c.method != http.MethodGet && c.method != http.MethodHead:
		return h.answers(http.StatusForbidden, cause{
			fact: factBucketMethod, field: "request.method", why: fmt.Sprintf("the policy of bucket %s lets the sender read alone, not %s", b.Name, c.method),
			fix: "ask with GET or HEAD, or let another origin answer",
		})
	case key == "" && granted.List:
		w.warn(factBucketListing, nil, "/ lists the objects of bucket %s: set a default root object", b.Name)
		return h.answers(http.StatusOK, cause{fact: factBucketListing, why: fmt.Sprintf("bucket %s lists its objects", b.Name)})
	case key == "":
		return h.answers(http.StatusForbidden, cause{
			fact: factBucketListing, field: c.rootField(), why: fmt.Sprintf("/ is the list of the objects of bucket %s, which the sender may not have", b.Name),
			fix: "set a default root object",
		})
	case !b.has(key) && !granted.List:
		missing.why += ", which the bucket does not tell senders that may not list its objects"
		return h.answers(http.StatusForbidden, missing)
	case !b.has(key):
		return h.answers(http.StatusNotFound, missing)
	}
	if !slices.Contains(b.Keys, key) {
		h.Decision = "answers 200: the object is taken to exist"
	} else {
		h.Decision = "answers 200"
	}
	return h.answer(http.StatusOK, cause{fact: factAnswered, why: fmt.Sprintf("bucket %s answers", b.Name)})
}

func (c call) rootField() string {
	if c.from.fetch == nil {
		return "request.path"
	}
	return part("distributions", c.from.fetch.distribution.Name) + ".defaultRootObject"
}

// signs says whether the request to a bucket is signed, by which the bucket knows the
// distribution. A viewer's own Authorization counts with no-override if it is forwarded.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
func (f fetch) signs(c call) bool {
	switch f.origin.AccessControl {
	case SignAlways:
		return true
	case SignNoOverride:
		return !f.behavior.ForwardsHeaders || !hasHeader(c.headers, "Authorization", "*")
	}
	return false
}
