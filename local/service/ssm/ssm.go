// Package ssm is what the local AWS has of Systems Manager: parameters, and commands
// that State Manager runs on an instance.
package ssm

import "github.com/portico-iac/portico/local/core"

// ParameterToken is the type of the account's own parameters. One with the name of
// one of AWS's public parameters takes its place: that is how a test makes a new
// image appear.
const ParameterToken = "aws:ssm/parameter:Parameter"

// AssociationToken is the type of associations.
const AssociationToken = "aws:ssm/association:Association"

// Service is what is supported of Systems Manager.
func Service() core.Service {
	return core.Service{
		Types: []core.Type{parameterType(), associationType()},
		Functions: []core.Function{
			{Token: "aws:ssm/getParameter:getParameter", Run: getParameter},
			{Token: "aws:ssm/getInstances:getInstances", Run: getInstances},
		},
	}
}
