package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/local/observe/verify"
	"github.com/portico-iac/portico/requestpath"
)

func printChain(w io.Writer, e explained) {
	for i, trace := range e.Traces {
		if i > 0 {
			fmt.Fprintf(w, "\nfollowing the redirect:\n\n")
		}
		printTrace(w, trace)
		o := trace.Outcome
		if i == len(e.Traces)-1 {
			o = e.Outcome
		}
		fmt.Fprintln(w)
		printOutcome(w, o)
	}
	for _, n := range e.Undescribed {
		fmt.Fprintln(w)
		printWrapped(w, "", "Not known, so the outcome may differ: "+n.String())
	}
	printNotes(w, assumed, e.Notes)
}

func printTrace(w io.Writer, trace requestpath.Trace) {
	r := trace.Request
	printWrapped(w, "", fmt.Sprintf("%s %s from %s (%s), %s offered", r.Method, r.URL(), r.From.Kind, r.From.Address, r.Version))
	fmt.Fprintln(w)
	name := utf8.RuneCountInString("NAME")
	for _, h := range trace.Hops {
		name = max(name, utf8.RuneCountInString(h.Name))
	}
	row := func(kind, called, text string) {
		printWrapped(w, fmt.Sprintf("  %-13s  %-*s  ", kind, name, called), text)
	}
	row("HOP", "NAME", "WHAT ARRIVES => WHAT IS DECIDED")
	for _, h := range trace.Hops {
		row(string(h.Kind), h.Name, arriving(h))
		row("", "", "=> "+h.Decision)
	}
}

// arriving describes the request as it reaches a hop.
func arriving(h requestpath.Hop) string {
	at := h.Dialled
	if h.Port != 0 {
		at = fmt.Sprintf("%s port %d", h.Dialled, h.Port)
	}
	if h.Resolved != "" && h.Resolved != h.Dialled {
		at += " -> " + h.Resolved
	}
	var parts []string
	for _, p := range []struct{ label, value string }{
		{"", at}, {"SNI ", h.SNI}, {"", h.TLS}, {"", h.Protocol}, {"Host ", h.Host}, {"path ", h.Path},
		{"certificate for ", strings.Join(h.Certificate, " ")}, {"rule ", h.Rule},
	} {
		if p.value != "" {
			parts = append(parts, p.label+p.value)
		}
	}
	return strings.Join(parts, ", ")
}

func printOutcome(w io.Writer, o requestpath.Outcome) {
	printWrapped(w, "", verdict(o))
	printWrapped(w, "  why      ", o.Why)
	if o.Fix != "" {
		printWrapped(w, "  fix      ", o.Fix+" ("+o.Field+")")
	}
	if len(o.Adds) > 0 {
		printWrapped(w, "  headers  ", "CloudFront adds "+headersOf(o))
	}
	printWrapped(w, "  source   ", sourceOf(o.Fact))
	for _, warning := range o.Warnings {
		text := warning.Text
		if len(warning.Statuses) > 0 {
			text += "; sources have " + strings.Trim(strings.ReplaceAll(fmt.Sprint(warning.Statuses), " ", " and "), "[]")
		}
		printWrapped(w, "  warning  ", text)
		printWrapped(w, "           ", sourceOf(warning.Fact))
	}
}

// sourceOf cites a rule's source, and says how the rule is known.
func sourceOf(f requestpath.Fact) string {
	basis := string(f.Basis)
	switch {
	case f.Basis == requestpath.Sourced && strings.Contains(f.Source, "aws.amazon.com"):
		basis = "AWS documents it"
	case f.Basis == requestpath.Sourced:
		basis = "documented"
	}
	return f.Source + " (" + basis + ")"
}

// verdict is the outcome in one line.
func verdict(o requestpath.Outcome) string {
	text := observe.Observation{Status: o.Status, Reason: o.Reason}.String()
	text = strings.TrimSpace(fmt.Sprintf("%s by %s %s", text, o.By, o.ByName))
	if o.XCache != "" {
		text += ", X-Cache: " + o.XCache
	}
	if o.Location != "" {
		text += ", Location: " + o.Location
	}
	return text
}

// headersOf are the headers that a distribution adds.
func headersOf(o requestpath.Outcome) string {
	var all []string
	for _, h := range o.Adds {
		text := h.Name + ": " + h.Value
		if !h.Override {
			text += " (unless the origin sends one)"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// printResults prints one line for each request, and the path of each one that
// does not get what it should.
func printResults(w io.Writer, model *registered.Model, results []judgement) {
	rows := [][]string{{"", "SHOULD GET", "WOULD GET", "REQUEST"}}
	for _, r := range results {
		verdict := "NOT"
		switch {
		case r.Unknown:
			verdict = "??"
		case r.OK:
			verdict = "OK"
		}
		got := strings.Join(verify.Statuses(r.Chain), ", ") + " by " + string(r.Chain.Outcome.By)
		rows = append(rows, []string{verdict, wanted[r.Want], got, r.Name})
	}
	printTable(w, rows)
	for _, r := range results {
		if r.OK {
			continue
		}
		fmt.Fprintln(w)
		printWrapped(w, "", map[bool]string{true: "?? not known: ", false: "NOT as wanted: "}[r.Unknown]+r.Name)
		fmt.Fprintln(w)
		printChain(w, explained{Chain: r.Chain, unknown: r.unknown})
		if !r.Unknown && r.Want == requestpath.WantRejection {
			printWrapped(w, "  fix      ", r.Chain.Closing())
		}
	}
	printNotes(w, "Listener rules that never get the requests they are for:", model.Shadowed())
	printNotes(w, "Alarms that never fire:", model.Silent())
	printNotes(w, assumed, model.Notes)
}

var wanted = map[string]string{requestpath.WantAnswer: "an answer", requestpath.WantRejection: "a rejection"}

const assumed = "The prediction assumes or leaves out:"

func printNotes(w io.Writer, title string, notes []registered.Note) {
	if len(notes) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for _, n := range notes {
		printWrapped(w, "  - ", n.String())
	}
}
