package inprocess

import (
	"context"
	"fmt"
	"sync"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/deploy/deploytest"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/contract"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/local/provider"
)

// plugins are the program of one run and the instances of the local providers.
type plugins struct {
	stack   *Stack
	host    plugin.Host
	program sync.WaitGroup
	stop    context.CancelFunc // of the program
	gate    gate
}

// open is a pulumiengine.UpdateOptions.HostFactory.
func (p *plugins) open(ctx context.Context, sink, statusSink diag.Sink, _ plugin.DebugContext) (plugin.Host, error) {
	var loaders []*deploytest.ProviderLoader
	for pkg, version := range provider.Versions {
		loaders = append(loaders, deploytest.NewProviderLoader(tokens.Package(pkg), semver.MustParse(version),
			func() (plugin.Provider, error) {
				server, err := provider.New(pkg, p.stack.account, p.host.ServerAddr())
				if err != nil {
					return nil, err
				}
				return plugin.NewProviderWithClient(nil, clientOf(server, &p.gate), false), nil
			}))
	}
	ctx, p.stop = context.WithCancel(ctx)
	runtime := deploytest.NewLanguageRuntime(func(info plugin.RunInfo, _ *deploytest.ResourceMonitor) error {
		p.program.Add(1)
		defer p.program.Done()
		return p.stack.runProgram(ctx, info, p.host.ServerAddr())
	})
	p.host = deploytest.NewPluginHost(sink, statusSink, runtime, loaders...)
	return p.host, nil
}

// close ends the program and waits for pending calls, which a failed run leaves behind.
func (p *plugins) close() {
	if p.host == nil {
		return
	}
	contract.IgnoreClose(p.host)
	p.stop()
	p.program.Wait()
	p.gate.close()
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
