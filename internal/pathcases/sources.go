package pathcases

import rp "github.com/portico-iac/portico/requestpath"

// sourceA is CloudFront, a load balancer, an instance that exists: which origin works.
func sourceA() []Case {
	ownName := func(p *rp.Plan) { origin(p).DomainName = elbName }
	http2 := func(p *rp.Plan) { targets(p).ProtocolVersion = rp.VersionHTTP2 }
	return from(SourceA, "",
		is("the load balancer's own name as origin, https", adopted(front, ownName), ordinary,
			failed(502, "origin-certificate").named(elbName).warned("origin-certificate").at("origins[app].domainName")),
		is("the load balancer's own name as origin, http-only, no port 80 in its group", adopted(front, ownName, plainOrigin), ordinary,
			failed(504, "origin-dropped").warned("origin-certificate")),
		is("the load balancer's own name as origin, http-only, no listener on port 80",
			adopted(front, ownName, plainOrigin, admitToo(0, fromAnywhere(80))), ordinary,
			failed(502, "origin-refused").warned("origin-certificate")),
		is("the viewer's own name as origin", adopted(front, func(p *rp.Plan) { origin(p).DomainName = viewerName }), ordinary,
			failed(403, "stacked-distributions").at("origins[app].domainName")),
		is("a name of its own that leads to the load balancer", adopted(front), ordinary,
			Want{Status: 200, By: rp.HopTarget, SNI: loadBalancerName, XCache: rp.XCacheMiss, Rule: "default"}),
		is("a target group of version HTTP2", adopted(front, http2), ordinary, Want{Status: 464, By: rp.HopLoadBalancer,
			SNI: loadBalancerName, XCache: rp.XCacheError, Fact: "protocol-version", Field: "targetGroups[instance].protocolVersion"}),
		is("the load balancer's record alone", adopted(front), get(loadBalancerName), reached),
		is("plain http is redirected at the distribution", adopted(front), plain,
			Want{Status: 301, By: rp.HopDistribution, XCache: rp.XCacheRedirect, Location: "https://www.example.com/"}),
	)
}

// sourceB is CloudFront, a load balancer, Fargate: 464, and nobody around CloudFront.
func sourceB() []Case {
	accept := func(values ...string) change { return func(p *rp.Plan) { rule(p).Conditions[0].Values = values } }
	send := func(headers ...rp.Header) change { return func(p *rp.Plan) { origin(p).Headers = headers } }
	header := func(value string) rp.Header { return rp.Header{Name: secretHeader, Value: value} }
	another := func(headers ...rp.Header) rp.Request { // somebody else's distribution
		return rp.Request{Name: loadBalancerName, ConnectTo: elbName, From: rp.Source{Kind: rp.FromCloudFront}, Headers: headers}
	}
	direct := rp.Request{Name: loadBalancerName, ConnectTo: elbName}
	noRule := Want{Status: 403, By: rp.HopLoadBalancer, Fact: "no-rule-matches", Rule: "default"}
	wrong := Want{Status: 403, By: rp.HopLoadBalancer, XCache: rp.XCacheError, Fact: "no-rule-matches"}
	sending := func(value string) rp.Request { return rp.Request{Headers: []rp.Header{header(value)}} }
	http2 := func(p *rp.Plan) {
		targets(p).ProtocolVersion, listens(p).Versions = rp.VersionHTTP2, []string{rp.HTTP2}
	}
	secure := func(p *rp.Plan) {
		targets(p).Protocol, listens(p).Protocol = rp.ProtocolHTTPS, rp.ProtocolHTTPS
		listens(p).Certificates = []rp.Certificate{{Names: []string{"task"}, Trust: rp.SelfSigned}}
	}
	return from(SourceB, "",
		is("HTTP/1.1 to a target group of version HTTP2", fronted(http2), ordinary,
			Want{Status: 464, By: rp.HopLoadBalancer, XCache: rp.XCacheError, Fact: "protocol-version", Field: "protocolVersion"}),
		is("HTTP/1.1 to targets on HTTP/1.1", fronted(), ordinary,
			Want{Status: 200, By: rp.HopTarget, SNI: loadBalancerName, XCache: rp.XCacheMiss, Rule: "10"}),
		is("HTTP/2 to the end without CloudFront", service(http2), ordinary, ruled),
		is("prefix list: around CloudFront", fronted(), direct, timedOut(rp.HopLoadBalancer, "security-group").at("securityGroups[alb].ingress")),
		is("prefix list: through CloudFront", fronted(accept("*")), ordinary, reached),
		is("no prefix list: around CloudFront, the header still refuses", fronted(admit(0, fromAnywhere(443))), direct, noRule),
		is("secret: another distribution without the header", fronted(), another(), noRule),
		is("secret: another distribution with a wrong value", fronted(), another(header("guess")), noRule),
		is("secret: the distribution does not send it", fronted(send()), ordinary, wrong),
		is("secret: the distribution sends a wrong one", fronted(send(header("old"))), ordinary, wrong),
		is("secret: a viewer's own header is replaced", fronted(), sending("guess"), Want{Status: 200, By: rp.HopTarget, XCache: rp.XCacheMiss}),
		is("secret: a viewer who knows it gets no further than the distribution's own value", fronted(send(header("old"))), sending(secret),
			refused(403, "no-rule-matches")),
		is("secret: rotated, both accepted, the distribution still sends the previous one", fronted(accept("secret-next", secret)), ordinary, reached),
		is("secret: rotated, both accepted, the distribution sends the next one",
			fronted(accept("secret-next", secret), send(header("secret-next"))), ordinary, reached),
		is("secret: rotated too soon, only the next one accepted", fronted(accept("secret-next")), ordinary, refused(403, "no-rule-matches")),
		is("secret: a header's name has no case", fronted(send(rp.Header{Name: "x-origin-verify", Value: secret})), ordinary, reached),
		is("HTTPS between load balancer and tasks", fronted(secure), ordinary, reached),
	)
}

// sourceD is the measured table: CloudFront's name, the certificate, whether
// Host is forwarded, and then the SNI and the result.
func sourceD() []Case {
	row := func(name, viewer, covered string, forwards bool, sni string, want Want) Case {
		return is(name, instance(func(p *rp.Plan) {
			behavior(p).ForwardsHost = forwards
			listens(p).Certificates = []rp.Certificate{*certificate(covered)}
			if viewer == distributionName {
				site(p).Aliases, site(p).Certificate, site(p).MinimumTLS = nil, nil, ""
			}
		}), get(viewer), want.named(sni))
	}
	fine := Want{Status: 200, By: rp.HopOrigin, XCache: rp.XCacheMiss, Fact: "answered"}
	disagree := fine.warned("weaker-name-rule")
	bad := failed(502, "origin-certificate").at("listeners[443].certificates")
	guarded := func(sent string, accepted ...string) rp.Plan { // the instance wants a header
		return instance(func(p *rp.Plan) {
			origin(p).Headers = []rp.Header{{Name: secretHeader, Value: sent}}
			listens(p).RequiredHeader = &rp.RequiredHeader{Name: secretHeader, Values: accepted}
		})
	}
	another := func(headers ...rp.Header) rp.Request { // somebody else's distribution
		return rp.Request{Name: originName, From: rp.Source{Kind: rp.FromCloudFront}, Headers: headers}
	}
	forbidden := Want{Status: 403, By: rp.HopOrigin, Fact: "required-header", Field: "servers[instance].listeners[443].requiredHeader"}
	wrong := Want{Status: 403, By: rp.HopOrigin, XCache: rp.XCacheError, Fact: "required-header"}
	return from(SourceD, "",
		is("secret: through CloudFront", guarded(secret, secret), ordinary, fine.named(originName)),
		is("secret: another distribution without the header", guarded(secret, secret), another(), forbidden),
		is("secret: another distribution with a wrong value", guarded(secret, secret), another(rp.Header{Name: secretHeader, Value: "guess"}), forbidden),
		is("secret: around CloudFront", guarded(secret, secret), get(originName), timedOut(rp.HopOrigin, "security-group")),
		is("secret: the distribution sends a wrong one", guarded("old", secret), ordinary, wrong),
		is("secret: rotated, both accepted", guarded("secret-next", "secret-next", secret), ordinary, fine.named(originName)),
		row("row 1", viewerName, originName, true, viewerName, disagree),
		row("row 2", viewerName, originName, false, originName, fine),
		row("row 3", distributionName, originName, true, distributionName, disagree),
		row("row 4", distributionName, originName, false, originName, fine),
		row("row 5", viewerName, viewerName, true, viewerName, fine),
		row("row 6", viewerName, viewerName, false, originName, bad),
		row("row 7", distributionName, viewerName, true, distributionName, bad),
		row("row 8", distributionName, viewerName, false, originName, bad),
		ends("plain http is redirected", instance(), plain, Want{Status: 200, By: rp.HopOrigin}),
		is("around CloudFront to the instance's address", instance(), rp.Request{Name: publicIP, IgnoreCertificate: true},
			timedOut(rp.HopOrigin, "security-group")),
		is("around CloudFront to the instance's name", instance(), get(originName), timedOut(rp.HopOrigin, "security-group")),
		is("a group that admits nobody", instance(admit(0)), ordinary, failed(504, "origin-dropped").warned("origin-dropped")),
	)
}
