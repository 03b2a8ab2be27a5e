// Package engine runs Pulumi programs through the real Pulumi engine on a local AWS
// account: with the Pulumi CLI (Open), or in this process (package inprocess). Both
// keep the same files in the stack's folder, so each can continue with a stack of the
// other.
package engine

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Options say what to run and where.
type Options struct {
	// Dir keeps everything of the stack between runs. Required.
	Dir string
	// Project is the name of the Pulumi project. Default: that of ProjectFile.
	Project string
	// ProjectFile is a Pulumi.yaml whose typed configuration applies. Default: none.
	ProjectFile string
	// Stack is the name of the stack. Required.
	Stack string
	// Program is what to run. Required.
	Program pulumi.RunFunc
	// Config is the stack's whole configuration by full key ("aws:region") or path, as
	// pulumi config set --path takes it ("portico:services[0].image"): strings and
	// structured values. An empty string sets nothing. Default: with the CLI that of the last run, else none.
	Config map[string]any
	// Progress gets the engine's own output. Default: none.
	Progress io.Writer
}

func orDiscard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}

// ConfigMap returns Config in the engine's type.
func (o Options) ConfigMap() (config.Map, error) {
	all := config.Map{}
	for _, name := range slices.Sorted(maps.Keys(o.Config)) { // an object before its fields
		if err := setConfig(all, name, o.Config[name]); err != nil {
			return nil, fmt.Errorf("configuration %q: %w", name, err)
		}
	}
	return all, nil
}

func setConfig(all config.Map, name string, value any) error {
	if value == "" {
		return nil
	}
	key, err := config.ParseKey(name)
	if err != nil {
		return err
	}
	v, err := configValue(value)
	if err != nil {
		return err
	}
	return all.Set(key, v, true)
}

func configValue(value any) (config.Value, error) {
	if text, ok := value.(string); ok {
		return config.NewValue(text), nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return config.Value{}, err
	}
	return config.NewObjectValue(string(raw)), nil
}
