package controls

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
)

const (
	typeLoadBalancer = "aws:lb/loadBalancer:LoadBalancer"
	typeListener     = "aws:lb/listener:Listener"
	typeListenerRule = "aws:lb/listenerRule:ListenerRule"
	typeTargetGroup  = "aws:lb/targetGroup:TargetGroup"
	typeAssociation  = "aws:wafv2/webAclAssociation:WebAclAssociation"
)

// loadBalancers are the controls of load balancers, their listeners and target groups.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html
var loadBalancers = []Control{
	{
		ID: "ELB.1", Title: "HTTP is redirected to HTTPS",
		check: each("load balancer", notRedirected, typeLoadBalancer),
	},
	{
		ID: "ELB.4", Title: "Header fields with invalid names are dropped",
		check: alone("load balancer", func(lb resource) string {
			return unless(lb.flag("dropInvalidHeaderFields"), "keeps them")
		}, typeLoadBalancer),
	},
	{
		ID: "ELB.5", Title: "Access logs are on",
		Why: "a log needs a bucket, which costs and which somebody has to keep",
		Set: "`logBucket.retentionDays`, in a program `SecuredALBArgs.LogBucket`",
		check: alone("load balancer", func(lb resource) string {
			return unless(lb.flag("accessLogs", "enabled"), "writes none")
		}, typeLoadBalancer),
	},
	{
		ID: "ELB.6", Title: "Deletion protection is on",
		Why: "with it, a stack cannot be destroyed in one step",
		Set: "`loadBalancer.deletionProtection`, in a program `SecuredALBArgs.DeletionProtection`",
		check: alone("load balancer", func(lb resource) string {
			return unless(lb.flag("enableDeletionProtection"), "has none")
		}, typeLoadBalancer),
	},
	{
		ID: "ELB.12", Title: "Desync mitigation is defensive or strictest",
		check: alone("load balancer", func(lb resource) string {
			mode := cmp.Or(lb.text("desyncMitigationMode"), awstable.DesyncDefensive)
			return unless(slices.Contains([]string{awstable.DesyncDefensive, "strictest"}, mode), "has mode "+mode)
		}, typeLoadBalancer),
	},
	{
		ID: "ELB.13", Title: "Two or more zones",
		check: alone("load balancer", func(lb resource) string {
			// AWS takes one subnet of a zone.
			return unless(len(lb.texts("subnets")) > 1 || len(lb.blocks("subnetMappings")) > 1, "stands in one")
		}, typeLoadBalancer),
	},
	{
		ID: "ELB.16", Title: "Web ACL at the load balancer",
		Why: "a web ACL costs by the month and by the request; behind CloudFront it stands at the distribution, where the viewers arrive",
		Set: "`webAcl.managedRules`, in a program `SecuredALBArgs.WebAcl`; behind CloudFront `loadBalancer.webAclArn`",
		check: each("load balancer", func(r *resources, lb resource) string {
			return unless(len(r.about(lb, "resourceArn", typeAssociation)) > 0, "has none")
		}, typeLoadBalancer),
	},
	{
		ID: "ELB.17", Title: "A TLS policy that AWS recommends",
		check: func(r *resources) Finding {
			var faults []string
			https := slices.DeleteFunc(r.types(typeListener), func(l resource) bool { return l.text("protocol") != "HTTPS" })
			if len(https) == 0 {
				return none("HTTPS listener")
			}
			for _, l := range https {
				if policy := l.text("sslPolicy"); !slices.Contains(awstable.SecurityHubLoadBalancerPolicies, policy) {
					faults = append(faults, fmt.Sprintf("listener %s has %q", l.label(), policy))
				}
			}
			return failing(faults)
		},
	},
	{
		ID: "ELB.18", Title: "Every listener speaks HTTPS",
		Why: "viewers who type a name without `https://` arrive on port 80, where they are redirected, as ELB.1 asks for",
		Set: "nothing: only a load balancer behind CloudFront has no listener on port 80",
		check: alone("listener", func(l resource) string {
			return unless(slices.Contains([]string{"HTTPS", "TLS"}, l.text("protocol")), "speaks "+l.text("protocol"))
		}, typeListener),
	},
	{
		ID: "ELB.21", Title: "Health checks over HTTPS",
		Why: "most containers, and the default one, speak HTTP",
		Set: "`services[].route.protocol` HTTPS for a container that speaks TLS, in a program `ServiceRouteArgs.Protocol`",
		check: targetGroups(func(g resource) string {
			return unless(g.text("healthCheck", "protocol") == "HTTPS", "checks over HTTP")
		}),
	},
	{
		ID: "ELB.22", Title: "HTTPS to the targets",
		Why: "most containers, and the default one, speak HTTP",
		Set: "`services[].route.protocol` HTTPS for a container that speaks TLS, in a program `ServiceRouteArgs.Protocol`",
		check: targetGroups(func(g resource) string {
			return unless(slices.Contains([]string{"HTTPS", "TLS", "QUIC"}, g.text("protocol")), "speaks "+g.text("protocol"))
		}),
	},
}

// notRedirected says what a load balancer does with HTTP instead of redirecting it.
func notRedirected(r *resources, lb resource) string {
	for _, l := range r.about(lb, "loadBalancerArn", typeListener) {
		if l.text("protocol") != "HTTP" {
			continue
		}
		actions := l.blocks("defaultActions")
		for _, rule := range r.about(l, "listenerArn", typeListenerRule) {
			actions = append(actions, rule.blocks("actions")...)
		}
		for _, a := range actions {
			if a.text("type") != "redirect" || a.text("redirect", "protocol") != "HTTPS" {
				return fmt.Sprintf("answers HTTP at listener %s", l.label())
			}
		}
	}
	return ""
}

// targetGroups decides a control of target groups that are not functions or load balancers.
func targetGroups(wrong func(resource) string) func(*resources) Finding {
	return alone("target group", func(g resource) string {
		if kind := g.text("targetType"); kind == "lambda" || kind == "alb" {
			return ""
		}
		return wrong(g)
	}, typeTargetGroup)
}
