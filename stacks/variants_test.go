package stacks_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/stacks"
)

const (
	tokenRule         = "aws:lb/listenerRule:ListenerRule"
	tokenListener     = "aws:lb/listener:Listener"
	tokenRecord       = "aws:route53/record:Record"
	tokenIngress      = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	tokenEgress       = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	tokenDistribution = "aws:cloudfront/distribution:Distribution"
	tokenService      = "aws:ecs/service:Service"
	tokenInstance     = "aws:ec2/instance:Instance"
	tokenTargetGroup  = "aws:lb/targetGroup:TargetGroup"
	tokenCertificate  = "aws:acm/certificate:Certificate"
)

// hardened ends the names of the configurations with portico:hardening.
const hardened = ", hardened"

// configurations are one of every variant, and the ways a variant differs by
// configuration.
func configurations() map[string]map[string]string {
	all := map[string]map[string]string{
		"alb":              minimal(stacks.VariantALB),
		"alb, one address": with(minimal(stacks.VariantALB), "loadBalancer.allowedCidrs", `["203.0.113.7/32"]`),
		"alb, endpoints":   with(minimal(stacks.VariantALB), "network.nat", "none", "services[0].image", "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/app:1"),
		"alb, autoscaling": with(minimal(stacks.VariantALB), "services[0].autoscaling.minCount", "1", "services[0].autoscaling.maxCount", "4"),
		"alb, scaled by requests": with(minimal(stacks.VariantALB), "services[0].autoscaling", `{"minCount": 2, "maxCount": 4, "requestsPerTarget": 1000,
			"schedules": [{"name": "night", "schedule": "cron(0 20 * * ? *)", "minCount": 1}]}`, "services[0].spotPercent", "50"),
		"alb, locked down": with(minimal(stacks.VariantALB), "services[0].user", "1000:1000", "services[0].readonlyRootFilesystem", "true",
			"services[0].writablePaths", `["/tmp"]`, "services[0].containerHealthCheck.command", `["CMD-SHELL", "true"]`),
		"alb, with sessions":      with(minimal(stacks.VariantALB), "services[0].enableExecuteCommand", "true"),
		"cloudfront-alb":          minimal(stacks.VariantCloudFrontALB),
		"cloudfront-alb, host":    with(minimal(stacks.VariantCloudFrontALB), "cloudFront.forwardHostHeader", "true", "domain.subjectAlternativeNames", `["www.example.com"]`),
		"cloudfront-alb, adopted": with(minimal(stacks.VariantCloudFrontALB), pairs(adopted())...),
		"cloudfront-alb, rotation": with(minimal(stacks.VariantCloudFrontALB),
			"originSecret.version", "2", "originSecret.previousVersion", "1"),
		"cloudfront-ec2": minimal(stacks.VariantCloudFrontEC2),
		"cloudfront-ec2, rotation": with(minimal(stacks.VariantCloudFrontEC2),
			"originSecret.version", "2", "originSecret.previousVersion", "1"),
		"cloudfront-ec2, host": with(minimal(stacks.VariantCloudFrontEC2), "tlsInstance.certificatePattern", "hostHeader"),
		"cloudfront-ec2, VPC origin": with(minimal(stacks.VariantCloudFrontEC2), "tlsInstance.accessFrom", "vpc-origin", "logBucket.retentionDays", "90",
			"dashboard", "true", "alarms.emails", `["oncall@example.com"]`),
		"cloudfront-ec2, VPC origin, adopted": with(minimal(stacks.VariantCloudFrontEC2), "tlsInstance.accessFrom", "vpc-origin", "tlsInstance.certificatePattern", "hostHeader",
			"network.existing.vpcId", "vpc-0123456789abcdef0", "network.existing.publicSubnetIds", `["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]`,
			"network.existing.privateSubnetIds", `["subnet-0123456789abcdef2"]`),
		"alb-ec2":            minimal(stacks.VariantALBEC2),
		"cloudfront-vpc-alb": minimal(stacks.VariantCloudFrontVPCALB),
		"cloudfront-vpc-alb, adopted": with(minimal(stacks.VariantCloudFrontVPCALB), append(pairs(adopted()),
			"network.existing.privateSubnetIds", `["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"]`)...),
		"cloudfront-vpc-alb, host": with(minimal(stacks.VariantCloudFrontVPCALB), "cloudFront.forwardHostHeader", "true", "domain.subjectAlternativeNames", `["www.example.com"]`),
		"cloudfront-vpc-alb, logged and observed": with(minimal(stacks.VariantCloudFrontVPCALB), "logBucket.retentionDays", "90", "dashboard", "true",
			"alarms.emails", `["oncall@example.com"]`),

		"alb, logged":            with(minimal(stacks.VariantALB), "logBucket.retentionDays", "90"),
		"cloudfront-alb, logged": with(minimal(stacks.VariantCloudFrontALB), "logBucket.retentionDays", "90", "logBucket.forceDestroy", "true"),
		"cloudfront-ec2, logged": with(minimal(stacks.VariantCloudFrontEC2), "logBucket.existing.name", "audit-logs"),
		"alb-ec2, logged":        with(minimal(stacks.VariantALBEC2), "logBucket.retentionDays", "90"),

		"alb, observed": with(minimal(stacks.VariantALB), "alarms.emails", `["oncall@example.com"]`, "dashboard", "true",
			"services[0].deploymentAlarms", `["target-5xx", "unhealthy-hosts"]`),
		"cloudfront-alb, observed": with(minimal(stacks.VariantCloudFrontALB), "dashboard", "true", "alarms.topicArns",
			`["arn:aws:sns:ap-northeast-1:123456789012:oncall", "arn:aws:sns:us-east-1:123456789012:oncall"]`),
		"cloudfront-ec2, observed": with(minimal(stacks.VariantCloudFrontEC2), "dashboard", "true", "alarms.emails", `["oncall@example.com"]`),
		"alb-ec2, observed":        with(minimal(stacks.VariantALBEC2), "dashboard", "true", "alarms.emails", `["oncall@example.com"]`),
	}
	for _, variant := range stacks.Variants() {
		all[variant+hardened] = with(minimal(variant), "hardening", stacks.HardeningFSBP)
	}
	return all
}

// deployedConfigurations are the graphs of those that were deployed: tests that only
// look at what was registered share one run.
var deployedConfigurations = map[string]*componentstest.Graph{}

func deployConfiguration(t *testing.T, name string) *componentstest.Graph {
	t.Helper()
	if deployedConfigurations[name] == nil {
		deployedConfigurations[name] = deploy(t, configurations()[name])
	}
	return deployedConfigurations[name]
}

func TestInvariantsHoldInEveryConfiguration(t *testing.T) {
	for name, config := range configurations() {
		t.Run(name, func(t *testing.T) {
			deployed := deployConfiguration(t, name)
			componentstest.AssertInvariants(t, deployed)
			componentstest.AssertSameGraph(t, deployed, componentstest.Preview(t, stacks.Program, options(t, config)...))
			assert.Equal(t, "https://"+config["portico:domain.domainName"]+"/", deployed.Output("url"))
		})
	}
}

// Nothing but a public load balancer's 80 and 443 is open to the world, and nothing
// may talk to everything.
func TestOnlyAPublicLoadBalancerIsOpenToTheWorld(t *testing.T) {
	for name, config := range configurations() {
		t.Run(name, func(t *testing.T) {
			g := deployConfiguration(t, name)
			public := config["portico:variant"] == stacks.VariantALB || config["portico:variant"] == stacks.VariantALBEC2
			public = public && config["portico:loadBalancer.allowedCidrs"] == ""
			var open []any
			for _, rule := range g.OfType(tokenIngress) {
				if rule.Input("cidrIpv4") == "0.0.0.0/0" || rule.Input("cidrIpv6") == "::/0" {
					open = append(open, rule.Input("fromPort"))
				}
			}
			if public {
				assert.ElementsMatch(t, []any{80, 443}, open)
			} else {
				assert.Empty(t, open)
			}
			for _, rule := range g.OfType(tokenEgress) {
				assert.NotEqual(t, "-1", rule.Input("ipProtocol"), "%s lets everything out", rule.Name)
				if rule.Input("cidrIpv4") == "0.0.0.0/0" {
					assert.Equal(t, 443, rule.Input("fromPort"), "%s may reach the world over HTTPS alone", rule.Name)
				}
			}
			for _, service := range g.OfType(tokenService) {
				assert.Equal(t, false, service.Input("networkConfiguration.assignPublicIp"))
			}
			for _, subnet := range g.OfType("aws:ec2/subnet:Subnet") {
				assert.NotEqual(t, true, subnet.Input("mapPublicIpOnLaunch"))
			}
		})
	}
}

// No record and no public address leads into the VPC, and there is no secret to send.
func TestNothingLeadsAroundAVPCOrigin(t *testing.T) {
	for _, name := range []string{"cloudfront-vpc-alb", "cloudfront-ec2, VPC origin"} {
		g := deployConfiguration(t, name)
		for _, balancer := range g.OfType("aws:lb/loadBalancer:LoadBalancer") {
			assert.Equal(t, true, balancer.Input("internal"))
		}
		for _, instance := range g.OfType("aws:ec2/instance:Instance") {
			assert.Equal(t, false, instance.Input("associatePublicIpAddress"))
			assert.False(t, instance.Has("networkInterfaces"))
		}
		assert.Empty(t, g.OfType("aws:ec2/eipAssociation:EipAssociation"))
		assert.Nil(t, g.Output("instancePublicIp"))
		distribution := g.One(t, tokenDistribution)
		assert.True(t, distribution.DependsOn(g.One(t, "aws:cloudfront/vpcOrigin:VpcOrigin")))
		assert.Equal(t, "origin.app.example.com", distribution.Input("origins[0].domainName"))
		assert.False(t, distribution.Has("origins[0].customHeaders"))
		assert.Empty(t, g.OfType("random:index/randomPassword:RandomPassword"))
		for _, record := range g.OfType(tokenRecord) {
			assert.NotEqual(t, "origin.app.example.com", record.Input("name"))
			if record.Has("aliases") {
				assert.True(t, record.DependsOn(distribution), record.Name)
			}
		}
		for _, rule := range g.OfType(tokenIngress) {
			assert.False(t, rule.Has("cidrIpv4"), rule.Name)
		}
	}
}

func TestAPublicInstanceTellsItsAddress(t *testing.T) {
	assert.NotNil(t, deployConfiguration(t, "cloudfront-ec2").Output("instancePublicIp"))
}

func TestBehindCloudFrontNothingAnswersWithoutTheSecret(t *testing.T) {
	g := deploy(t, minimal(stacks.VariantCloudFrontALB))
	listener := g.One(t, tokenListener)
	assert.Equal(t, 443, listener.Input("port"), "no port 80")
	assert.Equal(t, "fixed-response", listener.Input("defaultActions[0].type"))
	assert.Equal(t, "403", listener.Input("defaultActions[0].fixedResponse.statusCode"))
	componentstest.AssertSecret(t, g.One(t, tokenRule), "conditions[1].httpHeader.values")
	distribution := g.One(t, tokenDistribution)
	componentstest.AssertSecret(t, distribution, "origins[0].customHeaders[0].value")
	assert.True(t, distribution.DependsOn(g.One(t, tokenRule)), "the rule accepts the header before it is sent")
	for _, rule := range g.OfType(tokenIngress) {
		assert.False(t, rule.Has("cidrIpv4"), rule.Name)
	}
}

func TestACertificateForCloudFrontIsInUSEast1(t *testing.T) {
	for _, region := range []string{"ap-northeast-1", "us-east-1"} {
		opts := append(options(t, minimal(stacks.VariantCloudFrontALB)), componentstest.WithRegion(region))
		g := componentstest.Deploy(t, stacks.Program, opts...)
		providers := g.OfType("pulumi:providers:aws")
		if region == "us-east-1" {
			assert.Empty(t, providers, "the stack's own provider is the right one")
			continue
		}
		assert.Len(t, providers, 1)
		viewer := g.Get(t, tokenCertificate, "viewer")
		assert.Contains(t, viewer.Provider, providers[0].URN)
		assert.NotContains(t, g.Get(t, tokenCertificate, "origin").Provider, providers[0].URN)
	}
}

func TestAnAdoptedInstanceTakesThePlaceOfTheTasks(t *testing.T) {
	g := deploy(t, with(minimal(stacks.VariantCloudFrontALB), pairs(adopted())...))
	assert.Empty(t, g.OfType(tokenService))
	assert.Equal(t, closedInstance, g.One(t, "aws:lb/targetGroupAttachment:TargetGroupAttachment").Input("targetId"))
	assert.Equal(t, "HTTPS", g.One(t, tokenTargetGroup).Input("protocol"))
	assert.Equal(t, "HTTP1", g.One(t, tokenTargetGroup).Input("protocolVersion"))
}

func TestSettingsOfTheServiceReachIt(t *testing.T) {
	const service = "aws:ecs/service:Service"
	for _, variant := range []string{stacks.VariantALB, stacks.VariantCloudFrontALB} {
		g := deploy(t, with(minimal(variant), "services[0].healthCheckGracePeriodSeconds", "30", "services[0].availabilityZoneRebalancing", "false"))
		assert.Equal(t, "DISABLED", g.One(t, service).Input("availabilityZoneRebalancing"))
		assert.Equal(t, 30, g.One(t, service).Input("healthCheckGracePeriodSeconds"))
		assert.Equal(t, 120, deploy(t, minimal(variant)).One(t, service).Input("healthCheckGracePeriodSeconds"))
	}
}

func TestADualNamedFrontHasRecordsForEachName(t *testing.T) {
	g := deploy(t, with(minimal(stacks.VariantCloudFrontALB), "domain.domainName", "example.com", "domain.subjectAlternativeNames", `["www.example.com"]`))
	aliases := map[string]int{}
	for _, record := range g.OfType(tokenRecord) {
		if record.Has("aliases") {
			aliases[record.Input("name").(string)]++
		}
	}
	assert.Equal(t, map[string]int{"example.com": 2, "www.example.com": 2, "origin.example.com": 1}, aliases)
}

// Records of another certificate are taken over only when asked, whatever is done
// about the names themselves.
func TestValidationRecordsAreTakenOverByAKeyOfTheirOwn(t *testing.T) {
	for _, c := range []struct {
		keys [2]string
		want [2]bool
	}{
		{[2]string{"loadBalancer.overwriteExistingRecords", "cloudFront.overwriteExistingRecords"}, [2]bool{true, false}},
		{[2]string{"domain.overwriteExistingRecords", "originDomain.overwriteExistingRecords"}, [2]bool{false, true}},
	} {
		g := deploy(t, with(minimal(stacks.VariantCloudFrontALB), c.keys[0], "true", c.keys[1], "true"))
		for _, record := range g.OfType(tokenRecord) {
			of := 1
			if record.Has("aliases") {
				of = 0
			}
			assert.Equal(t, c.want[of], record.Input("allowOverwrite"), "%s: %s", c.keys, record.Name)
		}
	}
}

// A name that leads to an old server goes on to do so until the new way answers.
func TestNamesFollowTheTarget(t *testing.T) {
	const attachment = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	fronted := minimal(stacks.VariantCloudFrontALB)
	existing := adopted()
	maps.Copy(existing, fronted)
	for name, tc := range map[string]struct {
		config  map[string]string
		serving string
		before  string // what viewers come to
		records int
	}{
		"alb":                             {minimal(stacks.VariantALB), tokenService, tokenListener, 1},
		"alb-ec2":                         {minimal(stacks.VariantALBEC2), attachment, tokenListener, 1},
		"cloudfront-alb":                  {fronted, tokenService, tokenDistribution, 2},
		"cloudfront-vpc-alb":              {minimal(stacks.VariantCloudFrontVPCALB), tokenService, tokenDistribution, 2},
		"cloudfront-alb with an instance": {existing, attachment, tokenDistribution, 2},
		"cloudfront-ec2":                  {minimal(stacks.VariantCloudFrontEC2), "aws:ssm/association:Association", tokenDistribution, 2},
	} {
		g := deploy(t, tc.config)
		serving, records := g.One(t, tc.serving), 0
		for _, record := range g.OfType(tokenRecord) {
			if record.Has("aliases") && record.Input("name") == "app.example.com" {
				records++
				assert.True(t, record.DependsOn(serving), "%s: %s", name, record.Name)
				assert.True(t, record.DependsOn(g.OfType(tc.before)[0]), "%s: %s", name, record.Name)
			}
		}
		assert.Equal(t, tc.records, records, name)
		if tc.before == tokenDistribution {
			// The distribution takes minutes, so it waits for no target. An instance has to have
			// a new secret before the distribution sends it.
			waits := name == stacks.VariantCloudFrontEC2
			assert.Equal(t, waits, g.One(t, tokenDistribution).DependsOn(serving), name)
		}
	}
}
