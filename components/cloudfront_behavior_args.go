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

	// Caching says what CloudFront answers without asking again. Default: nothing is cached.
	Caching *CachingArgs `pulumi:"caching"`

	// Functions are CloudFront functions that the behavior runs, one for each event. Default:
	// none beside that of Redirects.
	Functions []FunctionArgs `pulumi:"functions"`
}

func (a BehaviorArgs) withDefaults() *BehaviorArgs {
	a.Caching = cmp.Or(a.Caching, &CachingArgs{}).withDefaults()
	return &a
}

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
	for i, b := range a.Behaviors {
		if b != nil {
			a.validateBehavior(l, fault.Index("behaviors", i), b)
		}
	}
	a.validateBehavior(l, "defaultBehavior", a.DefaultBehavior)
	if pattern := a.DefaultBehavior.PathPattern; pattern != "" {
		l.Addf("defaultBehavior.pathPattern", "must not be set, got %q: the default behavior is for every path that no pattern matches; "+
			"put it among behaviors", pattern)
	}
}

func (a *CloudFrontFrontArgs) validateBehavior(l *fault.List, path string, b *BehaviorArgs) {
	b.Caching.validate(l, path+".caching", a.ForwardHostHeader)
	a.validateFunctions(l, path, b)
}
