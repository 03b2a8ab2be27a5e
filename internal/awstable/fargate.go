package awstable

import "fmt"

// S3 is the short name of the endpoint of S3, where ECR keeps the layers of images.
const S3 = "s3"

// FargateServices are the short names of the endpoints that a Fargate task in a
// subnet without a route to the internet needs to pull its image from ECR and to
// write its log. That of S3 is a gateway endpoint, the others are interface
// endpoints.
// Sourced: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
var FargateServices = []string{"ecr.api", "ecr.dkr", S3, "logs"}

// FargateSize is the size of a task: CPU in units of 1/1024 vCPU, memory in MiB.
type FargateSize struct {
	CPU, MemoryMiB int
}

// String is the size as a message shows it.
func (s FargateSize) String() string { return fmt.Sprintf("cpu %d, memory %d", s.CPU, s.MemoryMiB) }

const gib = 1024

// fargateMemories lists, for each CPU size in rising order, the memory sizes that
// go with it, in rising order.
// Sourced: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
var fargateMemories = []struct {
	cpu      int
	memories []int
}{
	{256, []int{512, 1 * gib, 2 * gib}},
	{512, gibSteps(1, 4, 1)},
	{1024, gibSteps(2, 8, 1)},
	{2048, gibSteps(4, 16, 1)},
	{4096, gibSteps(8, 30, 1)},
	{8192, gibSteps(16, 60, 4)},
	{16384, gibSteps(32, 120, 8)},
	{32768, []int{60 * gib, 120 * gib, 244 * gib}},
}

// gibSteps is the memory sizes from first to last GiB in steps of step GiB.
func gibSteps(first, last, step int) []int {
	var out []int
	for g := first; g <= last; g += step {
		out = append(out, g*gib)
	}
	return out
}

// FargateSizes is every size that Fargate runs, the smallest first.
func FargateSizes() []FargateSize {
	var out []FargateSize
	for _, s := range fargateMemories {
		for _, m := range s.memories {
			out = append(out, FargateSize{s.cpu, m})
		}
	}
	return out
}
