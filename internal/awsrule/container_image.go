package awsrule

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/iampolicy"
)

// privateECR matches both host names of a private registry: the classic one and
// the dual-stack one.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html
var privateECR = regexp.MustCompile(
	`^([0-9]{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)/([a-z0-9][a-z0-9._/-]*)(?:[:@].*)?$`)

// imageReference is what a container runtime takes: registry and repository,
// then perhaps a tag and a digest.
var imageReference = regexp.MustCompile(
	`^[A-Za-z0-9][A-Za-z0-9._-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?$`)

// ContainerImage refuses what is not a reference to a container image.
func ContainerImage(image string) error {
	return unless(imageReference.MatchString(image),
		"must be a container image such as %q, without scheme or spaces, got %q", "public.ecr.aws/nginx/nginx:stable", image)
}

// PrivateRepository is the private ECR repository that an image lies in, if it
// lies in one.
func PrivateRepository(image string) (region, arn string, private bool) {
	m := privateECR.FindStringSubmatch(image)
	if m == nil {
		return "", "", false
	}
	account, region, name := m[1], m[2], m[3]
	return region, fmt.Sprintf("arn:%s:ecr:%s:%s:repository/%s", iampolicy.Partition(region), region, account, name), true
}

// ImageThroughEndpoints refuses an image that a task without a way to the
// internet cannot pull: VPC endpoints lead to the private ECR registries of
// their own region, not to ECR Public nor to any other registry. Region may be
// "" where it is not known yet.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
func ImageThroughEndpoints(image, region string) error {
	const advice = "copy it to a private ECR repository there, or give the network a NAT gateway"
	lies, _, private := PrivateRepository(image)
	switch {
	case !private:
		return fmt.Errorf("must lie in a private ECR repository, since the network's VPC endpoints lead nowhere else, got %q; "+
			"its tasks would never start and viewers would get 503: %s", image, strings.Replace(advice, " there", "", 1))
	case region != "" && lies != region:
		return fmt.Errorf("must lie in ECR of region %s, where the network's VPC endpoints lead, got %q in %s; "+
			"its tasks would never start and viewers would get 503: %s", region, image, lies, advice)
	}
	return nil
}
