package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/portico-iac/portico/local/engine"
)

func (s *session) printJSON(value any) error {
	encoder := json.NewEncoder(s.stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// plainOutputs are the outputs' values, the secret ones masked.
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
	width := 0
	for name := range plain {
		width = max(width, len(name))
	}
	for _, name := range slices.Sorted(maps.Keys(plain)) {
		fmt.Fprintf(w, "  %-*s  %s\n", width, name, outputText(plain[name]))
	}
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

// changeCounts counts what was done to resources, by operation.
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
