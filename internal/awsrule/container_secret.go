package awsrule

import (
	"fmt"
	"regexp"
)

// Stores of secrets: the short names of their VPC endpoints.
const (
	StoreSecretsManager = "secretsmanager"
	StoreParameterStore = "ssm"
)

var (
	secretRef    = regexp.MustCompile(`^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:\s]+-[A-Za-z0-9]{6}(:[^:\s]*:[^:\s]*:[^:\s]*)?$`)
	parameterRef = regexp.MustCompile(`^arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9._/-]+$`)
)

// SecretStore says where a secret lies, as the short name of the VPC endpoint
// that leads there. It refuses what is not an ARN: ECS would take a bare
// parameter name, and a secret's ARN without the six random characters at its
// end, but no policy that names those grants anything.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
func SecretStore(arn string) (string, error) {
	switch {
	case secretRef.MatchString(arn):
		return StoreSecretsManager, nil
	case parameterRef.MatchString(arn):
		return StoreParameterStore, nil
	}
	return "", fmt.Errorf("must be the ARN of a Secrets Manager secret " +
		"with the six characters at its end (perhaps followed by :json-key:stage:version), or of a Parameter Store parameter, and is neither; " +
		"the value itself does not belong here")
}

// SecretUnreachable is the refusal of a secret that a task cannot read, because
// its network has neither NAT nor the endpoint of the store.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
func SecretUnreachable(store string) error {
	return fmt.Errorf("lies in %s, for which the network has no VPC endpoint; its tasks would never start and viewers would get 503: "+
		"add %q to the network's interfaceEndpoints, or give it a NAT gateway", store, store)
}
