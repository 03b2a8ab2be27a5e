package components

import (
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
)

// newListeners makes the HTTPS listener and for viewers the HTTP listener that
// sends them there.
func (c *SecuredALB) newListeners(ctx *pulumi.Context, name string) (err error) {
	c.HttpsListener, err = lb.NewListener(ctx, name+"-https", &lb.ListenerArgs{
		LoadBalancerArn: c.LoadBalancer.Arn,
		Port:            pulumi.Int(awstable.HTTPSPort),
		Protocol:        pulumi.String("HTTPS"),
		SslPolicy:       pulumi.String(c.args.SslPolicy),
		CertificateArn:  c.args.Domain.CertificateArn,
		DefaultActions:  c.unmatched(),
		Tags:            resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	if err != nil || c.args.AccessFrom == AccessFromCloudFront {
		return err
	}
	c.HttpListener, err = lb.NewListener(ctx, name+"-http", &lb.ListenerArgs{
		LoadBalancerArn: c.LoadBalancer.Arn,
		Port:            pulumi.Int(awstable.HTTPPort),
		Protocol:        pulumi.String("HTTP"),
		DefaultActions:  redirectToHTTPS(),
		Tags:            resourceTags(c.args.Tags),
	}, pulumi.Parent(c))
	return err
}

// redirectToHTTPS keeps host, path and query, which are the action's defaults.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
func redirectToHTTPS() lb.ListenerDefaultActionArray {
	return lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
		Type: pulumi.String("redirect"),
		Redirect: lb.ListenerDefaultActionRedirectArgs{
			Protocol:   pulumi.String("HTTPS"),
			Port:       pulumi.String(strconv.Itoa(awstable.HTTPSPort)),
			StatusCode: pulumi.String("HTTP_301"),
		},
	}}
}

// unmatched answers requests that no route takes. Behind CloudFront that is
// above all a request without the origin secret, which is forbidden.
func (c *SecuredALB) unmatched() lb.ListenerDefaultActionArray {
	status, body := "404", "Not found"
	if c.args.AccessFrom == AccessFromCloudFront {
		status, body = "403", "Forbidden"
	}
	return lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
		Type: pulumi.String("fixed-response"),
		FixedResponse: lb.ListenerDefaultActionFixedResponseArgs{
			ContentType: pulumi.String("text/plain"),
			MessageBody: pulumi.String(body),
			StatusCode:  pulumi.String(status),
		},
	}}
}
