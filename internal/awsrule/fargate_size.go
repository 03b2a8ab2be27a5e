package awsrule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// FargateSize refuses what is not a valid pair. The message names the nearest valid
// one: the smallest that has at least the CPU and the memory asked for, or the
// largest of all.
func FargateSize(cpu, memoryMiB int) error {
	var cpus, memories []int
	for _, size := range awstable.FargateSizes() {
		if !slices.Contains(cpus, size.CPU) {
			cpus = append(cpus, size.CPU)
		}
		if size.CPU == cpu {
			memories = append(memories, size.MemoryMiB)
		}
	}
	switch {
	case len(memories) == 0:
		return fmt.Errorf("must go with a cpu of %s units, got cpu %d and memory %d; nearest valid pair: %s",
			sizeList(cpus), cpu, memoryMiB, nearest(cpu, memoryMiB))
	case !slices.Contains(memories, memoryMiB):
		return fmt.Errorf("with cpu %d must be %s MiB, got %d; nearest valid pair: %s",
			cpu, sizeList(memories), memoryMiB, nearest(cpu, memoryMiB))
	}
	return nil
}

func nearest(cpu, memoryMiB int) awstable.FargateSize {
	sizes := awstable.FargateSizes()
	for _, s := range sizes {
		if s.CPU >= cpu && s.MemoryMiB >= memoryMiB {
			return s
		}
	}
	return sizes[len(sizes)-1]
}

// sizeList renders sizes; an even run of more than four is cut to its ends.
func sizeList(values []int) string {
	if step, even := evenStep(values); even {
		return fmt.Sprintf("%d-%d in steps of %d", values[0], values[len(values)-1], step)
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = strconv.Itoa(v)
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func evenStep(values []int) (int, bool) {
	if len(values) <= 4 {
		return 0, false
	}
	step := values[1] - values[0]
	for i := 1; i < len(values); i++ {
		if values[i]-values[i-1] != step {
			return 0, false
		}
	}
	return step, true
}
