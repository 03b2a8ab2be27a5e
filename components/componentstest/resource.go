package componentstest

import (
	"cmp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Resource is one resource as the program registered it. References to other
// resources are their URNs.
type Resource struct {
	URN  string
	Type string // the token, for example "aws:ec2/vpc:Vpc"
	Name string // the logical name
	// ID is made up; "" in a preview, and of a component.
	ID       string
	Custom   bool // a resource of a provider, no component
	External bool // the program only read it
	// Inputs are the properties the program asked for, with secrets and unknown
	// values marked. Input and IsSecret read them more comfortably.
	Inputs resource.PropertyMap
	// Outputs are the made-up state of a custom resource, or what a component
	// gave to RegisterResourceOutputs.
	Outputs           resource.PropertyMap
	OutputsRegistered bool   // RegisterResourceOutputs was called
	Parent            string // the stack's URN for a resource without a parent of its own
	Provider          string // the explicit provider, "" for the default one
	// Dependencies are all resources that this one waits for, in order of URN:
	// those of its inputs and those given by pulumi.DependsOn, with the members
	// of a component in its stead.
	Dependencies []string
	// PropertyDependencies are the resources that each input came from.
	PropertyDependencies map[string][]string
	// Aliases are the URNs that this resource may have had before: its own, and those
	// that its parent's make of it.
	Aliases []string
	// The remaining fields are resource options of the same name.
	IgnoreChanges       []string
	ReplaceOnChanges    []string
	DeleteBeforeReplace bool
	Protect             bool
	RetainOnDelete      bool
	DeletedWith         string
	Version             string
	ImportID            string
}

func newResource(in *pulumirpc.RegisterResourceRequest, urn string, inputs resource.PropertyMap) *Resource {
	r := &Resource{
		URN: urn, Type: in.GetType(), Name: in.GetName(), Custom: in.GetCustom(), Inputs: inputs,
		Parent: in.GetParent(), Provider: providerURN(in.GetProvider()),
		Dependencies:         slices.Sorted(slices.Values(in.GetDependencies())),
		PropertyDependencies: map[string][]string{},
		IgnoreChanges:        in.GetIgnoreChanges(), ReplaceOnChanges: in.GetReplaceOnChanges(),
		DeleteBeforeReplace: in.GetDeleteBeforeReplace(), Protect: in.GetProtect(),
		RetainOnDelete: in.GetRetainOnDelete(), DeletedWith: in.GetDeletedWith(),
		Version: in.GetVersion(), ImportID: in.GetImportId(),
	}
	for key, deps := range in.GetPropertyDependencies() {
		if len(deps.GetUrns()) > 0 {
			r.PropertyDependencies[key] = slices.Sorted(slices.Values(deps.GetUrns()))
		}
	}
	for _, alias := range in.GetAliases() {
		r.Aliases = append(r.Aliases, aliasURN(resource.URN(urn), r.Parent, alias))
	}
	return r
}

// aliasURN spells out the URN that an alias stands for: what it does not say is
// as it is now.
func aliasURN(now resource.URN, parent string, alias *pulumirpc.Alias) string {
	spec := alias.GetSpec()
	if spec == nil {
		return alias.GetUrn()
	}
	parent = cmp.Or(spec.GetParentUrn(), parent)
	if spec.GetNoParent() {
		parent = ""
	}
	return urnOf(cmp.Or(spec.GetStack(), string(now.Stack())), cmp.Or(spec.GetProject(), string(now.Project())),
		parent, cmp.Or(spec.GetType(), string(now.Type())), cmp.Or(spec.GetName(), now.Name()))
}

// Input returns the input at a path such as "defaultActions[0].type", as plain
// Go: string, bool, int (float64 if it has a fraction), []any, map[string]any.
// Marks of secrecy are taken off. A value that is not known yet is Unknown, one
// that was not given is nil.
func (r *Resource) Input(path string) any { return at(r.Inputs, path) }

// Output is Input for the resource's outputs.
func (r *Resource) Output(path string) any { return at(r.Outputs, path) }

// Has says whether the program gave the input at path, known or not.
func (r *Resource) Has(path string) bool {
	_, _, ok := find(r.Inputs, path)
	return ok
}

// IsSecret says whether the input at path, or something that it is part of, is
// marked secret.
func (r *Resource) IsSecret(path string) bool {
	_, secret, ok := find(r.Inputs, path)
	return ok && secret
}

// IsUnknown says whether the input at path will be known only after an update.
func (r *Resource) IsUnknown(path string) bool { return r.Input(path) == Unknown }

// DependsOn says whether this resource waits for other.
func (r *Resource) DependsOn(other *Resource) bool {
	return slices.Contains(r.Dependencies, other.URN)
}
