package cloudfront_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/elb"
)

// privateLoadBalancer is an internal load balancer with a group of its own in the seeded
// network.
func privateLoadBalancer(c *cloudtest.Cloud, name string) (arn, group string) {
	group = c.SecurityGroup(cloudtest.SeededVpc, name+"-alb")
	arn, _ = c.Create(elb.LoadBalancerToken, name, cloudtest.LoadBalancerInputs(core.Object{
		"internal": true, "securityGroups": core.List(group),
	}))
	return arn, group
}

func vpcOriginInputs(arn string, more core.Object) core.Object {
	return core.Object{"vpcOriginEndpointConfig": core.Object{
		"arn": arn, "name": "web", "httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "https-only",
		"originSslProtocols": core.Object{"items": core.List("TLSv1.2"), "quantity": 1.0},
	}.With(more)}
}

func servedBy(vpcOrigin string) core.Object {
	return cloudtest.DistributionInputs(core.Object{"origins": []any{
		cloudtest.OriginInputs(core.Object{"vpcOriginConfig": core.Object{"vpcOriginId": vpcOrigin}}).Without("customOriginConfig"),
	}})
}

// serviceGroups are CloudFront's groups in the seeded network, as a program looks them up.
func serviceGroups(c *cloudtest.Cloud) []string {
	return c.Call("aws:ec2/getSecurityGroups:getSecurityGroups", core.Object{"filters": []any{
		core.Object{"name": "vpc-id", "values": core.List(cloudtest.SeededVpc)},
		core.Object{"name": "group-name", "values": core.List(awstable.VPCOriginGroup)},
	}}).Strs("ids")
}

func TestTheServiceGroupComesWithTheFirstVPCOriginAndGoesWithTheLast(t *testing.T) {
	c := cloudtest.New(t)
	arn, own := privateLoadBalancer(c, "web")
	assert.Empty(t, serviceGroups(c))
	first, state := c.Create(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, nil))
	assert.Regexp(t, "^vo_[0-9a-f]{22}$", first)
	assert.Equal(t, "arn:aws:cloudfront::123456789012:vpcorigin/"+first, state.Str("arn"))
	second, _ := c.Create(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, core.Object{"name": "other"}))
	groups := serviceGroups(c)
	require.Len(t, groups, 1)

	rule, _ := c.Create(ec2.IngressRuleToken, "r", core.Object{
		"securityGroupId": own, "referencedSecurityGroupId": groups[0], "ipProtocol": "tcp", "fromPort": 443.0, "toPort": 443.0,
	})
	c.Delete(cloudfront.VPCOriginToken, first)
	assert.Equal(t, groups, serviceGroups(c))
	c.Delete(ec2.IngressRuleToken, rule)
	c.Delete(cloudfront.VPCOriginToken, second)
	assert.Empty(t, serviceGroups(c))
	c.Delete(elb.LoadBalancerToken, arn)
	c.Delete(ec2.SecurityGroupToken, own)
	c.IsSeed()
}

func TestAServiceGroupThatARuleNamesStaysWithoutVPCOrigin(t *testing.T) {
	c := cloudtest.New(t)
	arn, own := privateLoadBalancer(c, "web")
	id, _ := c.Create(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, nil))
	c.Create(ec2.IngressRuleToken, "r", core.Object{
		"securityGroupId": own, "referencedSecurityGroupId": serviceGroups(c)[0], "ipProtocol": "-1",
	})
	c.Delete(cloudfront.VPCOriginToken, id)
	assert.Len(t, serviceGroups(c), 1)
}

func TestAVPCOriginInUseStaysAsItIs(t *testing.T) {
	c := cloudtest.New(t)
	arn, _ := privateLoadBalancer(c, "web")
	other, _ := privateLoadBalancer(c, "other")
	id, _ := c.Create(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, nil))
	distribution, _ := c.Create(cloudfront.DistributionToken, "d", servedBy(id))
	assert.ErrorContains(t, c.TryDelete(cloudfront.VPCOriginToken, id), "CannotDeleteEntityWhileInUse")
	_, err := c.TryUpdate(cloudfront.VPCOriginToken, id, vpcOriginInputs(other, nil))
	assert.ErrorContains(t, err, "CannotUpdateEntityWhileInUse: The specified VPC origin is currently associated")
	c.Update(cloudfront.VPCOriginToken, id, vpcOriginInputs(arn, nil).With(core.Object{"tags": core.Object{"team": "web"}}))

	c.Update(cloudfront.DistributionToken, distribution, cloudtest.DistributionInputs(nil))
	was := c.State(cloudfront.VPCOriginToken, id).Str("etag")
	assert.NotEqual(t, was, c.Update(cloudfront.VPCOriginToken, id, vpcOriginInputs(other, nil)).Str("etag"))
	assert.Len(t, serviceGroups(c), 1)
	c.Delete(cloudfront.VPCOriginToken, id)
}

func TestWhatAVPCOriginCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	arn, _ := privateLoadBalancer(c, "web")
	for name, tc := range map[string]struct {
		config core.Object
		want   string
	}{
		"no such load balancer": {core.Object{"arn": arn + "0"}, "InvalidArgument: vpcOriginEndpointConfig.arn"},
		"no ARN":                {core.Object{"arn": "web"}, "InvalidArgument: vpcOriginEndpointConfig.arn"},
		"port":                  {core.Object{"httpsPort": 444.0}, "httpsPort must be 80, 443 or 1024-65535, got 444"},
		"policy":                {core.Object{"originProtocolPolicy": "https"}, "originProtocolPolicy must be one of http-only, https-only, match-viewer"},
		"TLS version": {core.Object{"originSslProtocols": core.Object{"items": core.List("TLSv1.3"), "quantity": 1.0}},
			"originSslProtocols.items must be one of SSLv3, TLSv1, TLSv1.1, TLSv1.2"},
		"wrong number": {core.Object{"originSslProtocols": core.Object{"items": core.List("TLSv1.2"), "quantity": 2.0}}, "InconsistentQuantities"},
		"no name":      {core.Object{"name": ""}, "name must have 1-64 characters, got 0"},
		"long name":    {core.Object{"name": strings.Repeat("x", 65)}, "name must have 1-64 characters, got 65"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, tc.config), tc.want)
		})
	}
	c.Create(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, nil))
	c.Refused(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, nil), "EntityAlreadyExists")
}

func TestTheNetworkOfAVPCOrigin(t *testing.T) {
	c := cloudtest.New(t)
	vpc := c.Vpc()
	group := c.SecurityGroup(vpc, "web")
	in := core.Object{"internal": true, "securityGroups": core.List(group), "subnets": core.List(
		c.Subnet(vpc, "10.0.0.0/24", "a"), c.Subnet(vpc, "10.0.1.0/24", "c"))}
	arn, _ := c.Create(elb.LoadBalancerToken, "web", in)
	c.Refused(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, nil), "has no internet gateway, which a VPC with VPC origins must have")
	c.Create(ec2.InternetGatewayToken, "igw", core.Object{"vpcId": vpc})
	c.Create(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, nil))

	_, _, err := c.TryCreate(ec2.SecurityGroupToken, "x", core.Object{"vpcId": vpc, "name": awstable.VPCOriginGroup + "-mine"})
	assert.ErrorContains(t, err, "is reserved for the group that CloudFront makes with a VPC origin")
}

func TestTheVPCOriginOfADistribution(t *testing.T) {
	c := cloudtest.New(t)
	c.Refused(cloudfront.DistributionToken, "d", servedBy("vo_0123456789abcdef012345"), "EntityNotFound: origins.vpcOriginConfig.vpcOriginId")
	arn, _ := privateLoadBalancer(c, "web")
	id, _ := c.Create(cloudfront.VPCOriginToken, "v", vpcOriginInputs(arn, nil))
	both := cloudtest.DistributionInputs(core.Object{"origins": []any{
		cloudtest.OriginInputs(core.Object{"vpcOriginConfig": core.Object{"vpcOriginId": id}}),
	}})
	c.Refused(cloudfront.DistributionToken, "d", both, "vpcOriginConfig must not be given beside customOriginConfig")
	grpc := servedBy(id).With(core.Object{"defaultCacheBehavior": cloudtest.BehaviorInputs(core.Object{"grpcConfig": core.Object{"enabled": true}})})
	c.Refused(cloudfront.DistributionToken, "d", grpc, "defaultCacheBehavior.grpcConfig must not be enabled for a VPC origin")
	lambda := func(event string, more core.Object) core.Object {
		return cloudtest.BehaviorInputs(core.Object{"lambdaFunctionAssociations": []any{
			core.Object{"eventType": event, "lambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:edge:1"},
		}}.With(more))
	}
	const refused = "VPC origin"
	for event, want := range map[string]string{
		"origin-request":  "InvalidLambdaFunctionAssociation: defaultCacheBehavior.lambdaFunctionAssociations must not run at origin-request for a " + refused,
		"origin-response": "must not run at origin-response for a " + refused,
		"viewer-request":  core.Unsupported,
	} {
		c.Refused(cloudfront.DistributionToken, "d", servedBy(id).With(core.Object{"defaultCacheBehavior": lambda(event, nil)}), want)
		_, _, err := c.TryCreate(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(core.Object{"defaultCacheBehavior": lambda(event, nil)}))
		assert.NotContains(t, err.Error(), refused, "through the internet")
	}
	grouped := servedBy(id).With(core.Object{
		"originGroups": []any{core.Object{"originId": "both", "failoverCriteria": core.Object{"statusCodes": []any{503.0}}, "members": []any{
			core.Object{"originId": "second"}, core.Object{"originId": "app"},
		}}},
		"orderedCacheBehaviors": []any{lambda("origin-request", core.Object{"pathPattern": "/g/*", "targetOriginId": "both"})},
	})
	grouped["origins"] = append(slices.Clone(grouped.List("origins")), any(cloudtest.OriginInputs(core.Object{"originId": "second"})))
	grpcOfGroup := grouped.With(core.Object{"orderedCacheBehaviors": []any{
		cloudtest.BehaviorInputs(core.Object{"pathPattern": "/g/*", "targetOriginId": "both", "grpcConfig": core.Object{"enabled": true}}),
	}})
	c.Refused(cloudfront.DistributionToken, "d", grpcOfGroup, "orderedCacheBehaviors[0].grpcConfig must not be enabled for a VPC origin")
	c.Refused(cloudfront.DistributionToken, "d", grouped, "orderedCacheBehaviors[0].lambdaFunctionAssociations must not run at origin-request for a VPC origin")
	slow := cloudtest.DistributionInputs(core.Object{"origins": []any{cloudtest.OriginInputs(core.Object{
		"vpcOriginConfig": core.Object{"vpcOriginId": id, "originReadTimeout": 121.0},
	}).Without("customOriginConfig")}})
	c.Refused(cloudfront.DistributionToken, "d", slow, "originReadTimeout must be 1-120, got 121")
	c.Create(cloudfront.DistributionToken, "d", servedBy(id))
}
