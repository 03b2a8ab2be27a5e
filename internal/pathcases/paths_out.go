package pathcases

import rp "github.com/portico-iac/portico/requestpath"

// listenerCases are a load balancer's listeners, rules and actions.
func listenerCases() []Case {
	const (
		conditions = elb + "rule-condition-types.html"
		actions    = elb + "rule-action-types.html"
		rules      = elb + "listener-rules.html"
	)
	when := func(c ...rp.Condition) rp.Plan {
		return service(func(p *rp.Plan) { https(p).Rules[0].Conditions = c })
	}
	acts := func(a rp.Action) rp.Plan { return service(func(p *rp.Plan) { https(p).Rules[0].Action = a }) }
	redirects := func(r rp.Redirect) rp.Plan { return acts(rp.Action{Type: rp.ActionRedirect, Redirect: &r}) }
	value := func(field string, values ...string) rp.Condition { return rp.Condition{Field: field, Values: values} }
	header := rp.Condition{Field: rp.FieldHeader, Header: "X-Tenant", Values: []string{"blue*"}}
	tenant := rp.Request{Headers: []rp.Header{{Name: "x-tenant", Value: "BLUE-1"}}}
	path := func(s string) rp.Request { return rp.Request{Path: s} }
	query := func(s string) rp.Request { return rp.Request{Query: s} }
	left := Want{Status: 404, By: rp.HopLoadBalancer, Rule: "default", Fact: "no-rule-matches"}
	invalid := Want{Reason: rp.RefusedByAWS, By: rp.HopLoadBalancer, Fact: "action-invalid", Field: "action"}
	hosts := func(p *rp.Plan) {
		https(p).Rules[0].Conditions = append(https(p).Rules[0].Conditions, value(rp.FieldHost, viewerName))
	}
	return from(SourceALB, conditions, []Case{
		{Name: "host", Plan: when(value(rp.FieldHost, viewerName)), Want: ruled},
		{Name: "host, in capitals", Plan: when(value(rp.FieldHost, "WWW.Example.com")), Want: ruled},
		{Name: "host, wildcard", Plan: when(value(rp.FieldHost, "*.example.com")), Want: ruled},
		{Name: "host, another", Plan: when(value(rp.FieldHost, "app.example.com")), Want: left},
		{Name: "host, one of several values", Plan: when(value(rp.FieldHost, "app.example.com", viewerName)), Want: ruled},
		{Name: "path", Plan: when(value(rp.FieldPath, "/a/*")), Request: path("/a/b"), Want: ruled},
		{Name: "path, case matters", Plan: when(value(rp.FieldPath, "/a/*")), Request: path("/A/b"), Want: left},
		{Name: "path, ? is one character", Plan: when(value(rp.FieldPath, "/a?")), Request: path("/a"), Want: left},
		{Name: "path, the query is no part of it", Plan: when(value(rp.FieldPath, "/a")), Request: rp.Request{Path: "/a", Query: "b"}, Want: ruled},
		{Name: "header", Plan: when(header), Request: tenant, Want: ruled},
		{Name: "header missing", Plan: when(header), Want: left},
		{Name: "method", Plan: when(value(rp.FieldMethod, "POST")), Request: rp.Request{Method: "POST"}, Want: ruled},
		{Name: "method, another", Plan: when(value(rp.FieldMethod, "POST")), Want: left},
		{Name: "query, key and value", Plan: when(value(rp.FieldQuery, "version=v1")), Request: query("a=b&Version=V1"), Want: ruled},
		{Name: "query, value alone", Plan: when(value(rp.FieldQuery, "*v1*")), Request: query("a=xv1y"), Want: ruled},
		{Name: "query, another", Plan: when(value(rp.FieldQuery, "version=v1")), Request: query("version=v2"), Want: left},
		{Name: "source address", Plan: when(value(rp.FieldSourceIP, "203.0.113.0/24")), Want: ruled},
		{Name: "source address, another", Plan: when(value(rp.FieldSourceIP, "192.0.2.0/24")), Want: left},
		{Name: "all conditions have to be met", Plan: when(header, value(rp.FieldPath, "/a")), Request: path("/b"),
			Want: Want{Status: 404, By: rp.HopLoadBalancer, Rule: "default", Fact: "fixed-response"}},
		{Name: "lower priorities first", URL: rules, Request: path("/api/x"), Plan: service(second), Want: Want{Status: 201, By: rp.HopTarget, Rule: "5"}},
		{Name: "a rule that answers itself", URL: actions, Plan: acts(rp.Action{Type: rp.ActionFixedResponse, Status: 503}),
			Want: Want{Status: 503, By: rp.HopLoadBalancer, Rule: "10", Fact: "fixed-response", Field: "rules[10].action"}},
		{Name: "redirect to another host", URL: actions, Plan: redirects(rp.Redirect{Host: "example.com", Status: 302}), Request: path("/a"),
			Want: Want{Status: 302, By: rp.HopLoadBalancer, Location: "https://example.com:443/a", Fact: "redirect-action"}},
		{Name: "redirect with keywords", URL: actions, Request: rp.Request{Path: "/a", Query: "b=c"},
			Plan: redirects(rp.Redirect{Host: "new.#{host}", Path: "/old/#{path}", Query: "#{query}&from=#{protocol}"}),
			Want: Want{Status: 301, By: rp.HopLoadBalancer, Location: "https://new.www.example.com:443/old/a?b=c&from=HTTPS"}},
		{Name: "redirect that changes nothing", URL: actions, Plan: redirects(rp.Redirect{Query: "a=b"}), Want: invalid},
		{Name: "redirect from HTTPS to HTTP", URL: actions, Plan: redirects(rp.Redirect{Protocol: "HTTP"}), Want: invalid},
		{Name: "redirect to itself in a loop", URL: actions, Plan: redirects(rp.Redirect{Path: "/a"}), Request: path("/a"), Follow: true,
			Want: Want{Status: 301, Reason: rp.RedirectLoop, By: rp.HopLoadBalancer, Fact: "redirect-loop"}},
		{Name: "fixed response of 302", URL: actions, Plan: acts(rp.Action{Type: rp.ActionFixedResponse, Status: 302}), Want: invalid},
		{Name: "no action", URL: actions, Plan: acts(rp.Action{}), Want: invalid},
		{Name: "a target group that is not described", Plan: acts(rp.Action{Type: rp.ActionForward, TargetGroup: "none"}),
			Want: Want{Reason: rp.NotDescribed, By: rp.HopLoadBalancer, Fact: "not-described"}},
		{Name: "TRACE", URL: troubleshooting, Plan: service(), Request: rp.Request{Method: "TRACE"}, Want: refused(405, "trace")},
		{Name: "no listener on the port, the group open", Request: rp.Request{Port: 8443, IgnoreCertificate: true},
			Plan: service(func(p *rp.Plan) { *ingress(p, 0) = append(*ingress(p, 0), fromAnywhere(8443)) }),
			Want: Want{Reason: rp.Refused, By: rp.HopLoadBalancer, Fact: "nothing-listens"}},
		{Name: "an HTTPS listener without a certificate", URL: elb + "create-https-listener.html",
			Plan: service(func(p *rp.Plan) { https(p).Certificates = nil }),
			Want: Want{Reason: rp.RefusedByAWS, By: rp.HopLoadBalancer, Fact: "listener-invalid", Field: "certificates"}},
		{Name: "behind CloudFront, a listener that AWS refuses", URL: elb + "create-https-listener.html",
			Plan: fronted(func(p *rp.Plan) { https(p).Certificates = nil }),
			Want: Want{Reason: rp.RefusedByAWS, By: rp.HopLoadBalancer, Fact: "listener-invalid"}},
		{Name: "behind CloudFront a host rule never matches", URL: cloudFront + "RequestAndResponseBehaviorCustomOrigin.html",
			Plan: fronted(hosts),
			Want: Want{Status: 403, By: rp.HopLoadBalancer, Rule: "default", Fact: "no-rule-matches", Warning: "host-rule-never-matches"}},
		{Name: "behind CloudFront a host rule matches when Host is forwarded", URL: cloudFront + "RequestAndResponseBehaviorCustomOrigin.html",
			Plan: fronted(hosts, forwarding), Want: ruled},
	}...)
}

// targetCases are a load balancer's connection to its targets.
func targetCases() []Case {
	const groups = elb + "load-balancer-target-groups.html"
	const policies = elb + "describe-ssl-policies.html"
	answers := func(a rp.Answer) rp.Plan { return service(func(p *rp.Plan) { listens(p).Answer = a }) }
	secure := func(changes ...change) rp.Plan {
		return service(append([]change{func(p *rp.Plan) {
			targets(p).Protocol, listens(p).Protocol = rp.ProtocolHTTPS, rp.ProtocolHTTPS
			listens(p).Certificates = []rp.Certificate{*certificate("task")}
		}}, changes...)...)
	}
	shows := func(c rp.Certificate) rp.Plan {
		c.Names = []string{"another.example.com"}
		return secure(func(p *rp.Plan) { listens(p).Certificates = []rp.Certificate{c} })
	}
	plainListener := func(version string) rp.Plan {
		return service(func(p *rp.Plan) {
			targets(p).ProtocolVersion = version
			p.LoadBalancers[0].Listeners[1].DefaultAction = rp.Action{Type: rp.ActionForward, TargetGroup: "app"}
		})
	}
	plain := rp.Request{Scheme: rp.SchemeHTTP}
	needsHTTPS := Want{Reason: rp.RefusedByAWS, By: rp.HopLoadBalancer, Fact: "group-needs-https-listener", Field: "protocolVersion"}
	return from(SourceTargets, troubleshooting, []Case{
		{Name: "certificates are not validated: expired", URL: groups, Plan: shows(rp.Certificate{Expired: true}), Want: reached},
		{Name: "certificates are not validated: self-signed", URL: groups, Plan: shows(rp.Certificate{Trust: rp.SelfSigned}), Want: reached},
		{Name: "certificates are not validated: incomplete chain", URL: groups, Plan: shows(rp.Certificate{Trust: rp.IncompleteChain}), Want: reached},
		{Name: "HTTPS to a target that speaks plain HTTP", Plan: secure(func(p *rp.Plan) { listens(p).Protocol = rp.ProtocolHTTP }),
			Want: refused(502, "target-tls")},
		{Name: "HTTP to a target that wants TLS", Plan: secure(func(p *rp.Plan) { targets(p).Protocol = rp.ProtocolHTTP }),
			Want: Want{Status: 400, By: rp.HopTarget, Fact: "plain-http-on-tls-port"}},
		{Name: "HTTP to a target that wants TLS, any method", Plan: secure(func(p *rp.Plan) { targets(p).Protocol = rp.ProtocolHTTP }),
			Request: rp.Request{Method: "DELETE"}, Want: Want{Status: 400, By: rp.HopTarget, Fact: "plain-http-on-tls-port"}},
		{Name: "plain HTTP/2 to a target that wants TLS",
			Plan: secure(func(p *rp.Plan) {
				targets(p).Protocol, targets(p).ProtocolVersion, listens(p).Versions = rp.ProtocolHTTP, rp.VersionHTTP2, []string{rp.HTTP2}
			}), Want: refused(502, "target-http-version")},
		{Name: "a target of TLS 1.3 alone, policy with TLS 1.3", URL: policies, Plan: secure(func(p *rp.Plan) { listens(p).TLS = []string{rp.TLS13} }),
			Want: reached},
		{Name: "a target of TLS 1.3 alone, policy without", URL: policies,
			Plan: secure(func(p *rp.Plan) { listens(p).TLS, https(p).SecurityPolicy = []string{rp.TLS13}, "" }), Want: refused(502, "target-tls")},
		{Name: "HTTP2 to a target of HTTP/1.1 alone", Plan: service(func(p *rp.Plan) { targets(p).ProtocolVersion = rp.VersionHTTP2 }),
			Want: refused(502, "target-http-version")},
		{Name: "HTTP2 from an HTTP listener", URL: groups, Plan: plainListener(rp.VersionHTTP2), Request: plain, Want: needsHTTPS},
		{Name: "GRPC from an HTTP listener", URL: groups, Plan: plainListener(rp.VersionGRPC), Request: plain, Want: needsHTTPS},
		{Name: "HTTP1 from an HTTP listener", URL: groups, Plan: plainListener(rp.VersionHTTP1), Request: plain, Want: reached},
		{Name: "the connection is cut", Plan: answers(rp.Answer{Failure: rp.FailureReset}), Want: refused(502, "target-refused")},
		{Name: "the connection is cut, beyond the idle timeout", Plan: answers(rp.Answer{DelaySeconds: 61, Failure: rp.FailureReset}),
			Want: refused(504, "target-slow")},
		{Name: "a malformed answer", Plan: answers(rp.Answer{Failure: rp.FailureMalformed}), Want: refused(502, "target-refused")},
		{Name: "the target's own error", Plan: answers(rp.Answer{Status: 500}),
			Want: Want{Status: 500, By: rp.HopTarget, Fact: "answered", Field: "answer.status"}},
		{Name: "slow within the idle timeout", Plan: answers(rp.Answer{DelaySeconds: 59}), Want: reached},
		{Name: "slow beyond the idle timeout", Plan: answers(rp.Answer{DelaySeconds: 61}),
			Want: Want{Status: 504, By: rp.HopLoadBalancer, Fact: "target-slow", Field: "idleTimeoutSeconds"}},
		{Name: "a target that closes idle connections first", URL: elb + "edit-load-balancer-attributes.html",
			Plan: service(func(p *rp.Plan) { listens(p).KeepaliveSeconds = 60 }), Want: Want{Status: 200, By: rp.HopTarget, Warning: "target-keepalive"}},
		{Name: "the cut connection seen by whoever dials the target", Request: rp.Request{Scheme: rp.SchemeHTTP, Name: privateIP, Port: 8080,
			From: rp.Source{Kind: rp.FromVPC, SecurityGroups: []string{"alb"}}}, Plan: answers(rp.Answer{Failure: rp.FailureReset}),
			Want: Want{Reason: rp.Reset, By: rp.HopOrigin, Fact: "connection-reset"}},
	}...)
}
