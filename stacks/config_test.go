package stacks_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/stacks"
)

// Pulumi.yaml declares exactly the keys of the table, with their types, defaults
// and descriptions.
func TestPulumiYamlDeclaresTheKeys(t *testing.T) {
	project, err := workspace.LoadProject("../Pulumi.yaml")
	require.NoError(t, err)
	assert.Len(t, project.Config, len(stacks.Keys()))
	for _, key := range stacks.Keys() {
		declared, ok := project.Config["portico:"+key.Name]
		if !assert.True(t, ok, "Pulumi.yaml lacks portico:%s", key.Name) {
			continue
		}
		assert.Equal(t, key.Type, *declared.Type, key.Name)
		assert.Equal(t, key.Description, declared.Description, key.Name)
		if key.Default == nil {
			assert.Nil(t, declared.Default, "%s is mandatory", key.Name)
			continue
		}
		require.NotNil(t, declared.Default, key.Name)
		assert.Equal(t, *key.Default, fmt.Sprint(declared.Default), key.Name)
	}
}

// Every key is read into exactly one field, and every field has a key.
func TestEveryKeyHasOneField(t *testing.T) {
	var tags []string
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		for i := range typ.NumField() {
			if field := typ.Field(i); field.Type.Kind() == reflect.Struct {
				walk(field.Type)
			} else if tag := field.Tag.Get("config"); tag != "" {
				tags = append(tags, tag)
			}
		}
	}
	walk(reflect.TypeFor[stacks.Config]())
	var names []string
	for _, key := range stacks.Keys() {
		names = append(names, key.Name)
	}
	assert.ElementsMatch(t, names, tags)
}

func TestEveryVariantParsesWithTheLeastConfiguration(t *testing.T) {
	for _, variant := range stacks.Variants() {
		cfg := parse(t, minimal(variant))
		assert.Equal(t, variant, cfg.Variant)
		assert.Equal(t, []string{"app.example.com"}, cfg.ViewerNames())
	}
}

func TestParseReadsEveryKindOfValue(t *testing.T) {
	cfg := parse(t, with(minimal(stacks.VariantALB),
		"alternateNames", " www.example.com , api.example.com,", "deletionProtection", "true", "desiredCount", "3",
		"environment", `{"LEVEL":"info"}`, "allowedCidrs", "203.0.113.7/32"))
	assert.Equal(t, []string{"www.example.com", "api.example.com"}, cfg.AlternateNames)
	assert.True(t, cfg.Balancer.DeletionProtection)
	assert.Equal(t, 3, cfg.Service.DesiredCount)
	assert.Equal(t, map[string]string{"LEVEL": "info"}, cfg.Service.Environment)
	assert.Equal(t, []string{"203.0.113.7/32"}, cfg.Balancer.AllowedCidrs)
	assert.True(t, cfg.Service.WaitForSteadyState, "the default of the table applies")
}

// A value that may be a secret is not repeated by the error about it.
func TestAFaultyEnvironmentIsNotRepeated(t *testing.T) {
	_, err := stacks.Parse(func(key string) string {
		return with(minimal(stacks.VariantALB), "environment", "PASSWORD=hunter2")["portico:"+key]
	})
	require.ErrorContains(t, err, "portico:environment: must be a JSON object of strings")
	assert.NotContains(t, err.Error(), "hunter2")
}

// A key equal to its default counts as unset, so that Pulumi.yaml's defaults do
// not look like settings of another variant.
func TestDefaultsOfOtherVariantsAreNotRefused(t *testing.T) {
	config := minimal(stacks.VariantALB)
	for _, key := range stacks.Keys() {
		if key.Default != nil && *key.Default != "" {
			config["portico:"+key.Name] = *key.Default
		}
	}
	parse(t, config)
}
