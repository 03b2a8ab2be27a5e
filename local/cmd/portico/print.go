package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/portico-iac/portico/local/engine"
)

func (s *session) printJSON(value any) error {
	s.printed = true
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
	printTable(w, outputRows("", plainOutputs(values)))
}

// outputRows are the outputs with their names, those of an object with a path.
func outputRows(prefix string, values map[string]any) [][]string {
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if object, is := values[name].(map[string]any); is {
			rows = append(rows, outputRows(prefix+name+".", object)...)
		} else {
			rows = append(rows, []string{prefix + name, outputText(values[name])})
		}
	}
	return rows
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

// changes are the engine's counts without the resources that stay as they are.
func changes(result *engine.Result) map[string]int {
	counts := maps.Clone(result.Counts)
	maps.DeleteFunc(counts, func(op string, _ int) bool { return op == string(apitype.OpSame) || op == string(apitype.OpRead) })
	return counts
}

func describeChanges(result *engine.Result) string {
	counts := changes(result)
	if len(counts) == 0 {
		return "no change"
	}
	var parts []string
	for _, op := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[op], op))
	}
	return "resources: " + strings.Join(parts, ", ")
}

// textWidth is the least width of a text, which after a wide margin may exceed the line.
const textWidth = 40

// lineWidth is the width of the terminal as COLUMNS gives it, 80 without it and at
// least textWidth.
func lineWidth() int {
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil {
		return max(columns, textWidth)
	}
	return 80
}

// printTable prints rows, the first of which may be a heading, in aligned columns
// that fit a line.
func printTable(w io.Writer, rows [][]string) {
	widths := columnWidths(rows)
	for _, row := range rows {
		columns, height := make([][]string, len(row)), 0
		for i, cell := range row {
			columns[i] = wrap(cell, widths[i])
			height = max(height, len(columns[i]))
		}
		for n := range height {
			line := ""
			for i, cell := range columns {
				text := ""
				if n < len(cell) {
					text = cell[n]
				}
				line += fmt.Sprintf("  %-*s", widths[i], text)
			}
			fmt.Fprintln(w, strings.TrimRight(line, " "))
		}
	}
}

// columnWidths returns the widths of the widest cells. If these do not fit a line, the
// widest columns are narrowed.
func columnWidths(rows [][]string) map[int]int {
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	excess := -lineWidth()
	for _, width := range widths {
		excess += 2 + width
	}
	for ; excess > 0; excess-- {
		widest := 0
		for i := range len(widths) {
			if widths[i] >= widths[widest] {
				widest = i
			}
		}
		widths[widest]--
	}
	return widths
}

// printWrapped prints text after a margin, with its later lines indented as far.
func printWrapped(w io.Writer, margin, text string) {
	indent := utf8.RuneCountInString(margin)
	for _, line := range wrap(text, max(lineWidth()-indent, textWidth)) {
		fmt.Fprintln(w, strings.TrimRight(margin+line, " "))
		margin = strings.Repeat(" ", indent)
	}
}

// wrap breaks text into lines, at least one, between its words.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
