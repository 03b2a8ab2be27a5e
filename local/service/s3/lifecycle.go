package s3

import "github.com/portico-iac/portico/local/core"

// lifecycleType is when the objects of a bucket expire. Transitions to other storage
// classes are not supported.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
// *sourced* (the default of transitionDefaultMinimumObjectSize too)
func lifecycleType() core.Type {
	k := setting(LifecycleToken)
	k.Inputs = []string{
		"bucket", "rules.abortIncompleteMultipartUpload.daysAfterInitiation", "rules.expiration.days",
		"rules.filter.prefix", "rules.id", "rules.noncurrentVersionExpiration.noncurrentDays", "rules.status",
	}
	k.Fills = core.Object{"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"}
	k.Rules = []core.Rule{
		ruleIDsRule,
		core.InBlocks("rules",
			core.AtMost("InvalidArgument", "id", 255),
			core.OneOf("MalformedXML", "status", "Enabled", "Disabled"),
			ruleActionRule),
		daysRule("rules.abortIncompleteMultipartUpload", "daysAfterInitiation"),
		daysRule("rules.expiration", "days"),
		daysRule("rules.noncurrentVersionExpiration", "noncurrentDays"),
	}
	k.Examples = []core.Object{{"rules": []any{map[string]any{
		"id": "old", "status": "Enabled", "filter": map[string]any{"prefix": "logs/"},
		"expiration":                     map[string]any{"days": 90.0},
		"noncurrentVersionExpiration":    map[string]any{"noncurrentDays": 30.0},
		"abortIncompleteMultipartUpload": map[string]any{"daysAfterInitiation": 7.0},
	}}}}
	return k
}

// ruleIDsRule is that at most 1000 rules have ids of their own.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
// *sourced* (the words are inferred)
func ruleIDsRule(in core.Object) *core.Refusal {
	if n := len(in.List("rules")); n > 1000 {
		return core.Invalid("MalformedXML", "rules", "must be at most 1000, got %d", n)
	}
	seen := map[string]bool{}
	for _, id := range in.StrsAt("rules.id") {
		if seen[id] {
			return core.Invalid("InvalidArgument", "rules", "must have different ids: Rule ID must be unique. Found same ID for more than one rule: %q", id)
		}
		seen[id] = true
	}
	return nil
}

// ruleActionRule is that a rule does something.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
// *sourced* (the words are inferred)
func ruleActionRule(rule core.Object) *core.Refusal {
	for _, action := range []string{"abortIncompleteMultipartUpload", "expiration", "noncurrentVersionExpiration"} {
		if rule.Has(action) {
			return nil
		}
	}
	return &core.Refusal{Code: "InvalidRequest", Property: "expiration", Message: "At least one action needs to be specified in a rule"}
}

// daysRule is that something happens after at least one day.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html
// *sourced*
func daysRule(block, property string) core.Rule {
	return core.InBlocks(block, core.Within("InvalidArgument", property, 1, 2147483647))
}
