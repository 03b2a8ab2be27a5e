package awsrule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// FargateSize refuses what is not a valid pair. The message names the nearest valid
// one: the smallest that has at least the CPU and the memory asked for, or the
// largest of all.
func FargateSize(cpu, memoryMiB int) error {
	sizes := awstable.FargateSizes()
	nearest := sizes[len(sizes)-1]
	var cpus, memories []int
	for _, s := range slices.Backward(sizes) {
		cpus = append(cpus, s.CPU)
		if s.CPU == cpu {
			memories = append(memories, s.MemoryMiB)
		}
		if s.CPU >= cpu && s.MemoryMiB >= memoryMiB {
			nearest = s
		}
	}
	switch {
	case len(memories) == 0:
		return fmt.Errorf("must go with a cpu of one of %s units, got cpu %d and memory %d; nearest valid pair: %s",
			list(cpus), cpu, memoryMiB, nearest)
	case !slices.Contains(memories, memoryMiB):
		return fmt.Errorf("with cpu %d must be one of %s MiB, got %d; nearest valid pair: %s", cpu, list(memories), memoryMiB, nearest)
	}
	return nil
}

// list renders numbers in rising order, each once.
func list(numbers []int) string {
	rising := slices.Compact(slices.Sorted(slices.Values(numbers)))
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(rising), "[]"), " ", ", ")
}
