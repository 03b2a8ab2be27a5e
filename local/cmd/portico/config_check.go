package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/engine"
	"github.com/portico-iac/portico/stacks"
)

// checkKeys refuses keys that no stack and no provider reads: most are misspelt.
func checkKeys(config map[string]any) error {
	var faults []error
	for _, path := range slices.Sorted(maps.Keys(config)) {
		if err := checkKey(path); err != nil {
			faults = append(faults, err)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return nil
}

func checkKey(path string) error {
	namespace, name, _ := strings.Cut(path, ":")
	if end := strings.IndexAny(name, ".["); end >= 0 {
		name = name[:end]
	}
	known, list := stacks.Keys(), "docs/configuration.md lists every key"
	switch namespace {
	case "portico":
	case "aws":
		known, list = core.ConfigKeys("aws"), "see the configuration of the Pulumi provider aws"
	default:
		if near := stacks.Nearest(namespace, []string{"portico", "aws"}); near != "" {
			return fmt.Errorf("unknown configuration %s: did you mean %s:%s?", path, near, name)
		}
		return nil
	}
	if slices.Contains(known, name) {
		return nil
	}
	if near := stacks.Nearest(name, known); near != "" {
		return fmt.Errorf("unknown configuration %s: did you mean %s:%s?", path, namespace, near)
	}
	return fmt.Errorf("unknown configuration %s: %s", path, list)
}

// refusedError is a configuration that no run of the engine is needed to refuse.
type refusedError struct {
	stack string
	cause error
}

// Error has one line for each fault.
func (e *refusedError) Error() string {
	return fmt.Sprintf("the configuration of stack %s is refused:\n  %s", e.stack, strings.ReplaceAll(e.cause.Error(), "\n", "\n  "))
}

// checkConfig refuses what the stack's program and the AWS provider would refuse of a
// configuration without asking AWS.
func checkConfig(stack string, values map[string]any) error {
	all, err := engine.Options{Config: values}.ConfigMap(context.Background(), nil)
	if err != nil {
		return &refusedError{stack, err}
	}
	planned, err := stacks.Parse(func(name string) string { return textOf(all, "portico", name) }, func(string) bool { return false })
	if err == nil {
		_, err = stacks.New(planned)
	}
	if err := errors.Join(err, checkProvider(all)); err != nil {
		return &refusedError{stack, err}
	}
	return nil
}

// textOf is a value as a program reads it: an object or a list as JSON.
func textOf(all config.Map, namespace, name string) string {
	text, err := all[config.MustMakeKey(namespace, name)].Value(config.NopDecrypter)
	if err != nil {
		return ""
	}
	return text
}

// checkProvider refuses what the AWS provider cannot be configured with.
func checkProvider(all config.Map) error {
	catalog, err := cloud.Catalog()
	if err != nil {
		return err
	}
	given := core.Object{}
	for key := range all {
		if key.Namespace() == "aws" {
			given[key.Name()] = textOf(all, "aws", key.Name())
		}
	}
	provider := &core.Provider{Package: "aws", Catalog: catalog}
	_, faults := provider.CheckConfig(given)
	var errs []error
	for _, f := range faults {
		errs = append(errs, fmt.Errorf("aws:%s: %s", f.Property, f.Message))
	}
	return errors.Join(errs...)
}
