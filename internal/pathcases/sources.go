package pathcases

import rp "github.com/portico-iac/portico/requestpath"

// sourceA is CloudFront, a load balancer, an instance that exists: which origin works.
func sourceA() []Case {
	ownName := func(p *rp.Plan) { origin(p).DomainName = elbName }
	return from(SourceA, "", []Case{
		{Name: "the load balancer's own name as origin, https", Plan: adopted(front, ownName),
			Want: Want{Status: 502, By: rp.HopDistribution, SNI: elbName, XCache: rp.XCacheError, Fact: "origin-certificate",
				Warning: "origin-certificate", Field: "origin.domainName"}},
		{Name: "the load balancer's own name as origin, http-only, no port 80 in its group", Plan: adopted(front, ownName, plainOrigin),
			Want: Want{Status: 504, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "origin-dropped", Warning: "origin-certificate"}},
		{Name: "the load balancer's own name as origin, http-only, no listener on port 80",
			Plan: adopted(front, ownName, plainOrigin, func(p *rp.Plan) { *ingress(p, 0) = append(*ingress(p, 0), fromAnywhere(80)) }),
			Want: Want{Status: 502, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "origin-refused", Warning: "origin-certificate"}},
		{Name: "the viewer's own name as origin", Plan: adopted(front, func(p *rp.Plan) { origin(p).DomainName = viewerName }),
			Want: Want{Status: 403, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "stacked-distributions", Field: "origin.domainName"}},
		{Name: "a name of its own that leads to the load balancer", Plan: adopted(front),
			Want: Want{Status: 200, By: rp.HopTarget, SNI: loadBalancerName, XCache: rp.XCacheMiss, Rule: "default"}},
		{Name: "a target group of version HTTP2", Plan: adopted(front, func(p *rp.Plan) { targets(p).ProtocolVersion = rp.VersionHTTP2 }),
			Want: Want{Status: 464, By: rp.HopLoadBalancer, SNI: loadBalancerName, XCache: rp.XCacheError, Fact: "protocol-version",
				Field: "targetGroups[instance].protocolVersion"}},
		{Name: "the load balancer's record alone", Plan: adopted(front), Request: get(loadBalancerName), Want: reached},
		{Name: "plain http is redirected at the distribution", Plan: adopted(front), Request: rp.Request{Scheme: rp.SchemeHTTP},
			Want: Want{Status: 301, By: rp.HopDistribution, XCache: rp.XCacheRedirect, Location: "https://www.example.com/"}},
	}...)
}

// sourceB is CloudFront, a load balancer, Fargate: 464, and nobody around CloudFront.
func sourceB() []Case {
	accept := func(values ...string) change {
		return func(p *rp.Plan) { https(p).Rules[0].Conditions[0].Values = values }
	}
	send := func(headers ...rp.Header) change {
		return func(p *rp.Plan) { origin(p).Headers = headers }
	}
	header := func(value string) rp.Header { return rp.Header{Name: secretHeader, Value: value} }
	another := func(headers ...rp.Header) rp.Request { // somebody else's distribution
		return rp.Request{Name: loadBalancerName, ConnectTo: elbName, From: rp.Source{Kind: rp.FromCloudFront}, Headers: headers}
	}
	direct := rp.Request{Name: loadBalancerName, ConnectTo: elbName}
	noRule := Want{Status: 403, By: rp.HopLoadBalancer, Fact: "no-rule-matches", Rule: "default"}
	sending := func(value string) rp.Request { return rp.Request{Headers: []rp.Header{header(value)}} }
	http2 := func(p *rp.Plan) {
		targets(p).ProtocolVersion = rp.VersionHTTP2
		listens(p).Versions = []string{rp.HTTP2}
	}
	return from(SourceB, "", []Case{
		{Name: "HTTP/1.1 to a target group of version HTTP2", Plan: fronted(http2),
			Want: Want{Status: 464, By: rp.HopLoadBalancer, XCache: rp.XCacheError, Fact: "protocol-version", Field: "protocolVersion"}},
		{Name: "HTTP/1.1 to targets on HTTP/1.1", Plan: fronted(),
			Want: Want{Status: 200, By: rp.HopTarget, SNI: loadBalancerName, XCache: rp.XCacheMiss, Rule: "10"}},
		{Name: "HTTP/2 to the end without CloudFront", Plan: service(http2), Want: ruled},
		{Name: "prefix list: around CloudFront", Plan: fronted(), Request: direct,
			Want: Want{Reason: rp.Timeout, By: rp.HopLoadBalancer, Fact: "security-group", Field: "securityGroups[alb].ingress"}},
		{Name: "prefix list: through CloudFront", Plan: fronted(accept("*")), Want: reached},
		{Name: "no prefix list: around CloudFront, the header still refuses",
			Plan: fronted(func(p *rp.Plan) { *ingress(p, 0) = []rp.Access{fromAnywhere(443)} }), Request: direct, Want: noRule},
		{Name: "secret: another distribution without the header", Plan: fronted(), Request: another(), Want: noRule},
		{Name: "secret: another distribution with a wrong value", Plan: fronted(), Request: another(header("guess")), Want: noRule},
		{Name: "secret: the distribution does not send it", Plan: fronted(send()),
			Want: Want{Status: 403, By: rp.HopLoadBalancer, XCache: rp.XCacheError, Fact: "no-rule-matches"}},
		{Name: "secret: the distribution sends a wrong one", Plan: fronted(send(header("old"))),
			Want: Want{Status: 403, By: rp.HopLoadBalancer, XCache: rp.XCacheError, Fact: "no-rule-matches"}},
		{Name: "secret: a viewer's own header is replaced", Plan: fronted(), Request: sending("guess"),
			Want: Want{Status: 200, By: rp.HopTarget, XCache: rp.XCacheMiss}},
		{Name: "secret: a viewer who knows it gets no further than the distribution's own value", Plan: fronted(send(header("old"))), Request: sending(secret),
			Want: refused(403, "no-rule-matches")},
		{Name: "secret: rotated, both accepted, the distribution still sends the previous one", Plan: fronted(accept("secret-next", secret)), Want: reached},
		{Name: "secret: rotated, both accepted, the distribution sends the next one",
			Plan: fronted(accept("secret-next", secret), send(header("secret-next"))), Want: reached},
		{Name: "secret: rotated too soon, only the next one accepted", Plan: fronted(accept("secret-next")), Want: refused(403, "no-rule-matches")},
		{Name: "secret: a header's name has no case", Plan: fronted(send(rp.Header{Name: "x-origin-verify", Value: secret})), Want: reached},
		{Name: "HTTPS between load balancer and tasks", Plan: fronted(func(p *rp.Plan) {
			targets(p).Protocol = rp.ProtocolHTTPS
			listens(p).Protocol = rp.ProtocolHTTPS
			listens(p).Certificates = []rp.Certificate{{Names: []string{"task"}, Trust: rp.SelfSigned}}
		}), Want: reached},
	}...)
}

// sourceD is the measured table: CloudFront's name, the certificate, whether
// Host is forwarded, and then the SNI and the result.
func sourceD() []Case {
	row := func(name, viewer, covered string, forwards bool, sni string, status int, warning string) Case {
		want := Want{Status: status, By: rp.HopOrigin, SNI: sni, XCache: rp.XCacheMiss, Warning: warning, Fact: "answered"}
		if status == 502 {
			want.By, want.XCache, want.Fact, want.Field = rp.HopDistribution, rp.XCacheError, "origin-certificate", "listeners[443].certificates"
		}
		plan := instance(func(p *rp.Plan) {
			origin(p).ForwardsHost = forwards
			listens(p).Certificates = []rp.Certificate{*certificate(covered)}
			if viewer == distributionName {
				p.Distributions[0].Aliases, p.Distributions[0].Certificate, p.Distributions[0].MinimumTLS = nil, nil, ""
			}
		})
		return Case{Name: name, Plan: plan, Request: get(viewer), Want: want}
	}
	const disagree = "weaker-name-rule"
	return from(SourceD, "",
		row("row 1", viewerName, originName, true, viewerName, 200, disagree),
		row("row 2", viewerName, originName, false, originName, 200, ""),
		row("row 3", distributionName, originName, true, distributionName, 200, disagree),
		row("row 4", distributionName, originName, false, originName, 200, ""),
		row("row 5", viewerName, viewerName, true, viewerName, 200, ""),
		row("row 6", viewerName, viewerName, false, originName, 502, ""),
		row("row 7", distributionName, viewerName, true, distributionName, 502, ""),
		row("row 8", distributionName, viewerName, false, originName, 502, ""),
		Case{Name: "plain http is redirected", Plan: instance(), Request: rp.Request{Scheme: rp.SchemeHTTP}, Follow: true,
			Want: Want{Status: 200, By: rp.HopOrigin}},
		Case{Name: "around CloudFront to the instance's address", Plan: instance(), Request: rp.Request{Name: publicIP, IgnoreCertificate: true},
			Want: timedOut(rp.HopOrigin, "security-group")},
		Case{Name: "around CloudFront to the instance's name", Plan: instance(), Request: get(originName),
			Want: timedOut(rp.HopOrigin, "security-group")},
		Case{Name: "a group that admits nobody", Plan: instance(func(p *rp.Plan) { *ingress(p, 0) = nil }),
			Want: Want{Status: 504, By: rp.HopDistribution, SNI: "", XCache: rp.XCacheError, Fact: "origin-dropped", Warning: "origin-dropped"}},
	)
}
