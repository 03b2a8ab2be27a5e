package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/portico-iac/portico/local/observe/outside"
	"github.com/portico-iac/portico/local/observe/verify"
)

// printTable prints rows under a heading, columns as wide as they need to be.
func printTable(w io.Writer, heading []string, rows [][]string) {
	widths := make([]int, len(heading))
	all := append([][]string{heading}, rows...)
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString("  " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// short makes a table of what rows say at length.
var short = strings.NewReplacer(", then ", " > ", " by ", " ", "; ", ", X-Cache ", " from cloudfront", "")

func printRows(w io.Writer, rows []verify.Row) {
	var cells [][]string
	for _, r := range rows {
		cells = append(cells, []string{r.Name, short.Replace(r.Expected), short.Replace(r.Observed), r.Verdict})
	}
	printTable(w, []string{"REQUEST", "EXPECTED (MODEL)", "OBSERVED (TRAFFIC)", "VERDICT"}, cells)
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

// printVerified prints the rows of a stack, and that its delays were shortened if
// any were.
func (s *session) printVerified(rows []verify.Row) {
	printRows(s.stdout, rows)
	if s.delayed {
		fmt.Fprintf(s.stdout, "delays are shortened: the simulated clock runs %d times as fast, for delaySeconds and for the timeouts of every hop alike\n",
			time.Second/verifyClock.Second)
	}
}

// printWrong tells of a stack that is up although requests do not get what they
// should.
func (s *session) printWrong(rows []verify.Row) {
	if wrong := countWrong(rows); wrong > 0 && checkPrediction(rows) == nil {
		fmt.Fprintf(s.stdout, "the stack is up as declared, but %d of %d requests do not get what they should: %s verify --stack %s reports that as an error\n",
			wrong, len(rows), os.Args[0], s.stack)
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
	var cells [][]string
	for _, f := range findings {
		cells = append(cells, []string{f.Check, f.Want, strings.Join(strings.Fields(f.Got), " "), f.Verdict})
	}
	printTable(w, []string{"CHECK", "WANTED", "SEEN", "VERDICT"}, cells)
}
