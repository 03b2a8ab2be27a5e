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

// FargateSizes is every size that Fargate runs, the smallest first.
// Sourced: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
func FargateSizes() []FargateSize {
	var out []FargateSize
	for _, s := range []struct{ cpu, first, last, step int }{
		{256, 512, 1 * gib, 512}, {256, 2 * gib, 2 * gib, gib},
		{512, 1 * gib, 4 * gib, gib},
		{1024, 2 * gib, 8 * gib, gib},
		{2048, 4 * gib, 16 * gib, gib},
		{4096, 8 * gib, 30 * gib, gib},
		{8192, 16 * gib, 60 * gib, 4 * gib},
		{16384, 32 * gib, 120 * gib, 8 * gib},
		{32768, 60 * gib, 120 * gib, 60 * gib}, {32768, 244 * gib, 244 * gib, gib},
	} {
		for memory := s.first; memory <= s.last; memory += s.step {
			out = append(out, FargateSize{s.cpu, memory})
		}
	}
	return out
}
