package components_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// secretInstance is a program with a TLSInstance named origin, its secret, and a
// distribution before it.
func secretInstance(secret components.OriginSecretArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		made, err := components.NewOriginSecret(ctx, "secret", &secret)
		if err != nil {
			return err
		}
		network, err := components.NewNetwork(ctx, "net", &components.NetworkArgs{Nat: components.NatNone, InterfaceEndpoints: []string{}})
		if err != nil {
			return err
		}
		origin, err := components.NewTLSInstance(ctx, "origin", &components.TLSInstanceArgs{
			Network: network, OriginDomainName: "origin.example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
			OriginSecret: made,
		})
		if err != nil {
			return err
		}
		_, err = components.NewCloudFrontFront(ctx, "cdn", &components.CloudFrontFrontArgs{Origin: origin})
		return err
	}
}

func TestTheSecretIsInTheParameterAlone(t *testing.T) {
	g := componentstest.Deploy(t, secretInstance(components.OriginSecretArgs{HeaderName: "X-Mine", Version: "2", PreviousVersion: "1"}))
	componentstest.AssertInvariants(t, g)
	parameter := g.One(t, typeParameter)
	current := g.Get(t, typePassword, "secret-2").Output("result").(string)
	previous := g.Get(t, typePassword, "secret-1").Output("result").(string)
	assert.Equal(t, "SecureString", parameter.Input("type"))
	assert.Equal(t, current+","+previous, parameter.Input("value"))
	assert.True(t, parameter.IsSecret("value"))

	instance, ready := g.One(t, typeInstance), g.One(t, typeAssociation)
	arn := parameter.Output("arn").(string)
	assert.Contains(t, instance.Input("userData"), "export PORTICO_SECRET_PARAMETER='"+arn+"'\nexport PORTICO_SECRET_HEADER='X-Mine'\n")
	for _, value := range []string{current, previous} {
		assert.NotContains(t, instance.Input("userData"), value)
		assert.NotContains(t, ready.Input("parameters.commands"), value)
	}
	policy := policyOf(t, g, "origin-secret")
	assert.True(t, allows(t, policy, "ssm:GetParameter", arn, nil))
	assert.False(t, allows(t, policy, "ssm:GetParameter", arn+"2", nil))
	assert.True(t, instance.DependsOn(g.Get(t, typeRolePolicy, "origin-secret")))
	assert.Equal(t, current, g.One(t, typeDistribution).Input("origins[0].customHeaders[0].value"))
}

// A distribution is changed only after the instance accepts what it will send.
func TestTheDistributionWaitsUntilTheInstanceIsReady(t *testing.T) {
	g := componentstest.Deploy(t, secretInstance(components.OriginSecretArgs{}))
	ready := g.Get(t, typeAssociation, "origin-ready")
	assert.Equal(t, "AWS-RunShellScript", ready.Input("name"))
	assert.Equal(t, "InstanceIds", ready.Input("targets[0].key"))
	assert.Equal(t, []any{g.One(t, typeInstance).ID}, ready.Input("targets[0].values"))
	assert.Equal(t, 1200, ready.Input("waitForSuccessTimeoutSeconds"))
	assert.Equal(t, "1200", ready.Input("parameters.executionTimeout"))
	assert.Contains(t, ready.Input("parameters.commands"), "timeout 900 ")
	assert.Contains(t, ready.Input("parameters.commands"), "first-boot.sh refresh 1 ")
	assert.Contains(t, ready.PropertyDependencies["parameters"], g.One(t, typeParameter).URN)
	// Only its creation waits.
	assert.Equal(t, []string{"*"}, ready.ReplaceOnChanges)
	assert.True(t, ready.DeleteBeforeReplace)
	assert.True(t, g.One(t, typeDistribution).DependsOn(ready))
}

func TestTheAlarmOfTheCertificate(t *testing.T) {
	g := componentstest.Deploy(t, tlsInstance(func(a *components.TLSInstanceArgs) {
		a.AlarmTopicArns = pulumi.StringArray{pulumi.String(someTopicArn).ToStringOutput()}
	}))
	alarm := g.One(t, typeAlarm)
	for property, want := range map[string]any{
		"namespace": "Portico/TLSInstance", "metricName": "CertificateDaysLeft", "dimensions": map[string]any{"Origin": "origin.example.com"},
		"statistic": "Minimum", "period": 86400, "evaluationPeriods": 1, "threshold": 14,
		"comparisonOperator": "LessThanThreshold", "treatMissingData": "breaching",
		"alarmActions": []any{someTopicArn}, "okActions": []any{someTopicArn},
	} {
		assert.Equal(t, want, alarm.Input(property), property)
	}
	assert.True(t, alarm.DependsOn(g.One(t, typeAssociation)), "the first report has been made")
	policy := policyOf(t, g, "origin-metric")
	assert.True(t, allows(t, policy, "cloudwatch:PutMetricData", "*", map[string][]string{"cloudwatch:namespace": {"Portico/TLSInstance"}}))
	assert.False(t, allows(t, policy, "cloudwatch:PutMetricData", "*", map[string][]string{"cloudwatch:namespace": {"AWS/EC2"}}))

	assert.False(t, componentstest.Deploy(t, tlsInstance()).One(t, typeAlarm).Has("alarmActions"))
}

// An association with an instance that has not registered may count as successful.
func TestTheAssociationWaitsForTheInstanceToRegister(t *testing.T) {
	components.SetManagedPause(time.Millisecond)
	defer components.SetManagedPause(5 * time.Second)
	const token = "aws:ssm/getInstances:getInstances"
	var calls atomic.Int32
	answer := func(args resource.PropertyMap) (resource.PropertyMap, error) {
		id := args["filters"].ArrayValue()[0].ObjectValue()["values"].ArrayValue()[0]
		switch calls.Add(1) {
		case 1:
			return nil, errors.New("InvalidInstanceId: not registered")
		case 2:
			return resource.NewPropertyMapFromMap(map[string]any{"id": "r", "ids": []any{}}), nil
		}
		return resource.PropertyMap{"id": resource.NewStringProperty("r"), "ids": resource.NewArrayProperty([]resource.PropertyValue{id})}, nil
	}
	g := componentstest.Deploy(t, tlsInstance(), componentstest.WithInvoke(token, answer))
	assert.Equal(t, int32(3), calls.Load())
	assert.Equal(t, []any{g.One(t, typeInstance).ID}, g.One(t, typeAssociation).Input("targets[0].values"))

	calls.Store(0)
	componentstest.Preview(t, tlsInstance(), componentstest.WithInvoke(token, answer))
	assert.Zero(t, calls.Load())

	g, err := componentstest.TryDeploy(tlsInstance(), componentstest.WithInvoke(token, func(resource.PropertyMap) (resource.PropertyMap, error) {
		return nil, errors.New("access denied")
	}))
	assert.ErrorContains(t, err, `TLSInstance "origin": looking for instance "i-`)
	assert.ErrorContains(t, err, "access denied")
	assert.Empty(t, g.OfType(typeAssociation))
}

func TestTheNameOfAnInstanceWithASecret(t *testing.T) {
	_, err := components.PlanTLSInstance("aws-origin", &components.TLSInstanceArgs{
		OriginDomainName: "origin.example.com", OriginSecret: &components.OriginSecret{},
	})
	assert.ErrorContains(t, err, `TLSInstance "aws-origin": name must not begin with "aws" or "ssm"`)
}
