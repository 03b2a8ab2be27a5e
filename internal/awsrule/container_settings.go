package awsrule

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/fault"
)

// ContainerHealthCheck is a command that ECS runs in a container. 0 is AWS's default.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
type ContainerHealthCheck struct {
	Command            []string `json:"command"`
	IntervalSeconds    int      `json:"interval,omitempty"`
	TimeoutSeconds     int      `json:"timeout,omitempty"`
	Retries            int      `json:"retries,omitempty"`
	StartPeriodSeconds *int     `json:"startPeriod,omitempty"`
}

// Check records what ECS does not take.
func (h ContainerHealthCheck) Check(l *fault.List, at string) {
	switch kind := first(h.Command); {
	case kind != "CMD" && kind != "CMD-SHELL":
		l.Addf(at+".command", `must begin with "CMD", which runs the rest, or "CMD-SHELL", which gives it to the container's shell, got %q; `+
			`use for example ["CMD-SHELL", "curl -f http://127.0.0.1/ || exit 1"]`, h.Command)
	case len(h.Command) < 2:
		l.Addf(at+".command", "must have a command after %q, got none", kind)
	case kind == "CMD-SHELL" && len(h.Command) > 2:
		l.Addf(at+".command", `must have one string after "CMD-SHELL", got %d; join them, or use "CMD"`, len(h.Command)-1)
	}
	for _, n := range []struct {
		field         string
		given, lo, hi int
		unit          string
	}{
		{"intervalSeconds", h.IntervalSeconds, 5, 300, "s"}, {"timeoutSeconds", h.TimeoutSeconds, 2, 60, "s"}, {"retries", h.Retries, 1, 10, ""},
	} {
		if n.given != 0 {
			l.Check(at+"."+n.field, Between(n.given, n.lo, n.hi, n.unit))
		}
	}
	if h.StartPeriodSeconds != nil {
		l.Check(at+".startPeriodSeconds", Between(*h.StartPeriodSeconds, 0, 300, "s"))
	}
}

// startTimeout is how many seconds a container has to become healthy if others wait for that:
// as long as its check may fail before ECS takes the container for unhealthy, which is 7 s or
// more, and at most what Fargate allows, 2-120. Without it the others would wait for ever, and
// their task stay PENDING.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
func (h ContainerHealthCheck) startTimeout() int {
	const most = 120
	needed := cmp.Or(h.Retries, 3) * (cmp.Or(h.IntervalSeconds, 30) + cmp.Or(h.TimeoutSeconds, 5))
	if h.StartPeriodSeconds != nil {
		needed += *h.StartPeriodSeconds
	}
	return min(needed, most)
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

var containerUser = regexp.MustCompile(`^([0-9]+|[a-z_][a-z0-9_-]*)(:([0-9]+|[a-z_][a-z0-9_-]*))?$`)

// ContainerUser refuses what is no user, and root. "" is the image's own.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
// https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-20
func ContainerUser(user string) error {
	if user == "" {
		return nil
	}
	if !containerUser.MatchString(user) {
		return fmt.Errorf(`must be uid, uid:gid or names of the image in their place, such as "1000:1000", got %q`, user)
	}
	name, _, _ := strings.Cut(user, ":")
	uid, err := strconv.Atoi(name)
	return unless(name != "root" && (err != nil || uid != 0),
		"must not be root, got %q: name another user, or leave it empty for the image's own", user)
}

// WritablePaths records paths that cannot be volumes of a container whose root filesystem is
// read-only.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
func WritablePaths(l *fault.List, at string, paths []string, readonlyRoot bool) {
	if !readonlyRoot && len(paths) > 0 {
		l.Addf(at, "must be empty without readonlyRootFilesystem, got %q: every path can be written to", paths)
		return
	}
	checkEach(l, at, paths, func(p string) error {
		return unless(path.IsAbs(p) && path.Clean(p) == p && p != "/" && !strings.ContainsAny(p, ": \t\n"),
			`must be a directory such as "/tmp", absolute and without a slash at its end, got %q`, p)
	})
}

// Volume is one of the container's volumes, which lives as long as the task.
type Volume struct {
	Name string `json:"sourceVolume"`
	Path string `json:"containerPath"`
}

// Volumes are the container's writable paths. Their names differ from those of other containers.
func (c Container) Volumes() []Volume {
	var all []Volume
	for i, p := range c.WritablePaths {
		all = append(all, Volume{Name: fmt.Sprintf("%s-%d", c.Name, i), Path: p})
	}
	return all
}

// CheckSettings records what is wrong with how the container runs.
func (c Container) CheckSettings(l *fault.List) {
	l.Check(c.Path+"user", ContainerUser(c.User))
	WritablePaths(l, c.Path+"writablePaths", c.WritablePaths, c.ReadonlyRoot)
	if c.HealthCheck != nil {
		c.HealthCheck.Check(l, c.Path+"containerHealthCheck")
	}
	if c.Exec && c.ReadonlyRoot {
		l.Addf(c.Path+"readonlyRootFilesystem", "must be false with enableExecuteCommand: the agent of ECS Exec writes to the root filesystem, "+
			"and would not start; turn one of them off")
	}
}

// ExecUnreachable is the refusal of ECS Exec in a network that does not lead to it.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
func ExecUnreachable() error {
	return fmt.Errorf("must be false, since the network has no VPC endpoint of ssmmessages, and no session could be opened: " +
		`add "ssmmessages" to the network's interfaceEndpoints, or give it a NAT gateway`)
}
