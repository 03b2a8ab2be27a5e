package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/registered"
)

type options struct {
	stack       string
	config      map[string]string // --config, by full key
	configFile  string
	json        bool
	serve       bool
	serversFile string
	servers     map[string]registered.Server // of serversFile
	verify      verifyOptions
	explain     explainOptions
	accessLog   string // the folder of --access-log
	argument    string
	given       map[string]bool // the names of the options on the command line
}

// errHelp says that help was printed and there is nothing else to do.
var errHelp = errors.New("help")

// stackName is what the Pulumi engine accepts as a stack's name, which is also the
// name of its folder.
var stackName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$`)

func parseOptions(command command, args []string, stdout io.Writer) (*options, error) {
	opts := &options{config: map[string]string{}, given: map[string]bool{}}
	flags := flag.NewFlagSet("portico "+command.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&opts.stack, "stack", "dev", "`name` of the stack (default dev); each has its own local AWS account")
	if command.takesConfig {
		flags.Func("config", "`key=value` of the configuration, kept for later runs once an up has accepted it; may be repeated; an empty value removes the key",
			opts.addConfig)
		flags.StringVar(&opts.configFile, "config-file", "", "`file` to read the configuration from, kept likewise (default: Pulumi.<stack>.yaml)")
	}
	if command.takesJSON {
		flags.BoolVar(&opts.json, "json", false, "print JSON on stdout; progress goes to stderr")
	}
	if command.flags != nil {
		command.flags(opts, flags)
	}
	err := flags.Parse(args)
	if err == nil && command.argument != "" && flags.NArg() > 0 {
		opts.argument = flags.Arg(0)
		err = flags.Parse(flags.Args()[1:])
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		printHelp(stdout, command, flags)
		return nil, errHelp
	case err != nil:
		return nil, fmt.Errorf("%w: portico %[2]s: %[3]w; see: portico %[2]s --help", errUsage, command.name, err)
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%w: portico %s takes %s, got %q", errUsage, command.name, takes(command.argument), flags.Arg(0))
	case !stackName.MatchString(opts.stack):
		return nil, fmt.Errorf("%w: --stack: must be letters, digits, - _ or ., at most 100, got %q", errUsage, opts.stack)
	}
	flags.Visit(func(f *flag.Flag) { opts.given[f.Name] = true })
	return opts, opts.readServers()
}

func takes(argument string) string {
	if argument == "" {
		return "no argument"
	}
	return "one " + strings.Trim(argument, "[]") + " at most"
}

func (o *options) addConfig(pair string) error {
	key, value, ok := strings.Cut(pair, "=")
	if !ok || key == "" {
		return fmt.Errorf("must be key=value, for example portico:variant=alb, got %q", pair)
	}
	if !strings.Contains(key, ":") {
		key = "portico:" + key
	}
	o.config[key] = value
	return nil
}
