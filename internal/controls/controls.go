// Package controls decides over registered resources which security controls they pass:
// those of AWS Foundational Security Best Practices and of the CIS AWS Foundations
// Benchmark that apply to what this library makes.
package controls

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/registered"
)

// Verdict is what a control says about resources.
type Verdict string

// Verdicts.
const (
	Pass Verdict = "pass"
	Fail Verdict = "fail"
	// NotApplicable: there is nothing among the resources that the control looks at.
	NotApplicable Verdict = "n/a"
)

// Finding is a verdict with its reason: the resources that fail, or what there is not.
// A pass has none.
type Finding struct {
	Verdict Verdict
	Reason  string
}

// Control is one control. Verdicts of Security Hub itself can differ where it looks at
// what runs, which no registered resource says.
type Control struct {
	// ID is Security Hub's, or cdk-nag's for one of its rules.
	ID string
	// CIS is the number in the CIS AWS Foundations Benchmark 6.0, "" if it has none.
	CIS string
	// Title in our own words.
	Title string
	// Why a ready stack does not pass it by default, and Set what to set so that it
	// does. Both are "" for a control that no ready stack fails.
	Why, Set string

	check func(*resources) Finding
}

// Check decides the control over the resources.
func (c Control) Check(all []registered.Resource) Finding {
	return c.check(collect(all))
}

// Source is the page about the control: AWS's, or cdk-nag's for one of its rules.
func (c Control) Source() string {
	if strings.HasPrefix(c.ID, "AwsSolutions-") {
		return "https://github.com/cdklabs/cdk-nag/blob/main/RULES.md"
	}
	return "https://docs.aws.amazon.com/securityhub/latest/userguide/" + strings.ToLower(c.service()) + "-controls.html#" +
		strings.ToLower(strings.ReplaceAll(c.ID, ".", "-"))
}

// All are the controls, by service and number. Which recommendation of the CIS benchmark
// asks for the same is from https://www.cisecurity.org/benchmark/amazon_web_services.
func All() []Control {
	all := slices.Concat(loadBalancers, distributions, containers, instances, networks, securityGroups, buckets, firewalls, others)
	var services []string
	for _, c := range all {
		services = append(services, c.service())
	}
	slices.SortStableFunc(all, func(a, b Control) int {
		return cmp.Or(cmp.Compare(slices.Index(services, a.service()), slices.Index(services, b.service())), cmp.Compare(a.number(), b.number()))
	})
	return all
}

// service and number are the parts of the id.
func (c Control) service() string {
	service, _, _ := strings.Cut(c.ID, ".")
	return service
}

func (c Control) number() int {
	n, _ := strconv.Atoi(strings.TrimPrefix(c.ID, c.service()+"."))
	return n
}
