package controls

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/registered"
)

// resources are registered resources, by type.
type resources struct{ of map[string][]resource }

func collect(all []registered.Resource) *resources {
	r := &resources{map[string][]resource{}}
	for _, one := range all {
		r.of[one.Kind()] = append(r.of[one.Kind()], resource{one.ID, one.Name, one.State})
	}
	return r
}

// types are the resources of some types.
func (r *resources) types(kinds ...string) []resource {
	var all []resource
	for _, kind := range kinds {
		all = append(all, r.of[kind]...)
	}
	return all
}

// about are the resources of a type of which a property refers to the resource.
func (r *resources) about(of resource, property string, kinds ...string) []resource {
	return slices.DeleteFunc(r.types(kinds...), func(one resource) bool { return !of.is(text(one.state[property])) })
}

type resource struct {
	id, name string
	state    map[string]any
}

// label is the resource's name in the program, or else its id.
func (r resource) label() string {
	if r.name != "" {
		return r.name
	}
	return r.id
}

// is says whether a reference is to this resource.
func (r resource) is(reference string) bool {
	return reference != "" && (reference == r.id || reference == text(r.state["arn"]))
}

func (r resource) text(path ...string) string { return text(r.at(path...)) }
func (r resource) flag(path ...string) bool   { return r.at(path...) == true }

// at is what the state has at a path, nil where there is nothing. Of a list of blocks,
// which is how providers write a block that can be there once, it is the first.
func (r resource) at(path ...string) any {
	var v any = r.state
	for _, key := range path {
		if list, is := v.([]any); is && len(list) > 0 {
			v = list[0]
		}
		block, _ := v.(map[string]any)
		v = block[key]
	}
	return v
}

// blocks are the elements of a list of blocks, or a block alone.
func (r resource) blocks(path ...string) []resource {
	v := r.at(path...)
	list, is := v.([]any)
	if !is {
		list = []any{v}
	}
	var all []resource
	for _, e := range list {
		if state, is := e.(map[string]any); is {
			all = append(all, resource{r.id, r.name, state})
		}
	}
	return all
}

func (r resource) texts(path ...string) []string {
	list, _ := r.at(path...).([]any)
	all := make([]string, len(list))
	for i, e := range list {
		all[i] = text(e)
	}
	return all
}

// number is a whole number of a state, -1 where there is none.
func (r resource) number(path ...string) int {
	switch n := r.at(path...).(type) {
	case int:
		return n
	case float64:
		return int(n)
	}
	return -1
}

func text(v any) string {
	switch s := v.(type) {
	case string:
		return s
	case registered.SecretText:
		return string(s)
	}
	return ""
}

// each decides a control that looks at each resource of some types: what says which
// they are, "load balancer" for example, and wrong what is wrong with one, "" if nothing.
func each(what string, wrong func(*resources, resource) string, kinds ...string) func(*resources) Finding {
	return func(r *resources) Finding {
		all := r.types(kinds...)
		if len(all) == 0 {
			return none(what)
		}
		var faults []string
		for _, one := range all {
			if fault := wrong(r, one); fault != "" {
				faults = append(faults, fmt.Sprintf("%s %s %s", what, one.label(), fault))
			}
		}
		return failing(faults)
	}
}

// alone is each for a rule that needs the resource alone.
func alone(what string, wrong func(resource) string, kinds ...string) func(*resources) Finding {
	return each(what, func(_ *resources, one resource) string { return wrong(one) }, kinds...)
}

// accountSetting decides a control of a setting of the account, which applies where there
// is a resource of some types, what they are called. A resource of type setting can have it.
func accountSetting(what string, kinds []string, setting string, has func(resource) bool) func(*resources) Finding {
	return func(r *resources) Finding {
		switch {
		case len(r.types(kinds...)) == 0:
			return none(what)
		case slices.ContainsFunc(r.types(setting), has):
			return Finding{Verdict: Pass}
		}
		return Finding{Fail, "none of the resources sets it"}
	}
}

// none is the finding of a control that has nothing to look at.
func none(what string) Finding { return Finding{NotApplicable, "no " + what + " is made"} }

// failing is the finding of a control that found faults, or none.
func failing(faults []string) Finding {
	if len(faults) == 0 {
		return Finding{Verdict: Pass}
	}
	slices.Sort(faults)
	return Finding{Fail, strings.Join(slices.Compact(faults), "; ")}
}

// unless is the fault of what is not as it should be.
func unless(ok bool, fault string) string {
	if ok {
		return ""
	}
	return fault
}
