package pathcases

import rp "github.com/portico-iac/portico/requestpath"

// listenerCases are a load balancer's listeners, rules and actions.
func listenerCases() []Case {
	const (
		actions = elb + "rule-action-types.html"
		refusal = elb + "create-https-listener.html"
		origins = cloudFront + "RequestAndResponseBehaviorCustomOrigin.html"
	)
	when := func(c ...rp.Condition) rp.Plan { return service(func(p *rp.Plan) { rule(p).Conditions = c }) }
	acts := func(a rp.Action) rp.Plan { return service(func(p *rp.Plan) { rule(p).Action = a }) }
	fixed := func(status int) rp.Plan { return acts(rp.Action{Type: rp.ActionFixedResponse, Status: status}) }
	redirects := func(r rp.Redirect) rp.Plan { return acts(rp.Action{Type: rp.ActionRedirect, Redirect: &r}) }
	value := func(field string, values ...string) rp.Condition { return rp.Condition{Field: field, Values: values} }
	header := rp.Condition{Field: rp.FieldHeader, Header: "X-Tenant", Values: []string{"blue*"}}
	post, version, below := value(rp.FieldMethod, "POST"), value(rp.FieldQuery, "version=v1"), value(rp.FieldPath, "/a/*")
	tenant := rp.Request{Headers: []rp.Header{{Name: "x-tenant", Value: "BLUE-1"}}}
	path := func(s string) rp.Request { return rp.Request{Path: s} }
	query := func(s string) rp.Request { return rp.Request{Query: s} }
	left := Want{Status: 404, By: rp.HopLoadBalancer, Rule: "default", Fact: "no-rule-matches"}
	invalid := unanswered(rp.RefusedByAWS, rp.HopLoadBalancer, "action-invalid").at("action")
	noCertificate := func(p *rp.Plan) { https(p).Certificates = nil }
	hosts := func(p *rp.Plan) { rule(p).Conditions = append(rule(p).Conditions, value(rp.FieldHost, viewerName)) }
	return from(SourceALB, elb+"rule-condition-types.html",
		is("host", when(value(rp.FieldHost, viewerName)), ordinary, ruled),
		is("host, in capitals", when(value(rp.FieldHost, "WWW.Example.com")), ordinary, ruled),
		is("host, wildcard", when(value(rp.FieldHost, "*.example.com")), ordinary, ruled),
		is("host, another", when(value(rp.FieldHost, "app.example.com")), ordinary, left),
		is("host, one of several values", when(value(rp.FieldHost, "app.example.com", viewerName)), ordinary, ruled),
		is("path", when(below), path("/a/b"), ruled),
		is("path, case matters", when(below), path("/A/b"), left),
		is("path, ? is one character", when(value(rp.FieldPath, "/a?")), path("/a"), left),
		is("path, the query is no part of it", when(value(rp.FieldPath, "/a")), rp.Request{Path: "/a", Query: "b"}, ruled),
		is("header", when(header), tenant, ruled),
		is("header missing", when(header), ordinary, left),
		is("method", when(post), rp.Request{Method: "POST"}, ruled),
		is("method, another", when(post), ordinary, left),
		is("query, key and value", when(version), query("a=b&Version=V1"), ruled),
		is("query, value alone", when(value(rp.FieldQuery, "*v1*")), query("a=xv1y"), ruled),
		is("query, another", when(version), query("version=v2"), left),
		is("source address", when(value(rp.FieldSourceIP, "203.0.113.0/24")), ordinary, ruled),
		is("source address, another", when(value(rp.FieldSourceIP, "192.0.2.0/24")), ordinary, left),
		is("all conditions have to be met", when(header, value(rp.FieldPath, "/a")), path("/b"),
			Want{Status: 404, By: rp.HopLoadBalancer, Rule: "default", Fact: "fixed-response"}),
		is("lower priorities first", service(second), path("/api/x"), Want{Status: 201, By: rp.HopTarget, Rule: "5"}).on(elb+"listener-rules.html"),
		is("a rule that answers itself", fixed(503), ordinary,
			Want{Status: 503, By: rp.HopLoadBalancer, Rule: "10", Fact: "fixed-response", Field: "rules[10].action"}).on(actions),
		is("redirect to another host", redirects(rp.Redirect{Host: "example.com", Status: 302}), path("/a"),
			Want{Status: 302, By: rp.HopLoadBalancer, Location: "https://example.com:443/a", Fact: "redirect-action"}).on(actions),
		is("redirect with keywords", redirects(rp.Redirect{Host: "new.#{host}", Path: "/old/#{path}", Query: "#{query}&from=#{protocol}"}),
			rp.Request{Path: "/a", Query: "b=c"},
			Want{Status: 301, By: rp.HopLoadBalancer, Location: "https://new.www.example.com:443/old/a?b=c&from=HTTPS"}).on(actions),
		is("redirect that changes nothing", redirects(rp.Redirect{Query: "a=b"}), ordinary, invalid).on(actions),
		is("redirect from HTTPS to HTTP", redirects(rp.Redirect{Protocol: "HTTP"}), ordinary, invalid).on(actions),
		ends("redirect to itself in a loop", redirects(rp.Redirect{Path: "/a"}), path("/a"),
			Want{Status: 301, Reason: rp.RedirectLoop, By: rp.HopLoadBalancer, Fact: "redirect-loop"}).on(actions),
		is("fixed response of 302", fixed(302), ordinary, invalid).on(actions),
		is("no action", acts(rp.Action{}), ordinary, invalid).on(actions),
		is("a target group that is not described", acts(rp.Action{Type: rp.ActionForward, TargetGroup: "none"}), ordinary,
			unanswered(rp.NotDescribed, rp.HopLoadBalancer, "not-described")),
		is("TRACE", service(), rp.Request{Method: "TRACE"}, refused(405, "trace")).on(troubleshooting),
		is("no listener on the port, the group open", service(admitToo(0, fromAnywhere(8443))), rp.Request{Port: 8443, IgnoreCertificate: true},
			unanswered(rp.Refused, rp.HopLoadBalancer, "nothing-listens")),
		is("an HTTPS listener without a certificate", service(noCertificate), ordinary,
			unanswered(rp.RefusedByAWS, rp.HopLoadBalancer, "listener-invalid").at("certificates")).on(refusal),
		is("behind CloudFront, a listener that AWS refuses", fronted(noCertificate), ordinary,
			unanswered(rp.RefusedByAWS, rp.HopLoadBalancer, "listener-invalid")).on(refusal),
		is("behind CloudFront a host rule never matches", fronted(hosts), ordinary,
			Want{Status: 403, By: rp.HopLoadBalancer, Rule: "default", Fact: "no-rule-matches", Warning: "host-rule-never-matches"}).on(origins),
		is("behind CloudFront a host rule matches when Host is forwarded", fronted(hosts, forwarding), ordinary, ruled).on(origins),
	)
}

// targetCases are a load balancer's connection to its targets.
func targetCases() []Case {
	const (
		groups   = elb + "load-balancer-target-groups.html"
		policies = elb + "describe-ssl-policies.html"
	)
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
	fromHTTP := func(version string) rp.Plan {
		return service(func(p *rp.Plan) {
			targets(p).ProtocolVersion = version
			web(p).Listeners[1].DefaultAction = rp.Action{Type: rp.ActionForward, TargetGroup: "app"}
		})
	}
	plainGroup := func(p *rp.Plan) { targets(p).Protocol = rp.ProtocolHTTP }
	tls13 := func(p *rp.Plan) { listens(p).TLS = []string{rp.TLS13} }
	wantsTLS := Want{Status: 400, By: rp.HopTarget, Fact: "plain-http-on-tls-port"}
	needsHTTPS := unanswered(rp.RefusedByAWS, rp.HopLoadBalancer, "group-needs-https-listener").at("protocolVersion")
	return from(SourceTargets, troubleshooting,
		is("certificates are not validated: expired", shows(rp.Certificate{Expired: true}), ordinary, reached).on(groups),
		is("certificates are not validated: self-signed", shows(rp.Certificate{Trust: rp.SelfSigned}), ordinary, reached).on(groups),
		is("certificates are not validated: incomplete chain", shows(rp.Certificate{Trust: rp.IncompleteChain}), ordinary, reached).on(groups),
		is("HTTPS to a target that speaks plain HTTP", secure(func(p *rp.Plan) { listens(p).Protocol = rp.ProtocolHTTP }), ordinary,
			refused(502, "target-tls")),
		is("HTTP to a target that wants TLS", secure(plainGroup), ordinary, wantsTLS),
		is("HTTP to a target that wants TLS, any method", secure(plainGroup), rp.Request{Method: "DELETE"}, wantsTLS),
		is("plain HTTP/2 to a target that wants TLS", secure(plainGroup, func(p *rp.Plan) {
			targets(p).ProtocolVersion, listens(p).Versions = rp.VersionHTTP2, []string{rp.HTTP2}
		}), ordinary, refused(502, "target-http-version")),
		is("a target of TLS 1.3 alone, policy with TLS 1.3", secure(tls13), ordinary, reached).on(policies),
		is("a target of TLS 1.3 alone, policy without", secure(tls13, func(p *rp.Plan) { https(p).SecurityPolicy = "" }), ordinary,
			refused(502, "target-tls")).on(policies),
		is("HTTP2 to a target of HTTP/1.1 alone", service(func(p *rp.Plan) { targets(p).ProtocolVersion = rp.VersionHTTP2 }), ordinary,
			refused(502, "target-http-version")),
		is("HTTP2 from an HTTP listener", fromHTTP(rp.VersionHTTP2), plain, needsHTTPS).on(groups),
		is("GRPC from an HTTP listener", fromHTTP(rp.VersionGRPC), plain, needsHTTPS).on(groups),
		is("HTTP1 from an HTTP listener", fromHTTP(rp.VersionHTTP1), plain, reached).on(groups),
		is("the connection is cut", answers(rp.Answer{Failure: rp.FailureReset}), ordinary, refused(502, "target-refused")),
		is("the connection is cut, beyond the idle timeout", answers(rp.Answer{DelaySeconds: 61, Failure: rp.FailureReset}), ordinary,
			refused(504, "target-slow")),
		is("a malformed answer", answers(rp.Answer{Failure: rp.FailureMalformed}), ordinary, refused(502, "target-refused")),
		is("the target's own error", answers(rp.Answer{Status: 500}), ordinary,
			Want{Status: 500, By: rp.HopTarget, Fact: "answered", Field: "answer.status"}),
		is("slow within the idle timeout", answers(rp.Answer{DelaySeconds: 59}), ordinary, reached),
		is("slow beyond the idle timeout", answers(rp.Answer{DelaySeconds: 61}), ordinary, refused(504, "target-slow").at("idleTimeoutSeconds")),
		is("a target that closes idle connections first", service(func(p *rp.Plan) { listens(p).KeepaliveSeconds = 60 }), ordinary,
			reached.warned("target-keepalive")).on(elb+"edit-load-balancer-attributes.html"),
		is("the cut connection seen by whoever dials the target", answers(rp.Answer{Failure: rp.FailureReset}), fromInside,
			unanswered(rp.Reset, rp.HopOrigin, "connection-reset")),
	)
}
