package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/observe/outside"
	"github.com/portico-iac/portico/local/observe/verify"
)

// short abbreviates the outcomes of rows for the table.
var short = strings.NewReplacer(", then ", " > ", " by ", " ", "; ", ", X-Cache ", " from cloudfront", "")

func printRows(w io.Writer, rows []verify.Row) {
	cells := [][]string{{"REQUEST", "EXPECTED (MODEL)", "OBSERVED (TRAFFIC)", "VERDICT"}}
	for _, r := range rows {
		cells = append(cells, []string{r.Name, short.Replace(r.Expected), short.Replace(r.Observed), r.Verdict})
	}
	printTable(w, cells)
	for _, r := range rows {
		if r.Verdict == verify.OK {
			continue
		}
		fmt.Fprintf(w, "\n  %s\n", r.Name)
		for _, d := range r.Differences {
			fmt.Fprintf(w, "    %s\n", d)
		}
		printIf(w, "why", r.Why)
		printIf(w, "fix", r.Fix)
	}
	fmt.Fprintf(w, "\n%s\n", summary(rows))
}

// printVerified prints the rows of a stack, and whether delays were shortened.
func (s *session) printVerified(rows []verify.Row) {
	printRows(s.stdout, rows)
	if s.delayed {
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

func printIf(w io.Writer, label, text string) {
	if text != "" {
		fmt.Fprintf(w, "    %s  %s\n", label, text)
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
	cells := [][]string{{"CHECK", "WANTED", "SEEN", "VERDICT"}}
	for _, f := range findings {
		cells = append(cells, []string{f.Check, f.Want, strings.Join(strings.Fields(f.Got), " "), f.Verdict})
	}
	printTable(w, cells)
}
