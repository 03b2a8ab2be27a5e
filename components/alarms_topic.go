package components

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/iampolicy"
)

// Types of SNS. Its package of the SDK is not imported.
const (
	typeTopic        = "aws:sns/topic:Topic"
	typeTopicPolicy  = "aws:sns/topicPolicy:TopicPolicy"
	typeSubscription = "aws:sns/topicSubscription:TopicSubscription"
)

// alarmTopic is one topic that is told.
type alarmTopic struct {
	// name of a topic that exists already; "" for the one that is made.
	name string
	arn  pulumi.StringInput
}

// newTopic makes the topic, or takes those given that are in the alarms' Region.
func (c *Alarms) newTopic(ctx *pulumi.Context) error {
	if len(c.args.TopicArns) > 0 {
		c.adoptTopics()
	} else if err := c.makeTopic(ctx); err != nil {
		return err
	}
	arns := make(pulumi.StringArray, len(c.topics))
	for i, topic := range c.topics {
		arns[i] = topic.arn
	}
	c.TopicArns = arns.ToStringArrayOutput()
	return nil
}

func (c *Alarms) adoptTopics() {
	for _, arn := range c.args.TopicArns {
		if awsrule.TopicRegion(arn) == c.region {
			c.topics = append(c.topics, alarmTopic{arn[strings.LastIndex(arn, ":")+1:], pulumi.String(arn)})
		}
	}
}

func (c *Alarms) makeTopic(ctx *pulumi.Context) (err error) {
	c.Topic, err = newRaw(ctx, typeTopic, c.name, pulumi.Map{"tags": resourceTags(c.args.Tags)}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.TopicPolicy, err = newRaw(ctx, typeTopicPolicy, c.name, pulumi.Map{
		"arn": c.Topic.Arn,
		"policy": c.Topic.Arn.ApplyT(func(arn string) (string, error) {
			return iampolicy.AlarmTopic(arn).JSON()
		}).(pulumi.StringOutput),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	for _, email := range c.args.Emails {
		subscription, err := newRaw(ctx, typeSubscription, c.name+"-"+email, pulumi.Map{
			"topic": c.Topic.Arn, "protocol": pulumi.String("email"), "endpoint": pulumi.String(email),
		}, pulumi.Parent(c))
		if err != nil {
			return err
		}
		c.Subscriptions = append(c.Subscriptions, subscription)
	}
	c.topics = []alarmTopic{{arn: c.Topic.Arn}}
	return nil
}

// actions are the topics as the actions of a metric alarm.
func (c *Alarms) actions() pulumi.Array {
	all := make(pulumi.Array, len(c.topics))
	for i, topic := range c.topics {
		all[i] = topic.arn
	}
	return all
}
