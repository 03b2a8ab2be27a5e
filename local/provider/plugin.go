package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/core"
)

// AccountEnv names the environment variable that holds the path of the account
// file. All provider instances of a stack share it.
const AccountEnv = "PORTICO_ACCOUNT"

// Versions are the providers that the local AWS stands in for: those of the
// SDKs that programs are compiled with.
var Versions = map[string]string{"aws": "6.83.4", "random": "4.18.0"}

// pluginPrefix begins the file name of every provider binary.
const pluginPrefix = "pulumi-resource-"

// PluginName is the file name of a package's provider. A binary that serves several
// tells by it which one to serve.
func PluginName(pkg string) string { return pluginPrefix + pkg }

// IsPlugin tells whether this process was started as one of the providers.
func IsPlugin() bool {
	pkg, ok := strings.CutPrefix(filepath.Base(os.Args[0]), pluginPrefix)
	return ok && Versions[pkg] != ""
}

// ServePlugin serves the provider that this process is named after, until it is told to
// stop or its engine is gone.
func ServePlugin() error {
	pkg := strings.TrimPrefix(filepath.Base(os.Args[0]), pluginPrefix)
	engine := ""
	if last := os.Args[len(os.Args)-1]; len(os.Args) > 1 && !strings.HasPrefix(last, "-") {
		engine = last // the engine's address is the last argument
	}
	path := os.Getenv(AccountEnv)
	if path == "" {
		return errors.New(AccountEnv + " must name the file of the local AWS account")
	}
	s, err := New(pkg, core.NewFile(path), engine)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// An engine that is killed does not stop its plugins.
	if engine != "" {
		if err := rpcutil.Healthcheck(ctx, engine, time.Second, stop); err != nil {
			return fmt.Errorf("reaching the engine: %w", err)
		}
	}
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(g *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(g, s)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port) // how a plugin tells the engine where it listens
	go func() {
		<-ctx.Done()
		close(cancel)
	}()
	return <-handle.Done
}

// New is one instance of the provider of a package, "aws" or "random", on an account.
// engine is the address of the engine that shows its warnings; "": nobody sees them.
func New(pkg string, account *core.Store, engine string) (pulumirpc.ResourceProviderServer, error) {
	if Versions[pkg] == "" {
		return nil, fmt.Errorf("no provider is called %q", pkg)
	}
	catalog, err := cloud.Catalog()
	if err != nil {
		return nil, err
	}
	return &server{
		Provider: &core.Provider{Package: pkg, Catalog: catalog, Store: account, Clock: time.Now},
		version:  Versions[pkg],
		engine:   engine,
	}, nil
}

// patience is how long a deletion that AWS refuses is tried again. The real
// provider waits for minutes, since what is in the way is often being deleted at
// the same moment.
const patience = 5 * time.Second

// removePatiently deletes a resource as soon as nothing is in the way any more.
func (s *server) removePatiently(ctx context.Context, k *core.Type, id string) error {
	deadline := time.Now().Add(patience)
	for {
		err := s.Remove(k, id)
		var refused *core.Refusal
		if err == nil || !errors.As(err, &refused) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
