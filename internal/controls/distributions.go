package controls

import (
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
)

const (
	typeDistribution = "aws:cloudfront/distribution:Distribution"
	typeLogSource    = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
)

// distributions are the controls of CloudFront.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudfront-controls.html
var distributions = []Control{
	{
		ID: "CloudFront.1", Title: "An S3 origin has a default root object",
		check: atOrigins("S3 origin", isS3, func(_ *resources, d, _ resource) string {
			return unless(d.text("defaultRootObject") != "", "has none")
		}),
	},
	{
		ID: "CloudFront.3", Title: "HTTPS to viewers",
		check: alone("distribution", func(d resource) string {
			for _, b := range slices.Concat(d.blocks("defaultCacheBehavior"), d.blocks("orderedCacheBehaviors")) {
				if policy := b.text("viewerProtocolPolicy"); policy == "allow-all" {
					return "answers HTTP"
				}
			}
			return ""
		}, typeDistribution),
	},
	{
		ID: "CloudFront.4", Title: "A second origin to fail over to",
		Why: "a stack has one origin, which stands in two zones or is one instance",
		Set: "`failover` of `cloudFront.behaviors`, in a program `BehaviorArgs.Failover`, for paths that files can answer; an origin in another Region is a system of its own",
		check: alone("distribution", func(d resource) string {
			for _, group := range d.blocks("originGroups") {
				if len(group.blocks("members")) > 1 {
					return ""
				}
			}
			return "has one origin"
		}, typeDistribution),
	},
	{
		ID: "CloudFront.5", Title: "Standard logging (legacy) is on",
		Why: "a log needs a bucket, which costs and which somebody has to keep",
		Set: "`logBucket.retentionDays` logs, in a program `CloudFrontFrontArgs.LogBucket`, but as standard logging v2, which the control does not see",
		check: each("distribution", func(r *resources, d resource) string {
			switch {
			case d.text("loggingConfig", "bucket") != "":
				return ""
			case len(r.about(d, "resourceArn", typeLogSource)) > 0:
				return "writes logs as standard logging v2, which the control does not see"
			}
			return "writes no logs"
		}, typeDistribution),
	},
	{
		ID: "CloudFront.6", Title: "Web ACL at the distribution",
		Why: "a web ACL costs by the month and by the request",
		Set: "`webAcl.managedRules`, in a program `CloudFrontFrontArgs.WebAcl`",
		check: alone("distribution", func(d resource) string {
			return unless(d.text("webAclId") != "", "has none")
		}, typeDistribution),
	},
	{
		ID: "CloudFront.7", Title: "A certificate of one's own",
		check: alone("distribution", func(d resource) string {
			return unless(ownCertificate(d), "has CloudFront's")
		}, typeDistribution),
	},
	{
		ID: "CloudFront.8", Title: "Certificates are chosen by SNI",
		check: alone("distribution", func(d resource) string {
			method := d.text("viewerCertificate", "sslSupportMethod")
			return unless(ownCertificate(d) && method == "sni-only", fmt.Sprintf("has method %q", method))
		}, typeDistribution),
	},
	{
		ID: "CloudFront.9", Title: "HTTPS to the origin",
		check: atOrigins("custom origin", isCustom, func(_ *resources, d, o resource) string {
			switch policy := o.text("customOriginConfig", "originProtocolPolicy"); policy {
			case "https-only":
				return ""
			case "match-viewer":
				return unless(d.text("defaultCacheBehavior", "viewerProtocolPolicy") != "allow-all", "is asked as viewers ask")
			}
			return "is asked over HTTP"
		}),
	},
	{
		ID: "CloudFront.10", Title: "No SSL 3 to the origin",
		check: atOrigins("custom origin", isCustom, func(_ *resources, _, o resource) string {
			return unless(!slices.Contains(o.texts("customOriginConfig", "originSslProtocols"), awstable.SSL3), "is asked with it")
		}),
	},
	{
		ID: "CloudFront.12", Title: "An S3 origin exists",
		check: atOrigins("S3 origin", isS3, func(r *resources, _, o resource) string {
			for _, b := range r.types(bucketTypes...) {
				if slices.Contains([]string{b.text("bucketDomainName"), b.text("bucketRegionalDomainName")}, o.text("domainName")) {
					return ""
				}
			}
			return "is not among the resources"
		}),
	},
	{
		ID: "CloudFront.13", Title: "An S3 origin has an origin access control",
		check: atOrigins("S3 origin", isS3, func(_ *resources, _, o resource) string {
			return unless(o.text("originAccessControlId") != "", "has none")
		}),
	},
	{
		ID: "CloudFront.15", Title: "A TLS policy that AWS recommends",
		check: alone("distribution", func(d resource) string {
			policy := d.text("viewerCertificate", "minimumProtocolVersion")
			return unless(slices.Contains(awstable.SecurityHubViewerPolicies, policy), fmt.Sprintf("has %q", policy))
		}, typeDistribution),
	},
}

func ownCertificate(d resource) bool {
	return d.text("viewerCertificate", "acmCertificateArn") != "" || d.text("viewerCertificate", "iamCertificateId") != ""
}

func isCustom(o resource) bool { return len(o.blocks("customOriginConfig")) > 0 }

func isS3(o resource) bool {
	return !isCustom(o) && len(o.blocks("vpcOriginConfig")) == 0
}

// atOrigins decides a control of some origins of distributions.
func atOrigins(what string, some func(origin resource) bool, wrong func(r *resources, d, origin resource) string) func(*resources) Finding {
	return func(r *resources) Finding {
		var faults []string
		found := false
		for _, d := range r.types(typeDistribution) {
			for _, o := range d.blocks("origins") {
				if !some(o) {
					continue
				}
				found = true
				if fault := wrong(r, d, o); fault != "" {
					faults = append(faults, fmt.Sprintf("%s %s of distribution %s %s", what, o.text("originId"), d.label(), fault))
				}
			}
		}
		if !found {
			return none(what)
		}
		return failing(faults)
	}
}
