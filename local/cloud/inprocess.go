package cloud

import pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

// NewProviderServer is one instance of the provider of pkg ("aws" or "random")
// on the account file at accountPath, for an engine in this process.
func NewProviderServer(pkg, accountPath string) (pulumirpc.ResourceProviderServer, error) {
	return newServer(pkg, accountPath)
}
