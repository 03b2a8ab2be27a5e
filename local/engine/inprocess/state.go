package inprocess

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/backend/display"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy"
	"github.com/pulumi/pulumi/pkg/v3/resource/stack"
	"github.com/pulumi/pulumi/pkg/v3/secrets"
	"github.com/pulumi/pulumi/pkg/v3/secrets/passphrase"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
)

// checkpointPath is the CLI's file of the state, whose format save keeps.
func (s *Stack) checkpointPath() string {
	return s.Path(filepath.Join("state", ".pulumi", "stacks", string(s.project.Name), s.name.String()+".json"))
}

// checkpoint reads the state, which is empty for a new stack.
func (s *Stack) checkpoint() (*apitype.CheckpointV3, error) {
	raw, err := os.ReadFile(s.checkpointPath())
	if errors.Is(err, os.ErrNotExist) {
		return &apitype.CheckpointV3{}, nil
	}
	if err != nil {
		return nil, err
	}
	checkpoint, _, _, err := stack.UnmarshalVersionedCheckpointToLatestCheckpoint(encoding.JSON, raw)
	if err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	return checkpoint, nil
}

// load reads the state, with its secrets and their manager.
func (s *Stack) load(ctx context.Context) (*deploy.Snapshot, error) {
	checkpoint, err := s.checkpoint()
	if err != nil {
		return nil, err
	}
	manager, err := s.secretsManager(checkpoint.Latest)
	if err != nil {
		return nil, err
	}
	if checkpoint.Latest == nil {
		return &deploy.Snapshot{SecretsManager: manager}, nil
	}
	snapshot, err := stack.DeserializeCheckpoint(ctx, only{manager}, checkpoint)
	if err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	snapshot.SecretsManager = manager
	return snapshot, nil
}

// secretsManager returns the one that the state was written with, or a new one.
func (s *Stack) secretsManager(latest *apitype.DeploymentV3) (secrets.Manager, error) {
	phrase, err := s.Passphrase()
	if err != nil {
		return nil, err
	}
	var kept struct{ Salt string }
	if latest != nil && latest.SecretsProviders != nil {
		if latest.SecretsProviders.Type != passphrase.Type {
			return nil, fmt.Errorf("the state's secrets: must be encrypted by a passphrase, are by %q", latest.SecretsProviders.Type)
		}
		if err := json.Unmarshal(latest.SecretsProviders.State, &kept); err != nil {
			return nil, fmt.Errorf("reading the state's salt: %w", err)
		}
	}
	return managerOf(phrase, kept.Salt)
}

// salts has the new ones by passphrase. All new folders share them, since deriving a key
// takes long.
var salts = struct {
	sync.Mutex
	byPhrase map[string]string
}{byPhrase: map[string]string{}}

// managerOf returns the secrets manager of a passphrase and a salt; "": a new one.
func managerOf(phrase, salt string) (secrets.Manager, error) {
	salts.Lock()
	defer salts.Unlock()
	if salt == "" {
		salt = salts.byPhrase[phrase]
	}
	if salt == "" {
		made, _, err := passphrase.NewPassphraseSecretsManager(phrase)
		if err != nil {
			return nil, err
		}
		salt, salts.byPhrase[phrase] = made, made
	}
	return passphrase.GetPassphraseSecretsManager(phrase, salt)
}

// save writes the state, secrets encrypted.
func (s *Stack) save(snapshot *deploy.Snapshot) error {
	snapshot.Manifest.Time = time.Now()
	checkpoint, err := stack.SerializeCheckpoint(s.name.Q(), snapshot, false)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(checkpoint)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.checkpointPath()), 0o700); err != nil {
		return err
	}
	// Without this file the CLI uses a layout without projects.
	meta := s.Path(filepath.Join("state", ".pulumi", "meta.yaml"))
	if err := os.WriteFile(meta, []byte("version: 1\n"), 0o600); err != nil {
		return err
	}
	return os.WriteFile(s.checkpointPath(), raw, 0o600)
}

// Outputs returns the outputs of the last update, with secrets marked.
func (s *Stack) Outputs(ctx context.Context) (auto.OutputMap, error) {
	snapshot, err := s.load(ctx)
	if err != nil {
		return nil, err
	}
	return outputsOf(ctx, snapshot)
}

func outputsOf(ctx context.Context, snapshot *deploy.Snapshot) (auto.OutputMap, error) {
	outputs := auto.OutputMap{}
	root, err := stack.GetRootStackResource(snapshot)
	if err != nil || root == nil {
		return outputs, err
	}
	shown := resource.ToResourcePropertyMap(display.MassageSecrets(resource.FromResourcePropertyMap(root.Outputs), true))
	plain, err := stack.SerializeProperties(ctx, shown, config.NewPanicCrypter(), true)
	if err != nil {
		return nil, err
	}
	for name, value := range plain {
		outputs[name] = auto.OutputValue{Value: value, Secret: root.Outputs[resource.PropertyKey(name)].IsSecret()}
	}
	return outputs, nil
}

// Export returns the stack's deployment with secrets encrypted.
func (s *Stack) Export(context.Context) (apitype.UntypedDeployment, error) {
	checkpoint, err := s.checkpoint()
	if err != nil {
		return apitype.UntypedDeployment{}, err
	}
	raw, err := json.Marshal(checkpoint.Latest)
	return apitype.UntypedDeployment{Version: apitype.DeploymentSchemaVersionCurrent, Deployment: raw}, err
}

// only provides one secrets manager, whatever the state says.
type only struct{ secrets.Manager }

// OfType returns the manager.
func (o only) OfType(context.Context, string, json.RawMessage) (secrets.Manager, error) {
	return o.Manager, nil
}
