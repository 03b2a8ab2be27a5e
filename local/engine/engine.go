// Package engine runs Pulumi programs through the real Pulumi engine on a local AWS
// account: with the Pulumi CLI (Open), or in this process (package inprocess). Both
// keep the same files in the stack's folder, so each can continue with a stack of the
// other.
package engine

import (
	"context"
	"encoding/json"
	"errors"
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
	// pulumi config set --path takes it ("portico:services[0].image"): strings, structured
	// values and, in process only, a Secret. An empty string sets nothing. Default: with the CLI that of the last run, else none.
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

// Secret is a value of the configuration that is set with --secret.
type Secret string

// ConfigMap returns Config in the engine's type. A Secret needs an encrypter.
func (o Options) ConfigMap(ctx context.Context, encrypter config.Encrypter) (config.Map, error) {
	all := config.Map{}
	for _, name := range slices.Sorted(maps.Keys(o.Config)) { // an object before its fields
		if err := setConfig(ctx, all, name, o.Config[name], encrypter); err != nil {
			return nil, fmt.Errorf("configuration %q: %w", name, err)
		}
	}
	return all, nil
}

func setConfig(ctx context.Context, all config.Map, name string, value any, encrypter config.Encrypter) error {
	if value == "" {
		return nil
	}
	key, err := config.ParseKey(name)
	if err != nil {
		return err
	}
	v, err := configValue(ctx, value, encrypter)
	if err != nil {
		return err
	}
	return all.Set(key, v, true)
}

func configValue(ctx context.Context, value any, encrypter config.Encrypter) (config.Value, error) {
	if secret, ok := value.(Secret); ok {
		if encrypter == nil {
			return config.Value{}, errors.New("a secret can be configured only with the engine in process")
		}
		encrypted, err := encrypter.EncryptValue(ctx, string(secret))
		return config.NewSecureValue(encrypted), err
	}
	if text, ok := value.(string); ok {
		return config.NewValue(text), nil
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return config.Value{}, err
	}
	return config.NewObjectValue(string(raw)), nil
}
