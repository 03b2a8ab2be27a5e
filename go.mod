module github.com/portico-iac/portico

go 1.26

require (
	github.com/pulumi/pulumi-aws/sdk/v6 v6.83.2
	github.com/pulumi/pulumi-random/sdk/v4 v4.18.0
	github.com/pulumi/pulumi/sdk/v3 v3.250.0
	github.com/stretchr/testify v1.12.1
)
