package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAListenerHasTheOutputsOfAWS(t *testing.T) {
	b := newBalanced(t)
	plain, secure := b.state(listenerToken, b.plain), b.state(listenerToken, b.secure)
	assert.Regexp(t, `^arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/web-[0-9a-f]{7}/[0-9a-f]{16}/[0-9a-f]{16}$`, b.plain)
	assert.Equal(t, "HTTP", plain.str("protocol"))
	assert.Empty(t, plain.str("sslPolicy"))
	assert.Equal(t, "ELBSecurityPolicy-2016-08", secure.str("sslPolicy"), "the API's default is an old policy")
}

func TestWhatAListenerCannotBe(t *testing.T) {
	b := newBalanced(t)
	pending, _ := b.pendingCertificate("pending.example.com")
	elsewhere := b.inRegion("us-east-1").issuedCertificate("web.example.com")
	grpc := b.group("grpc", object{"protocolVersion": "GRPC"})
	other := b.balanced("other")
	taken := b.group("taken", nil)
	b.create(listenerRuleToken, "taken", other.ruleInputs(taken, 1))
	vpc, _ := b.create(vpcToken, "other", object{"cidrBlock": "10.30.0.0/16"})
	foreign := b.group("foreign", object{"vpcId": vpc})
	https := object{"protocol": "HTTPS", "certificateArn": b.certificate}
	actions := func(actions ...any) object { return object{"defaultActions": actions} }
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"port 0":              {object{"port": 0.0}, "port must be 1-65535, got 0"},
		"port 65536":          {object{"port": 65536.0}, "port must be 1-65535, got 65536"},
		"port taken":          {object{"port": 443.0}, "DuplicateListener: A listener already exists on this port (443)"},
		"TCP":                 {object{"protocol": "TCP"}, "protocol must be one of HTTP, HTTPS"},
		"no load balancer":    {object{"loadBalancerArn": "arn"}, "LoadBalancerNotFound"},
		"no certificate":      {object{"protocol": "HTTPS"}, "ValidationError: A certificate must be specified for HTTPS listeners"},
		"plain certificate":   {object{"certificateArn": b.certificate}, "cannot be specified for HTTP listeners"},
		"plain policy":        {object{"protocol": "HTTP", "sslPolicy": "ELBSecurityPolicy-2016-08"}, "sslPolicy cannot be specified for HTTP listeners"},
		"unknown certificate": {https.with(object{"certificateArn": "arn:aws:acm:x"}), "CertificateNotFound"},
		"other Region":        {https.with(object{"certificateArn": elsewhere}), "CertificateNotFound"},
		"pending certificate": {https.with(object{"certificateArn": pending}), "UnsupportedCertificate"},
		"unknown policy":      {https.with(object{"sslPolicy": "TLSv1.2_2021"}), "SSLPolicyNotFound: SSL policy 'TLSv1.2_2021' not found"},
		"no action":           {actions(), "defaultActions"},
		"two actions":         {actions(fixedResponse("404"), fixedResponse("503")), "InvalidLoadBalancerAction"},
		"unknown type":        {actions(object{"type": "drop"}), "defaultActions[0].type must be one of"},
		"cognito":             {actions(object{"type": "forward", "authenticateCognito": object{"userPoolArn": "a", "userPoolClientId": "b", "userPoolDomain": "c"}}), "unsupported by the local AWS"},
		"no response":         {actions(object{"type": "fixed-response"}), "defaultActions[0].fixedResponse is required"},
		"stray block":         {actions(fixedResponse("404").with(object{"targetGroupArn": grpc})), "defaultActions[0].targetGroupArn cannot be given with type fixed-response"},
		"code 301":            {actions(fixedResponse("301")), "defaultActions[0].fixedResponse.statusCode must be a 2XX, 4XX or 5XX code"},
		"content type":        {actions(object{"type": "fixed-response", "fixedResponse": object{"contentType": "image/png"}}), "contentType must be one of"},
		"no target":           {actions(object{"type": "forward"}), "defaultActions[0].forward is required"},
		"unknown target":      {actions(forwardTo("arn")), "TargetGroupNotFound"},
		"gRPC over HTTP":      {actions(forwardTo(grpc)), "is not supported with a target group with the protocol-version 'GRPC'"},
		"taken target":        {actions(forwardTo(taken)), "TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer: " + taken},
		"foreign target":      {actions(forwardTo(foreign)), "is in the VPC '" + vpc + "'"},
		"six targets":         {actions(forwardTo("1", "2", "3", "4", "5", "6")), "must be 1-5 target groups, got 6"},
		"weight":              {actions(object{"type": "forward", "forward": object{"targetGroups": []any{object{"arn": grpc, "weight": 1000.0}}}}), "defaultActions[0].forward.targetGroups[0].weight must be 0-999"},
		"two answers":         {actions(object{"type": "forward", "targetGroupArn": "a", "forward": object{"targetGroups": []any{object{"arn": "b"}}}}), "must be the only target group of forward"},
		"order":               {actions(fixedResponse("404").with(object{"order": 0.0})), "order must be 1-50000"},
		"ALPN":                {object{"alpnPolicy": "None"}, "unsupported by the local AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.refused(listenerToken, "listener", b.listenerInputs(8443, tc.in), tc.want)
		})
	}
}

func TestRedirects(t *testing.T) {
	b := newBalanced(t)
	https := object{"protocol": "HTTPS", "certificateArn": b.certificate}
	redirect := func(r object) object {
		return object{"defaultActions": []any{object{"type": "redirect", "redirect": object{"statusCode": "HTTP_301"}.with(r)}}}
	}
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"nothing changed": {redirect(nil), "creates a loop"},
		"only the query":  {redirect(object{"query": "a=b"}), "creates a loop"},
		"keywords":        {redirect(object{"host": "#{host}", "path": "/#{path}", "port": "#{port}", "protocol": "#{protocol}"}), "creates a loop"},
		"status code":     {redirect(object{"statusCode": "301", "port": "443"}), "redirect.statusCode must be one of HTTP_301, HTTP_302"},
		"port":            {redirect(object{"port": "65536"}), "redirect.port must be 1-65535 or #{port}"},
		"protocol":        {redirect(object{"protocol": "TCP"}), "redirect.protocol must be one of"},
		"path":            {redirect(object{"path": "other"}), "redirect.path must begin with /"},
		"HTTPS to HTTP":   {redirect(object{"protocol": "HTTP"}).with(https), "Redirecting from HTTPS to HTTP is not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.refused(listenerToken, "listener", b.listenerInputs(8080, tc.in), tc.want)
		})
	}
	b.t = t
	b.create(listenerToken, "redirect", b.listenerInputs(8080, redirect(object{"protocol": "HTTPS", "port": "443"})))
}

func TestWhatAChangeOfAListenerDoes(t *testing.T) {
	b := newBalanced(t)
	secure := b.listenerInputs(443, object{"protocol": "HTTPS", "certificateArn": b.certificate})
	d := b.changeOf(listenerToken, b.plain, b.listenerInputs(80, object{"loadBalancerArn": "other"}))
	assert.Equal(t, []string{"loadBalancerArn"}, d.replaces)

	updated := b.update(listenerToken, b.secure, secure.with(object{"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"}))
	assert.Equal(t, "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", updated.str("sslPolicy"))
	assert.Empty(t, b.changeOf(listenerToken, b.secure, secure).changed, "a policy stays when it is taken away")

	_, err := b.tryUpdate(listenerToken, b.plain, b.listenerInputs(443, nil))
	assert.ErrorContains(t, err, "DuplicateListener")

	grpc := b.group("grpc", object{"protocolVersion": "GRPC"})
	b.create(listenerRuleToken, "grpc", b.ruleInputs(grpc, 1))
	_, err = b.tryUpdate(listenerToken, b.secure, b.listenerInputs(443, object{"protocol": "HTTP"}))
	assert.ErrorContains(t, err, "protocol-version 'GRPC'", "a rule's target speaks gRPC")
}

func TestDeletingAListener(t *testing.T) {
	b := newBalanced(t)
	rule, _ := b.create(listenerRuleToken, "rule", b.ruleInputs(b.group("web", nil), 1))
	extra, _ := b.create(listenerCertificateToken, "extra", object{
		"listenerArn": b.secure, "certificateArn": b.issuedCertificate("extra.example.com")})
	b.delete(listenerToken, b.secure)
	assert.Nil(t, b.state(listenerRuleToken, rule), "its rules go with it")
	assert.Nil(t, b.state(listenerCertificateToken, extra), "and its certificates")
	assert.NotNil(t, b.state(listenerToken, b.plain))
}

func TestALoadBalancerHas50Listeners(t *testing.T) {
	b := newBalanced(t)
	b.change(func(t *tx) {
		for port := 1000; port < 1048; port++ {
			t.set(listenerToken, t.hex(16), b.listenerInputs(port, nil))
		}
	})
	b.refused(listenerToken, "one-more", b.listenerInputs(8080, nil), "TooManyListeners")
}

func TestALoadBalancerForwardsTo100TargetGroups(t *testing.T) {
	b := newBalanced(t)
	b.change(func(t *tx) {
		for n := range 100 {
			arn := "arn:" + t.hex(8)
			t.set(targetGroupToken, arn, groupInputs(object{"protocolVersion": "HTTP1"}))
			t.set(listenerRuleToken, t.hex(16), b.ruleInputs(arn, n+1).with(object{"listenerArn": b.plain}))
		}
	})
	group := b.group("one-more", nil)
	b.refused(listenerToken, "l", b.listenerInputs(8080, object{"defaultActions": []any{forwardTo(group)}}),
		"TooManyUniqueTargetGroupsPerLoadBalancer")
}

func TestListenerCertificates(t *testing.T) {
	b := newBalanced(t)
	extra := b.issuedCertificate("extra.example.com")
	pending, _ := b.pendingCertificate("pending.example.com")
	in := func(listener, certificate string) object {
		return object{"listenerArn": listener, "certificateArn": certificate}
	}
	b.refused(listenerCertificateToken, "c", in("arn", extra), "ListenerNotFound")
	b.refused(listenerCertificateToken, "c", in(b.plain, extra), "HTTPS listeners only")
	b.refused(listenerCertificateToken, "c", in(b.secure, pending), "UnsupportedCertificate")
	b.refused(listenerCertificateToken, "c", in(b.secure, "arn"), "CertificateNotFound")
	id, _ := b.create(listenerCertificateToken, "c", in(b.secure, extra))
	assert.Equal(t, b.secure+"_"+extra, id)
	b.change(func(t *tx) {
		for range 24 {
			t.set(listenerCertificateToken, t.hex(8), in(b.secure, t.hex(8)))
		}
	})
	b.refused(listenerCertificateToken, "c", in(b.secure, b.certificate), "TooManyCertificates")
}
