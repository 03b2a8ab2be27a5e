package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/prediction"
	"github.com/portico-iac/portico/local/traffic/server"
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

// modelOf describes the account's request paths for predictions, and its servers for
// the traffic, which has types of its own.
func (o *options) modelOf(account *core.Account) (*registered.Model, map[string]server.Server, error) {
	predicted, err := prediction.ServersOf(account, o.servers)
	if err != nil {
		return nil, nil, o.wrongServers(err)
	}
	raw, err := json.Marshal(predicted)
	if err != nil {
		return nil, nil, err
	}
	var served map[string]server.Server
	if err := json.Unmarshal(raw, &served); err != nil {
		return nil, nil, err
	}
	model, err := prediction.ModelOf(account, predicted)
	return model, served, err
}
