package balancer

import "github.com/portico-iac/portico/local/cloud"

// FromAccount reads a load balancer, by its ARN, out of an account: its listeners,
// their rules and certificates, and the target groups with what is registered
// there. Public and Private are left to the caller. What cannot be served is an
// error that names the property.
func FromAccount(account *cloud.Account, arn string) (Balancer, error) {
	return Balancer{}, nil
}
