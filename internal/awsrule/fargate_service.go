package awsrule

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// maxTasks is the default quota of tasks per service.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
const maxTasks = 5000

// DesiredCount refuses a number of tasks that no service can have.
func DesiredCount(count int) error { return Between(count, 0, maxTasks, "tasks") }

// LogRetention refuses a number of days that CloudWatch Logs does not take, and
// names the next longer one.
func LogRetention(days int) error {
	all := awstable.LogRetentionDays
	i, found := slices.BinarySearch(all, days)
	return unless(found, "must be one of %s days, got %d; use %d", list(all), days, all[min(i, len(all)-1)])
}

// GracePeriod refuses a health check grace period that ECS does not take.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
func GracePeriod(seconds int) error { return Between(seconds, 0, 2147483647, "s") }

// ServiceTargetGroups refuses more target groups than a service can have.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/register-multiple-targetgroups.html
func ServiceTargetGroups(count int) error {
	const most = 5
	return unless(count <= most, "must leave the service at most %d target groups, got %d with that of route; remove some", most, count)
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// VariableName refuses names of environment variables that a container or a
// shell in it could not see.
func VariableName(name string) error {
	return unless(variableName.MatchString(name),
		"must be a variable name of letters, digits, \"_\", \".\" and \"-\" that begins with a letter or \"_\", got %q", name)
}

// EgressPeer refuses an address range that is not written as one.
func EgressPeer(cidr string) error {
	p, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil:
		return fmt.Errorf("must be an address range such as \"10.1.0.0/16\", got %q", cidr)
	case p != p.Masked():
		return fmt.Errorf("must be the first address of its range, got %q; use %q", cidr, p.Masked())
	}
	return nil
}

var clusterARN = regexp.MustCompile(`^arn:[^:]+:ecs:([^:]+):[^:]+:cluster/.+$`)

// Cluster refuses what is no ARN of an ECS cluster, and one of another Region than the
// service's; a region of "" is not known. ECS takes the name of a cluster as well.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
func Cluster(cluster, region string) error {
	if !strings.HasPrefix(cluster, "arn:") {
		return unless(cluster != "", "must be the ARN of an ECS cluster, got none")
	}
	parts := clusterARN.FindStringSubmatch(cluster)
	if parts == nil {
		return fmt.Errorf("must be the ARN of an ECS cluster, arn:aws:ecs:<region>:<account>:cluster/<name>, got %q", cluster)
	}
	return unless(region == "" || parts[1] == region, "must be a cluster of %s, where the service runs, got one of %s: "+
		"name another cluster, or change aws:region", region, parts[1])
}
