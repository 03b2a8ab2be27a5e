package components

import (
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
)

// newListeners makes the HTTPS listener and for viewers the HTTP listener that
// sends them there.
func (c *SecuredALB) newListeners(ctx *pulumi.Context) (err error) {
	c.HttpsListener, err = lb.NewListener(ctx, c.name+"-https", &lb.ListenerArgs{
		LoadBalancerArn: c.LoadBalancer.Arn,
		Port:            pulumi.Int(awstable.HTTPSPort),
		Protocol:        pulumi.String("HTTPS"),
		SslPolicy:       pulumi.String(c.args.SslPolicy),
		CertificateArn:  c.args.Domain.CertificateArn,
		DefaultActions:  c.unmatched(),
		Tags:            resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.ListenerArn = c.HttpsListener.Arn
	if c.args.AccessFrom == AccessFromCloudFront {
		return nil
	}
	c.HttpListener, err = lb.NewListener(ctx, c.name+"-http", &lb.ListenerArgs{
		LoadBalancerArn: c.LoadBalancer.Arn,
		Port:            pulumi.Int(awstable.HTTPPort),
		Protocol:        pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			// Host, path and query stay as they are, by default:
			// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
			Redirect: lb.ListenerDefaultActionRedirectArgs{
				Protocol:   pulumi.String("HTTPS"),
				Port:       pulumi.String(strconv.Itoa(awstable.HTTPSPort)),
				StatusCode: pulumi.String("HTTP_301"),
			},
		}},
		Tags: resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	return err
}

// unmatched answers requests that no route takes. Behind CloudFront that is
// above all a request without the origin secret, which is forbidden.
func (c *SecuredALB) unmatched() lb.ListenerDefaultActionArray {
	status, body := c.args.unmatchedStatus(), "Not found"
	if status == 403 {
		body = "Forbidden"
	}
	return lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
		Type: pulumi.String("fixed-response"),
		FixedResponse: lb.ListenerDefaultActionFixedResponseArgs{
			ContentType: pulumi.String("text/plain"),
			MessageBody: pulumi.String(body),
			StatusCode:  pulumi.String(strconv.Itoa(status)),
		},
	}}
}
