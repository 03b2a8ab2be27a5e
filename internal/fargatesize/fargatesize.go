// Package fargatesize knows which task sizes Fargate runs.
package fargatesize

import (
	"fmt"
	"strconv"
	"strings"
)

// Pair is the size of a task: CPU in units of 1/1024 vCPU, memory in MiB.
type Pair struct {
	CPU, MemoryMiB int
}

const gib = 1024

// sizes lists, for each CPU size in rising order, the memory sizes that go
// with it, in rising order.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
var sizes = []struct {
	cpu      int
	memories []int
}{
	{256, []int{512, 1 * gib, 2 * gib}},
	{512, steps(1, 4, 1)},
	{1024, steps(2, 8, 1)},
	{2048, steps(4, 16, 1)},
	{4096, steps(8, 30, 1)},
	{8192, steps(16, 60, 4)},
	{16384, steps(32, 120, 8)},
	{32768, []int{60 * gib, 120 * gib, 244 * gib}},
}

// steps is the memory sizes from first to last GiB in steps of step GiB.
func steps(first, last, step int) []int {
	var out []int
	for g := first; g <= last; g += step {
		out = append(out, g*gib)
	}
	return out
}

// Pairs is every valid pair, the smallest first.
func Pairs() []Pair {
	var out []Pair
	for _, s := range sizes {
		for _, m := range s.memories {
			out = append(out, Pair{s.cpu, m})
		}
	}
	return out
}

// Check refuses what is not a valid pair. The message names the nearest valid
// one: the smallest that has at least the CPU and the memory asked for, or the
// largest of all.
func Check(cpu, memoryMiB int) error {
	var cpus []int
	for _, s := range sizes {
		cpus = append(cpus, s.cpu)
		if s.cpu != cpu {
			continue
		}
		for _, m := range s.memories {
			if m == memoryMiB {
				return nil
			}
		}
		return fmt.Errorf("with cpu %d must be %s MiB, got %d; nearest valid pair: %s",
			cpu, list(s.memories), memoryMiB, nearest(cpu, memoryMiB))
	}
	return fmt.Errorf("must go with a cpu of %s units, got cpu %d and memory %d; nearest valid pair: %s",
		list(cpus), cpu, memoryMiB, nearest(cpu, memoryMiB))
}

func nearest(cpu, memoryMiB int) Pair {
	pairs := Pairs()
	for _, p := range pairs {
		if p.CPU >= cpu && p.MemoryMiB >= memoryMiB {
			return p
		}
	}
	return pairs[len(pairs)-1]
}

// String is the pair as a message shows it.
func (p Pair) String() string { return fmt.Sprintf("cpu %d, memory %d", p.CPU, p.MemoryMiB) }

// list renders sizes; an even run of more than four is cut to its ends.
func list(values []int) string {
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
