package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/portico-iac/portico/stacks"
)

func printUsage(w io.Writer) {
	fmt.Fprint(w, "portico runs the ready stacks on an embedded local AWS.\n\nUsage:\n\n")
	for _, c := range commands {
		printWrapped(w, fmt.Sprintf("  portico %-8s ", c.name), c.summary)
	}
	fmt.Fprintln(w)
	for _, text := range []string{
		"Options of a command: portico help <command>, or portico <command> --help",
		"Configuration: Pulumi.yaml lists the keys, Pulumi.<stack>.yaml sets them; --config takes precedence.",
		"Variants: " + strings.Join(stacks.Variants(), ", "),
		"Exit codes: 0 done, 1 refused or failed, 2 wrong command line, 130 interrupted.",
		"serve ends with 0 on Ctrl-C, and when its stack is destroyed or reset.",
		"The width of a line is COLUMNS, or else 80.",
	} {
		printWrapped(w, "", text)
	}
}

func printHelp(w io.Writer, c command, flags *flag.FlagSet) {
	fmt.Fprintf(w, "%s\n\n", strings.TrimSpace("portico "+c.name+" [options] "+c.argument))
	printWrapped(w, "", c.summary+".")
	fmt.Fprintln(w)
	flags.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		fmt.Fprintln(w, strings.TrimSpace("--"+f.Name+" "+value))
		printWrapped(w, "    ", usage)
	})
}
