package firstboot

import (
	"fmt"
	"regexp"
	"strings"
)

// Processor architectures, as machine images are named.
const (
	archX86   = "x86_64"
	archArm64 = "arm64"
)

// instanceType splits "m7gd.large" into series, generation and options: a "g"
// among the options stands for Graviton.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html#instance-type-names
var instanceType = regexp.MustCompile(`^(?:([a-z]+)([0-9]+)([a-z]*)(?:-[a-z0-9]+)?|u-[a-z0-9]+)\.(?:nano|micro|small|medium|large|[0-9]*xlarge|metal(?:-[0-9a-z]+)?)$`)

// Architecture is the processor architecture of an instance type, "arm64" or
// "x86_64", as machine images name it. It refuses what is no type of instance.
func Architecture(of string) (string, error) {
	m := instanceType.FindStringSubmatch(of)
	if m == nil || m[1] == "mac" {
		return "", fmt.Errorf("must be an instance type that runs Linux such as %q, got %q", "t4g.small", of)
	}
	series, generation, options := m[1], m[2], m[3]
	// The first Graviton family, a1, had no "g" yet.
	if strings.Contains(options, "g") || series+generation == "a1" {
		return archArm64, nil
	}
	return archX86, nil
}

// ImageParameter is the public parameter that names the current image of Amazon
// Linux 2023 for an instance type. It refuses what is no type of instance.
// https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
func ImageParameter(of string) (string, error) {
	arch, err := Architecture(of)
	return "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-" + arch, err
}

// ImageRuns refuses an image, of the architecture given, that an instance type
// does not run.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ComponentsAMIs.html
func ImageRuns(image, imageArchitecture, instanceType string) error {
	want, err := Architecture(instanceType)
	if err != nil || imageArchitecture == want {
		return err
	}
	return fmt.Errorf("must be an image for %s, which %s is, got %q for %s: use another image, or an instance type of its architecture",
		want, instanceType, image, imageArchitecture)
}
