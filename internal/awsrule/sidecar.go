package awsrule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Conditions of a container that another one waits for.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
const (
	ConditionStart    = "START"
	ConditionComplete = "COMPLETE"
	ConditionSuccess  = "SUCCESS"
	ConditionHealthy  = "HEALTHY"
)

// SidecarCount refuses more containers beside the main one than a task can have.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
func SidecarCount(count int) error {
	const most = 9
	return unless(count <= most, "must be at most %d, since a task has at most %d containers, got %d", most, most+1, count)
}

// ContainerShare refuses the share of a task's CPU or memory that a container reserves, if
// it is out of range or leaves nothing of what the containers before it leave.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
func ContainerShare(share, least, before, task int, unit string) error {
	switch {
	case share == 0:
		return nil
	case share < least:
		return fmt.Errorf("must be at least %d %s, or unset to share the task's with the other containers, got %d", least, unit, share)
	case before+share >= task:
		return fmt.Errorf("must leave some of the task's %d %s to its main container, got %d after the %d of other sidecars: "+
			"reserve less, or give the task more", task, unit, share, before)
	}
	return nil
}

// LeastContainerMemory is the least memory of a container, in MiB.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
const LeastContainerMemory = 6

// Dependency refuses what one container cannot wait for. It returns the field ("name" or
// "condition") and what is wrong with it. The other container is one of all, whose health
// check is in the field checkField.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
func Dependency(of string, d ContainerDependency, all []Container, checkField string) (field string, err error) {
	i := slices.IndexFunc(all, func(c Container) bool { return c.Name == d.Name })
	switch {
	case d.Name == of:
		return "name", fmt.Errorf("must be another container, got %q itself", of)
	case i < 0 && len(all) == 1:
		return "name", fmt.Errorf("must be one of the task's sidecars, got %q; there are none", d.Name)
	case i < 0:
		return "name", fmt.Errorf("must be one of the task's other containers, %s, got %q", others(of, all), d.Name)
	}
	err = OneOf(d.Condition, ConditionStart, ConditionComplete, ConditionSuccess, ConditionHealthy)
	ends := d.Condition == ConditionComplete || d.Condition == ConditionSuccess
	switch {
	case err == nil && ends && !all[i].NotEssential:
		err = fmt.Errorf("must not be %s for %q, which is essential: its end stops the whole task; wait for %s, "+
			"or for a sidecar with essential false", d.Condition, d.Name, ConditionStart)
	case d.Condition == ConditionHealthy && all[i].HealthCheck == nil:
		err = fmt.Errorf("must not be %s for %q, which has no health check of its own, and ECS does not use one of the image: "+
			"set its %s, or wait for %s", d.Condition, d.Name, checkField, ConditionStart)
	}
	return "condition", err
}

func others(of string, all []Container) string {
	var names []string
	for _, c := range all {
		if c.Name != of {
			names = append(names, fmt.Sprintf("%q", c.Name))
		}
	}
	return strings.Join(names, ", ")
}

// DependencyCycle returns containers that wait for each other, the first of them again at
// the end; nil if there are none.
func DependencyCycle(all []Container) []string {
	waitsFor := map[string][]ContainerDependency{}
	for _, c := range all {
		waitsFor[c.Name] = c.DependsOn
	}
	done := map[string]bool{}
	var visit func(path []string) []string
	visit = func(path []string) []string {
		name := path[len(path)-1]
		if i := slices.Index(path, name); i < len(path)-1 {
			return path[i:]
		}
		if done[name] {
			return nil
		}
		for _, d := range waitsFor[name] {
			if cycle := visit(append(slices.Clone(path), d.Name)); cycle != nil {
				return cycle
			}
		}
		done[name] = true
		return nil
	}
	for _, c := range all {
		if cycle := visit([]string{c.Name}); cycle != nil {
			return cycle
		}
	}
	return nil
}

var logStreamPrefix = regexp.MustCompile(`^[^:*/\s]{1,255}$`)

// LogStreamPrefix refuses what log streams cannot begin with; "" is none.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
func LogStreamPrefix(prefix string) error {
	return unless(prefix == "" || logStreamPrefix.MatchString(prefix),
		"must be 1-255 characters without \":\", \"*\", \"/\" and spaces, got %q", prefix)
}
