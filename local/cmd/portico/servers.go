package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/prediction"
	"github.com/portico-iac/portico/local/traffic"
)

func serversFlag(o *options, flags *flag.FlagSet) {
	flags.StringVar(&o.serversFile, "servers", "", "JSON `file` with the answers of servers, by instance id, Name tag or ECS service name, "+
		"with or without the suffix that Pulumi adds: app for app-0cba81f (default: 200, in the protocol of their target groups)")
}

// readServers reads the file of --servers without checking its names.
func (o *options) readServers() error {
	if o.serversFile == "" {
		return nil
	}
	raw, err := os.ReadFile(o.serversFile)
	if err != nil {
		return fmt.Errorf("%w: --servers: %w", errUsage, err)
	}
	if o.servers, err = registered.ReadServers(raw); err != nil {
		return o.wrongServers(err)
	}
	return nil
}

func (o *options) wrongServers(err error) error {
	return fmt.Errorf("%w: --servers %s: %w", errUsage, o.serversFile, err)
}

// modelOf describes the account's request paths for predictions, and its servers and objects
// for the traffic, which has types of its own.
func (s *session) modelOf(account *core.Account) (*registered.Model, traffic.Options, error) {
	var served traffic.Options
	predicted, err := prediction.ServersOf(account, s.servers)
	if err != nil {
		return nil, served, s.wrongServers(err)
	}
	raw, err := json.Marshal(predicted)
	if err != nil {
		return nil, served, err
	}
	if err := json.Unmarshal(raw, &served.Servers); err != nil {
		return nil, served, err
	}
	given, err := s.objects()
	if err != nil {
		return nil, served, err
	}
	served.Objects = prediction.FilesOf(account, given)
	model, err := prediction.ModelOf(account, predicted, given)
	return model, served, err
}

// objects are the files in the folder objects of the stack's folder: in it, each bucket has a
// folder of its name, in which the path of a file is its key.
func (s *session) objects() (map[string]fs.FS, error) {
	_, dir, err := s.paths()
	if err != nil {
		return nil, err
	}
	folders, err := os.ReadDir(filepath.Join(dir, "objects"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the objects in buckets: %w", err)
	}
	out := map[string]fs.FS{}
	for _, f := range folders {
		if f.IsDir() {
			out[f.Name()] = os.DirFS(filepath.Join(dir, "objects", f.Name()))
		}
	}
	return out, nil
}
