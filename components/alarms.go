package components

import (
	"cmp"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
)

// Alarms are CloudWatch alarms for each hop of the request path: 5xx by who produced them
// (distribution, load balancer, targets), rejected connections, unhealthy and slow
// targets, missing tasks, failed deployments and certificates that are not renewed. Each
// says which hop it is about, what it means and which page has the fix.
//
// It creates the alarms and, with Emails, an SNS topic with its subscriptions; or the
// alarms tell topics that exist. With Services it also creates an EventBridge rule for
// deployments that failed, and with Instances a composite alarm on each instance's own.
//
// The topic is not encrypted with a KMS key: CloudWatch cannot publish to one with the AWS
// managed key alias/aws/sns, and what is published has no secrets. Its policy lets
// CloudWatch publish for alarms of the account and Region, and EventBridge for its rules.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
//
// Register it after everything that it watches.
type Alarms struct {
	pulumi.ResourceState

	// TopicArns are the topics that are told: the one that is made, or those given of the
	// alarms' Region.
	TopicArns pulumi.StringArrayOutput `pulumi:"topicArns"`

	// What Register makes, for whatever the args do not offer.

	// Topic is nil with TopicArns, and so are TopicPolicy and Subscriptions.
	Topic         *RawResource
	TopicPolicy   *RawResource
	Subscriptions []*RawResource
	// MetricAlarms are by their kind and what they watch: "target-5xx-app".
	MetricAlarms map[string]*cloudwatch.MetricAlarm
	// InstanceAlarms pass on the alarms of instances, whose names are the keys.
	InstanceAlarms map[string]*cloudwatch.CompositeAlarm
	// DeploymentRule matches failed deployments, and DeploymentTargets are the topics that
	// it tells. Nil without Services.
	DeploymentRule    *cloudwatch.EventRule
	DeploymentTargets []*cloudwatch.EventTarget

	planned
	args *AlarmsArgs
	// region is where the alarms are; "" when it is not known yet.
	region string
	topics []alarmTopic
}

// NewAlarms makes Alarms. Wrong args register nothing.
func NewAlarms(ctx *pulumi.Context, name string, args *AlarmsArgs, opts ...pulumi.ResourceOption) (*Alarms, error) {
	return construct(ctx, PlanAlarms, name, args, opts)
}

// PlanAlarms is the first half of NewAlarms.
func PlanAlarms(name string, args *AlarmsArgs) (*Alarms, error) {
	c := &Alarms{planned: planned{component: "Alarms", name: name}, args: cmp.Or(args, &AlarmsArgs{}).withDefaults()}
	if args == nil {
		return c, c.withoutArgs("emails or topicArns, and what to watch")
	}
	err := c.validate(c.args.validate)
	c.faulty = c.faulty || onFaultyParts(c.args)
	return c, err
}

// LookUp asks for the Region, in which there must be a topic among those given. Register
// does so when it was not done before.
func (c *Alarms) LookUp(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (err error) {
	c.region = awstable.CloudFrontRegion
	because := "CloudFront has its metrics"
	if !c.args.forCloudFront() {
		because = "the stack is"
		if c.region, err = regionOf(ctx, opts...); err != nil {
			return c.refuse(c.fault("", err))
		}
	}
	c.lookedUp = true
	if c.region == "" || len(c.args.TopicArns) == 0 {
		return nil
	}
	return c.refuse(c.fault("topicArns", awsrule.TopicsIn(c.region, because, c.args.TopicArns)))
}

// Register is the second half of NewAlarms.
func (c *Alarms) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	return c.register(ctx, TokenAlarms, c.args, c, opts,
		lookUpOnce(c), c.checkRegion, c.checkRoutes, c.newTopic, c.newMetricAlarms, c.newInstanceAlarms, c.newDeploymentRule)
}

// checkRegion refuses alarms on CloudFront's metrics where these are not.
func (c *Alarms) checkRegion(ctx *pulumi.Context) error {
	if !c.args.forCloudFront() {
		return nil
	}
	region, err := outsideUSEast1(ctx, pulumi.Parent(c))
	if err == nil && region != "" {
		return c.fault("fronts", fmt.Errorf("must be watched in %s, where CloudFront has its metrics, got a provider in %q; "+
			"pass pulumi.Provider with the result of USEast1Provider", awstable.CloudFrontRegion, region))
	}
	return c.fault("", err)
}

// routes are those of the load balancers and the services, and the further ones.
func (a *AlarmsArgs) routes() []*ServiceRoute { return routesOf(a.LoadBalancers, a.Services, a.Routes) }

func (c *Alarms) checkRoutes(*pulumi.Context) error {
	return c.fault("loadBalancers", routesRegistered(c.args.routes()))
}

// alarms are those of what is watched, in the order of the hops.
func (a *AlarmsArgs) alarms() []alarm {
	var all []alarm
	add := func(threshold int, make func() alarm) {
		if threshold > 0 {
			all = append(all, make())
		}
	}
	for _, f := range a.Fronts {
		add(*a.CloudFrontErrorPercent, func() alarm { return cloudFrontErrors(f, *a.CloudFrontErrorPercent) })
	}
	for _, w := range a.WebAcls {
		add(*a.BlockedRequests, func() alarm { return blockedRequests(w, *a.BlockedRequests) })
	}
	for _, b := range a.LoadBalancers {
		add(*a.LoadBalancerErrors, func() alarm { return loadBalancerErrors(b, *a.LoadBalancerErrors) })
		add(*a.RejectedConnections, func() alarm { return rejectedConnections(b, *a.RejectedConnections) })
	}
	for _, r := range a.routes() {
		add(*a.TargetErrors, func() alarm { return targetErrors(r, *a.TargetErrors) })
		add(*a.UnhealthyHosts, func() alarm { return unhealthyHosts(r, *a.UnhealthyHosts) })
		add(*a.TargetP95Milliseconds, func() alarm { return slowTargets(r, *a.TargetP95Milliseconds) })
	}
	for _, s := range a.Services {
		add(*a.MissingTasks, func() alarm { return missingTasks(s, *a.MissingTasks) })
	}
	for _, d := range a.Domains {
		add(*a.CertificateDays, func() alarm { return expiringCertificate(d, *a.CertificateDays) })
	}
	return all
}

func (c *Alarms) newMetricAlarms(ctx *pulumi.Context) (err error) {
	c.MetricAlarms = map[string]*cloudwatch.MetricAlarm{}
	for _, a := range c.args.alarms() {
		if c.MetricAlarms[a.name()], err = a.register(ctx, c.name, c.actions(), c.args.Tags, pulumi.Parent(c)); err != nil {
			return err
		}
	}
	return nil
}

// newInstanceAlarms passes on the alarm that a TLSInstance has: it is there before the
// topic.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html
func (c *Alarms) newInstanceAlarms(ctx *pulumi.Context) (err error) {
	c.InstanceAlarms = map[string]*cloudwatch.CompositeAlarm{}
	if !*c.args.InstanceCertificates {
		return nil
	}
	for _, i := range c.args.Instances {
		name := c.name + "-" + kindInstanceCertificate + "-" + i.name
		c.InstanceAlarms[i.name], err = cloudwatch.NewCompositeAlarm(ctx, name, &cloudwatch.CompositeAlarmArgs{
			AlarmName: pulumi.String(fixedName(ctx, name)),
			AlarmDescription: pulumi.String(describeAlarm("instance "+i.name+", TLS", "The certificate of "+i.OriginDomainName()+
				" ends in less than "+fmt.Sprint(alarmDays)+" days and was not renewed, or the instance has reported nothing for a day; "+
				"when it has ended, viewers get 502 from CloudFront", kindInstanceCertificate)),
			AlarmRule:    pulumi.Sprintf(`ALARM("%s")`, i.CertificateAlarm.Name),
			AlarmActions: c.TopicArns,
			OkActions:    c.TopicArns,
			Tags:         resourceTags(c.args.Tags),
		}, pulumi.Parent(c))
		if err != nil {
			return err
		}
	}
	return nil
}
