package core

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// configMeta are entries of a provider's configuration that are the engine's own.
var configMeta = []string{"version", "pluginDownloadURL", "pluginChecksums"}

// CheckConfig validates the configuration of a provider instance. The Region may
// come from the environment, as for the real provider.
func (p *Provider) CheckConfig(in Object) (Object, []*Refusal) {
	typed, faults := p.decodeConfig(in)
	for _, f := range conformBlock(p.configFields(), map[string]any(typed), "") {
		faults = append(faults, configFault(f.Property, f.Message))
	}
	if p.Package == "random" || len(faults) > 0 {
		return in, faults
	}
	if !in.Has("region") {
		// https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html *sourced*
		in = in.With(Object{"region": cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"))})
	}
	if name, ok := in["region"].(string); ok && !slices.Contains(p.Catalog.regions, name) {
		return nil, []*Refusal{{Property: "region", Message: p.regionMessage(name)}}
	}
	return in, nil
}

// configFields are what a package may be configured with, as the SDK has it.
func (p *Provider) configFields() fields {
	return properties.Resources["pulumi:providers:"+p.Package].Inputs
}

func configFault(property, message string) *Refusal {
	return &Refusal{Property: property, Message: "could not validate provider configuration: " + message}
}

// regionMessage says what is wrong with a Region: it was not given, or it is none.
func (p *Provider) regionMessage(name string) string {
	if name == "" {
		return "missing required configuration key \"aws:region\": set it with `pulumi config set aws:region ap-northeast-1`"
	}
	return fmt.Sprintf("invalid AWS Region: %q; the local AWS has %s", name, strings.Join(p.Catalog.regions, ", "))
}

// decodeConfig turns configuration into typed values: what is not a string may come
// from a stack's configuration as JSON in a string.
func (p *Provider) decodeConfig(in Object) (Object, []*Refusal) {
	out := Object{}
	var faults []*Refusal
	for key, v := range in {
		if slices.Contains(configMeta, key) || strings.HasPrefix(key, "__") {
			continue
		}
		kind := strings.TrimSuffix(p.configFields()[key], "!")
		if text, isText := v.(string); isText && kind != "" && kind != "string" {
			if v = nil; json.Unmarshal([]byte(text), &v) != nil {
				faults = append(faults, configFault(key, key+" is not valid JSON"))
				continue
			}
		}
		out[key] = v
	}
	return out, faults
}

// Configure makes a provider instance ready.
func (p *Provider) Configure(in Object) error {
	checked, faults := p.CheckConfig(in)
	if err := JoinRefusals("pulumi:providers:"+p.Package, faults); err != nil {
		return err
	}
	typed, _ := p.decodeConfig(checked) // CheckConfig has found no fault in it
	p.Region = typed.Str("region")
	p.DefaultTags = typed.Block("defaultTags").Block("tags")
	return nil
}

// DiffConfig compares configurations: another Region means other resources.
func DiffConfig(olds, news Object) Diff {
	var d Diff
	for _, key := range unionKeys(olds, news) {
		if strings.HasPrefix(key, "__") || Equal(olds[key], news[key], false) {
			continue
		}
		d.Changed = append(d.Changed, key)
		if key == "region" {
			d.Replaces = append(d.Replaces, key)
		}
	}
	return d
}

// ConfigKeys are what a package, "aws" or "random", may be configured with, sorted.
func ConfigKeys(pkg string) []string {
	return slices.Sorted(maps.Keys(properties.Resources["pulumi:providers:"+pkg].Inputs))
}
