package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/portico-iac/portico/internal/accesslog"
	"github.com/portico-iac/portico/internal/registered"
)

// lineLimit is how long a line of a log may be.
const lineLimit = 1 << 20

// explainedLine is what --json prints about a line of standard input: its number, and
// what it says or why it is refused.
type explainedLine struct {
	Line int `json:"line"`
	*accesslog.Diagnosis
	Error string `json:"error,omitempty"`
}

// explainLines says what lines of access logs tell. It does not fail because of what they
// tell, only because of lines that cannot be read.
func (s *session) explainLines(model *registered.Model) error {
	reader := &accesslog.Reader{}
	if s.explain.logLine == "-" {
		return s.explainStdin(reader, model)
	}
	line, ok, err := reader.Read(s.explain.logLine)
	switch {
	case err != nil:
		return fmt.Errorf("%w: --log-line: %w", errUsage, err)
	case !ok:
		return fmt.Errorf("%w: --log-line: must be a line of an access log, got a comment", errUsage)
	}
	d := accesslog.Explain(line, model)
	if s.json {
		return s.printJSON(d)
	}
	printDiagnosis(s.stdout, d)
	return nil
}

func (s *session) explainStdin(reader *accesslog.Reader, model *registered.Model) error {
	all, refused := []explainedLine{}, 0
	in := bufio.NewScanner(s.stdin)
	in.Buffer(nil, lineLimit)
	for number := 1; in.Scan(); number++ {
		line, ok, err := reader.Read(in.Text())
		if !ok {
			continue
		}
		e := explainedLine{Line: number}
		if err != nil {
			refused++
			e.Error = err.Error()
		} else {
			d := accesslog.Explain(line, model)
			e.Diagnosis = &d
		}
		all = append(all, e)
		if !s.json {
			printLine(s.stdout, e, len(all) > 1)
		}
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("%w: --log-line: reading standard input: %w", errUsage, err)
	}
	if s.json {
		if err := s.printJSON(all); err != nil {
			return err
		}
	}
	switch {
	case len(all) == 0:
		return fmt.Errorf("%w: --log-line: standard input has no line of a log", errUsage)
	case refused > 0:
		return fmt.Errorf("%d of %d lines cannot be read", refused, len(all))
	}
	return nil
}

func printLine(w io.Writer, e explainedLine, another bool) {
	if another {
		fmt.Fprintln(w)
	}
	if e.Diagnosis == nil {
		printWrapped(w, "", fmt.Sprintf("line %d is refused: %s", e.Line, e.Error))
		return
	}
	printDiagnosis(w, *e.Diagnosis)
}

// headOf is what a line is about: the status and who made it, or the connection.
func headOf(d accesslog.Diagnosis) string {
	who := strings.TrimSpace(fmt.Sprintf("%s %s", d.By, d.ByName))
	switch {
	case d.Log == accesslog.FormatConnection:
		return "a connection to " + who
	case d.Status == 0:
		return "no answer by " + who
	case d.By == "":
		return fmt.Sprintf("%d by a hop that the line does not name", d.Status)
	}
	return fmt.Sprintf("%d by %s", d.Status, who)
}

// printDiagnosis prints what a line tells in the form of an outcome.
func printDiagnosis(w io.Writer, d accesslog.Diagnosis) {
	printWrapped(w, "", fmt.Sprintf("%s, %s %s", headOf(d), d.Log, d.Time))
	printWrapped(w, "  request  ", d.Request)
	printWrapped(w, "  why      ", d.Why)
	if d.Fix != "" {
		fix := d.Fix
		if d.Field != "" {
			fix += " (" + d.Field + ")"
		}
		printWrapped(w, "  fix      ", fix)
	}
	printWrapped(w, "  source   ", d.Source)
	printWrapped(w, "  plan     ", d.Plan)
	for _, text := range d.Missing {
		printWrapped(w, "  unknown  ", text)
	}
}
