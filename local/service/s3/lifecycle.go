package s3

import "github.com/portico-iac/portico/local/core"

// lifecycleType is when the objects of a bucket expire. Transitions to other storage
// classes are not supported.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html
// *sourced* (the default of transitionDefaultMinimumObjectSize too)
func lifecycleType() core.Type {
	const invalid, most = "InvalidArgument", 1<<31 - 1
	return setting(core.Type{
		Token: LifecycleToken,
		Inputs: []string{
			"bucket", "rules.abortIncompleteMultipartUpload.daysAfterInitiation", "rules.expiration.days",
			"rules.filter.prefix", "rules.id", "rules.noncurrentVersionExpiration.noncurrentDays", "rules.status",
		},
		Fills: core.Object{"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"},
		Rules: []core.Rule{
			core.AtMostItems("MalformedXML", "rules", 1000),
			core.Distinct(invalid, "rules.id"),
			core.InBlocks("rules",
				core.AtMost(invalid, "id", 255),
				core.OneOf("MalformedXML", "status", "Enabled", "Disabled"),
				ruleActionRule),
			core.InBlocks("rules.abortIncompleteMultipartUpload", core.Within(invalid, "daysAfterInitiation", 1, most)),
			core.InBlocks("rules.expiration", core.Within(invalid, "days", 1, most)),
			core.InBlocks("rules.noncurrentVersionExpiration", core.Within(invalid, "noncurrentDays", 1, most)),
		},
	})
}

// ruleActionRule requires an action of a rule.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
// *sourced* (the words are inferred)
func ruleActionRule(rule core.Object) *core.Refusal {
	if rule.Has("abortIncompleteMultipartUpload") || rule.Has("expiration") || rule.Has("noncurrentVersionExpiration") {
		return nil
	}
	return &core.Refusal{Code: "InvalidRequest", Property: "expiration", Message: "At least one action needs to be specified in a rule"}
}
