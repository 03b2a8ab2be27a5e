package awsrule

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

const (
	// MaxLoadBalancerLogical is the longest logical name of a load balancer or a
	// target group: their names have 32 characters, of which the provider's
	// autonaming takes 8 (a hyphen and 7 hex digits).
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
	MaxLoadBalancerLogical = 24

	// MaxComponent is the longest component name. An IAM role name has 64
	// characters, of which autonaming takes 8 and the longest role suffix 16.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	MaxComponent = 40

	hashDigits = 8
)

var (
	refusedChars  = regexp.MustCompile(`[^A-Za-z0-9-]`)
	componentName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)
)

// PhysicalName joins parts with hyphens into a name of at most limit characters out
// of letters, digits and hyphens, without a hyphen at either edge. A name that
// keeps these rules is left alone; any other is mended, cut, and given a hash of
// what it was, so that two different names never become the same one.
func PhysicalName(limit int, parts ...string) string {
	wanted := strings.Join(parts, "-")
	name := strings.Trim(refusedChars.ReplaceAllString(wanted, "-"), "-")
	if name == wanted && name != "" && len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(wanted))
	hash := hex.EncodeToString(sum[:])[:hashDigits]
	room := max(limit-len(hash)-1, 0)
	head := strings.TrimRight(name[:min(len(name), room)], "-")
	if head == "" {
		return hash[:min(len(hash), limit)]
	}
	return head + "-" + hash
}

// ComponentName says whether every resource of a component can bear names that
// begin with name: load balancers and target groups are the strictest of them.
func ComponentName(name string) error {
	lower := strings.ToLower(name)
	switch {
	case name == "":
		return fmt.Errorf("a name is required")
	case !componentName.MatchString(name):
		return fmt.Errorf("name must be letters, digits and hyphens without a hyphen at either edge, got %q; "+
			"load balancers accept nothing else, use for example %q", name, suggestion(name))
	case len(name) > MaxComponent:
		return fmt.Errorf("name must have at most %d characters, got %d (%q); names of IAM roles are made from it",
			MaxComponent, len(name), name)
	case lower == "sg" || strings.HasPrefix(lower, "sg-"):
		return fmt.Errorf("name must not be \"sg\" or begin with \"sg-\", got %q; "+
			"AWS keeps that prefix for ids and refuses a security group of that name, use for example %q", name, "web-"+name)
	case strings.HasPrefix(lower, "internal-"):
		return fmt.Errorf("name must not begin with \"internal-\", got %q; "+
			"AWS keeps that prefix for load balancers of its own naming, use for example %q",
			name, name[len("internal-"):]+"-internal")
	}
	return nil
}

func suggestion(name string) string {
	return cmp.Or(strings.Trim(refusedChars.ReplaceAllString(name, "-"), "-"), "web")
}
