package local_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
)

// The engine prints the whole value of a property that a provider says has failed,
// secret or not. A refusal names the input in its text instead.
func TestTheEngineDoesNotPrintWhatWasRefused(t *testing.T) {
	t.Parallel()
	const secret = "hunter2SECRET"
	programs := map[string]struct {
		program pulumi.RunFunc
		names   string
	}{
		"user data": {func(ctx *pulumi.Context) error {
			_, err := ec2.NewInstance(ctx, "i", &ec2.InstanceArgs{
				InstanceType: pulumi.String("t4g.small"), Ami: pulumi.String("ami-1"),
				UserDataBase64: pulumi.String("not base64: " + secret),
			})
			return err
		}, "userDataBase64"},
		"a policy that is a Pulumi secret": {func(ctx *pulumi.Context) error {
			_, err := iam.NewPolicy(ctx, "p", &iam.PolicyArgs{
				Policy: pulumi.ToSecret(pulumi.String(`{"Statement": "` + secret)).(pulumi.StringOutput),
			})
			return err
		}, "policy"},
		"a text record": {func(ctx *pulumi.Context) error {
			_, err := route53.NewRecord(ctx, "r", &route53.RecordArgs{
				ZoneId: pulumi.String("Z05EEDEXAMPLECOM0001"), Name: pulumi.String("x.example.com"),
				Type: pulumi.String("TXT"), Ttl: pulumi.Int(60), Records: pulumi.StringArray{pulumi.String(strings.Repeat("a", 300) + secret)},
			})
			return err
		}, "records"},
		"a fixed answer": {func(ctx *pulumi.Context) error {
			_, err := lb.NewListener(ctx, "l", &lb.ListenerArgs{
				LoadBalancerArn: pulumi.String("arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/a/1"),
				Port:            pulumi.Int(80),
				DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
					Type: pulumi.String("fixed-response"),
					FixedResponse: lb.ListenerDefaultActionFixedResponseArgs{
						ContentType: pulumi.String("text/nothing"), MessageBody: pulumi.String(secret), StatusCode: pulumi.String("200"),
					},
				}},
			})
			return err
		}, "contentType"},
	}
	for name, tt := range programs {
		t.Run(name, func(t *testing.T) {
			res, err := local.New(t, tt.program).TryPreview()
			require.Error(t, err)
			assert.Contains(t, err.Error(), tt.names)
			assert.NotContains(t, err.Error(), secret)
			assert.NotContains(t, res.Output, secret)
		})
	}
}
