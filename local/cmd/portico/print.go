package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/portico-iac/portico/local/engine"
)

func (s *session) printJSON(value any) error {
	encoder := json.NewEncoder(s.stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// plainOutputs returns the values of outputs, with secrets masked.
func plainOutputs(values auto.OutputMap) map[string]any {
	plain := map[string]any{}
	for name, value := range values {
		plain[name] = value.Value
		if value.Secret {
			plain[name] = "[secret]"
		}
	}
	return plain
}

func printOutputs(w io.Writer, values auto.OutputMap) {
	plain := plainOutputs(values)
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(plain)) {
		rows = append(rows, []string{name, outputText(plain[name])})
	}
	printTable(w, rows)
}

func outputText(value any) string {
	list, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value)
	}
	texts := make([]string, len(list))
	for i, element := range list {
		texts[i] = fmt.Sprint(element)
	}
	return strings.Join(texts, ", ")
}

// changeCounts counts the changes of resources by operation.
func changeCounts(result *engine.Result) map[string]int {
	counts := map[string]int{}
	for _, step := range result.Changes() {
		counts[step.Op]++
	}
	return counts
}

func describeChanges(result *engine.Result) string {
	counts := changeCounts(result)
	if len(counts) == 0 {
		return "no change"
	}
	var parts []string
	for _, op := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[op], op))
	}
	return "resources: " + strings.Join(parts, ", ")
}

// printTable prints rows, the first of which may be a heading, in aligned columns.
// The last column is wrapped.
func printTable(w io.Writer, rows [][]string) {
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		margin, last := "  ", len(row)-1
		for i, cell := range row[:last] {
			margin += fmt.Sprintf("%-*s  ", widths[i], cell)
		}
		printWrapped(w, margin, row[last])
	}
}

// Text is wrapped at lineWidth, unless its margin leaves it less than textWidth.
const (
	lineWidth = 80
	textWidth = 40
)

// printWrapped prints text after a margin, with its later lines indented as far.
func printWrapped(w io.Writer, margin, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(margin))
	width := max(lineWidth, len(indent)+textWidth)
	line := margin
	for i, word := range strings.Fields(text) {
		if i > 0 && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width && strings.TrimSpace(line) != "" {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line = indent + word
			continue
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}
