package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/portico-iac/portico/stacks"
)

// settings are where a stack's configuration comes from. Options of an up that was
// accepted are kept for later runs.
type settings struct {
	// ConfigFile has the stack's configuration; its path is relative to the
	// project. "": Pulumi.<stack>.yaml.
	ConfigFile string `json:"configFile,omitempty"`
	// Config is from --config, and takes precedence over the file.
	Config map[string]string `json:"config,omitempty"`
}

const settingsFile = "settings.json"

func loadSettings(dir string) (*settings, error) {
	s := &settings{Config: map[string]string{}}
	raw, err := os.ReadFile(filepath.Join(dir, settingsFile))
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, s); err != nil {
		return nil, fmt.Errorf("reading %s: %w; remove the file to start from the configuration file again", settingsFile, err)
	}
	return s, nil
}

// add adds the options of one command line; an empty value removes a key.
func (s *settings) add(opts *options) {
	s.ConfigFile = cmp.Or(opts.configFile, s.ConfigFile)
	maps.Copy(s.Config, opts.config)
	maps.DeleteFunc(s.Config, func(_, value string) bool { return value == "" })
}

func (s *settings) save(dir string) error {
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, settingsFile), append(raw, '\n'), 0o600)
}

// resolve is the complete configuration of a stack: defaults of the local AWS,
// overridden by the configuration file, overridden by the command line.
func (s *settings) resolve(root, stack string) (map[string]any, error) {
	given, err := s.readFile(root, stack)
	if err != nil {
		return nil, err
	}
	for path, text := range s.Config {
		given[path] = structured(text)
	}
	if err := checkKeys(given); err != nil {
		return nil, err
	}
	all := localDefaults(given)
	maps.Copy(all, given)
	return all, nil
}

// structured is a list or an object that is written as JSON, else the text itself.
func structured(text string) any {
	var value any
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		if json.Unmarshal([]byte(text), &value) == nil {
			return value
		}
	}
	return text
}

// readFile reads the configuration file, which is optional unless an option names it.
func (s *settings) readFile(root, stack string) (map[string]any, error) {
	path := filepath.Join(root, "Pulumi."+stack+".yaml")
	if s.ConfigFile != "" {
		path = s.ConfigFile
		if !filepath.IsAbs(path) {
			path = filepath.Join(root, path)
		}
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && s.ConfigFile == "" {
		return map[string]any{}, nil
	} else if err != nil {
		return nil, fmt.Errorf("%w: --config-file: %w", errUsage, err)
	}
	project, err := workspace.LoadProject(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		return nil, err // it names the file
	}
	sink := diag.DefaultSink(os.Stderr, os.Stderr, diag.FormatOptions{Color: "never"})
	file, err := workspace.LoadProjectStack(sink, project, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	values := map[string]any{}
	for key, value := range file.Config {
		if values[key.String()], err = plainValue(value); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, key, err)
		}
	}
	return values, nil
}

// plainValue returns a string or a decoded structured value.
func plainValue(value config.Value) (any, error) {
	if value.Secure() {
		return nil, errors.New("is encrypted with a key that the local AWS does not have: give it a value for local use with --config")
	}
	text, err := value.Value(config.NopDecrypter)
	if err != nil || !value.Object() {
		return text, err
	}
	var structured any
	err = json.Unmarshal([]byte(text), &structured)
	return structured, err
}

// localDefaults let a stack come up on the local AWS with only its variant given. They
// name resources of every account's seed, local/core/seed.json.
func localDefaults(given map[string]any) map[string]any {
	all := map[string]any{"aws:region": "ap-northeast-1"}
	for path, value := range map[string]string{
		"portico:domain.domainName": "app.example.com", "portico:domain.hostedZone.name": "example.com",
	} {
		if !isGiven(given, strings.TrimSuffix(path, ".name")) {
			all[path] = value
		}
	}
	usesInstance := given["portico:variant"] == stacks.VariantALBEC2 || isGiven(given, "portico:instanceTarget")
	if usesInstance && !isGiven(given, "portico:network.existing") {
		all["portico:instanceTarget.instanceId"] = "i-05eed0c105ed00001"
		all["portico:network.existing.vpcId"] = "vpc-05eed000000000001"
		all["portico:network.existing.publicSubnetIds"] = []string{"subnet-05eed00000000000a", "subnet-05eed00000000000c"}
	}
	return all
}

// isGiven says whether something is configured at a path or below it.
func isGiven(given map[string]any, path string) bool {
	for other, value := range given {
		if other == path || strings.HasPrefix(other, path+".") {
			return true
		}
		if rest, inside := strings.CutPrefix(path, other+"."); inside {
			fields, _ := value.(map[string]any)
			name, below, deeper := strings.Cut(rest, ".")
			if fields[name] != nil && (!deeper || isGiven(map[string]any{name: fields[name]}, name+"."+below)) {
				return true
			}
		}
	}
	return false
}
