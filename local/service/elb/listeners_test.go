package elb_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/elb"
)

func TestAListenerHasTheOutputsOfAWS(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	plain, secure := b.State(elb.ListenerToken, b.Plain), b.State(elb.ListenerToken, b.Secure)
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/web-[0-9a-f]{7}/[0-9a-f]{16}/[0-9a-f]{16}$`, b.Plain)
	assert.Equal(t, "HTTP", plain.Str("protocol"))
	assert.Empty(t, plain.Str("sslPolicy"))
	assert.Equal(t, "ELBSecurityPolicy-2016-08", secure.Str("sslPolicy"), "the API's default is an old policy")
}

func TestWhatAListenerCannotBe(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	pending, _ := b.PendingCertificate("pending.example.com")
	elsewhere := b.InRegion("us-east-1").IssuedCertificate("web.example.com")
	grpc := b.TargetGroup("grpc", core.Object{"protocolVersion": "GRPC"})
	other := b.Balanced("other")
	taken := b.TargetGroup("taken", nil)
	b.Create(elb.ListenerRuleToken, "taken", other.RuleInputs(taken, 1))
	vpc, _ := b.Create(ec2.VpcToken, "other", core.Object{"cidrBlock": "10.30.0.0/16"})
	foreign := b.TargetGroup("foreign", core.Object{"vpcId": vpc})
	https := core.Object{"protocol": "HTTPS", "certificateArn": b.Certificate}
	actions := func(actions ...any) core.Object { return core.Object{"defaultActions": actions} }
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"port 0":              {core.Object{"port": 0.0}, "port must be 1-65535, got 0"},
		"port 65536":          {core.Object{"port": 65536.0}, "port must be 1-65535, got 65536"},
		"port taken":          {core.Object{"port": 443.0}, "DuplicateListener: A listener already exists on this port (443)"},
		"TCP":                 {core.Object{"protocol": "TCP"}, "protocol must be one of HTTP, HTTPS"},
		"no load balancer":    {core.Object{"loadBalancerArn": "arn"}, "LoadBalancerNotFound"},
		"no certificate":      {core.Object{"protocol": "HTTPS"}, "ValidationError: A certificate must be specified for HTTPS listeners"},
		"plain certificate":   {core.Object{"certificateArn": b.Certificate}, "cannot be specified for HTTP listeners"},
		"plain policy":        {core.Object{"protocol": "HTTP", "sslPolicy": "ELBSecurityPolicy-2016-08"}, "sslPolicy cannot be specified for HTTP listeners"},
		"unknown certificate": {https.With(core.Object{"certificateArn": "arn:aws:acm:x"}), "CertificateNotFound"},
		"other Region":        {https.With(core.Object{"certificateArn": elsewhere}), "CertificateNotFound"},
		"pending certificate": {https.With(core.Object{"certificateArn": pending}), "UnsupportedCertificate"},
		"unknown policy":      {https.With(core.Object{"sslPolicy": "TLSv1.2_2021"}), "SSLPolicyNotFound: SSL policy 'TLSv1.2_2021' not found"},
		"no action":           {actions(), "defaultActions"},
		"two actions":         {actions(cloudtest.FixedResponse("404"), cloudtest.FixedResponse("503")), "InvalidLoadBalancerAction"},
		"unknown type":        {actions(core.Object{"type": "drop"}), "defaultActions[0].type must be one of"},
		"cognito":             {actions(core.Object{"type": "forward", "authenticateCognito": core.Object{"userPoolArn": "a", "userPoolClientId": "b", "userPoolDomain": "c"}}), "unsupported by the local AWS"},
		"no response":         {actions(core.Object{"type": "fixed-response"}), "defaultActions[0].fixedResponse is required"},
		"stray block":         {actions(cloudtest.FixedResponse("404").With(core.Object{"targetGroupArn": grpc})), "defaultActions[0].targetGroupArn cannot be given with type fixed-response"},
		"code 301":            {actions(cloudtest.FixedResponse("301")), "defaultActions[0].fixedResponse.statusCode must be a 2XX, 4XX or 5XX code"},
		"no code":             {actions(core.Object{"type": "fixed-response", "fixedResponse": core.Object{"contentType": "text/plain"}}), "defaultActions[0].fixedResponse.statusCode is required"},
		"content type":        {actions(core.Object{"type": "fixed-response", "fixedResponse": core.Object{"statusCode": "404", "contentType": "image/png"}}), "contentType must be one of"},
		"no target":           {actions(core.Object{"type": "forward"}), "defaultActions[0].forward is required"},
		"unknown target":      {actions(cloudtest.ForwardTo("arn")), "TargetGroupNotFound"},
		"gRPC over HTTP":      {actions(cloudtest.ForwardTo(grpc)), "is not supported with a target group with the protocol-version 'GRPC'"},
		"taken target":        {actions(cloudtest.ForwardTo(taken)), "TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer: " + taken},
		"foreign target":      {actions(cloudtest.ForwardTo(foreign)), "is in the VPC '" + vpc + "'"},
		"six targets":         {actions(cloudtest.ForwardTo("1", "2", "3", "4", "5", "6")), "targetGroups must be at most 5, got 6"},
		"weight":              {actions(core.Object{"type": "forward", "forward": core.Object{"targetGroups": []any{core.Object{"arn": grpc, "weight": 1000.0}}}}), "defaultActions[0].forward.targetGroups[0].weight must be 0-999"},
		"two answers":         {actions(core.Object{"type": "forward", "targetGroupArn": "a", "forward": core.Object{"targetGroups": []any{core.Object{"arn": "b"}}}}), "must be the only target group of forward"},
		"order":               {actions(cloudtest.FixedResponse("404").With(core.Object{"order": 0.0})), "order must be 1-50000"},
		"ALPN":                {core.Object{"alpnPolicy": "None"}, "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			b.For(t).Refused(elb.ListenerToken, "listener", b.ListenerInputs(8443, tc.in), tc.want)
		})
	}
}

func TestRedirects(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	https := core.Object{"protocol": "HTTPS", "certificateArn": b.Certificate}
	redirect := func(r core.Object) core.Object {
		return core.Object{"defaultActions": []any{core.Object{"type": "redirect", "redirect": core.Object{"statusCode": "HTTP_301"}.With(r)}}}
	}
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"nothing changed": {redirect(nil), "creates a loop"},
		"only the query":  {redirect(core.Object{"query": "a=b"}), "creates a loop"},
		"keywords":        {redirect(core.Object{"host": "#{host}", "path": "/#{path}", "port": "#{port}", "protocol": "#{protocol}"}), "creates a loop"},
		"status code":     {redirect(core.Object{"statusCode": "301", "port": "443"}), "redirect.statusCode must be one of HTTP_301, HTTP_302"},
		"port":            {redirect(core.Object{"port": "65536"}), "redirect.port must be #{port} or 1-65535"},
		"protocol":        {redirect(core.Object{"protocol": "TCP"}), "redirect.protocol must be one of"},
		"path":            {redirect(core.Object{"path": "other"}), "redirect.path must be a path that begins with /"},
		"HTTPS to HTTP":   {redirect(core.Object{"protocol": "HTTP"}).With(https), "Redirecting from HTTPS to HTTP is not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			b.For(t).Refused(elb.ListenerToken, "listener", b.ListenerInputs(8080, tc.in), tc.want)
		})
	}
	b.Create(elb.ListenerToken, "redirect", b.ListenerInputs(8080, redirect(core.Object{"protocol": "HTTPS", "port": "443"})))
}

func TestWhatAChangeOfAListenerDoes(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	secure := b.ListenerInputs(443, core.Object{"protocol": "HTTPS", "certificateArn": b.Certificate})
	d := b.ChangeOf(elb.ListenerToken, b.Plain, b.ListenerInputs(80, core.Object{"loadBalancerArn": "other"}))
	assert.Equal(t, []string{"loadBalancerArn"}, d.Replaces)

	updated := b.Update(elb.ListenerToken, b.Secure, secure.With(core.Object{"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"}))
	assert.Equal(t, "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", updated.Str("sslPolicy"))
	assert.Empty(t, b.ChangeOf(elb.ListenerToken, b.Secure, secure).Changed, "a policy stays when it is taken away")

	_, err := b.TryUpdate(elb.ListenerToken, b.Plain, b.ListenerInputs(443, nil))
	assert.ErrorContains(t, err, "DuplicateListener")

	grpc := b.TargetGroup("grpc", core.Object{"protocolVersion": "GRPC"})
	b.Create(elb.ListenerRuleToken, "grpc", b.RuleInputs(grpc, 1))
	_, err = b.TryUpdate(elb.ListenerToken, b.Secure, b.ListenerInputs(443, core.Object{"protocol": "HTTP"}))
	assert.ErrorContains(t, err, "protocol-version 'GRPC'", "a rule's target speaks gRPC")
}

func TestDeletingAListener(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	rule, _ := b.Create(elb.ListenerRuleToken, "rule", b.RuleInputs(b.TargetGroup("web", nil), 1))
	extra, _ := b.Create(elb.ListenerCertificateToken, "extra", core.Object{
		"listenerArn": b.Secure, "certificateArn": b.IssuedCertificate("extra.example.com")})
	b.Delete(elb.ListenerToken, b.Secure)
	assert.Nil(t, b.State(elb.ListenerRuleToken, rule), "its rules go with it")
	assert.Nil(t, b.State(elb.ListenerCertificateToken, extra), "and its certificates")
	assert.NotNil(t, b.State(elb.ListenerToken, b.Plain))
}

func TestALoadBalancerHas50Listeners(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	b.Change(func(t *core.Tx) {
		for port := 1000; port < 1048; port++ {
			t.Set(elb.ListenerToken, t.Hex(16), b.ListenerInputs(port, nil))
		}
	})
	b.Refused(elb.ListenerToken, "one-more", b.ListenerInputs(8080, nil), "TooManyListeners")
}

func TestALoadBalancerForwardsTo100TargetGroups(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	b.Change(func(t *core.Tx) {
		for n := range 100 {
			arn := "arn:" + t.Hex(8)
			t.Set(elb.TargetGroupToken, arn, cloudtest.TargetGroupInputs(core.Object{"protocolVersion": "HTTP1"}))
			t.Set(elb.ListenerRuleToken, t.Hex(16), b.RuleInputs(arn, n+1).With(core.Object{"listenerArn": b.Plain}))
		}
	})
	group := b.TargetGroup("one-more", nil)
	b.Refused(elb.ListenerToken, "l", b.ListenerInputs(8080, core.Object{"defaultActions": []any{cloudtest.ForwardTo(group)}}),
		"TooManyUniqueTargetGroupsPerLoadBalancer")
}

func TestListenerCertificates(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	extra := b.IssuedCertificate("extra.example.com")
	pending, _ := b.PendingCertificate("pending.example.com")
	in := func(listener, certificate string) core.Object {
		return core.Object{"listenerArn": listener, "certificateArn": certificate}
	}
	b.Refused(elb.ListenerCertificateToken, "c", in("arn", extra), "ListenerNotFound")
	b.Refused(elb.ListenerCertificateToken, "c", in(b.Plain, extra), "HTTPS listeners only")
	b.Refused(elb.ListenerCertificateToken, "c", in(b.Secure, pending), "UnsupportedCertificate")
	b.Refused(elb.ListenerCertificateToken, "c", in(b.Secure, "arn"), "CertificateNotFound")
	id, _ := b.Create(elb.ListenerCertificateToken, "c", in(b.Secure, extra))
	assert.Equal(t, b.Secure+"_"+extra, id)
	b.Change(func(t *core.Tx) {
		for range 24 {
			t.Set(elb.ListenerCertificateToken, t.Hex(8), in(b.Secure, t.Hex(8)))
		}
	})
	b.Refused(elb.ListenerCertificateToken, "c", in(b.Secure, b.Certificate), "TooManyCertificates")
}
