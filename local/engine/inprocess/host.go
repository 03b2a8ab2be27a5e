package inprocess

import (
	"context"
	"fmt"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/local/cloud"
)

// newHost is a plugin host whose plugins are in this process: the program, and
// as many instances of the local providers as the engine asks for.
func (s *Stack) newHost(ctx context.Context, sink, statusSink diag.Sink) plugin.Host {
	var loaders []*deploytest.ProviderLoader
	for pkg, version := range cloud.Versions {
		loaders = append(loaders, deploytest.NewProviderLoader(tokens.Package(pkg), semver.MustParse(version),
			func() (plugin.Provider, error) {
				server, err := s.provider(pkg)
				if err != nil {
					return nil, err
				}
				return plugin.NewProviderWithClient(nil, clientOf(server), false), nil
			}))
	}
	var host plugin.Host
	program := func(info plugin.RunInfo, _ *deploytest.ResourceMonitor) error {
		return s.runProgram(ctx, info, host.ServerAddr())
	}
	host = deploytest.NewPluginHost(sink, statusSink, deploytest.NewLanguageRuntime(program), loaders...)
	return host
}

// runProgram runs the stack's program as the Automation API does.
func (s *Stack) runProgram(ctx context.Context, info plugin.RunInfo, engineAddress string) (err error) {
	settings := map[string]string{}
	for key, value := range info.Config {
		settings[key.String()] = value
	}
	var secretKeys []string
	for _, key := range info.ConfigSecretKeys {
		secretKeys = append(secretKeys, key.String())
	}
	program, err := pulumi.NewContext(ctx, pulumi.RunInfo{
		Project: info.Project, Stack: info.Stack, Organization: info.Organization,
		Config: settings, ConfigSecretKeys: secretKeys, Parallel: info.Parallel, DryRun: info.DryRun,
		MonitorAddr: info.MonitorAddress, EngineAddr: engineAddress,
	})
	if err != nil {
		return err
	}
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("go inline source runtime error, an unhandled panic occurred: %v", caught)
		}
		if closeErr := program.Close(); err == nil {
			err = closeErr
		}
	}()
	return pulumi.RunWithContext(program, s.options.Program)
}
