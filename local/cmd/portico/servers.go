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
	flags.StringVar(&o.servers, "servers", "", "JSON `file` with the answers of servers, by instance id, Name tag or ECS service name, "+
		"with or without the suffix that Pulumi adds: app for app-0cba81f (default: 200, in the protocol of their target groups)")
}

// readServers reads the file of --servers for the traffic and for the model, which
// have types of their own, under the account's names. Without an account, names
// are not checked.
func readServers(path string, account *core.Account) (served map[string]server.Server, predicted map[string]registered.Server, err error) {
	predicted, err = readServersFile(path)
	if err == nil && account != nil {
		predicted, err = prediction.ServersOf(account, predicted)
		err = wrongServers(path, err)
	}
	if err != nil || predicted == nil {
		return nil, nil, err
	}
	raw, err := json.Marshal(predicted)
	if err != nil {
		return nil, nil, err
	}
	return served, predicted, json.Unmarshal(raw, &served)
}

// readServersFile reads the file without checking its names.
func readServersFile(path string) (map[string]registered.Server, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: --servers: %w", errUsage, err)
	}
	servers, err := registered.ReadServers(raw)
	return servers, wrongServers(path, err)
}

func wrongServers(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: --servers %s: %w", errUsage, path, err)
}
