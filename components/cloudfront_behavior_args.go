package components

import (
	"cmp"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// BehaviorArgs is how a distribution treats the requests for some paths.
type BehaviorArgs struct {
	// PathPattern is the paths that the behavior is for, such as "/assets/*": * stands for
	// any characters, slashes too, ? for exactly one; case counts, the query does not. At
	// most 255 characters. An earlier pattern must not cover it, and it must not match every
	// path. Required in Behaviors, refused in DefaultBehavior.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
	PathPattern string `pulumi:"pathPattern"`
}

func (a BehaviorArgs) withDefaults() *BehaviorArgs { return &a }

// behaviorsWithDefaults are a distribution's behaviors with their defaults; nil among them
// stays nil, to be refused.
func behaviorsWithDefaults(given []*BehaviorArgs, last *BehaviorArgs) ([]*BehaviorArgs, *BehaviorArgs) {
	all := make([]*BehaviorArgs, len(given))
	for i, b := range given {
		if b != nil {
			all[i] = b.withDefaults()
		}
	}
	return all, cmp.Or(last, &BehaviorArgs{}).withDefaults()
}

// validateBehaviors records the faults of every behavior.
func (a *CloudFrontFrontArgs) validateBehaviors(l *fault.List) {
	patterns := make([]string, len(a.Behaviors))
	for i, b := range a.Behaviors {
		if b != nil {
			patterns[i] = b.PathPattern
		}
	}
	awsrule.BehaviorPaths(l, "behaviors", patterns)
	if pattern := a.DefaultBehavior.PathPattern; pattern != "" {
		l.Addf("defaultBehavior.pathPattern", "must not be set, got %q: the default behavior is for every path that no pattern matches; "+
			"put it among behaviors", pattern)
	}
}
