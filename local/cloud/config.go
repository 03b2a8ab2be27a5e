package cloud

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
)

// configType is what a package may be configured with, as the SDK has it.
func (p *provider) configType() reflect.Type {
	if p.pkg == "random" {
		return random.ProviderArgs{}.ElementType()
	}
	return aws.ProviderArgs{}.ElementType()
}

// configMeta are entries of a provider's configuration that are the engine's own.
var configMeta = []string{"version", "pluginDownloadURL", "pluginChecksums"}

// checkConfig validates the configuration of a provider instance. The Region may
// come from the environment, as for the real provider.
func (p *provider) checkConfig(in object) (object, []*refusal) {
	typed, faults := p.decodeConfig(in)
	for _, f := range conform(p.configType(), map[string]any(typed), "") {
		faults = append(faults, &refusal{property: f.property, message: fmt.Sprintf(
			"could not validate provider configuration: %s", f.message)})
	}
	if p.pkg == "random" || len(faults) > 0 {
		return in, faults
	}
	if !in.has("region") {
		in = in.with(object{"region": environmentRegion()})
	}
	if region, ok := in["region"].(string); ok && regions[region].zones == nil {
		return nil, []*refusal{{property: "region", message: regionMessage(region)}}
	}
	return in, nil
}

// regionMessage says what is wrong with a Region: there is none, or it is not one.
func regionMessage(region string) string {
	if region == "" {
		return "missing required configuration key \"aws:region\": set it with `pulumi config set aws:region ap-northeast-1`"
	}
	return fmt.Sprintf("invalid AWS Region: %q; the local AWS has %s", region, strings.Join(regionNames(), ", "))
}

func regionNames() []string {
	var out []string
	for name := range regions {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// environmentRegion is the Region that the environment names, "" for none.
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html *sourced*
func environmentRegion() string {
	if r := os.Getenv("AWS_REGION"); r != "" {
		return r
	}
	return os.Getenv("AWS_DEFAULT_REGION")
}

// decodeConfig turns configuration as it arrives into typed values: whatever is
// not a string comes as JSON in a string when it was written to a stack's
// configuration.
func (p *provider) decodeConfig(in object) (object, []*refusal) {
	fields := fieldsOf(p.configType())
	out := object{}
	var faults []*refusal
	for key, v := range in {
		if slices.Contains(configMeta, key) || strings.HasPrefix(key, "__") {
			continue
		}
		text, isText := v.(string)
		field, known := fields[key]
		if isText && known && !isString(field.Type) {
			if v = nil; json.Unmarshal([]byte(text), &v) != nil {
				faults = append(faults, &refusal{property: key, message: "could not validate provider configuration: " + key + " is not valid JSON"})
				continue
			}
		}
		out[key] = v
	}
	return out, faults
}

func isString(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.String
}

// configure makes a provider instance ready. It is not called while any of the
// configuration is unknown.
func (p *provider) configure(in object) error {
	checked, faults := p.checkConfig(in)
	if err := joinFaults("pulumi:providers:"+p.pkg, faults); err != nil {
		return err
	}
	typed, _ := p.decodeConfig(checked) // checkConfig has found no fault in it
	p.region = typed.str("region")
	p.defaultTags = typed.object("defaultTags").object("tags")
	return nil
}

// diffConfig compares configurations: another Region means other resources.
func diffConfig(olds, news object) diff {
	var d diff
	for _, key := range unionKeys(olds, news) {
		if strings.HasPrefix(key, "__") || same(olds[key], news[key], false) {
			continue
		}
		d.changed = append(d.changed, key)
		if key == "region" {
			d.replaces = append(d.replaces, key)
		}
	}
	return d
}
