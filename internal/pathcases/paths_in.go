package pathcases

import rp "github.com/portico-iac/portico/requestpath"

// dnsCases are names, addresses and who can see and reach them.
func dnsCases() []Case {
	const (
		dns      = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
		timeout  = cloudFront + "http-504-gateway-timeout.html"
		v6Source = "2001:db8::10"
	)
	records := func(r ...rp.Record) change { return func(p *rp.Plan) { p.Records = r } }
	inside := rp.Source{Kind: rp.FromVPC}
	internal := func(p *rp.Plan) { p.LoadBalancers[0].Internal = true }
	return from(SourceDNS, dns+"routing-to-elb-load-balancer.html", []Case{
		{Name: "no record", Plan: service(records()),
			Want: Want{Reason: rp.NameNotFound, By: rp.HopDNS, Fact: "name-not-found", Field: "records[www.example.com]"}},
		{Name: "alias to the load balancer", Plan: service(records(alias(viewerName, elbName))), Want: reached},
		{Name: "CNAME to the load balancer", Want: reached, Plan: service(records(cname(viewerName, elbName)))},
		{Name: "CNAME to a record", Want: reached, Plan: service(records(cname(viewerName, "app.example.com"), alias("app.example.com", elbName)))},
		{Name: "CNAME in a circle", Want: notFound, Plan: service(records(cname(viewerName, "app.example.com"), cname("app.example.com", viewerName)))},
		{Name: "wildcard record", Plan: service(records(alias("*.example.com", elbName))), Want: reached},
		{Name: "a record of its own before the wildcard", Want: reached,
			Plan: service(records(address("*.example.com", "192.0.2.1"), alias(viewerName, elbName)))},
		{Name: "a wildcard does not reach a name that has names below it", URL: "https://www.rfc-editor.org/rfc/rfc4592#section-3.3.1",
			Want: notFound, Plan: service(records(alias("*.example.com", elbName), address("a."+viewerName, "192.0.2.1")))},
		{Name: "a wildcard does not reach below another name", URL: "https://www.rfc-editor.org/rfc/rfc4592#section-3.3.1",
			Request: rp.Request{Scheme: rp.SchemeHTTP, Name: "b.a." + viewerName}, Want: notFound,
			Plan: service(records(alias("*.example.com", elbName), address("a."+viewerName, "192.0.2.1")))},
		{Name: "a wildcard reaches several levels", Request: rp.Request{Scheme: rp.SchemeHTTP, Name: "b.a." + viewerName},
			Plan: service(records(alias("*.example.com", elbName))),
			Want: Want{Status: 301, By: rp.HopLoadBalancer, Location: "https://b.a.www.example.com:443/"}},
		{Name: "an address where nobody is", Plan: service(records(address(viewerName, "192.0.2.1"))),
			Want: timedOut(rp.HopOrigin, "nobody-at-address")},
		{Name: "IPv6 viewer, no AAAA record", Plan: service(), Request: rp.Request{From: rp.Source{Address: v6Source}}, Want: notFound},
		{Name: "IPv6 viewer, AAAA alias, dual-stack load balancer", Request: rp.Request{From: rp.Source{Address: v6Source}},
			Plan: service(func(p *rp.Plan) {
				p.LoadBalancers[0].DualStack = true
				*ingress(p, 0) = append(*ingress(p, 0), rp.Access{FromPort: 443, ToPort: 443, CIDR: "::/0"})
			}, records(rp.Record{Name: viewerName, Type: rp.RecordAAAA, Alias: elbName})), Want: reached},
		{Name: "IPv6 viewer, AAAA alias, IPv4 load balancer", Request: rp.Request{From: rp.Source{Address: v6Source}},
			Plan: service(records(rp.Record{Name: viewerName, Type: rp.RecordAAAA, Alias: elbName})), Want: notFound},
		{Name: "internal load balancer from the internet", Plan: service(internal), Want: timedOut(rp.HopLoadBalancer, "private-address")},
		{Name: "internal load balancer from inside", Plan: service(internal), Request: rp.Request{From: inside}, Want: reached},
		{Name: "record in a private zone from the internet",
			Plan: service(records(rp.Record{Name: viewerName, Alias: elbName, PrivateZone: true})), Want: notFound},
		{Name: "record in a private zone from inside", Request: rp.Request{From: inside}, Want: reached,
			Plan: service(records(rp.Record{Name: viewerName, Alias: elbName, PrivateZone: true}))},
		{Name: "a private zone of the name without the record, from inside", URL: dns + "hosted-zone-private-considerations.html",
			Request: rp.Request{From: inside}, Want: notFound,
			Plan: service(records(alias(viewerName, elbName),
				rp.Record{Name: "db.example.com", Addresses: []string{"10.0.1.5"}, PrivateZone: true}))},
		{Name: "a private zone of another name, from inside", URL: dns + "hosted-zone-private-considerations.html",
			Request: rp.Request{From: inside}, Want: reached,
			Plan: service(records(alias(viewerName, elbName),
				rp.Record{Name: "db.example.org", Addresses: []string{"10.0.1.5"}, PrivateZone: true}))},
		{Name: "origin without a record", URL: cloudFront + "http-502-bad-gateway.html",
			Plan: instance(func(p *rp.Plan) { p.Records = p.Records[:1] }), Want: failed(502, "origin-name")},
		{Name: "origin in a private zone", URL: cloudFront + "http-502-bad-gateway.html",
			Plan: instance(func(p *rp.Plan) { p.Records[1].PrivateZone = true }), Want: failed(502, "origin-name")},
		{Name: "origin with a private address", URL: timeout, Plan: instance(func(p *rp.Plan) { p.Records[1].Addresses = []string{"10.0.1.20"} }),
			Want: failed(504, "origin-dropped")},
		{Name: "origin is an internal load balancer", URL: timeout, Plan: fronted(func(p *rp.Plan) { p.LoadBalancers[0].Internal = true }),
			Want: failed(504, "origin-dropped")},
	}...)
}

// tlsCases are the viewers' handshakes.
func tlsCases() []Case {
	const policies = elb + "describe-ssl-policies.html"
	const viewers = cloudFront + "secure-connections-supported-viewer-protocols-ciphers.html"
	listener := func(policy string) rp.Plan {
		return service(func(p *rp.Plan) { https(p).SecurityPolicy = policy })
	}
	minimum := func(policy string) rp.Plan {
		return instance(func(p *rp.Plan) { p.Distributions[0].MinimumTLS = policy })
	}
	shows := func(c rp.Certificate) rp.Plan {
		return service(func(p *rp.Plan) { https(p).Certificates = []rp.Certificate{c} })
	}
	speaking := func(v string) rp.Request { return rp.Request{TLS: v} }
	fine := Want{Status: 200}
	alert := Want{Reason: rp.TLSAlert, By: rp.HopLoadBalancer, Fact: "tls-version", Field: "securityPolicy"}
	distributionAlert := Want{Reason: rp.TLSAlert, By: rp.HopDistribution, Fact: "edge-minimum-tls", Field: "minimumTls"}
	bad := Want{Reason: rp.BadCertificate, By: rp.HopLoadBalancer, Fact: "viewer-rejects-certificate", Field: "certificates"}
	insecure := get(elbName)
	insecure.IgnoreCertificate = true
	return from(SourceTLS, policies, []Case{
		{Name: "TLS 1.2 to a policy of 1.2 and 1.3", Plan: listener(sslPolicy), Request: speaking(rp.TLS12), Want: fine},
		{Name: "TLS 1.1 to a policy of 1.2 and 1.3", Plan: listener(sslPolicy), Request: speaking(rp.TLS11), Want: alert},
		{Name: "TLS 1.2 to a policy of 1.3 alone", Plan: listener("ELBSecurityPolicy-TLS13-1-3-2021-06"), Request: speaking(rp.TLS12), Want: alert},
		{Name: "TLS 1.3 to a policy of 1.2 alone", Plan: listener("ELBSecurityPolicy-TLS-1-2-2017-01"), Request: speaking(rp.TLS13), Want: fine},
		{Name: "TLS 1.0 to the default policy", Plan: listener(""), Request: speaking(rp.TLS10), Want: fine},
		{Name: "a policy that AWS does not have", Plan: listener("TLSv1.2_2021"),
			Want: Want{Reason: rp.RefusedByAWS, By: rp.HopLoadBalancer, Fact: "listener-invalid", Field: "securityPolicy"}},
		{Name: "distribution: TLS 1.2 to TLSv1.2_2021", URL: viewers, Plan: minimum("TLSv1.2_2021"), Request: speaking(rp.TLS12), Want: fine},
		{Name: "distribution: TLS 1.1 to TLSv1.2_2021", URL: viewers, Plan: minimum("TLSv1.2_2021"), Request: speaking(rp.TLS11), Want: distributionAlert},
		{Name: "distribution: TLS 1.2 to TLSv1.3_2025", URL: viewers, Plan: minimum("TLSv1.3_2025"), Request: speaking(rp.TLS12), Want: distributionAlert},
		{Name: "distribution: TLS 1.0 to the default policy", URL: viewers, Plan: minimum(""), Request: speaking(rp.TLS10), Want: fine},
		{Name: "distribution: without a certificate of its own the policy is TLSv1", URL: viewers, Request: rp.Request{Name: distributionName, TLS: rp.TLS10}, Want: fine,
			Plan: instance(func(p *rp.Plan) { p.Distributions[0].Aliases, p.Distributions[0].Certificate = nil, nil })},
		{Name: "distribution: for the assigned name the policy is TLSv1", URL: viewers, Plan: minimum("TLSv1.2_2021"),
			Request: rp.Request{Name: distributionName, TLS: rp.TLS10}, Want: fine},
		{Name: "distribution: a policy that AWS does not have", URL: viewers, Plan: minimum("TLSv9"),
			Want: Want{Reason: rp.RefusedByAWS, By: rp.HopDistribution, Fact: "edge-minimum-tls"}},
		{Name: "wildcard certificate", Plan: shows(*certificate("*.example.com")), Want: fine},
		{Name: "a wildcard stands for one level", Plan: shows(*certificate("*.com")), Want: bad},
		{Name: "another name on the certificate", Plan: shows(*certificate("app.example.com")), Want: bad},
		{Name: "expired certificate", Plan: shows(rp.Certificate{Names: []string{viewerName}, Expired: true}), Want: bad},
		{Name: "self-signed certificate", Plan: shows(rp.Certificate{Names: []string{viewerName}, Trust: rp.SelfSigned}), Want: bad},
		{Name: "the certificate is chosen by SNI", Want: fine, URL: elb + "https-listener-certificates.html",
			Plan: service(func(p *rp.Plan) {
				https(p).Certificates = []rp.Certificate{*certificate("app.example.com"), *certificate(viewerName)}
			})},
		{Name: "of several certificates for the name one that is valid", Want: fine, URL: elb + "https-listener-certificates.html",
			Plan: service(func(p *rp.Plan) {
				https(p).Certificates = []rp.Certificate{*certificate("*.example.com"), {Names: []string{"*.example.com"}, Expired: true}}
			})},
		{Name: "of several certificates for the name one that was added", URL: elb + "https-listener-certificates.html",
			Plan: service(func(p *rp.Plan) {
				https(p).Certificates = []rp.Certificate{*certificate("*.example.com"), {Names: []string{"*.example.com"}, Trust: rp.SelfSigned}}
			}), Want: bad},
		{Name: "the first certificate when none fits", URL: elb + "https-listener-certificates.html", Plan: service(), Request: get(elbName), Want: bad},
		{Name: "a viewer that takes any certificate", Plan: service(), Request: insecure, Want: fine},
		{Name: "plain HTTP to the HTTPS port", Plan: service(), Request: rp.Request{Scheme: rp.SchemeHTTP, Port: 443},
			Want: refused(400, "plain-http-on-tls-port")},
		{Name: "TLS to the HTTP port", Plan: service(), Request: rp.Request{Port: 80},
			Want: Want{Reason: rp.TLSAlert, By: rp.HopLoadBalancer, Fact: "no-tls-on-port"}},
		{Name: "gRPC without TLS", Plan: service(), Request: rp.Request{Scheme: rp.SchemeHTTP, Version: rp.GRPC, Method: "POST"},
			Want: Want{Reason: rp.NoCommonVersion, By: rp.HopLoadBalancer, Fact: "no-common-http-version"}},
	}...)
}

// viewerCases are what CloudFront does with a viewer's request by itself.
func viewerCases() []Case {
	const (
		https    = cloudFront + "using-https-viewers-to-cloudfront.html"
		denied   = cloudFront + "http-403-permission-denied.html"
		cnames   = cloudFront + "troubleshooting-distributions.html"
		behavior = cloudFront + "http-403-invalid-method.html"
		general  = cloudFront + "DownloadDistValuesGeneral.html"
		stranger = "shop.example.com"
	)
	policy := func(s string) change { return func(p *rp.Plan) { p.Distributions[0].ViewerProtocolPolicy = s } }
	versions := func(s string) change { return func(p *rp.Plan) { p.Distributions[0].HTTPVersion = s } }
	plain := func(method string) rp.Request {
		return rp.Request{Scheme: rp.SchemeHTTP, Method: method, Path: "/a", Query: "b=c"}
	}
	speaking := func(v string) rp.Request { return rp.Request{Version: v} }
	fine := Want{Status: 200, By: rp.HopOrigin, XCache: rp.XCacheMiss}
	agreed := func(version string) Want {
		w := fine
		w.Speaks = version
		return w
	}
	redirect := Want{Status: 301, By: rp.HopDistribution, XCache: rp.XCacheRedirect, Location: "https://www.example.com/a?b=c", Fact: "viewer-redirect"}
	keeps := redirect
	keeps.Status = 307
	stranded := func(p *rp.Plan) { p.Records = append(p.Records, alias(stranger, distributionName)) }
	invalid := Want{Reason: rp.RefusedByAWS, By: rp.HopDistribution, Fact: "alias-not-on-certificate", Field: "aliases"}
	noGRPC := Want{Reason: rp.RefusedByAWS, By: rp.HopDistribution, Fact: "edge-grpc", Field: "grpc"}
	unknown := Want{Status: 403, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "unknown-host", Field: "aliases"}
	another := func(p *rp.Plan) {
		e := distribution()
		e.Name, e.DomainName, e.Aliases, e.Certificate = "other", "d2.cloudfront.net", []string{originName}, certificate(originName)
		p.Distributions = append(p.Distributions, e)
		p.Records[1] = alias(originName, "d2.cloudfront.net")
	}
	grpc := rp.Request{Version: rp.GRPC, Method: "POST"}
	return from(SourceViewer, denied, []Case{
		{Name: "redirect-to-https: GET", URL: https, Plan: instance(), Request: plain("GET"), Want: redirect},
		{Name: "redirect-to-https: POST keeps its body", URL: https, Plan: instance(), Request: plain("POST"), Want: keeps},
		{Name: "https-only: plain http", URL: https, Plan: instance(policy(rp.HTTPSOnly)), Request: plain("GET"),
			Want: Want{Status: 403, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "viewer-https-only", Field: "viewerProtocolPolicy"}},
		{Name: "allow-all: plain http", URL: https, Plan: instance(policy(rp.AllowAll)), Request: plain("GET"), Want: agreed(rp.HTTP11)},
		{Name: "gRPC enabled without HTTP/2", URL: cloudFront + "distribution-using-grpc.html", Want: noGRPC,
			Plan: instance(versions("http3"), func(p *rp.Plan) { p.Distributions[0].GRPC = true })},
		{Name: "gRPC enabled without POST", URL: cloudFront + "distribution-using-grpc.html", Want: noGRPC,
			Plan: instance(func(p *rp.Plan) { p.Distributions[0].GRPC, p.Distributions[0].AllowedMethods = true, nil })},
		{Name: "HTTP/3 where it is offered", URL: general, Plan: instance(), Request: speaking(rp.HTTP3), Want: agreed(rp.HTTP3)},
		{Name: "HTTP/3 falls back", URL: general, Plan: instance(versions("http2")), Request: speaking(rp.HTTP3), Want: agreed(rp.HTTP2)},
		{Name: "HTTP/3 needs TLS 1.3", URL: general, Plan: instance(), Request: rp.Request{Version: rp.HTTP3, TLS: rp.TLS12}, Want: agreed(rp.HTTP2)},
		{Name: "HTTP/2 needs TLS 1.2", URL: general, Request: rp.Request{TLS: rp.TLS11}, Want: agreed(rp.HTTP11),
			Plan: instance(func(p *rp.Plan) { p.Distributions[0].MinimumTLS = rp.TLS10 })},
		{Name: "gRPC needs TLS 1.2", URL: general, Request: rp.Request{TLS: rp.TLS11, Version: rp.GRPC, Method: "POST"},
			Want: Want{Reason: rp.NoCommonVersion, By: rp.HopDistribution, Fact: "no-common-http-version"},
			Plan: instance(func(p *rp.Plan) { p.Distributions[0].MinimumTLS = rp.TLS10 })},
		{Name: "HTTP/2 falls back", URL: general, Plan: instance(versions("http1.1")), Request: speaking(rp.HTTP2), Want: agreed(rp.HTTP11)},
		{Name: "gRPC needs HTTP/2", URL: general, Plan: instance(versions("http1.1")), Request: grpc,
			Want: Want{Reason: rp.NoCommonVersion, By: rp.HopDistribution, Fact: "no-common-http-version"}},
		{Name: "unknown Host, https: the certificate does not fit", Plan: instance(stranded), Request: get(stranger),
			Want: Want{Reason: rp.BadCertificate, By: rp.HopDistribution, Fact: "viewer-rejects-certificate"}},
		{Name: "unknown Host, any certificate", Plan: instance(stranded), Request: rp.Request{Name: stranger, IgnoreCertificate: true}, Want: unknown},
		{Name: "unknown Host, plain http", Plan: instance(stranded), Request: rp.Request{Scheme: rp.SchemeHTTP, Name: stranger}, Want: unknown},
		{Name: "unknown Host in the header alone", Plan: instance(), Request: rp.Request{Host: stranger}, Want: unknown},
		{Name: "the distribution's assigned name", Plan: instance(), Request: get(distributionName), Want: fine},
		{Name: "wildcard alias", Want: fine, Plan: instance(func(p *rp.Plan) {
			p.Distributions[0].Aliases, p.Distributions[0].Certificate = []string{"*.example.com"}, certificate("*.example.com")
		})},
		{Name: "an alias that is not on the certificate", URL: cnames, Want: invalid,
			Plan: instance(func(p *rp.Plan) { p.Distributions[0].Certificate = certificate("app.example.com") })},
		{Name: "an alias without a certificate", URL: cnames, Want: invalid, Plan: instance(func(p *rp.Plan) { p.Distributions[0].Certificate = nil })},
		{Name: "a method that is not allowed", URL: behavior, Request: rp.Request{Method: "POST"},
			Plan: instance(func(p *rp.Plan) { p.Distributions[0].AllowedMethods = nil }),
			Want: Want{Status: 403, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "method-not-allowed", Field: "allowedMethods"}},
		{Name: "a port that CloudFront does not serve", Plan: instance(), Request: rp.Request{Port: 8443}, Want: timedOut(rp.HopDistribution, "nothing-listens")},
		{Name: "the origin is another distribution", Plan: instance(another),
			Want: Want{Status: 403, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "stacked-distributions", Warning: "stacked-distributions"}},
		{Name: "asked by somebody else's distribution", Plan: instance(), Request: rp.Request{From: rp.Source{Kind: rp.FromCloudFront}},
			Want: Want{Status: 403, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "stacked-distributions", Warning: "stacked-distributions"}},
		{Name: "the origin is the distribution itself, with TLS that it does not take",
			Plan: instance(func(p *rp.Plan) { origin(p).DomainName, origin(p).SSLProtocols = viewerName, []string{rp.TLS11} }),
			Want: failed(502, "origin-tls")},
		{Name: "the origin is the distribution's assigned name", Plan: instance(func(p *rp.Plan) { origin(p).DomainName = distributionName }),
			Want: failed(403, "stacked-distributions")},
	}...)
}
