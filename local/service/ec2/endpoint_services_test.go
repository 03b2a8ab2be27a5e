package ec2_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
)

func TestEndpointService(t *testing.T) {
	const token = "aws:ec2/getVpcEndpointService:getVpcEndpointService"
	c := cloudtest.New(t)
	got := c.Call(token, core.Object{"serviceName": "com.amazonaws.ap-northeast-1.ecr.api"})
	assert.Equal(t, "Interface", got.Str("serviceType"))
	assert.Equal(t, core.List("ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c", "ap-northeast-1d"), got.List("availabilityZones"))
	assert.Equal(t, "Gateway", c.Call(token, core.Object{"service": "s3", "serviceType": "Gateway"}).Str("serviceType"))
	for want, in := range map[string]core.Object{
		"InvalidServiceName":                         {"serviceName": "com.amazonaws.ap-northeast-1.ecr.apis"},
		"The Vpc Endpoint Service 'com.amazonaws.eu": {"serviceName": "com.amazonaws.eu-west-1.ecr.api"},
		"multiple EC2 VPC Endpoint Services matched": {"service": "s3"},
		"no matching EC2 VPC Endpoint Service found": {"service": "logs", "serviceType": "Gateway"},
	} {
		_, err := c.TryCall(token, in)
		require.ErrorContains(t, err, want)
	}
}
