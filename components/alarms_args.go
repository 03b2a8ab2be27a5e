package components

import (
	"cmp"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

// AlarmsArgs configures Alarms: whom they tell, what they watch and when they are
// raised. Exactly one of Emails and TopicArns is required, and at least one component to
// watch.
type AlarmsArgs struct {
	// Emails are the addresses that are told when an alarm is raised and when it is
	// over. A topic is made for them. SNS sends each address a mail with a link that must
	// be followed first, one for each of the two Regions where a distribution is watched
	// too.
	// https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
	Emails []string `pulumi:"emails"`
	// TopicArns are existing SNS topics to tell instead, at most 5 of a Region, which are
	// left as they are. An alarm tells topics of its own Region only: with a distribution
	// there must be one in us-east-1 as well. A topic that is encrypted must have a key
	// of your own that lets CloudWatch use it: alias/aws/sns does not, and nobody would be
	// told. Its policy must let cloudwatch.amazonaws.com publish, as the policy of a new
	// topic does, and for FailedDeployments events.amazonaws.com too.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
	TopicArns []string `pulumi:"topicArns"`

	// LoadBalancers are watched with all their routes. Register the alarms after the
	// routes. Default: none.
	LoadBalancers []*SecuredALB `pulumi:"loadBalancers"`
	// Routes are further routes to watch, those on another stack's load balancer. Default:
	// none.
	Routes []*ServiceRoute `pulumi:"routes"`
	// Services are watched for missing tasks and failed deployments, with their routes.
	// Default: none.
	Services []*PrivateFargateService `pulumi:"services"`
	// Instances are watched for certificates that they do not renew. Default: none.
	Instances []*TLSInstance `pulumi:"instances"`
	// Domains are certificates to watch. Default: none.
	Domains []*CertifiedDomain `pulumi:"domains"`
	// Fronts are the distributions to watch. CloudFront has its metrics in us-east-1, so
	// Alarms with Fronts, or with Domains for CloudFront, watch nothing else, and are made
	// with pulumi.Provider and the result of USEast1Provider in a stack of another Region.
	// Default: none.
	Fronts []*CloudFrontFront `pulumi:"fronts"`

	// WebAcls are the web ACLs to watch; one for CloudFront as Fronts are. Default: none.
	WebAcls []*WebAcl `pulumi:"webAcls"`

	// CloudFrontErrorPercent is the share of viewers' requests to a distribution that are
	// answered with 5xx within five minutes, 0-100 %. 0 makes no such alarm. Default: 5.
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/monitoring-using-cloudwatch.html
	CloudFrontErrorPercent *int `pulumi:"cloudFrontErrorPercent"`
	// BlockedRequests are those that a web ACL blocks within five minutes, 0-100000000. 0
	// makes no such alarm. Default: 1000.
	// https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
	BlockedRequests *int `pulumi:"blockedRequests"`
	// LoadBalancerErrors are the 5xx that a load balancer answers itself within five
	// minutes, 0-1000000. 0 makes no such alarm. Default: 10.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
	LoadBalancerErrors *int `pulumi:"loadBalancerErrors"`
	// RejectedConnections are those that a load balancer refuses within five minutes,
	// because it has as many as it can have, 0-1000000. 0 makes no such alarm. Default: 1.
	RejectedConnections *int `pulumi:"rejectedConnections"`
	// TargetErrors are the 5xx that the targets of a route answer within five minutes,
	// 0-1000000. 0 makes no such alarm. Default: 10.
	TargetErrors *int `pulumi:"targetErrors"`
	// UnhealthyHosts is the number of a route's targets that fail their health checks for
	// five minutes, 0-1000. 0 makes no such alarm. Default: 1.
	UnhealthyHosts *int `pulumi:"unhealthyHosts"`
	// TargetP95Milliseconds is the time within which a route's targets do not answer 5 % of
	// the requests, for five minutes, 0-4000000 ms. 0 makes no such alarm. Default: 3000.
	TargetP95Milliseconds *int `pulumi:"targetP95Milliseconds"`
	// MissingTasks is by how many tasks a service runs fewer than it should, for ten
	// minutes, 0-5000. 0 makes no such alarm. It needs Container Insights, which a cluster
	// that a service makes has: without them the alarm stays in the state
	// INSUFFICIENT_DATA and tells nobody. Default: 1.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
	MissingTasks *int `pulumi:"missingTasks"`
	// FailedDeployments tells of deployments that ECS gave up, and rolled back where it can.
	// It is an event, not an alarm, and ECS sends it for services with CircuitBreaker or
	// DeploymentAlarms. Default: true.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
	FailedDeployments *bool `pulumi:"failedDeployments"`
	// CertificateDays is how many days before its end a certificate of ACM that was not
	// renewed raises the alarm, 0-365 days. 0 makes no such alarm. ACM renews its own 45 days
	// before or earlier. Default: 21.
	// https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
	CertificateDays *int `pulumi:"certificateDays"`
	// InstanceCertificates tells of the alarm that a TLSInstance has for its certificate,
	// which is raised at 14 days, or when the instance reports nothing for a day. Default:
	// true.
	InstanceCertificates *bool `pulumi:"instanceCertificates"`

	// Tags are put on everything that is made here and can have them. Their keys must not
	// begin with "aws:".
	// Default: none; the provider's default tags apply in any case.
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
	Tags map[string]string `pulumi:"tags"`
}

func (a AlarmsArgs) withDefaults() *AlarmsArgs {
	a.CloudFrontErrorPercent = cmp.Or(a.CloudFrontErrorPercent, pulumi.IntRef(5))
	a.BlockedRequests = cmp.Or(a.BlockedRequests, pulumi.IntRef(1000))
	a.LoadBalancerErrors = cmp.Or(a.LoadBalancerErrors, pulumi.IntRef(10))
	a.RejectedConnections = cmp.Or(a.RejectedConnections, pulumi.IntRef(1))
	a.TargetErrors = cmp.Or(a.TargetErrors, pulumi.IntRef(defaultTargetErrors))
	a.UnhealthyHosts = cmp.Or(a.UnhealthyHosts, pulumi.IntRef(defaultUnhealthyHosts))
	a.TargetP95Milliseconds = cmp.Or(a.TargetP95Milliseconds, pulumi.IntRef(defaultTargetP95))
	a.MissingTasks = cmp.Or(a.MissingTasks, pulumi.IntRef(1))
	a.FailedDeployments = cmp.Or(a.FailedDeployments, pulumi.BoolRef(true))
	a.CertificateDays = cmp.Or(a.CertificateDays, pulumi.IntRef(21))
	a.InstanceCertificates = cmp.Or(a.InstanceCertificates, pulumi.BoolRef(true))
	return &a
}

// Thresholds that the alarms of a deployment have too.
const (
	defaultTargetErrors   = 10
	defaultUnhealthyHosts = 1
	defaultTargetP95      = 3000
)

func (a *AlarmsArgs) validate(l *fault.List) {
	switch {
	case len(a.Emails) == 0 && len(a.TopicArns) == 0:
		l.Addf("emails", "or topicArns is required: whom the alarms tell; without one nobody would know of them")
	case len(a.Emails) > 0 && len(a.TopicArns) > 0:
		l.Addf("topicArns", "must not be given beside emails, for which a topic is made; leave out one of them, or subscribe the addresses to a topic of yours")
	}
	awsrule.EmailAddresses(l, "emails", a.Emails)
	awsrule.AlarmTopics(l, "topicArns", a.TopicArns)
	for _, t := range []struct {
		path    string
		n, most int
		unit    string
	}{
		{"cloudFrontErrorPercent", *a.CloudFrontErrorPercent, 100, "%"},
		{"blockedRequests", *a.BlockedRequests, 100000000, ""},
		{"loadBalancerErrors", *a.LoadBalancerErrors, 1000000, ""},
		{"rejectedConnections", *a.RejectedConnections, 1000000, ""},
		{"targetErrors", *a.TargetErrors, 1000000, ""},
		{"unhealthyHosts", *a.UnhealthyHosts, 1000, ""},
		{"targetP95Milliseconds", *a.TargetP95Milliseconds, 4000000, "ms"},
		{"missingTasks", *a.MissingTasks, 5000, ""},
		{"certificateDays", *a.CertificateDays, 365, "days"},
	} {
		l.Check(t.path, awsrule.AlarmThreshold(t.n, t.most, t.unit))
	}
	checkTags(l, "tags", a.Tags, "")
	a.validateWatched(l)
}

// validateWatched refuses Alarms that watch nothing, and such that would have to be in two
// Regions.
func (a *AlarmsArgs) validateWatched(l *fault.List) {
	checkGiven(l, a)
	ofCloudFront, regional := a.watched()
	switch {
	case regional+ofCloudFront == 0:
		l.Addf("loadBalancers", "or something else to watch is required: routes, services, instances, domains, webAcls or fronts")
	case regional > 0 && ofCloudFront > 0:
		l.Addf("fronts", "and domains and webAcls for CloudFront must not be watched together with anything else: CloudFront has its metrics in us-east-1; "+
			"make other Alarms for them, in a stack of another Region with pulumi.Provider and the result of USEast1Provider")
	}
}

// checkGiven refuses nil in lists of components, and the same one twice.
func checkGiven(l *fault.List, args any) {
	v := reflect.Indirect(reflect.ValueOf(args))
	for i := range v.NumField() {
		list := v.Field(i)
		if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Pointer {
			continue
		}
		seen := map[any]bool{}
		for j := range list.Len() {
			at := fault.Index(v.Type().Field(i).Tag.Get("pulumi"), j)
			switch one := list.Index(j).Interface(); {
			case list.Index(j).IsNil():
				l.Addf(at, "must be a component, got nil")
			case seen[one]:
				l.Addf(at, "is there twice: remove it")
			default:
				seen[one] = true
			}
		}
	}
}

// watched counts what is watched that has its metrics where CloudFront has them, in
// us-east-1, and what has them where the stack is.
func (a *AlarmsArgs) watched() (ofCloudFront, regional int) {
	ofCloudFront = len(a.Fronts)
	regional = len(a.LoadBalancers) + len(a.Routes) + len(a.Services) + len(a.Instances)
	count := func(forCloudFront bool) {
		if forCloudFront {
			ofCloudFront++
		} else {
			regional++
		}
	}
	for _, d := range a.Domains {
		if d != nil {
			count(d.ForCloudFront())
		}
	}
	for _, w := range a.WebAcls {
		if w != nil {
			count(w.ForCloudFront())
		}
	}
	return ofCloudFront, regional
}

// forCloudFront says that the metrics are in us-east-1, wherever the stack is.
func (a *AlarmsArgs) forCloudFront() bool {
	ofCloudFront, _ := a.watched()
	return ofCloudFront > 0
}
