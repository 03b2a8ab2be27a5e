package registered

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/requestpath"
)

const (
	typeBucketPolicy = "aws:s3/bucketPolicy:BucketPolicy"
	typePublicBlock  = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	typeAccess       = "aws:cloudfront/originAccessControl:OriginAccessControl"
)

var (
	bucketTypes = []string{"aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket"}
	objectTypes = []string{"aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject"}
)

// endpoint is the REST endpoint of a bucket.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
var endpoint = regexp.MustCompile(`^(.+)\.s3[.-]?([a-z0-9-]*)\.amazonaws\.com$`)

// bucketOrigin is an origin that is a bucket.
func (r *reader) bucketOrigin(o object) (origin requestpath.Origin, why string) {
	origin = requestpath.Origin{ID: o.str("originId"), DomainName: o.str("domainName"), Path: o.str("originPath"), S3: true}
	if o.block("s3OriginConfig").str("originAccessIdentity") != "" {
		return origin, "the origin " + origin.DomainName + " is asked by an origin access identity, which is not described"
	}
	if !endpoint.MatchString(origin.DomainName) {
		return origin, "the origin " + origin.DomainName + " is not a bucket's REST endpoint, and what else it is is not described"
	}
	if id := o.str("originAccessControlId"); id != "" {
		control := r.get(typeAccess, id)
		origin.AccessControl = cmp.Or(control.str("signingBehavior"), requestpath.SignAlways)
	}
	return origin, ""
}

// readBuckets describes the buckets that distributions ask.
func (r *reader) readBuckets() {
	for _, e := range r.Plan.Distributions {
		for _, o := range e.Origins {
			if o.S3 && !slices.ContainsFunc(r.Plan.Buckets, func(b requestpath.Bucket) bool { return strings.HasPrefix(o.DomainName, b.Name+".s3") }) {
				r.Plan.Buckets = append(r.Plan.Buckets, r.bucket(o.DomainName))
			}
		}
	}
}

func (r *reader) bucket(domain string) requestpath.Bucket {
	parts := endpoint.FindStringSubmatch(domain)
	out := requestpath.Bucket{Name: parts[1], DomainName: domain, Region: parts[2]}
	for _, kind := range bucketTypes {
		if b := r.one(kind, out.Name); b != nil {
			out.Region = cmp.Or(b.str("region"), out.Region)
			out.DomainName = cmp.Or(b.str("bucketRegionalDomainName"), domain)
			r.readObjects(b, &out)
			r.readGrants(b, &out)
			return out
		}
	}
	out.OtherKeys = true
	for _, e := range r.askers(out.Name) {
		out.Grants = append(out.Grants, requestpath.Grant{Distribution: e.Name, Get: true, List: true})
		r.doubt(r.one(typeDistribution, e.Name), "origins",
			"bucket "+out.Name+" is not among the resources: it is taken to let the distribution read and list, and to have every object that is asked for")
	}
	return out
}

// askers are the distributions that sign requests to the bucket.
func (r *reader) askers(bucket string) []requestpath.Distribution {
	return slices.DeleteFunc(slices.Clone(r.Plan.Distributions), func(e requestpath.Distribution) bool {
		return !slices.ContainsFunc(e.Origins, func(o requestpath.Origin) bool { return o.S3 && strings.HasPrefix(o.DomainName, bucket+".s3") })
	})
}

// readObjects describes the objects. In a deployment a bucket may be filled by something else.
func (r *reader) readObjects(b *resource, out *requestpath.Bucket) {
	for _, kind := range objectTypes {
		for _, o := range r.where(kind, "bucket", out.Name) {
			out.Keys = append(out.Keys, strings.TrimPrefix(o.str("key"), "/"))
		}
	}
	more, all := r.options.Objects[out.Name]
	out.Keys = append(out.Keys, more...)
	slices.Sort(out.Keys)
	if out.OtherKeys = (!r.options.Live || r.options.Uploaded) && !all; out.OtherKeys {
		r.note(b, "", "objects that are not among the resources are taken to exist, but for keys that end in a slash")
	}
}

// readGrants describes what the bucket's policy grants.
func (r *reader) readGrants(b *resource, out *requestpath.Bucket) {
	policy := ""
	for _, p := range r.where(typeBucketPolicy, "bucket", out.Name) {
		if policy = p.str("policy"); p.secret("policy") {
			r.doubt(p, "policy", "it is encrypted: taken to let distributions read and list")
			for _, e := range r.askers(out.Name) {
				out.Grants = append(out.Grants, requestpath.Grant{Distribution: e.Name, Get: true, List: true})
			}
			return
		}
	}
	if policy == "" {
		return
	}
	for _, e := range r.askers(out.Name) {
		arn := r.get(typeDistribution, e.Name).str("arn")
		context := map[string][]string{"aws:SourceArn": {arn}, "aws:SourceAccount": {accountOf(arn)}}
		r.grant(b, out, requestpath.Grant{Distribution: e.Name}, e, policyCaller{policy, "cloudfront.amazonaws.com", context})
	}
	if r.mayBePublic(out.Name) {
		r.grant(b, out, requestpath.Grant{}, requestpath.Distribution{}, policyCaller{policy, "", nil})
	}
}

// mayBePublic says that a policy may grant the public something, which by default none may.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func (r *reader) mayBePublic(bucket string) bool {
	blocks := r.where(typePublicBlock, "bucket", bucket)
	return len(blocks) > 0 && !blocks[0].flag("restrictPublicBuckets")
}

// policyCaller is who asks a policy, and in which context.
type policyCaller struct {
	policy, service string
	context         map[string][]string
}

// grant adds what a policy grants, and notes what it does not understand.
func (r *reader) grant(b *resource, out *requestpath.Bucket, g requestpath.Grant, e requestpath.Distribution, c policyCaller) {
	arn := "arn:aws:s3:::" + out.Name
	var err error
	may := func(action, resource, secure string) bool {
		allowed, fault := c.allows(action, resource, secure)
		if fault != nil {
			err = fault
		}
		return allowed
	}
	for _, key := range sampleKeys(e) {
		if may("s3:GetObject", arn+"/"+key, "true") {
			g.Get = true
			out.TLSOnly = !may("s3:GetObject", arn+"/"+key, "false")
		}
	}
	g.List = may("s3:ListBucket", arn, "true")
	if err != nil {
		r.doubt(b, "", fmt.Sprintf("what its policy grants is not known (%v): it is taken to let the distribution read and list", err))
		g.Get, g.List = g.Distribution != "", g.Distribution != ""
	}
	if g.Get || g.List {
		out.Grants = append(out.Grants, g)
	}
}

func (c policyCaller) allows(action, resource, secure string) (bool, error) {
	policy, err := iampolicy.Concerning(c.policy, c.service)
	if err != nil {
		return false, err
	}
	context := map[string][]string{"aws:SecureTransport": {secure}}
	for key, values := range c.context {
		context[key] = values
	}
	return iampolicy.Allows([]string{policy}, iampolicy.Call{Action: action, Resource: resource, Context: context})
}

// sampleKeys are keys as the behaviours of a distribution ask for them.
func sampleKeys(e requestpath.Distribution) []string {
	keys := []string{"x"}
	for _, o := range e.Origins {
		if o.S3 {
			keys = append(keys, strings.TrimPrefix(o.Path+"/x", "/"))
			for _, b := range e.Behaviors {
				pattern := "/" + strings.TrimPrefix(b.PathPattern, "/")
				keys = append(keys, strings.TrimPrefix(o.Path+strings.NewReplacer("*", "x", "?", "x").Replace(pattern), "/"))
			}
		}
	}
	return keys
}

// accountOf is the account in an ARN.
func accountOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 4 {
		return parts[4]
	}
	return ""
}
