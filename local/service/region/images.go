package region

import (
	"crypto/sha256"
	"encoding/hex"
)

// Image is an Amazon Machine Image (AMI).
type Image struct {
	ID           string
	Name         string
	Architecture string // x86_64 or arm64
}

// ImageGiB is the least size of a root volume made from an image.
const ImageGiB = 8

// Al2023Releases are the releases of Amazon Linux 2023 that can be launched, oldest
// first. The public parameters return the last one.
// Source: https://docs.aws.amazon.com/linux/al2023/release-notes/relnotes.html *inferred*: no rule depends on which releases there are.
var Al2023Releases = []string{"2023.9.20251014.0", "2023.9.20251110.1"}

// Architectures are the processor architectures that images come in.
var Architectures = []string{"x86_64", "arm64"}

// Al2023Image is a release of Amazon Linux 2023 in one Region. Its id is made up.
func Al2023Image(region, release, architecture string) Image {
	sum := sha256.Sum256([]byte(region + "/" + release + "/" + architecture))
	return Image{
		ID:           "ami-0" + hex.EncodeToString(sum[:])[:16],
		Name:         "al2023-ami-" + release + "-kernel-6.18-" + architecture,
		Architecture: architecture,
	}
}

// ImagesOf are the images that can be launched in a Region, oldest first.
func ImagesOf(region string) []Image {
	var out []Image
	for _, release := range Al2023Releases {
		for _, arch := range Architectures {
			out = append(out, Al2023Image(region, release, arch))
		}
	}
	return out
}

// FindImage finds an image by its id; AWS knows an image in its own Region only.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIs.html *sourced*
func FindImage(region, id string) (Image, bool) {
	for _, i := range ImagesOf(region) {
		if i.ID == id {
			return i, true
		}
	}
	return Image{}, false
}
