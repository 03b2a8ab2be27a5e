package pathcases

import (
	"strconv"

	rp "github.com/portico-iac/portico/requestpath"
)

const (
	gateway  = cloudFront + "http-502-bad-gateway.html"
	timeout  = cloudFront + "http-504-gateway-timeout.html"
	settings = cloudFront + "DownloadDistValuesOrigin.html"
)

// originCases are CloudFront's connection to its origin and what it sends there.
func originCases() []Case {
	var all []Case
	for _, list := range [][]Case{originTLS(), originConnections(), originPorts(), originRequests(), originRedirects(), originGRPC()} {
		all = append(all, from(SourceOrigin, gateway, list...)...)
	}
	return all
}

// served is what an origin answers.
var served = Want{Status: 200, By: rp.HopOrigin, SNI: originName, XCache: rp.XCacheMiss}

func answering(a rp.Answer) rp.Plan { return instance(func(p *rp.Plan) { listens(p).Answer = a }) }

func originTLS() []Case {
	const ciphers = cloudFront + "secure-connections-supported-ciphers-cloudfront-to-origin.html"
	shows := func(c rp.Certificate) rp.Plan {
		c.Names = []string{originName}
		return instance(func(p *rp.Plan) { listens(p).Certificates = []rp.Certificate{c} })
	}
	speaks := func(versions ...string) rp.Plan { return instance(func(p *rp.Plan) { listens(p).TLS = versions }) }
	policy := func(name string) rp.Plan { return fronted(func(p *rp.Plan) { https(p).SecurityPolicy = name }) }
	bad := failed(502, "origin-certificate")
	bad.SNI = originName
	tls13 := failed(502, "origin-tls-1.3")
	tls13.Warning = "origin-tls-1.3"
	return []Case{
		{Name: "expired certificate", Plan: shows(rp.Certificate{Expired: true}), Want: bad},
		{Name: "self-signed certificate", Plan: shows(rp.Certificate{Trust: rp.SelfSigned}), Want: bad},
		{Name: "certificate of an unknown authority", Plan: shows(rp.Certificate{Trust: rp.UnknownIssuer}), Want: bad},
		{Name: "incomplete chain", Plan: shows(rp.Certificate{Trust: rp.IncompleteChain}), Want: bad},
		{Name: "wildcard certificate", Want: served,
			Plan: instance(func(p *rp.Plan) { listens(p).Certificates = []rp.Certificate{*certificate("*.example.com")} })},
		{Name: "a wildcard stands for one level", Want: bad,
			Plan: instance(func(p *rp.Plan) { listens(p).Certificates = []rp.Certificate{*certificate("*.origin.example.com")} })},
		{Name: "an expired certificate at a load balancer", Plan: fronted(func(p *rp.Plan) { https(p).Certificates[0].Expired = true }),
			Want: Want{Status: 502, By: rp.HopDistribution, SNI: loadBalancerName, XCache: rp.XCacheError, Fact: "origin-certificate"}},
		{Name: "an origin of TLS 1.2", URL: ciphers, Plan: speaks(rp.TLS12), Want: served},
		{Name: "an origin of TLS 1.3 alone", URL: ciphers, Plan: speaks(rp.TLS13), Want: tls13},
		{Name: "a load balancer of TLS 1.3 alone", URL: ciphers, Plan: policy("ELBSecurityPolicy-TLS13-1-3-2021-06"), Want: tls13},
		{Name: "an origin of TLS 1.3 alone, TLS 1.3 among the protocols", URL: ciphers, Want: tls13,
			Plan: instance(func(p *rp.Plan) {
				listens(p).TLS, origin(p).SSLProtocols = []string{rp.TLS13}, []string{rp.TLS12, rp.TLS13}
			})},
		{Name: "an origin of TLS 1.1 alone", Plan: speaks(rp.TLS11), Want: failed(502, "origin-tls")},
		{Name: "an origin that speaks plain HTTP on the port", Plan: instance(func(p *rp.Plan) { listens(p).Protocol = rp.ProtocolHTTP }),
			Want: failed(502, "origin-tls")},
	}
}

func originConnections() []Case {
	return []Case{
		{Name: "dropped by the security group", URL: timeout, Plan: instance(func(p *rp.Plan) { *ingress(p, 0) = nil }),
			Want: Want{Status: 504, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "origin-dropped", Warning: "origin-dropped", Field: "ingress"}},
		{Name: "refused: nothing listens", Plan: instance(func(p *rp.Plan) { p.Servers[0].Listeners = nil }), Want: failed(502, "origin-refused")},
		{Name: "an address where nobody is", URL: timeout, Plan: instance(func(p *rp.Plan) { p.Records[1].Addresses[0] = "192.0.2.1" }),
			Want: failed(504, "origin-dropped")},
		{Name: "the connection is cut", Plan: answering(rp.Answer{Failure: rp.FailureReset}), Want: failed(502, "origin-reset")},
		{Name: "a server of HTTP/2 alone", URL: cloudFront + "RequestAndResponseBehaviorCustomOrigin.html",
			Plan: instance(func(p *rp.Plan) { listens(p).Versions = []string{rp.HTTP2} }), Want: failed(502, "origin-http-version")},
		{Name: "slow within the timeout", URL: timeout, Plan: answering(rp.Answer{DelaySeconds: 29}), Want: served},
		{Name: "slow beyond the timeout", URL: timeout, Plan: answering(rp.Answer{DelaySeconds: 31}),
			Want: Want{Status: 504, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "origin-slow", Field: "origin.readTimeoutSeconds"}},
		{Name: "the connection is cut, beyond the timeout", URL: timeout,
			Plan: answering(rp.Answer{DelaySeconds: 31, Failure: rp.FailureReset}), Want: failed(504, "origin-slow")},
		{Name: "the distribution's timeout comes before the load balancer's", URL: timeout,
			Plan: fronted(func(p *rp.Plan) { listens(p).Answer.DelaySeconds = 90 }), Want: failed(504, "origin-slow")},
		{Name: "the distribution waits no longer than the load balancer tries to connect", URL: timeout,
			Plan: fronted(func(p *rp.Plan) { *ingress(p, 1), origin(p).ReadTimeoutSeconds = nil, 9 }), Want: failed(504, "origin-slow")},
		{Name: "the distribution waits longer than the load balancer tries to connect", URL: timeout,
			Plan: fronted(func(p *rp.Plan) { *ingress(p, 1), origin(p).ReadTimeoutSeconds = nil, 30 }),
			Want: Want{Status: 504, By: rp.HopLoadBalancer, XCache: rp.XCacheError, Fact: "target-dropped"}},
		{Name: "a server that closes idle connections first", URL: settings, Plan: instance(func(p *rp.Plan) { listens(p).KeepaliveSeconds = 5 }),
			Want: Want{Status: 200, By: rp.HopOrigin, Warning: "origin-keepalive"}},
	}
}

func originPorts() []Case {
	invalid := Want{Reason: rp.RefusedByAWS, By: rp.HopDistribution, Fact: "origin-port", Field: "origin.httpsPort"}
	var list []Case
	for _, c := range []struct {
		port int
		want Want
	}{
		{80, served}, {443, served}, {1024, served}, {8443, served}, {65535, served},
		{79, invalid}, {81, invalid}, {444, invalid}, {1023, invalid}, {65536, invalid},
	} {
		list = append(list, Case{
			Name: "origin port " + strconv.Itoa(c.port), URL: settings, Want: c.want,
			Plan: instance(func(p *rp.Plan) {
				origin(p).HTTPSPort, listens(p).Port = c.port, c.port
				*ingress(p, 0) = []rp.Access{fromCloudFront(c.port)}
			}),
		})
	}
	return list
}

func originRequests() []Case {
	const (
		root     = cloudFront + "DefaultRootObject.html"
		forwards = cloudFront + "understanding-how-origin-request-policies-and-cache-policies-work-together.html"
	)
	tenant := rp.Request{Headers: []rp.Header{{Name: "X-Tenant", Value: "blue"}}}
	wants := func(c rp.Condition) change {
		return func(p *rp.Plan) { https(p).Rules[0].Conditions = append(https(p).Rules[0].Conditions, c) }
	}
	wantsTenant := wants(rp.Condition{Field: rp.FieldHeader, Header: "X-Tenant", Values: []string{"blue"}})
	wantsQuery := wants(rp.Condition{Field: rp.FieldQuery, Values: []string{"a=b"}})
	wantsPath := wants(rp.Condition{Field: rp.FieldPath, Values: []string{"/a/b"}})
	return []Case{
		{Name: "the origin's own error", Plan: answering(rp.Answer{Status: 404}),
			Want: Want{Status: 404, By: rp.HopOrigin, XCache: rp.XCacheError, Fact: "answered", Field: "answer.status"}},
		{Name: "the origin's own redirect is passed on", URL: cloudFront + "http-3xx-status-codes.html",
			Plan: answering(rp.Answer{Status: 302, Location: "/login"}), Want: Want{Status: 302, By: rp.HopOrigin, XCache: rp.XCacheMiss, Location: "/login"}},
		{Name: "the default root object", URL: root, Plan: fronted(rootObject), Want: ruled},
		{Name: "the default root object is for the root alone", URL: root, Request: rp.Request{Path: "/a/"}, Plan: fronted(rootObject), Want: ruled},
		{Name: "headers are forwarded", URL: forwards, Request: tenant, Plan: fronted(wantsTenant), Want: ruled},
		{Name: "headers are not forwarded", URL: forwards, Request: tenant,
			Plan: fronted(wantsTenant, func(p *rp.Plan) { origin(p).ForwardsHeaders = false }), Want: refused(403, "no-rule-matches")},
		{Name: "the query is not forwarded", URL: forwards, Request: rp.Request{Query: "a=b"}, Plan: fronted(wantsQuery, func(p *rp.Plan) { origin(p).ForwardsQuery = false }), Want: refused(403, "no-rule-matches")},
		{Name: "the origin's path comes first", URL: settings, Request: rp.Request{Path: "/b"}, Plan: fronted(wantsPath, func(p *rp.Plan) { origin(p).Path = "/a" }), Want: ruled},
	}
}

func originRedirects() []Case {
	const loops = "https://www.repost.aws/ja/questions/QUC9nkA3S1Ti2y9vUyL7e2ZA/"
	plainServer := func(p *rp.Plan) {
		p.Servers[0].Listeners = append(p.Servers[0].Listeners, redirectingListener)
		*ingress(p, 0) = append(*ingress(p, 0), fromCloudFront(80))
	}
	return []Case{
		{Name: "http-only, Host not forwarded: the redirect shows the load balancer", URL: loops, Plan: fronted(plainOrigin, redirecting),
			Want: Want{Status: 301, By: rp.HopLoadBalancer, XCache: rp.XCacheMiss, Location: "https://alb.example.com:443/", Fact: "redirect-action"}},
		{Name: "http-only, Host not forwarded: following it leads around CloudFront", URL: loops, Plan: fronted(plainOrigin, redirecting),
			Follow: true, Want: timedOut(rp.HopLoadBalancer, "security-group")},
		{Name: "http-only, Host forwarded: a loop", URL: loops, Plan: fronted(plainOrigin, redirecting, forwarding), Follow: true,
			Want: Want{Status: 301, Reason: rp.RedirectLoop, By: rp.HopLoadBalancer, Location: "https://www.example.com:443/", Fact: "redirect-loop",
				Field: "distributions[site].origin.protocolPolicy"}},
		{Name: "https-only, Host forwarded: no loop", URL: loops, Plan: fronted(redirecting, forwarding), Follow: true,
			Want: Want{Status: 200, By: rp.HopTarget, SNI: viewerName}},
		{Name: "http-only, Host forwarded, an instance that redirects: a loop", URL: loops, Follow: true,
			Plan: instance(plainOrigin, forwarding, plainServer),
			Want: Want{Status: 301, Reason: rp.RedirectLoop, By: rp.HopOrigin, Fact: "redirect-loop", Field: "origin.protocolPolicy"}},
		{Name: "match-viewer, http allowed: redirected, then https to the origin", URL: loops, Follow: true,
			Request: rp.Request{Scheme: rp.SchemeHTTP},
			Plan: instance(forwarding, plainServer, func(p *rp.Plan) {
				origin(p).ProtocolPolicy = rp.MatchViewer
				p.Distributions[0].ViewerProtocolPolicy = rp.AllowAll
			}), Want: Want{Status: 200, By: rp.HopOrigin, SNI: viewerName, Warning: "weaker-name-rule"}},
	}
}

func originGRPC() []Case {
	const grpcDoc = cloudFront + "distribution-using-grpc.html"
	grpc := rp.Request{Version: rp.GRPC, Method: "POST"}
	carrying := func(p *rp.Plan) {
		p.Distributions[0].GRPC = true
		listens(p).Versions = []string{rp.HTTP11, rp.GRPC}
	}
	viaGRPC := func(p *rp.Plan) { targets(p).ProtocolVersion = rp.VersionGRPC }
	return []Case{
		{Name: "gRPC all the way", URL: grpcDoc, Plan: instance(carrying), Request: grpc, Want: served},
		{Name: "gRPC all the way to a group of version GRPC", URL: grpcDoc, Plan: fronted(carrying, viaGRPC), Request: grpc,
			Want: Want{Status: 200, By: rp.HopTarget, SNI: loadBalancerName}},
		{Name: "gRPC that the distribution does not carry", URL: grpcDoc, Plan: fronted(carrying, viaGRPC, func(p *rp.Plan) { p.Distributions[0].GRPC = false }), Request: grpc,
			Want: Want{Status: 464, By: rp.HopLoadBalancer, Fact: "protocol-version", Warning: "edge-grpc"}},
	}
}

// rootObject asks for index.html in place of /, which the rule does not take.
func rootObject(p *rp.Plan) {
	p.Distributions[0].DefaultRootObject = "index.html"
	https(p).Rules[0].Conditions = append(https(p).Rules[0].Conditions, rp.Condition{Field: rp.FieldPath, Values: []string{"/index.html", "/a/"}})
}
