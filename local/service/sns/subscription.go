package sns

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// subscriptionType is somebody who is told what is published to a topic. Only addresses
// of e-mail are supported: they stay unconfirmed, since nobody follows the link in the
// mail here.
// Source: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
// *sourced* (outputs of what is not set are inferred)
func subscriptionType() core.Type {
	return core.Type{
		Token:    SubscriptionToken,
		Inputs:   []string{"endpoint", "protocol", "topic"},
		Defaults: core.Object{"confirmationTimeoutInMinutes": 1.0, "endpointAutoConfirms": false, "rawMessageDelivery": false},
		Fills: core.Object{
			"arn": "{id}", "confirmationWasAuthenticated": false, "filterPolicyScope": "", "ownerId": "{account}",
			"pendingConfirmation": true,
		},
		ID: "{topic}:{hex32}",
		References: []core.Reference{
			{Input: "topic", To: []string{TopicToken}, Code: "NotFound", Cascades: true},
		},
		FreeToDelete: "nothing refers to a subscription",
		Rules: []core.Rule{
			core.OneOf(core.Unsupported, "protocol", "email", "email-json"), // a limit of the local AWS
			core.Matching(invalid, "endpoint", regexp.MustCompile(`^[^\s@]+@[^\s@]+$`), "an e-mail address"),
		},
	}
}
