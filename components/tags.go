package components

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/fault"
)

// Limits of AWS, in characters and in tags per resource.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
const (
	maxTagKey   = 128
	maxTagValue = 256
	maxTags     = 50
)

// nameTag is what the console shows as a resource's name.
const nameTag = "Name"

// checkTags records what AWS would not take for a tag. With namedBy, which is the
// component that gives its resources names, the key "Name" is refused too.
func checkTags(l *fault.List, path string, tags map[string]string, namedBy string) {
	count := len(tags)
	if namedBy != "" {
		count++
	}
	if count > maxTags {
		l.Addf(path, "must be at most %d tags on a resource, got %d; remove some", maxTags, count)
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxTagKey:
			l.Addf(path, "must have keys of 1-%d characters, got %q", maxTagKey, key)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			l.Addf(path, "must not have the key %q: keys that begin with \"aws:\" belong to AWS; remove it", key)
		case key == nameTag && namedBy != "":
			l.Addf(path, "must not have the key %q, which the %s sets; remove it", key, namedBy)
		}
		if utf8.RuneCountInString(tags[key]) > maxTagValue {
			l.Addf(path, "must have values of at most %d characters, got %d for %q", maxTagValue, utf8.RuneCountInString(tags[key]), key)
		}
	}
}

// joinTags are the tags of a component that another one makes: the outer one's and,
// in case of doubt, its own.
func joinTags(outer, own map[string]string) map[string]string {
	if len(outer) == 0 {
		return own
	}
	all := maps.Clone(outer)
	maps.Copy(all, own)
	return all
}

// resourceTags are tags as a resource takes them, nothing at all when there are none.
func resourceTags(tags map[string]string) pulumi.StringMapInput {
	if len(tags) == 0 {
		return nil
	}
	return pulumi.ToStringMap(tags)
}

// namedTags are tags with the resource's name among them.
func namedTags(tags map[string]string, name string) pulumi.StringMapInput {
	return resourceTags(joinTags(tags, map[string]string{nameTag: name}))
}
