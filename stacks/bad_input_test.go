package stacks_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/stacks"
)

// badInput is one kind of bad input. testdata/refusals.txt has the error of each:
// the field, the value and the fix.
type badInput struct {
	name   string
	config map[string]string                         // of a ready stack, or
	args   func(ctx *pulumi.Context, d *given) error // of one component
}

// given is what a program has already when it makes the faulty component.
type given struct {
	network      *components.Network
	domain       *components.CertifiedDomain
	distribution *components.CertifiedDomain
	secret       *components.OriginSecret
	other        *components.OriginSecret
	closed       *components.Network
	alb          *components.SecuredALB
	behind       *components.SecuredALB
}

func badConfig() []badInput {
	alb, cdn := minimal(stacks.VariantALB), minimal(stacks.VariantCloudFrontALB)
	hidden := minimal(stacks.VariantCloudFrontVPCALB)
	ec2, existing := minimal(stacks.VariantCloudFrontEC2), minimal(stacks.VariantALBEC2)
	return []badInput{
		{"unknown variant", with(alb, "variant", "lambda"), nil},
		{"no variant", without(alb, "variant"), nil},
		{"no domain", without(alb, "domain.domainName"), nil},
		{"upper-case domain", with(alb, "domain.domainName", "App.example.com"), nil},
		{"wildcard domain", with(alb, "domain.domainName", "*.example.com"), nil},
		{"AWS's own domain", with(alb, "domain.domainName", "web-1.ap-northeast-1.elb.amazonaws.com"), nil},
		{"domain outside the zone", with(alb, "domain.domainName", "app.example.org"), nil},
		{"alternate name outside the zone", with(alb, "domain.subjectAlternativeNames", `["www.example.org"]`), nil},
		{"name given twice", with(alb, "domain.subjectAlternativeNames", `["app.example.com"]`), nil},
		{"no zone", without(alb, "domain.hostedZone.name"), nil},
		{"two zones", with(alb, "domain.hostedZone.id", "Z0123456789ABCDEFGHIJ"), nil},
		{"malformed zone id", without(with(alb, "domain.hostedZone.id", "example.com"), "domain.hostedZone.name"), nil},
		{"malformed certificate ARN", with(alb, "domain.existingCertificateArn", "my-cert"), nil},
		{"CloudFront certificate in the wrong Region", with(cdn, "domain.existingCertificateArn", "arn:aws:acm:ap-northeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"), nil},
		{"unknown hardening", with(alb, "hardening", "cis"), nil},
		{"hardening as a switch", with(ec2, "hardening", "true"), nil},
		{"termination protection that is no switch", with(ec2, "tlsInstance.terminationProtection", "soon"), nil},
		{"key of another variant", with(alb, "instanceTarget.instanceId", closedInstance), nil},
		{"tasks beside an instance", with(cdn, append(pairs(adopted()), "services[0].image", "nginx:1")...), nil},
		{"instance settings without an instance", with(cdn, "instanceTarget.openIngress", "warn"), nil},
		{"not a boolean", with(alb, "loadBalancer.dualStack", "perhaps"), nil},
		{"not a number", with(alb, "services[0].containerPort", "http"), nil},
		{"dashboard, not a boolean", with(alb, "dashboard", "perhaps"), nil},
		{"alarms that tell nobody", with(alb, "alarms.targetErrors", "5"), nil},
		{"alarms by mail and to topics", with(alb, "alarms.emails", `["oncall@example.com"]`, "alarms.topicArns", `["arn:aws:sns:ap-northeast-1:123456789012:oncall"]`), nil},
		{"alarms to what is no address", with(alb, "alarms.emails", `["oncall", "a@example.com", "a@example.com"]`), nil},
		{"alarms to what is no topic", with(alb, "alarms.topicArns", `["oncall", "arn:aws:sns:ap-northeast-1:123456789012:oncall.fifo"]`), nil},
		{"alarms with a topic in another Region", with(alb, "alarms.topicArns", `["arn:aws:sns:eu-west-1:123456789012:oncall"]`), nil},
		{"CloudFront's alarms without a topic in us-east-1", with(cdn, "alarms.topicArns", `["arn:aws:sns:ap-northeast-1:123456789012:oncall"]`), nil},
		{"threshold of an alarm out of range", with(cdn, "alarms.emails", `["oncall@example.com"]`, "alarms.cloudFrontErrorPercent", "101", "alarms.certificateDays", "-1"), nil},
		{"unknown deployment alarm", with(alb, "services[0].deploymentAlarms", `["target-5xx", "cpu", "target-5xx"]`), nil},
		{"logs without an end", with(alb, "logBucket.forceDestroy", "true"), nil},
		{"logs for ever", with(alb, "logBucket.retentionDays", "99999"), nil},
		{"log bucket made and adopted", with(alb, "logBucket.retentionDays", "90", "logBucket.existing.name", "audit-logs"), nil},
		{"adopted log bucket without a name", with(alb, "logBucket.existing", "{}"), nil},
		{"log bucket by its ARN", with(alb, "logBucket.existing.name", "arn:aws:s3:::audit-logs"), nil},
		{"log bucket in upper case", with(alb, "logBucket.existing.name", "Audit_Logs"), nil},
		{"adopted log bucket of another Region", with(alb, "logBucket.existing.name", "logs-of-europe"), nil},
		{"sources of logs in a stack", with(cdn, "logBucket.retentionDays", "90", "logBucket.sources", `["alb"]`), nil},
		{"not a JSON object", with(alb, "services[0].environment", "A=b"), nil},

		{"VPC too small", with(alb, "network.cidrBlock", "10.0.0.0/24"), nil},
		{"VPC too large", with(alb, "network.cidrBlock", "10.0.0.0/8"), nil},
		{"VPC block not at its start", with(alb, "network.cidrBlock", "10.0.1.0/16"), nil},
		{"one zone", with(alb, "network.availabilityZones", `["ap-northeast-1a"]`), nil},
		{"zone that is not there", with(alb, "network.availabilityZones", `["ap-northeast-1a", "ap-northeast-1e"]`), nil},
		{"zone without load balancers", with(alb, "network.availabilityZones", `["ap-northeast-1a", "ap-northeast-1b"]`), nil},
		{"local zone", with(alb, "network.availabilityZones", `["ap-northeast-1a", "us-west-2-lax-1a"]`), nil},
		{"unknown NAT mode", with(alb, "network.nat", "double"), nil},
		{"no way to the image", with(alb, "network.nat", "none"), nil},
		{"subnets without a VPC", with(alb, "network.existing.publicSubnetIds", `["subnet-0123456789abcdef0"]`), nil},
		{"VPC made and adopted", with(existing, "network.existing.vpcId", "vpc-1"), nil},
		{"one public subnet", with(existing, "network.existing.publicSubnetIds", `["subnet-0123456789abcdef0"]`), nil},
		{"private subnet as a public one", with(existing, "network.existing.publicSubnetIds", `["subnet-0123456789abcdef0", "subnet-0123456789abcdef3"]`), nil},
		{"public subnet as a private one", with(existing, "network.existing.privateSubnetIds", `["subnet-0123456789abcdef0"]`), nil},
		{"private subnet in a zone of its own", with(existing, "network.existing.privateSubnetIds", `["subnet-0123456789abcdef4"]`), nil},
		{"subnets in one zone", with(existing, "network.existing.publicSubnetIds", `["subnet-0123456789abcdef0", "subnet-0123456789abcdef2"]`), nil},

		{"malformed address range", with(alb, "loadBalancer.allowedCidrs", `["203.0.113.7"]`), nil},
		{"everyone as address range", with(alb, "loadBalancer.allowedCidrs", `["0.0.0.0/0"]`), nil},
		{"too many rules for the quota", with(alb, "loadBalancer.allowedCidrs", `["203.0.113.7/32", "203.0.113.8/32"]`, "loadBalancer.securityGroupRuleQuota", "3"), nil},
		{"dual-stack without IPv6", with(alb, "loadBalancer.dualStack", "true"), nil},
		{"internal without ranges", with(alb, "loadBalancer.internal", "true"), nil},
		{"internal for the internet", with(alb, "loadBalancer.internal", "true", "loadBalancer.accessFrom", "internet"), nil},
		{"internal without private subnets in two zones", with(existing, "loadBalancer.internal", "true", "loadBalancer.allowedCidrs", `["10.0.0.0/8"]`), nil},
		{"internal behind CloudFront", with(cdn, "loadBalancer.internal", "true"), nil},
		{"origin secret of a VPC origin", with(hidden, "originSecret.version", "2"), nil},
		{"private load balancer for others too", with(hidden, "loadBalancer.accessFrom", "cidrs", "loadBalancer.allowedCidrs", `["10.0.0.0/8"]`), nil},
		{"records of a private load balancer", with(hidden, "loadBalancer.aliasNames", `["origin.app.example.com"]`), nil},
		{"private load balancer without private subnets", with(hidden, append(pairs(adopted()), "services", "[]")...), nil},
		{"malformed VPC origin", with(hidden, "cloudFront.existingVpcOriginId", "arn:aws:cloudfront::123456789012:vpcorigin/vo_1"), nil},
		{"VPC origin before a public load balancer", with(cdn, "cloudFront.existingVpcOriginId", "vo_JQEa410sssUFoY6wMkx69j"), nil},
		{"port of a VPC origin", with(hidden, "cloudFront.originHttpsPort", "8443"), nil},
		{"gRPC targets of a VPC origin", with(hidden, "services[0].route.protocolVersion", "GRPC"), nil},
		{"access to an instance", with(ec2, "tlsInstance.accessFrom", "internet"), nil},
		{"origin secret of an instance behind a VPC origin", with(ec2, "tlsInstance.accessFrom", "vpc-origin", "originSecret.version", "2"), nil},
		{"record of an instance behind a VPC origin", with(ec2, "tlsInstance.accessFrom", "vpc-origin", "tlsInstance.overwriteExistingRecords", "true"), nil},
		{"instance behind a VPC origin without NAT", with(ec2, "tlsInstance.accessFrom", "vpc-origin", "network.nat", "none"), nil},
		{"instance behind a VPC origin without a private subnet", with(ec2, "tlsInstance.accessFrom", "vpc-origin", "network.existing.vpcId", "vpc-0123456789abcdef0",
			"network.existing.publicSubnetIds", `["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]`), nil},
		{"port of an instance behind a VPC origin", with(ec2, "tlsInstance.accessFrom", "vpc-origin", "cloudFront.originHttpsPort", "8443"), nil},
		{"VPC origin that exists before a private instance", with(ec2, "tlsInstance.accessFrom", "vpc-origin", "cloudFront.existingVpcOriginId", "vo_JQEa410sssUFoY6wMkx69j"), nil},
		{"VPC origin before a public instance", with(ec2, "cloudFront.existingVpcOriginId", "vo_JQEa410sssUFoY6wMkx69j"), nil},
		{"NAT for a public instance", with(ec2, "network.nat", "single"), nil},
		{"unknown desync mitigation mode", with(alb, "loadBalancer.desyncMitigationMode", "off"), nil},
		{"unknown TLS policy", with(alb, "loadBalancer.sslPolicy", "TLS13"), nil},
		{"idle timeout out of range", with(alb, "loadBalancer.idleTimeoutSeconds", "5000"), nil},

		{"HTTP/2 targets behind CloudFront", with(cdn, "services[0].route.protocolVersion", "HTTP2"), nil},
		{"unknown target protocol", with(alb, "services[0].route.protocol", "TCP"), nil},
		{"health check path without slash", with(alb, "services[0].route.healthCheck.path", "health"), nil},
		{"health check matcher", with(alb, "services[0].route.healthCheck.matcher", "600"), nil},
		{"deregistration delay", with(alb, "services[0].route.deregistrationDelaySeconds", "7200"), nil},

		{"container port", with(alb, "services[0].containerPort", "70000"), nil},
		{"CPU and memory that Fargate has not", with(alb, "services[0].cpu", "256", "services[0].memory", "4096"), nil},
		{"architecture", with(alb, "services[0].architecture", "arm"), nil},
		{"autoscaling upside down", with(alb, "services[0].autoscaling.minCount", "4", "services[0].autoscaling.maxCount", "2"), nil},
		{"autoscaling by more than all of the memory", with(alb, "services[0].autoscaling", `{"minCount": 1, "maxCount": 2, "targetMemoryPercent": 120}`), nil},
		{"schedule of crontab", with(alb, "services[0].autoscaling", `{"minCount": 1, "maxCount": 2, "schedules": [{"name": "night", "schedule": "0 20 * * *", "minCount": 0}]}`), nil},
		{"more than all tasks on Spot", with(alb, "services[0].spotPercent", "150"), nil},
		{"on-demand tasks of a service without Spot", with(alb, "services[0].onDemandBase", "2"), nil},
		{"container that runs as root", with(alb, "services[0].user", "root"), nil},
		{"writable paths of a filesystem that is writable", with(alb, "services[0].writablePaths", `["/tmp"]`), nil},
		{"health check of a container without its kind", with(alb, "services[0].containerHealthCheck.command", `["curl", "-f", "http://127.0.0.1/"]`), nil},
		{"sessions in a container whose filesystem is read-only", with(alb, "services[0].enableExecuteCommand", "true", "services[0].readonlyRootFilesystem", "true"), nil},
		{"sessions without a way to them", with(alb, "services[0].enableExecuteCommand", "true", "network.nat", "none",
			"services[0].image", "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1"), nil},
		{"grace period", with(alb, "services[0].healthCheckGracePeriodSeconds", "-1"), nil},
		{"log retention", with(alb, "services[0].logRetentionDays", "31"), nil},
		{"sidecar of the service's name", with(alb, "services[0].sidecars", `[{"name": "app", "image": "nginx"}]`), nil},
		{"sidecar on the service's port", with(alb, "services[0].sidecars", `[{"name": "agent", "image": "nginx", "port": 80}]`), nil},
		{"sidecar with all of the memory", with(alb, "services[0].sidecars", `[{"name": "agent", "image": "nginx", "memory": 512}]`), nil},
		{"sidecar that waits for the end of the task", with(alb, "services[0].sidecars", `[{"name": "agent", "image": "nginx", "dependsOn": [{"name": "app", "condition": "COMPLETE"}]}]`), nil},
		{"container that waits for the health of one without a check", with(alb, "services[0].sidecars", `[{"name": "agent", "image": "nginx"}]`,
			"services[0].dependsOn", `[{"name": "agent", "condition": "HEALTHY"}]`), nil},
		{"container that waits for no other", with(alb, "services[0].dependsOn", `[{"name": "agent"}]`), nil},
		{"migration that would not end", with(alb, "services[0].migration.timeoutSeconds", "60"), nil},
		{"migration that takes too long", with(alb, "services[0].migration", `{"command": ["migrate"], "timeoutSeconds": 3600}`), nil},
		{"migration of a size that Fargate has not", with(alb, "services[0].migration", `{"command": ["migrate"], "memory": 100}`), nil},
		{"migration with an image that is none", with(alb, "services[0].migration", `{"image": "https://nginx"}`), nil},
		{"migration with a variable that is none", with(alb, "services[0].migration", `{"command": ["migrate"], "environment": {"A=B": "1"}}`), nil},
		{"migration with a secret that is no ARN", with(alb, "services[0].migration", `{"command": ["migrate"], "secrets": {"DB": "password"}}`), nil},
		{"migration with a variable that is also a secret", with(alb, "services[0].migration", `{"command": ["migrate"], "environment": {"DB": "1"}, "secrets": {"DB": "arn:aws:ssm:ap-northeast-1:123456789012:parameter/db"}}`), nil},
		{"secret that is no ARN", with(alb, "services[0].secrets", `{"DB":"password"}`), nil},

		{"a second route to the stack's load balancer", with(alb, "services[0].additionalRoutes", `[{"paths": ["/two/*"]}]`), nil},

		{"no instance", without(existing, "instanceTarget.instanceId"), nil},
		{"malformed instance id", with(existing, "instanceTarget.instanceId", "web-1"), nil},
		{"instance that stays open", with(existing, "instanceTarget.instanceId", openInstance), nil},
		{"cluster of another Region", with(alb, "services[0].clusterArn", "arn:aws:ecs:us-east-1:123456789012:cluster/shared"), nil},
		{"instance that does not run", with(existing, "instanceTarget.instanceId", "i-0stopped"), nil},
		{"instance in another VPC", with(existing, "instanceTarget.instanceId", "i-0elsewhere"), nil},
		{"instance in a zone without the load balancer", with(existing, "instanceTarget.instanceId", "i-0otherzone"), nil},
		{"instance that is open to another group", with(existing, "instanceTarget.instanceId", "i-0peers"), nil},
		{"what to do with an open instance", with(existing, "instanceTarget.openIngress", "allow"), nil},

		{"origin that is the viewer's own name", with(cdn, "originDomain.domainName", "app.example.com"), nil},
		{"the load balancer's own name as origin", with(cdn, "originDomain.domainName", "web-1.ap-northeast-1.elb.amazonaws.com"), nil},
		{"origin header that CloudFront keeps for itself", with(cdn, "originSecret.headerName", "X-Edge-Secret"), nil},
		{"rotation from a version to itself", with(cdn, "originSecret.version", "2", "originSecret.previousVersion", "2"), nil},
		{"origin read timeout", with(cdn, "cloudFront.originReadTimeoutSeconds", "300"), nil},
		{"origin that outlasts the load balancer", with(cdn, "cloudFront.originReadTimeoutSeconds", "90"), nil},
		{"TLS policy that the provider has not", with(cdn, "cloudFront.minimumViewerTlsVersion", "TLSv1.3_2025"), nil},
		{"price class", with(cdn, "cloudFront.priceClass", "PriceClass_300"), nil},
		{"behaviors that cover each other", with(cdn, "cloudFront.behaviors", `[{"pathPattern": "/a/*"}, {"pathPattern": "/a/b/*"}, {"pathPattern": "a/*"}]`), nil},
		{"behaviors without a path, for a URL and for every path", with(cdn, "cloudFront.behaviors", `[{}, {"pathPattern": "https://app.example.com/a"}, {"pathPattern": "*"}]`), nil},
		{"default behavior for a path", with(cdn, "cloudFront.defaultBehavior.pathPattern", "/a/*"), nil},
		{"cached answers of other viewers", with(cdn, "cloudFront.behaviors", `[{"pathPattern": "/api/*", "caching": {"queryStrings": ["*"], "cookies": ["session"], "forwardAll": true}}]`), nil},
		{"cached answers that set cookies", with(cdn, "cloudFront.defaultBehavior.caching", `{"cookies": ["*"], "minTtlSeconds": 60}`), nil},
		{"times of caching out of order, and Host in the key", with(cdn, "cloudFront.defaultBehavior.caching", `{"minTtlSeconds": 60, "defaultTtlSeconds": 30, "headers": ["Host"]}`), nil},
		{"a cache key of AWS's policy", with(cdn, "cloudFront.defaultBehavior.caching", `{"policy": "optimized", "queryStrings": ["page"]}`), nil},
		{"files kept once for each viewer", with(cdn, "cloudFront.behaviors", `[{"pathPattern": "/a/*", "servedBy": "static-content", "caching": {"policy": "origin-headers"}},
			{"pathPattern": "/b/*", "servedBy": "static-content", "caching": {"cookies": ["*"], "queryStrings": ["*"], "headers": ["Authorization"]}}]`), nil},
		{"redirect to a name that is no alias", with(cdn, "cloudFront.redirects", `{"www": "to-apex", "trailingSlash": "always"}`), nil},
		{"functions without code, of Lambda and beside redirects", with(cdn, "cloudFront.redirects.trailingSlash", "add", "cloudFront.defaultBehavior.functions",
			`[{"event": "viewer-request", "code": "function handler(event) { return event.request; }"}, {"event": "viewer-response"}, {"event": "viewer-response", "arn": "arn:aws:lambda:us-east-1:123456789012:function:x"}]`), nil},
		{"single pages of the service, of a folder and beside a function", with(cdn, "cloudFront.behaviors", `[{"pathPattern": "/shop/*", "singlePage": "/index.html"},
			{"pathPattern": "/app/*", "servedBy": "static-content", "singlePage": "/app/", "functions": [{"event": "viewer-request", "code": "function handler(event) { return event.request; }"}]}]`), nil},
		{"headers of every site for one viewer's answers", with(cdn, "cloudFront.responseHeaders.cors", `{"allowOrigins": ["*", "https://a.example/"], "allowHeaders": ["*"], "allowCredentials": true}`), nil},
		{"preload of a week, without subdomains", with(cdn, "cloudFront.responseHeaders.hsts", `{"maxAgeSeconds": 604800, "preload": true}`), nil},
		{"security headers that are off and set", with(cdn, "cloudFront.responseHeaders", `{"security": "none", "frameOptions": "DENY"}`), nil},
		{"custom headers that are not custom", with(cdn, "cloudFront.responseHeaders.custom", `[{"name": "Strict-Transport-Security", "value": "max-age=0"}, {"name": "Access-Control-Allow-Origin", "value": "*"}, {"name": "Via", "value": "x"}]`), nil},
		{"error pages of the service, and of statuses that have none", with(cdn, "cloudFront.errorPages", `[{"status": 401, "pagePath": "404.html"}, {"status": 404, "pagePath": "/404.html", "responseStatus": 302}]`), nil},
		{"countries allowed and denied, by name", with(cdn, "cloudFront.geoRestriction", `{"allow": ["Japan", "UK"], "deny": ["KP"]}`), nil},
		{"unknown server of a behavior", with(cdn, "cloudFront.behaviors", `[{"pathPattern": "/a/*", "servedBy": "s3"}]`), nil},
		{"static content that nothing asks", with(cdn, "staticContent.forceDestroy", "true"), nil},
		{"static content for every path", with(cdn, "cloudFront.defaultBehavior.servedBy", "static-content"), nil},
		{"list of the bucket at the root", with(cdn, "cloudFront.behaviors", `[{"pathPattern": "/?*", "servedBy": "static-content"}, {"pathPattern": "/", "servedBy": "static-content"}]`), nil},
		{"failover to itself, for a status that AWS has not", with(cdn, "cloudFront.behaviors", `[{"pathPattern": "/a/*", "failover": {"to": "origin", "statuses": [401, 500, 500]}}]`), nil},
		{"failover that forwards Host", with(cdn, "cloudFront.forwardHostHeader", "true", "cloudFront.behaviors", `[{"pathPattern": "/a/*", "failover": {}}]`), nil},
		{"bucket of static content by its ARN, with tags", with(cdn, "cloudFront.behaviors", `[{"pathPattern": "/a/*", "servedBy": "static-content"}]`, "staticContent", `{"existingBucketName": "arn:aws:s3:::site", "tags": {"a": "b"}}`), nil},
		{"default root object", with(cdn, "cloudFront.defaultRootObject", "/index.html"), nil},
		{"web ACL of a Region", with(cdn, "cloudFront.webAclArn", "arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/a/b"), nil},

		{"unknown action of managed rules", with(cdn, "webAcl.managedRules", "deny"), nil},
		{"web ACL without rules", with(alb, "webAcl.managedRules", "off"), nil},
		{"rate limit of nine", with(cdn, "webAcl.rateLimit.requests", "9"), nil},
		{"window of a rate limit", with(cdn, "webAcl.rateLimit.requests", "1000", "webAcl.rateLimit.windowSeconds", "90"), nil},
		{"rule of a web ACL without a name", with(cdn, "webAcl.rules", `[{"paths": ["/admin*"]}]`), nil},
		{"two rules of a web ACL with one name", with(cdn, "webAcl.rules", `[{"name": "a", "paths": ["/a"]}, {"name": "a", "paths": ["/b"]}]`), nil},
		{"rule of a web ACL with the name of another kind", with(cdn, "webAcl", `{"rateLimit": {"requests": 100}, "rules": [{"name": "rate-limit", "paths": ["/a"]}, {"name": "AWSManagedRulesCommonRuleSet", "paths": ["/b"]}]}`), nil},
		{"rule of a web ACL about everything", with(cdn, "webAcl.rules", `[{"name": "all"}]`), nil},
		{"path of a web ACL with an inner star", with(cdn, "webAcl.rules", `[{"name": "a", "paths": ["/a/*/b", "admin"]}]`), nil},
		{"country that ISO does not know", with(cdn, "webAcl.rules", `[{"name": "a", "countries": ["UK", "de"]}]`), nil},
		{"web ACL that blocks everybody", with(cdn, "webAcl.rules", `[{"name": "all", "paths": ["/*"]}]`), nil},
		{"inspected body at a load balancer", with(alb, "webAcl.inspectedBodyKb", "32"), nil},
		{"inspected body that WAF has not", with(cdn, "webAcl.inspectedBodyKb", "128"), nil},
		{"two web ACLs", with(cdn, "webAcl.managedRules", "count", "cloudFront.webAclArn", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b"), nil},
		{"web ACL of CloudFront at a load balancer", with(alb, "loadBalancer.webAclArn", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b"), nil},
		{"web ACL of another Region", with(alb, "loadBalancer.webAclArn", "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/b"), nil},
		{"more rules than a web ACL can have", with(cdn, "webAcl.rules", manyRules()), nil},

		{"certificate pattern", with(ec2, "tlsInstance.certificatePattern", "both"), nil},
		{"ACME directory over HTTP", with(ec2, "tlsInstance.acmeDirectoryUrl", "http://acme.example.com/"), nil},
		{"instance type", with(ec2, "tlsInstance.instanceType", "small"), nil},
		{"image id", with(ec2, "tlsInstance.amiId", "al2023"), nil},
		{"too short a wait for the instance", with(ec2, "tlsInstance.readyTimeoutSeconds", "30"), nil},
		{"alarm topic that is no ARN", with(ec2, "tlsInstance.alarmTopicArns", `["oncall"]`), nil},
		{"rotation of an instance's secret from a version to itself", with(ec2, "originSecret.version", "2", "originSecret.previousVersion", "2"), nil},
		{"root volume", with(ec2, "tlsInstance.rootVolumeGiB", "4"), nil},
		{"an unknown path check", with(ec2, "pathCheck", "ignore"), nil},
		{"gRPC targets behind CloudFront", with(cdn, "services[0].route.protocolVersion", "GRPC"), nil},
		{"HTTP/2 to an instance behind CloudFront", with(cdn, append(pairs(adopted()), "instanceTarget.route.protocolVersion", "HTTP2")...), nil},
		{"origin that is another of the viewers' names", with(cdn, "domain.subjectAlternativeNames", `["www.example.com"]`, "originDomain.domainName", "www.example.com"), nil},
		{"origin of an instance that is the viewer's name", with(ec2, "tlsInstance.originDomainName", "app.example.com"), nil},
		{"two records of one name", with(ec2, "tlsInstance.originDomainName", "app.example.com", "pathCheck", "warn"), nil},
		{"a policy that AWS has not", with(alb, "loadBalancer.sslPolicy", "ELBSecurityPolicy-TLS14"), nil},
		{"a certificate that CloudFront does not trust", with(ec2, "tlsInstance.acmeDirectoryUrl", "https://acme-staging-v02.api.letsencrypt.org/directory"), nil},
		{"application on nginx's port", with(ec2, "tlsInstance.appPort", "443"), nil},
	}
}

// manyRules need more capacity than a web ACL has.
func manyRules() string {
	var rules []string
	for i := range 400 {
		rules = append(rules, fmt.Sprintf(`{"name": "r%d", "paths": ["/%d"]}`, i, i))
	}
	return "[" + strings.Join(rules, ", ") + "]"
}

func badArgs() []badInput {
	return []badInput{
		{"web ACL of a load balancer at a distribution", nil, func(ctx *pulumi.Context, _ *given) error {
			acl, err := components.PlanWebAcl("acl", nil)
			if err != nil {
				return err
			}
			_, err = components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{OriginDomainName: "origin.example.com", WebAcl: acl})
			return err
		}},
		{"web ACL of a distribution at a load balancer", nil, func(ctx *pulumi.Context, d *given) error {
			acl, err := components.PlanWebAcl("acl", &components.WebAclArgs{ForCloudFront: true})
			if err != nil {
				return err
			}
			_, err = components.NewSecuredALB(ctx, "x", &components.SecuredALBArgs{Network: d.network, Domain: d.domain, WebAcl: acl})
			return err
		}},
		{"web ACL that takes CloudFront for the sender", nil, func(ctx *pulumi.Context, d *given) error {
			acl, err := components.PlanWebAcl("acl", nil)
			if err != nil {
				return err
			}
			_, err = components.NewSecuredALB(ctx, "x", &components.SecuredALBArgs{
				Network: d.network, Domain: d.domain, AccessFrom: "cloudfront", OriginSecret: d.secret, WebAcl: acl,
			})
			return err
		}},
		{"web ACL for CloudFront in a Region", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewWebAcl(ctx, "acl", &components.WebAclArgs{ForCloudFront: true})
			return err
		}},
		{"component name of a security group", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewNetwork(ctx, "sg-web", nil)
			return err
		}},
		{"load balancer without args", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewSecuredALB(ctx, "web", nil)
			return err
		}},
		{"alarms on nothing", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewAlarms(ctx, "x", &components.AlarmsArgs{Emails: []string{"oncall@example.com"}})
			return err
		}},
		{"alarms on a load balancer and CloudFront's certificate", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewAlarms(ctx, "x", &components.AlarmsArgs{
				Emails: []string{"oncall@example.com"}, LoadBalancers: []*components.SecuredALB{d.behind}, Domains: []*components.CertifiedDomain{d.distribution},
			})
			return err
		}},
		{"alarms on CloudFront's certificate elsewhere", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewAlarms(ctx, "x", &components.AlarmsArgs{
				Emails: []string{"oncall@example.com"}, Domains: []*components.CertifiedDomain{d.distribution},
			})
			return err
		}},
		{"alarms on a load balancer twice", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewAlarms(ctx, "x", &components.AlarmsArgs{
				Emails: []string{"oncall@example.com"}, LoadBalancers: []*components.SecuredALB{d.behind, nil, d.behind},
			})
			return err
		}},
		{"dashboard of nothing", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewDashboard(ctx, "x", &components.DashboardArgs{})
			return err
		}},
		{"deployment alarms without a route", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewPrivateFargateService(ctx, "x", &components.PrivateFargateServiceArgs{
				Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Network: d.network, DeploymentAlarms: []string{"target-5xx"},
			})
			return err
		}},
		{"log bucket without its writer", nil, func(ctx *pulumi.Context, d *given) error {
			bucket, err := components.PlanLogBucket("logs", &components.LogBucketArgs{RetentionDays: 90, Sources: []string{components.LogSourceCloudFront}})
			if err != nil {
				return err
			}
			_, err = components.NewSecuredALB(ctx, "web", &components.SecuredALBArgs{Network: d.network, Domain: d.domain, LogBucket: bucket})
			return err
		}},
		{"unknown sources of logs", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewLogBucket(ctx, "logs", &components.LogBucketArgs{RetentionDays: 90, Sources: []string{"waf", "alb", "alb"}})
			return err
		}},
		{"prefix of logs that AWS keeps for itself", nil, func(ctx *pulumi.Context, _ *given) error {
			bucket, err := components.PlanLogBucket("logs", &components.LogBucketArgs{RetentionDays: 90})
			if err != nil {
				return err
			}
			_, err = components.NewNetwork(ctx, "AWSLogs", &components.NetworkArgs{LogBucket: bucket})
			return err
		}},
		{"provider for logs that are not there", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewCloudFrontFront(ctx, "cdn", &components.CloudFrontFrontArgs{
				OriginDomainName: "origin.example.com", UsEast1Provider: &aws.Provider{},
			})
			return err
		}},
		{"CloudFront without the secret", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewSecuredALB(ctx, "x", &components.SecuredALBArgs{
				Network: d.network, Domain: d.domain, AccessFrom: components.AccessFromCloudFront,
			})
			return err
		}},
		{"priority taken", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "two", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Priority: 7, Port: 80, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}},
		{"target taken", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "two", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Priority: 8, Port: 8080, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}},
		{"six values in a rule", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.behind, Priority: 1, Port: 80, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
				Hosts: []string{"a.example.com", "b.example.com", "c.example.com"}, Paths: []string{"/a", "/b"},
			})
			return err
		}},
		{"health check slower than its interval", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Priority: 1, Port: 80, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
				HealthCheck: &components.HealthCheckArgs{IntervalSeconds: 10, TimeoutSeconds: 10},
			})
			return err
		}},
		{"certificate of a Region for CloudFront", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{
				OriginDomainName: "origin.example.com", Domain: d.domain,
			})
			return err
		}},
		{"alias that the certificate does not cover", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{
				OriginDomainName: "origin.example.com", Domain: d.distribution, Aliases: []string{"www.example.com"},
			})
			return err
		}},
		{"minimum TLS without a name", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{
				OriginDomainName: "origin.example.com", MinimumViewerTlsVersion: "TLSv1.2_2021",
			})
			return err
		}},
		{"HTTP/2 behind CloudFront", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.behind, Priority: 1, Port: 80, ProtocolVersion: "HTTP2", TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}},
		{"host that no certificate covers", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Priority: 1, Port: 80, Hosts: []string{"shop.example.com"}, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}},
		{"route whose requests another one takes", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewServiceRoute(ctx, "r", &components.ServiceRouteArgs{
				LoadBalancer: d.alb, Priority: 9, Port: 80, Paths: []string{"/api/*"}, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
			})
			return err
		}},
		{"additional route without a route", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewPrivateFargateService(ctx, "s", &components.PrivateFargateServiceArgs{
				Image: pulumi.String("nginx:1"), Network: d.network, AdditionalRoutes: []*components.ServiceRouteArgs{{LoadBalancer: d.alb}},
			})
			return err
		}},
		{"two routes to one load balancer", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewPrivateFargateService(ctx, "s", &components.PrivateFargateServiceArgs{
				Image: pulumi.String("nginx:1"), ContainerPort: 81,
				Route:            &components.ServiceRouteArgs{LoadBalancer: d.alb, Paths: []string{"/one/*"}},
				AdditionalRoutes: []*components.ServiceRouteArgs{{LoadBalancer: d.alb, Paths: []string{"/two/*"}}, nil},
			})
			return err
		}},
		{"six target groups", nil, func(ctx *pulumi.Context, d *given) error {
			args := &components.PrivateFargateServiceArgs{
				Image: pulumi.String("nginx:1"), ContainerPort: 81, Route: &components.ServiceRouteArgs{LoadBalancer: d.alb, Paths: []string{"/one/*"}},
			}
			for i := range 5 {
				arn := fmt.Sprintf("arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/shared%d/50dc6c495c0c9188/f2f7dc8efc522ab2", i)
				args.AdditionalRoutes = append(args.AdditionalRoutes, &components.ServiceRouteArgs{
					ExistingListener: &components.ExistingListenerArgs{ListenerArn: pulumi.String(arn)},
				})
			}
			args.AdditionalRoutes[0].TargetType, args.AdditionalRoutes[1].Port = "instance", 80
			_, err := components.NewPrivateFargateService(ctx, "s", args)
			return err
		}},
		{"distribution that is its own origin", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{OriginDomainName: "edge.example.com", Domain: d.distribution})
			return err
		}},
		{"origin whose certificate lacks its name", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{
				Origin: d.behind, OriginDomainName: "other.example.com", Domain: d.distribution,
			})
			return err
		}},
		{"distribution with another secret", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{Origin: d.behind, OriginSecret: d.other, Domain: d.distribution})
			return err
		}},
		{"origin that answers everybody", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewCloudFrontFront(ctx, "f", &components.CloudFrontFrontArgs{Origin: d.alb, Domain: d.distribution})
			return err
		}},
		{"short secret", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewOriginSecret(ctx, "s", &components.OriginSecretArgs{Length: 8})
			return err
		}},
		{"network without a way to the image", nil, func(ctx *pulumi.Context, d *given) error {
			_, err := components.NewPrivateFargateService(ctx, "app", &components.PrivateFargateServiceArgs{
				Network: d.closed, Image: pulumi.String("nginx"), ContainerPort: 80,
			})
			return err
		}},
		{"certificate for CloudFront from the wrong provider", nil, func(ctx *pulumi.Context, _ *given) error {
			_, err := components.NewCertifiedDomain(ctx, "viewer", &components.CertifiedDomainArgs{
				DomainName: "app.example.com", ForCloudFront: true, HostedZone: &components.HostedZoneArgs{Name: "example.com"},
			})
			return err
		}},
	}
}

// Every kind of bad input gives one clear error that names the field, the value
// and the fix, at preview too, before any resource of AWS is registered.
func TestBadInputIsRefusedBeforeAnythingIsRegistered(t *testing.T) {
	cases := append(badConfig(), badArgs()...)
	refusals := newGolden(t, "testdata/refusals.txt")
	parts := componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		_, err := givenParts(ctx)
		return err
	}, options(t, nil)...)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			program, before := stacks.Program, 0
			opts := options(t, c.config)
			if c.args != nil {
				program = func(ctx *pulumi.Context) error {
					d, err := givenParts(ctx)
					if err != nil {
						return err
					}
					return c.args(ctx, d)
				}
				before = len(parts.Custom())
			}
			for _, try := range []func(pulumi.RunFunc, ...componentstest.Option) (*componentstest.Graph, error){
				componentstest.TryPreview, componentstest.TryDeploy,
			} {
				g, err := try(program, opts...)
				require.Error(t, err)
				refusals.check(t, c.name, err.Error())
				assert.Len(t, g.Custom(), before, "resources registered beside the error: %v", err)
			}
		})
	}
}

// givenParts are sound components for a faulty one to be put beside.
func givenParts(ctx *pulumi.Context) (*given, error) {
	d := &given{}
	zone := &components.HostedZoneArgs{Name: "example.com"}
	var err error
	if d.network, err = components.NewNetwork(ctx, "given", nil); err != nil {
		return nil, err
	}
	if d.domain, err = components.NewCertifiedDomain(ctx, "given", &components.CertifiedDomainArgs{
		DomainName: "given.example.com", HostedZone: zone,
	}); err != nil {
		return nil, err
	}
	if d.alb, err = components.NewSecuredALB(ctx, "given", &components.SecuredALBArgs{Network: d.network, Domain: d.domain}); err != nil {
		return nil, err
	}
	if _, err = components.NewServiceRoute(ctx, "one", &components.ServiceRouteArgs{
		LoadBalancer: d.alb, Priority: 7, Port: 8080, TargetSecurityGroupId: pulumi.String("sg-0123456789abcdef0"),
	}); err != nil {
		return nil, err
	}
	if d.closed, err = components.NewNetwork(ctx, "closed", &components.NetworkArgs{
		Nat: components.NatNone, InterfaceEndpoints: []string{},
	}); err != nil {
		return nil, err
	}
	if d.secret, err = components.NewOriginSecret(ctx, "given", nil); err != nil {
		return nil, err
	}
	if d.other, err = components.NewOriginSecret(ctx, "other", nil); err != nil {
		return nil, err
	}
	if d.behind, err = components.NewSecuredALB(ctx, "behind", &components.SecuredALBArgs{
		Network: d.network, Domain: d.domain, AccessFrom: components.AccessFromCloudFront, OriginSecret: d.secret,
	}); err != nil {
		return nil, err
	}
	provider, err := components.USEast1Provider(ctx, "given")
	if err != nil {
		return nil, err
	}
	d.distribution, err = components.NewCertifiedDomain(ctx, "edge", &components.CertifiedDomainArgs{
		DomainName: "edge.example.com", HostedZone: zone, ForCloudFront: true,
	}, pulumi.Provider(provider))
	return d, err
}
