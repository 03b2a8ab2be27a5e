// Package sns is Simple Notification Service: topics.
package sns

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// TopicToken is the type of topics.
const TopicToken = "aws:sns/topic:Topic"

// Service is what the local AWS has of SNS.
func Service() core.Service { return core.Service{Types: []core.Type{topicType()}} }

// topicType is a topic, open to its own account as SNS makes it.
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
		FreeToDelete: "alarms may name a topic that is gone",
		Rules:        []core.Rule{nameRule, deduplicationRule, core.AtMost("InvalidParameter", "displayName", 100)},
		Examples:     []core.Object{{}, {"name": "orders.fifo", "fifoTopic": true, "contentBasedDeduplication": true}},
	}
}

// ownAccountPolicy is the policy of a topic for which none is given.
const ownAccountPolicy = `{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID",` +
	`"Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission",` +
	`"SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],` +
	`"Resource":"{id}","Condition":{"StringEquals":{"AWS:SourceOwner":"{account}"}}}]}`

var (
	standardName = regexp.MustCompile(`^[0-9A-Za-z_-]{1,256}$`)
	fifoName     = regexp.MustCompile(`^[0-9A-Za-z_-]{1,251}\.fifo$`)
)

// nameRule is what a topic can be called. An automatic name, which lacks .fifo, is
// none for a FIFO topic here.
// Source: https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
// *sourced*
func nameRule(in core.Object) *core.Refusal {
	switch {
	case in.Pending("fifoTopic"):
		return nil
	case in.Bool("fifoTopic"):
		return core.Matching("InvalidParameter", "name", fifoName, "at most 256 letters, digits, _ and - that end with .fifo")(in)
	}
	return core.Matching("InvalidParameter", "name", standardName, "1-256 letters, digits, _ and -")(in)
}

// deduplicationRule is that only FIFO topics drop what is sent twice.
// Source: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
// *sourced* (the words are the real provider's)
func deduplicationRule(in core.Object) *core.Refusal {
	if in.Bool("contentBasedDeduplication") && !in.Pending("fifoTopic") && !in.Bool("fifoTopic") {
		return &core.Refusal{Property: "contentBasedDeduplication",
			Message: "content-based deduplication can only be set for FIFO topics"}
	}
	return nil
}
