package awsrule

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/fault"
)

var matcherPart = regexp.MustCompile(`^(\d{1,3})(?:-(\d{1,3}))?$`)

// HealthCheck is how a load balancer finds out whether a target works:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
type HealthCheck struct {
	Path                                 string // requested from each target
	Matcher                              string // the accepted statuses: "200", "200-399" or "200,302"
	IntervalSeconds                      int    // between two checks of one target
	TimeoutSeconds                       int    // without an answer, after which a check has failed
	HealthyThreshold, UnhealthyThreshold int    // how many checks in a row change a target's state
}

// OrDefaults is h with what is unset taken from the defaults of a protocol version.
// gRPC's path and status are AWS's own defaults: a server that does not know the
// method answers 12 (unimplemented) and is alive.
func (h HealthCheck) OrDefaults(version string) HealthCheck {
	path, statuses := "/", "200-399"
	if version == VersionGRPC {
		path, statuses = "/AWS.ALB/healthcheck", "12"
	}
	return HealthCheck{
		Path:               cmp.Or(h.Path, path),
		Matcher:            cmp.Or(h.Matcher, statuses),
		IntervalSeconds:    cmp.Or(h.IntervalSeconds, 30),
		TimeoutSeconds:     cmp.Or(h.TimeoutSeconds, 5),
		HealthyThreshold:   cmp.Or(h.HealthyThreshold, 2),
		UnhealthyThreshold: cmp.Or(h.UnhealthyThreshold, 2),
	}
}

// Check records every fault under the path of the health check.
func (h HealthCheck) Check(l *fault.List, path, version string) {
	l.Check(path+".path", healthCheckPath(h.Path))
	l.Check(path+".matcher", matcher(h.Matcher, version))
	l.Check(path+".intervalSeconds", Between(h.IntervalSeconds, 5, 300, "s"))
	l.Check(path+".timeoutSeconds", healthCheckTimeout(h.TimeoutSeconds, h.IntervalSeconds))
	l.Check(path+".healthyThreshold", Between(h.HealthyThreshold, 2, 10, "checks"))
	l.Check(path+".unhealthyThreshold", Between(h.UnhealthyThreshold, 2, 10, "checks"))
}

func healthCheckPath(path string) error {
	switch {
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("must begin with /, got %q", path)
	case len(path) > 1024:
		return fmt.Errorf("must be at most 1024 characters, got %d", len(path))
	case strings.ContainsAny(path, " \t\r\n"):
		return fmt.Errorf("must not contain white space, got %q", path)
	}
	return nil
}

func healthCheckTimeout(timeout, interval int) error {
	if err := Between(timeout, 2, 120, "s"); err != nil {
		return err
	}
	return unless(timeout < interval, "must be below intervalSeconds (%d), got %d", interval, timeout)
}

func matcher(m, version string) error {
	lo, hi, kind := 200, 499, "HTTP statuses"
	if version == VersionGRPC {
		lo, hi, kind = 0, 99, "gRPC statuses"
	}
	for part := range strings.SplitSeq(m, ",") {
		if !matcherPartWithin(part, lo, hi) {
			return fmt.Errorf(`must be %s within %d-%d such as "%d", "%d-%d" or "%d,%d", got %q`,
				kind, lo, hi, lo, lo, hi, lo, hi, m)
		}
	}
	return nil
}

func matcherPartWithin(part string, lo, hi int) bool {
	bounds := matcherPart.FindStringSubmatch(part)
	if bounds == nil {
		return false
	}
	first, _ := strconv.Atoi(bounds[1]) // the pattern lets only three digits through
	last, _ := strconv.Atoi(cmp.Or(bounds[2], bounds[1]))
	return lo <= first && first <= last && last <= hi
}
