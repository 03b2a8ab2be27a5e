package components

import (
	"cmp"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// assignedBucketName stands, in plans, for the name of a bucket that is still to be made.
const assignedBucketName = "assigned-bucket"

// addTo adds the bucket with the policy that lets the distribution read, and returns the
// origin that it is. Which files are in it is not known: any may be.
func (c *StaticContent) addTo(p *requestpath.Plan, distribution string) requestpath.Origin {
	name, _ := literal(c.args.ExistingBucketName)
	bucket := requestpath.Bucket{
		Name: cmp.Or(name, assignedBucketName), Region: cmp.Or(c.region, awstable.CloudFrontRegion), OtherKeys: true, TLSOnly: true,
		Grants: []requestpath.Grant{{Distribution: distribution, Get: true, List: true}},
	}
	bucket.DomainName = cmp.Or(c.domainName, bucket.Name+".s3."+bucket.Region+".amazonaws.com")
	p.Buckets = append(p.Buckets, bucket)
	return requestpath.Origin{
		ID: originIDs[ServedByStaticContent], DomainName: bucket.DomainName, S3: true, AccessControl: requestpath.SignAlways,
	}
}
