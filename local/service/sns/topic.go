// Package sns is Simple Notification Service: topics, their policies and subscriptions.
package sns

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// Tokens of the types.
const (
	TopicToken        = "aws:sns/topic:Topic"
	TopicPolicyToken  = "aws:sns/topicPolicy:TopicPolicy"
	SubscriptionToken = "aws:sns/topicSubscription:TopicSubscription"
)

// Service is what the local AWS has of SNS.
func Service() core.Service {
	return core.Service{Types: []core.Type{topicType(), topicPolicyType(), subscriptionType()}}
}

// topicType is a topic that its own account may use, as SNS makes it.
// Source: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
// *sourced* (outputs of what is not set are inferred)
func topicType() core.Type {
	return core.Type{
		Token:    TopicToken,
		Name:     &core.Autoname{Property: "name", MaxLength: 256},
		Inputs:   []string{"contentBasedDeduplication", "displayName", "fifoTopic", "name", "tags"},
		Defaults: core.Object{"contentBasedDeduplication": false, "fifoTopic": false},
		Fills: core.Object{
			"beginningArchiveTime": "", "namePrefix": "", "owner": "{account}", "policy": ownAccountPolicy,
			"signatureVersion": 0.0, "tracingConfig": "",
		},
		ARN:          "sns:{name}",
		FreeToDelete: "alarms may name a deleted topic",
		Rules: []core.Rule{
			core.Matching(invalid, "name", topicName, "1-256 letters, digits, _ and -, and may end with .fifo"),
			core.AtMost(invalid, "displayName", 100),
			// Automatic names have no .fifo here.
			core.When("fifoTopic", true, core.Matching(invalid, "name", fifoName, "a name that ends with .fifo")),
			core.When("fifoTopic", false, core.NotMatching(invalid, "name", fifoName, "end with .fifo")),
			deduplicationRule,
		},
	}
}

var (
	topicName = regexp.MustCompile(`^([0-9A-Za-z_-]{1,256}|[0-9A-Za-z_-]{1,251}\.fifo)$`)
	fifoName  = regexp.MustCompile(`\.fifo$`)
)

// invalid is SNS's code for an input that breaks a constraint.
const invalid = "InvalidParameter"

// ownAccountPolicy is the policy of a topic for which none is given.
const ownAccountPolicy = `{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID",` +
	`"Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission",` +
	`"SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],` +
	`"Resource":"{id}","Condition":{"StringEquals":{"AWS:SourceOwner":"{account}"}}}]}`

// deduplicationRule lets FIFO topics alone drop duplicates.
// Source: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
// *sourced* (the words are the real provider's)
func deduplicationRule(in core.Object) *core.Refusal {
	if in.Bool("contentBasedDeduplication") && !in.Bool("fifoTopic") && !in.Pending("fifoTopic") {
		return &core.Refusal{Property: "contentBasedDeduplication",
			Message: "content-based deduplication can only be set for FIFO topics"}
	}
	return nil
}
