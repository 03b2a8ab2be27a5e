package registered

import (
	"maps"
	"slices"
	"strings"
)

// undescribed are the types that affect a request and of which a plan knows nothing, by
// the beginning of the type, with what they do. No beginning is that of another one.
var undescribed = map[string]string{
	"aws:wafregional/webAclAssociation:":       "a web ACL of WAF Classic may refuse requests, which is not described",
	"aws:networkfirewall/firewall:":            "a firewall may drop packets, which is not described",
	"aws:elb/loadBalancer:":                    "Classic Load Balancers are not described",
	"aws:globalaccelerator/accelerator:":       "accelerators are not described",
	"aws:apigateway":                           "API Gateway is not described",
	"aws:lambda/functionUrl:":                  "function URLs are not described",
	"aws:apprunner/service:":                   "App Runner is not described",
	"aws:lightsail/":                           "Lightsail is not described",
	"aws:cloudfront/vpcOrigin:":                "VPC origins are not described",
	"aws:lb/trustStore:":                       "client certificates are not described",
	"aws:ecs/taskSet:":                         "task sets are not described",
	"aws:route53/trafficPolicyInstance:":       "records of traffic policies are not described",
	"aws:route53/resolverRule:":                "forwarding of DNS queries is not described",
	"aws:route53recoverycontrol/":              "routing controls are not described",
	"aws:cloudfront/continuousDeployment":      "continuous deployment of distributions is not described",
	"aws:vpclattice/":                          "VPC Lattice is not described",
	"aws:servicediscovery/":                    "names of service discovery are not described",
	"aws:autoscaling/trafficSourceAttachment:": "instances of auto scaling groups are not described",
}

// noteUndescribed notes the resources of those types.
func (r *reader) noteUndescribed() {
	for _, kind := range slices.Sorted(maps.Keys(r.all)) {
		for beginning, text := range undescribed {
			if !strings.HasPrefix(kind, beginning) {
				continue
			}
			for _, resource := range r.all[kind] {
				before := r.get(typeLoadBalancer, resource.str("resourceArn")) // what a web ACL stands before
				r.leaveOut(resource, "", text, resource.str("dnsName"), resource.str("domainName"), resource.str("functionUrl"), before.str("dnsName"))
			}
		}
	}
}
