package cloud

import (
	"crypto/sha256"
	"encoding/hex"
)

// An image is an Amazon Machine Image.
type image struct {
	id           string
	name         string
	architecture string // x86_64 or arm64
	rootGiB      int    // the least size of a root volume made from it
}

// al2023Releases are the releases of Amazon Linux 2023 that can be launched,
// oldest first. The last one is what the public parameters point to.
// Source: https://docs.aws.amazon.com/linux/al2023/release-notes/relnotes.html
// *inferred*: which releases there are makes no difference here.
var al2023Releases = []string{"2023.9.20251014.0", "2023.9.20251110.1"}

// architectures are the processor architectures that images come in.
var architectures = []string{"x86_64", "arm64"}

// al2023Image is Amazon Linux 2023 in one Region: ids differ by Region, release
// and architecture. The ids are made up.
func al2023Image(region, release, architecture string) image {
	sum := sha256.Sum256([]byte(region + "/" + release + "/" + architecture))
	return image{
		id:           "ami-0" + hex.EncodeToString(sum[:])[:16],
		name:         "al2023-ami-" + release + "-kernel-6.18-" + architecture,
		architecture: architecture,
		rootGiB:      8,
	}
}

// imagesOf are the images that can be launched in a Region, oldest first.
func imagesOf(region string) []image {
	var out []image
	for _, release := range al2023Releases {
		for _, arch := range architectures {
			out = append(out, al2023Image(region, release, arch))
		}
	}
	return out
}

// findImage finds an image by its id; AWS knows an image in its own Region only.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// *sourced*
func findImage(region, id string) (image, error) {
	for _, i := range imagesOf(region) {
		if i.id == id {
			return i, nil
		}
	}
	return image{}, refuse("InvalidAMIID.NotFound", "The image id '[%s]' does not exist", id)
}
