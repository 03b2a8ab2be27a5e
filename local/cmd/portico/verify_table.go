package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/observe/outside"
	"github.com/portico-iac/portico/local/observe/verify"
)

// details are the parts of an outcome that the table leaves out: the name of who
// answered, and X-Cache.
var details = regexp.MustCompile(`( by (?:load balancer|\w+))(?: [^;]*)?|; .*`)

func brief(outcome string) string {
	return strings.ReplaceAll(details.ReplaceAllString(outcome, "$1"), ", then ", ", ")
}

func printRows(w io.Writer, rows []verify.Row) {
	cells := [][]string{{"VERDICT", "EXPECTED (MODEL)", "OBSERVED (TRAFFIC)", "REQUEST"}}
	for _, r := range rows {
		cells = append(cells, []string{r.Verdict, brief(r.Expected), brief(r.Observed), r.Name})
	}
	printTable(w, cells)
	for _, r := range rows {
		if r.Verdict == verify.OK {
			continue
		}
		fmt.Fprintln(w)
		printWrapped(w, "  ", r.Name)
		for _, d := range r.Differences {
			printWrapped(w, "    ", d)
		}
		printWrapped(w, "    why  ", r.Why)
		if r.Fix != "" {
			printWrapped(w, "    fix  ", r.Fix)
		}
	}
	fmt.Fprintf(w, "\n%s\n", summary(rows))
}

// printVerified prints the rows of a stack, and whether delays were shortened.
func (s *session) printVerified(rows []verify.Row) {
	printRows(s.stdout, rows)
	if delays(s.servers) {
		printWrapped(s.stdout, "", fmt.Sprintf("Delays are shortened: the simulated clock runs %d times as fast, for delaySeconds and for the timeouts of every hop alike.",
			time.Second/verifyClock.Second))
	}
}

// printWrong says that a stack is up although requests do not get what they should.
func (s *session) printWrong(rows []verify.Row) {
	if wrong := countWrong(rows); wrong > 0 && checkPrediction(rows) == nil {
		printWrapped(s.stdout, "", fmt.Sprintf("The stack is up as declared, but %d of %d requests do not get what they should. portico verify --stack %s reports that as an error.",
			wrong, len(rows), s.stack))
	}
}

func summary(rows []verify.Row) string {
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.Verdict]++
	}
	text := fmt.Sprintf("%d requests, %d ok", len(rows), counts[verify.OK])
	for _, verdict := range []string{verify.Differs, verify.Unanswered, verify.Unrejected} {
		if counts[verdict] > 0 {
			text += fmt.Sprintf(", %d %s", counts[verdict], verdict)
		}
	}
	return text
}

func printFindings(w io.Writer, findings []outside.Finding) {
	for _, f := range findings {
		printWrapped(w, fmt.Sprintf("  %-4s  ", f.Verdict), f.Check+": "+f.Got)
		if f.Verdict == outside.Fail {
			printWrapped(w, "        ", "wanted: "+f.Want)
		}
	}
}
