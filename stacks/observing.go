package stacks

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

// logBucket plans the bucket that comes before everything that logs into it. An adopted VPC
// has no flow log here: that is for its owner to decide.
func (p *planning) logBucket() {
	if !p.given["logBucket"] {
		return
	}
	p.own("logBucket.sources", p.LogBucket.Sources != nil)
	args, uses := p.LogBucket, p.variant().uses
	args.Sources = nil
	for _, source := range []struct {
		name string
		has  bool
	}{
		{components.LogSourceALB, slices.Contains(uses, "loadBalancer")},
		{components.LogSourceCloudFront, slices.Contains(uses, "cloudFront")},
		{components.LogSourceFlowLogs, p.Network.Existing == nil},
	} {
		if source.has {
			args.Sources = append(args.Sources, source.name)
		}
	}
	bucket, err := components.PlanLogBucket(nameLogBucket, &args)
	p.logs = add(p, key("logBucket"), "LogBucket", nameLogBucket, bucket, err)
	p.export(func() pulumi.Map { return pulumi.Map{"logBucketName": bucket.BucketName} })
}

// observe plans the alarms and the dashboard, which come after everything that they are
// about.
func (p *planning) observe() {
	if p.given["alarms"] {
		p.alarms()
	}
	if !p.Dashboard {
		return
	}
	args := p.watched
	dashboard, err := components.PlanDashboard(nameDashboard, &args)
	p.export(func() pulumi.Map { return pulumi.Map{"dashboardName": dashboard.DashboardName} })
	add(p, key("dashboard"), "Dashboard", nameDashboard, dashboard, err)
}

// alarms are those in the stack's Region, and those in us-east-1 of what CloudFront has.
func (p *planning) alarms() {
	args, front := p.Alarms, p.Alarms
	args.LoadBalancers, args.Routes = p.watched.LoadBalancers, p.watched.Routes
	args.Services, args.Instances = p.watched.Services, p.watched.Instances
	front.Fronts = p.watched.Fronts
	for _, d := range p.watched.Domains {
		if d.ForCloudFront() {
			front.Domains = append(front.Domains, d)
		} else {
			args.Domains = append(args.Domains, d)
		}
	}
	for _, w := range p.watched.WebAcls {
		if w.ForCloudFront() {
			front.WebAcls = append(front.WebAcls, w)
		} else {
			args.WebAcls = append(args.WebAcls, w)
		}
	}
	regional, err := components.PlanAlarms(nameAlarms, &args)
	p.watched.Alarms = append(p.watched.Alarms, add(p, key("alarms"), "Alarms", nameAlarms, regional, err))
	if len(front.Fronts) == 0 || err != nil { // the faults would be the same
		return
	}
	global, err := components.PlanAlarms(nameFrontAlarms, &front)
	p.note(key("alarms"), "Alarms", nameFrontAlarms, err)
	p.watched.Alarms = append(p.watched.Alarms, global)
	p.lookups = append(p.lookups, func(ctx *pulumi.Context) error { return global.LookUp(ctx) })
	p.steps = append(p.steps, func(ctx *pulumi.Context) error { return p.inUSEast1(ctx, global) })
}
