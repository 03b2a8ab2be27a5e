package agreement

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"testing/fstest"

	"github.com/portico-iac/portico/requestpath"
)

// addBuckets registers the buckets, of which those that grant the public something do not
// block that.
func (r *registration) addBuckets() error {
	for _, b := range r.plan.Buckets {
		if b.Region != Region {
			return inexpressible("a bucket is in %s", b.Region)
		}
		if _, _, err := r.create("aws:s3/bucketV2:BucketV2", b.Name, props{"bucket": b.Name}); err != nil {
			return err
		}
		toAll := slices.ContainsFunc(b.Grants, func(g requestpath.Grant) bool { return g.Distribution == "" })
		if _, _, err := r.create("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", b.Name, props{
			"bucket": b.Name, "blockPublicAcls": true, "ignorePublicAcls": true, "blockPublicPolicy": !toAll, "restrictPublicBuckets": !toAll,
		}); err != nil {
			return err
		}
	}
	return nil
}

// addBucketPolicies registers the policies, which name the distributions.
func (r *registration) addBucketPolicies() error {
	for _, b := range r.plan.Buckets {
		statements := []any{}
		arn := "arn:aws:s3:::" + b.Name
		if b.TLSOnly {
			statements = append(statements, props{
				"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": []string{arn, arn + "/*"},
				"Condition": props{"Bool": props{"aws:SecureTransport": "false"}},
			})
		}
		for _, g := range b.Grants {
			statements = append(statements, r.grants(arn, g)...)
		}
		if len(statements) == 0 {
			continue
		}
		policy, err := json.Marshal(props{"Version": "2012-10-17", "Statement": statements})
		if err != nil {
			return fmt.Errorf("writing a policy: %w", err)
		}
		if _, _, err := r.create("aws:s3/bucketPolicy:BucketPolicy", b.Name, props{"bucket": b.Name, "policy": string(policy)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *registration) grants(bucket string, g requestpath.Grant) []any {
	var out []any
	for _, s := range []struct {
		granted          bool
		action, resource string
	}{{g.Get, "s3:GetObject", bucket + "/*"}, {g.List, "s3:ListBucket", bucket}} {
		statement := props{"Effect": "Allow", "Principal": "*", "Action": s.action, "Resource": s.resource}
		if g.Distribution != "" {
			statement["Principal"] = props{"Service": "cloudfront.amazonaws.com"}
			statement["Condition"] = props{"StringEquals": props{"aws:SourceArn": cmp.Or(r.distributionARNs[g.Distribution], "arn:aws:cloudfront::123456789012:distribution/EOTHER")}}
		}
		if s.granted {
			out = append(out, statement)
		}
	}
	return out
}

// toBucket are the inputs of an origin that is a bucket, with an access control of its own.
func (r *registration) toBucket(distribution string, o requestpath.Origin, in props) (props, error) {
	delete(in, "customOriginConfig")
	if o.AccessControl == "" {
		return in, nil
	}
	name := distribution + "-" + o.ID
	if r.accessControls[name] == "" {
		id, _, err := r.create("aws:cloudfront/originAccessControl:OriginAccessControl", name, props{
			"name": name, "signingBehavior": o.AccessControl, "signingProtocol": "sigv4", "originAccessControlOriginType": "s3",
		})
		if err != nil {
			return nil, err
		}
		r.accessControls[name] = id
	}
	in["originAccessControlId"] = r.accessControls[name]
	return in, nil
}

// objects are the files of the buckets.
func objects(p requestpath.Plan) map[string]fs.FS {
	out := map[string]fs.FS{}
	for _, b := range p.Buckets {
		files := fstest.MapFS{}
		for _, key := range b.Keys {
			files[key] = &fstest.MapFile{Data: []byte(key)}
		}
		out[b.Name] = files
	}
	return out
}
