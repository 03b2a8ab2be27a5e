package registered_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// private is site with a VPC origin in place of the internet, whose group the rules name.
func private() resources {
	r := site()
	public(r)
	r.set("aws:lb/loadBalancer:LoadBalancer", "arn:lb", "internal", true)
	r.set("aws:lb/loadBalancer:LoadBalancer", "arn:lb", "arn", "arn:lb")
	r.set(distributionType, "E1", "origins", list(state{
		"originId": "alb", "domainName": "alb.example.com", "customHeaders": list(state{"name": "X-Origin-Verify", "value": "a secret"}),
		"vpcOriginConfig": state{"vpcOriginId": "vo_1", "originReadTimeout": 20.0},
	}))
	r.set("aws:cloudfront/vpcOrigin:VpcOrigin", "vo_1", "vpcOriginEndpointConfig", state{
		"arn": "arn:lb", "name": "web", "httpPort": 80.0, "httpsPort": 443.0, "originProtocolPolicy": "https-only",
		"originSslProtocols": state{"items": list("TLSv1.2"), "quantity": 1.0},
	})
	delete(r, [2]string{"aws:route53/record:Record", "alb"})
	r.set("aws:ec2/securityGroup:SecurityGroup", "sg-lb", "ingress",
		list(state{"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "securityGroups": list("sg-service")}))
	return r
}

// A deployment does not have CloudFront's group, an account does.
func TestAVPCOriginIsRead(t *testing.T) {
	const group = "aws:ec2/securityGroup:SecurityGroup"
	for name, tc := range map[string]struct {
		change func(resources)
		status int
		noted  string
	}{
		"the group is not among the resources": {func(resources) {}, 200, "ingress[0].referencedSecurityGroupId"},
		"the group is there":                   {func(r resources) { r.set(group, "sg-service", "name", "CloudFront-VPCOrigins-Service-SG") }, 200, ""},
		"another group":                        {func(r resources) { r.set(group, "sg-service", "name", "bastion") }, 504, ""},
		"no such VPC origin":                   {func(r resources) { delete(r, [2]string{"aws:cloudfront/vpcOrigin:VpcOrigin", "vo_1"}) }, 0, "origins"},
	} {
		t.Run(name, func(t *testing.T) {
			r := private()
			tc.change(r)
			m := r.read(t, registered.Options{})
			assert.Equal(t, tc.status, viewer(m).Status, viewer(m).Why)
			if tc.noted != "" {
				assert.NotEmpty(t, noted(m, tc.noted), m.Notes)
			}
		})
	}
	o := private().read(t, registered.Options{}).Plan.Distributions[0].Origins[0]
	assert.Equal(t, "web", o.VPCOrigin)
	assert.Equal(t, 20, o.ReadTimeoutSeconds)
	assert.Equal(t, []string{requestpath.TLS12}, o.SSLProtocols)
}
