package pathcases

import (
	"slices"
	"strconv"

	rp "github.com/portico-iac/portico/requestpath"
)

// originCases are CloudFront's connection to its origin and what it sends there.
func originCases() []Case {
	return from(SourceOrigin, gateway,
		slices.Concat(originTLS(), originConnections(), originPorts(), originRequests(), originRedirects(), originLeaks(), originGRPC())...)
}

// served is what an origin answers.
var served = Want{Status: 200, By: rp.HopOrigin, SNI: originName, XCache: rp.XCacheMiss}

func answering(a rp.Answer) rp.Plan { return instance(func(p *rp.Plan) { listens(p).Answer = a }) }

func originTLS() []Case {
	const ciphers = cloudFront + "secure-connections-supported-ciphers-cloudfront-to-origin.html"
	shows := func(c rp.Certificate) rp.Plan {
		return instance(func(p *rp.Plan) { listens(p).Certificates = []rp.Certificate{c} })
	}
	own := []string{originName}
	speaks := func(versions ...string) change { return func(p *rp.Plan) { listens(p).TLS = versions } }
	policy := func(name string) rp.Plan { return fronted(func(p *rp.Plan) { https(p).SecurityPolicy = name }) }
	bad := failed(502, "origin-certificate").named(originName)
	tls13 := failed(502, "origin-tls-1.3").warned("origin-tls-1.3")
	return []Case{
		is("expired certificate", shows(rp.Certificate{Names: own, Expired: true}), ordinary, bad),
		is("self-signed certificate", shows(rp.Certificate{Names: own, Trust: rp.SelfSigned}), ordinary, bad),
		is("certificate of an unknown authority", shows(rp.Certificate{Names: own, Trust: rp.UnknownIssuer}), ordinary, bad),
		is("incomplete chain", shows(rp.Certificate{Names: own, Trust: rp.IncompleteChain}), ordinary, bad),
		is("wildcard certificate", shows(*certificate("*.example.com")), ordinary, served),
		is("a wildcard stands for one level", shows(*certificate("*.origin.example.com")), ordinary, bad),
		is("an expired certificate at a load balancer", fronted(func(p *rp.Plan) { https(p).Certificates[0].Expired = true }), ordinary,
			failed(502, "origin-certificate").named(loadBalancerName)),
		is("an origin of TLS 1.2", instance(speaks(rp.TLS12)), ordinary, served).on(ciphers),
		is("an origin of TLS 1.3 alone", instance(speaks(rp.TLS13)), ordinary, tls13).on(ciphers),
		is("a load balancer of TLS 1.3 alone", policy("ELBSecurityPolicy-TLS13-1-3-2021-06"), ordinary, tls13).on(ciphers),
		is("an origin of TLS 1.3 alone, TLS 1.3 among the protocols",
			instance(speaks(rp.TLS13), func(p *rp.Plan) { origin(p).SSLProtocols = []string{rp.TLS12, rp.TLS13} }), ordinary, tls13).on(ciphers),
		is("an origin of TLS 1.1 alone", instance(speaks(rp.TLS11)), ordinary, failed(502, "origin-tls")),
		is("an origin that speaks plain HTTP on the port", instance(func(p *rp.Plan) { listens(p).Protocol = rp.ProtocolHTTP }), ordinary,
			failed(502, "origin-tls")),
	}
}

func originConnections() []Case {
	waits := func(seconds int) change { return func(p *rp.Plan) { origin(p).ReadTimeoutSeconds = seconds } }
	return []Case{
		is("dropped by the security group", instance(admit(0)), ordinary,
			failed(504, "origin-dropped").warned("origin-dropped").at("ingress")).on(timeout),
		is("refused: nothing listens", instance(func(p *rp.Plan) { server(p).Listeners = nil }), ordinary, failed(502, "origin-refused")),
		is("an address where nobody is", instance(func(p *rp.Plan) { p.Records[1].Addresses[0] = "192.0.2.1" }), ordinary,
			failed(504, "origin-dropped")).on(timeout),
		is("the connection is cut", answering(rp.Answer{Failure: rp.FailureReset}), ordinary, failed(502, "origin-reset")),
		is("a server of HTTP/2 alone", instance(func(p *rp.Plan) { listens(p).Versions = []string{rp.HTTP2} }), ordinary,
			failed(502, "origin-http-version")).on(cloudFront + "RequestAndResponseBehaviorCustomOrigin.html"),
		is("slow within the timeout", answering(rp.Answer{DelaySeconds: 29}), ordinary, served).on(timeout),
		is("slow beyond the timeout", answering(rp.Answer{DelaySeconds: 31}), ordinary,
			failed(504, "origin-slow").at("origins[app].readTimeoutSeconds")).on(timeout),
		is("the connection is cut, beyond the timeout", answering(rp.Answer{DelaySeconds: 31, Failure: rp.FailureReset}), ordinary,
			failed(504, "origin-slow")).on(timeout),
		is("the distribution's timeout comes before the load balancer's", fronted(func(p *rp.Plan) { listens(p).Answer.DelaySeconds = 90 }), ordinary,
			failed(504, "origin-slow")).on(timeout),
		is("the distribution waits no longer than the load balancer tries to connect", fronted(admit(1), waits(9)), ordinary,
			failed(504, "origin-slow")).on(timeout),
		is("the distribution waits longer than the load balancer tries to connect", fronted(admit(1), waits(30)), ordinary,
			Want{Status: 504, By: rp.HopLoadBalancer, XCache: rp.XCacheError, Fact: "target-dropped"}).on(timeout),
		is("a server that closes idle connections first", instance(func(p *rp.Plan) { listens(p).KeepaliveSeconds = 5 }), ordinary,
			Want{Status: 200, By: rp.HopOrigin, Warning: "origin-keepalive"}).on(settings),
	}
}

func originPorts() []Case {
	var list []Case
	ports := func(want Want, ports ...int) {
		for _, port := range ports {
			list = append(list, is("origin port "+strconv.Itoa(port), instance(admit(0, fromCloudFront(port)), func(p *rp.Plan) {
				origin(p).HTTPSPort, listens(p).Port = port, port
			}), ordinary, want).on(settings))
		}
	}
	ports(served, 80, 443, 1024, 8443, 65535)
	ports(unanswered(rp.RefusedByAWS, rp.HopDistribution, "origin-port").at("origins[app].httpsPort"), 79, 81, 444, 1023, 65536)
	return list
}

func originRequests() []Case {
	const (
		root     = cloudFront + "DefaultRootObject.html"
		forwards = cloudFront + "understanding-how-origin-request-policies-and-cache-policies-work-together.html"
	)
	tenant := rp.Request{Headers: []rp.Header{{Name: "X-Tenant", Value: "blue"}}}
	wants := func(c rp.Condition) change {
		return func(p *rp.Plan) { rule(p).Conditions = append(rule(p).Conditions, c) }
	}
	wantsTenant := wants(rp.Condition{Field: rp.FieldHeader, Header: "X-Tenant", Values: []string{"blue"}})
	wantsQuery := wants(rp.Condition{Field: rp.FieldQuery, Values: []string{"a=b"}})
	wantsPath := func(paths ...string) change { return wants(rp.Condition{Field: rp.FieldPath, Values: paths}) }
	// index.html is asked for in place of /, which the rule does not take.
	rootObject := fronted(func(p *rp.Plan) { site(p).DefaultRootObject = "index.html" }, wantsPath("/index.html", "/a/"))
	return []Case{
		is("the origin's own error", answering(rp.Answer{Status: 404}), ordinary,
			Want{Status: 404, By: rp.HopOrigin, XCache: rp.XCacheError, Fact: "answered", Field: "answer.status"}),
		is("the origin's own redirect is passed on", answering(rp.Answer{Status: 302, Location: "/login"}), ordinary,
			Want{Status: 302, By: rp.HopOrigin, XCache: rp.XCacheMiss, Location: "/login"}).on(cloudFront + "http-3xx-status-codes.html"),
		is("the default root object", rootObject, ordinary, ruled).on(root),
		is("the default root object is for the root alone", rootObject, rp.Request{Path: "/a/"}, ruled).on(root),
		is("headers are forwarded", fronted(wantsTenant), tenant, ruled).on(forwards),
		is("headers are not forwarded", fronted(wantsTenant, func(p *rp.Plan) { behavior(p).ForwardsHeaders = false }), tenant,
			refused(403, "no-rule-matches")).on(forwards),
		is("the query is not forwarded", fronted(wantsQuery, func(p *rp.Plan) { behavior(p).ForwardsQuery = false }), rp.Request{Query: "a=b"},
			refused(403, "no-rule-matches")).on(forwards),
		is("the origin's path comes first", fronted(wantsPath("/a/b"), func(p *rp.Plan) { origin(p).Path = "/a" }), rp.Request{Path: "/b"},
			ruled).on(settings),
	}
}

func originRedirects() []Case {
	const loops = "https://www.repost.aws/ja/questions/QUC9nkA3S1Ti2y9vUyL7e2ZA/"
	plainServer := func(p *rp.Plan) {
		server(p).Listeners = append(server(p).Listeners, redirectingListener)
		admitToo(0, fromCloudFront(80))(p)
	}
	matching := func(p *rp.Plan) {
		origin(p).ProtocolPolicy, behavior(p).ViewerProtocolPolicy = rp.MatchViewer, rp.AllowAll
	}
	shown := fronted(plainOrigin, redirecting)
	return []Case{
		is("http-only, Host not forwarded: the redirect shows the load balancer", shown, ordinary, Want{Status: 301, By: rp.HopLoadBalancer,
			XCache: rp.XCacheMiss, Location: "https://alb.example.com:443/", Fact: "redirect-action"}).on(loops),
		ends("http-only, Host not forwarded: following it leads around CloudFront", shown, ordinary,
			timedOut(rp.HopLoadBalancer, "redirect-leaks-origin").at("origins[app].protocolPolicy")).on(loops),
		ends("http-only, Host forwarded: a loop", fronted(plainOrigin, redirecting, forwarding), ordinary,
			Want{Status: 301, Reason: rp.RedirectLoop, By: rp.HopLoadBalancer, Location: "https://www.example.com:443/", Fact: "redirect-loop",
				Field: "distributions[site].origins[app].protocolPolicy"}).on(loops),
		ends("https-only, Host forwarded: no loop", fronted(redirecting, forwarding), ordinary, reached.named(viewerName)).on(loops),
		ends("http-only, Host forwarded, an instance that redirects: a loop", instance(plainOrigin, forwarding, plainServer), ordinary,
			Want{Status: 301, Reason: rp.RedirectLoop, By: rp.HopOrigin, Fact: "redirect-loop", Field: "origins[app].protocolPolicy"}).on(loops),
		ends("match-viewer, http allowed: redirected, then https to the origin", instance(forwarding, plainServer, matching), plain,
			Want{Status: 200, By: rp.HopOrigin, SNI: viewerName, Warning: "weaker-name-rule"}).on(loops),
	}
}

// originLeaks are redirects that name the Host that the origin receives.
func originLeaks() []Case {
	absolute := func(p *rp.Plan) { listens(p).Answer = toLogin }
	relative := func(p *rp.Plan) {
		listens(p).Answer = toLogin
		listens(p).Answer.Location = "/login"
	}
	own := func(p *rp.Plan) { listens(p).Certificates = []rp.Certificate{*certificate(viewerName)} }
	const leaks = cloudFront + "RequestAndResponseBehaviorCustomOrigin.html"
	return []Case{
		is("an absolute redirect to the Host that the origin receives", instance(absolute), ordinary, Want{Status: 302, By: rp.HopOrigin,
			XCache: rp.XCacheMiss, Location: "https://origin.example.com/login", Warning: "redirect-leaks-origin"}).on(leaks),
		ends("an absolute redirect to the Host that the origin receives leads around CloudFront", instance(absolute), ordinary,
			timedOut(rp.HopOrigin, "redirect-leaks-origin").warned("redirect-leaks-origin").at("default.forwardsHost")).on(leaks),
		ends("an absolute redirect to the Host that a target receives", fronted(absolute), ordinary,
			timedOut(rp.HopLoadBalancer, "redirect-leaks-origin").at("default.forwardsHost")).on(leaks),
		ends("an absolute redirect to the Host that is forwarded", instance(absolute, forwarding, own), ordinary,
			Want{Status: 200, By: rp.HopOrigin, SNI: viewerName}).on(leaks),
		ends("a relative redirect", instance(relative), ordinary, served).on(leaks),
	}
}

func originGRPC() []Case {
	const page = cloudFront + "distribution-using-grpc.html"
	enabled := func(on bool) change {
		return func(p *rp.Plan) { behavior(p).GRPC, listens(p).Versions = on, []string{rp.HTTP11, rp.GRPC} }
	}
	viaGRPC := func(p *rp.Plan) { targets(p).ProtocolVersion = rp.VersionGRPC }
	return []Case{
		is("gRPC all the way", instance(enabled(true)), grpc, served).on(page),
		is("gRPC all the way to a group of version GRPC", fronted(enabled(true), viaGRPC), grpc, reached.named(loadBalancerName)).on(page),
		is("gRPC that the distribution does not carry", fronted(enabled(false), viaGRPC), grpc,
			refused(464, "protocol-version").warned("distribution-grpc")).on(page),
	}
}
