package awsrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
)

func TestWayOf(t *testing.T) {
	for _, tt := range []struct {
		nat       string
		endpoints []string
		want      string
	}{
		{awsrule.NATSingle, nil, awsrule.EgressNAT},
		{awsrule.NATPerAz, awsrule.FargateEndpoints(), awsrule.EgressNAT},
		{awsrule.NATNone, nil, awsrule.EgressNone},
		{awsrule.NATNone, []string{"ecr.api", "ecr.dkr"}, awsrule.EgressNone},
		{awsrule.NATNone, awsrule.FargateEndpoints(), awsrule.EgressEndpoints},
		{awsrule.NATNone, append(awsrule.FargateEndpoints(), "ssm"), awsrule.EgressEndpoints},
	} {
		assert.Equal(t, tt.want, awsrule.PrivateEgressOf(tt.nat, tt.endpoints), "%v", tt)
	}
}

func TestInterfaceEndpoints(t *testing.T) {
	for name, tt := range map[string]struct {
		services []string
		wantErr  string
	}{
		"none":         {nil, ""},
		"several":      {[]string{"ecr.api", "secretsmanager", "execute-api"}, ""},
		"full name":    {[]string{"com.amazonaws.us-east-1.ecr.api"}, `e[0]: must be the service alone, got "com.amazonaws.us-east-1.ecr.api"; use "ecr.api"`},
		"not a name":   {[]string{"logs", "ECR"}, `e[1]: must be the name of an AWS service`},
		"empty":        {[]string{""}, `e[0]: must be the name of an AWS service`},
		"has gateway":  {[]string{"s3"}, `e[0]: must not be "s3", which every network reaches through its gateway endpoint`},
		"named before": {[]string{"ssm", "logs", "ssm"}, `e[2]: is a duplicate of "ssm": remove it`},
	} {
		t.Run(name, func(t *testing.T) {
			l := fault.ForConfig()
			awsrule.InterfaceEndpoints(l, "e", tt.services)
			if tt.wantErr == "" {
				assert.NoError(t, l.Err())
				return
			}
			assert.ErrorContains(t, l.Err(), tt.wantErr)
		})
	}
}

func TestEndpointZones(t *testing.T) {
	assert.NoError(t, awsrule.EndpointZones("x", nil, []string{"xx-north-1a"}))
	assert.NoError(t, awsrule.EndpointZones("x", []string{"xx-north-1b", "xx-north-1a"}, []string{"xx-north-1a"}))
	assert.ErrorContains(t, awsrule.EndpointZones("x", []string{"xx-north-1b"}, []string{"xx-north-1b", "xx-north-1a"}),
		"x is not in xx-north-1a, only in [xx-north-1b]")
}
