package componentstest

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// What programs run against unless an Option says otherwise.
const (
	DefaultProject    = "project"
	DefaultStack      = "stack"
	DefaultRegion     = "ap-northeast-1"
	DefaultHostedZone = "example.com"
	// AccountID is the AWS account in every ARN and of getCallerIdentity.
	AccountID = "123456789012"
)

// InvokeFunc answers a call of a provider function ("invoke") with its result.
type InvokeFunc func(args resource.PropertyMap) (resource.PropertyMap, error)

// OutputsFunc makes up what AWS would add to a resource's inputs.
type OutputsFunc func(inputs resource.PropertyMap) resource.PropertyMap

// Option changes what a program runs against.
type Option func(*settings)

type settings struct {
	project, stack string
	config         map[string]string
	secretKeys     []string
	zones          []string
	existing       map[string]map[string]object // by kind and id
	invokes        map[string]InvokeFunc
	outputs        map[string]OutputsFunc
}

// WithStack names the project and the stack that the program runs as. The
// project's name is the namespace of config.New(ctx, "").
func WithStack(project, stack string) Option {
	return func(s *settings) { s.project, s.stack = project, stack }
}

// WithConfig adds stack configuration, by full key ("aws:region"). Objects and
// lists are given as JSON.
func WithConfig(config map[string]string) Option {
	return func(s *settings) { maps.Copy(s.config, config) }
}

// WithSecretConfig is WithConfig for values that were set with --secret.
func WithSecretConfig(config map[string]string) Option {
	return func(s *settings) {
		for key, value := range config {
			s.config[key] = value
			s.secretKeys = append(s.secretKeys, key)
		}
	}
}

// WithRegion sets the region of the default AWS provider.
// Default: ap-northeast-1.
func WithRegion(region string) Option {
	return WithConfig(map[string]string{regionKey: region})
}

// WithHostedZone sets the names of the hosted zones that a lookup finds.
// Default: example.com alone.
func WithHostedZone(names ...string) Option {
	return func(s *settings) { s.zones = names }
}

// WithInvoke answers calls of the provider function of the given token, for
// example "aws:acm/getCertificate:getCertificate", in place of the built-in
// answer if there is one.
func WithInvoke(token string, answer InvokeFunc) Option {
	return func(s *settings) { s.invokes[token] = answer }
}

// WithOutputs sets what resources of the given type return beside their inputs,
// on top of the built-in outputs. In a preview it is not called.
func WithOutputs(token string, outputs OutputsFunc) Option {
	return func(s *settings) { s.outputs[token] = outputs }
}

// Deploy runs the program as an update of an empty stack and returns what it
// registered. The test fails at once when the program returns an error.
func Deploy(t testing.TB, program pulumi.RunFunc, opts ...Option) *Graph {
	t.Helper()
	return mustRun(t, program, false, opts)
}

// Preview is Deploy as a preview: computed outputs and ids are unknown.
func Preview(t testing.TB, program pulumi.RunFunc, opts ...Option) *Graph {
	t.Helper()
	return mustRun(t, program, true, opts)
}

// TryDeploy is Deploy for programs that are expected to fail: it returns the
// error, and what had been registered by then.
func TryDeploy(program pulumi.RunFunc, opts ...Option) (*Graph, error) {
	return run(program, false, opts)
}

// TryPreview is TryDeploy as a preview.
func TryPreview(program pulumi.RunFunc, opts ...Option) (*Graph, error) {
	return run(program, true, opts)
}

func mustRun(t testing.TB, program pulumi.RunFunc, preview bool, opts []Option) *Graph {
	t.Helper()
	g, err := run(program, preview, opts)
	if err != nil {
		t.Fatalf("the program failed: %v", err)
	}
	return g
}

func run(program pulumi.RunFunc, preview bool, opts []Option) (*Graph, error) {
	s := &settings{
		project: DefaultProject, stack: DefaultStack,
		config: map[string]string{regionKey: DefaultRegion}, zones: []string{DefaultHostedZone},
		existing: map[string]map[string]object{}, invokes: map[string]InvokeFunc{}, outputs: map[string]OutputsFunc{},
	}
	for _, opt := range opts {
		opt(s)
	}
	e := newEngine(s, preview)
	address, stop, err := serve(e)
	if err != nil {
		return nil, fmt.Errorf("starting the stand-in engine: %w", err)
	}
	defer stop()
	var own error
	body := func(ctx *pulumi.Context) error {
		own = program(ctx)
		return own
	}
	err = pulumi.RunErr(body, func(info *pulumi.RunInfo) {
		info.Project, info.Stack = s.project, s.stack
		info.Config, info.ConfigSecretKeys = s.config, s.secretKeys
		info.DryRun = preview
		info.MonitorAddr, info.EngineAddr = address, address
	})
	return e.graph(), bothErrors(own, err)
}

// bothErrors are the program's own error, as it returned it, and what failed
// beside it: of the two the SDK returns one, reformatted.
func bothErrors(own, ran error) error {
	if own != nil && errors.Is(ran, own) {
		return own
	}
	return errors.Join(own, ran)
}
