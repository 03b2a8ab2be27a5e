package pathcases

import (
	"slices"

	rp "github.com/portico-iac/portico/requestpath"
)

const (
	gateway  = cloudFront + "http-502-bad-gateway.html"
	timeout  = cloudFront + "http-504-gateway-timeout.html"
	settings = cloudFront + "DownloadDistValuesOrigin.html"
)

// dnsCases are names, addresses and who can see and reach them.
func dnsCases() []Case {
	const (
		rfc      = "https://www.rfc-editor.org/rfc/rfc4592#section-3.3.1"
		dns      = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
		split    = dns + "hosted-zone-private-considerations.html"
		gateways = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"
		below    = "b.a." + viewerName
		nobody   = "192.0.2.1"
	)
	records := func(r ...rp.Record) rp.Plan { return service(func(p *rp.Plan) { p.Records = r }) }
	private := func(name string) rp.Record {
		return rp.Record{Name: name, Addresses: []string{"10.0.1.5"}, PrivateZone: true}
	}
	aaaa := rp.Record{Name: viewerName, Type: rp.RecordAAAA, Alias: elbName}
	dualStack := func(p *rp.Plan) {
		web(p).DualStack = true
		p.Records = []rp.Record{aaaa}
	}
	toELB, wildcard := alias(viewerName, elbName), alias("*.example.com", elbName)
	hidden := rp.Record{Name: viewerName, Alias: elbName, PrivateZone: true}
	internal := func(p *rp.Plan) { web(p).Internal = true }
	unrouted := func(p *rp.Plan) { web(p).Unrouted = true }
	inside := rp.Request{From: rp.Source{Kind: rp.FromVPC}}
	v6 := rp.Request{From: rp.Source{Address: "2001:db8::10"}}
	plainBelow := rp.Request{Scheme: rp.SchemeHTTP, Name: below}
	return from(SourceDNS, dns+"routing-to-elb-load-balancer.html",
		is("no record", records(), ordinary, unanswered(rp.NameNotFound, rp.HopDNS, "name-not-found").at("records[www.example.com]")),
		is("alias to the load balancer", records(toELB), ordinary, reached),
		is("CNAME to the load balancer", records(cname(viewerName, elbName)), ordinary, reached),
		is("CNAME to a record", records(cname(viewerName, "app.example.com"), alias("app.example.com", elbName)), ordinary, reached),
		is("CNAME in a circle", records(cname(viewerName, "app.example.com"), cname("app.example.com", viewerName)), ordinary, notFound),
		is("wildcard record", records(wildcard), ordinary, reached),
		is("a record of its own before the wildcard", records(address("*.example.com", nobody), toELB), ordinary, reached),
		is("a wildcard reaches several levels", records(wildcard), plainBelow,
			Want{Status: 301, By: rp.HopLoadBalancer, Location: "https://b.a.www.example.com:443/"}),
		is("an address where nobody is", records(address(viewerName, nobody)), ordinary, timedOut(rp.HopOrigin, "nobody-at-address")),
		is("IPv6 viewer, no AAAA record", service(), v6, notFound),
		is("IPv6 viewer, AAAA alias, dual-stack load balancer",
			service(dualStack, admitToo(0, rp.Access{FromPort: 443, ToPort: 443, CIDR: "::/0"})), v6, reached),
		is("IPv6 viewer, AAAA alias, IPv4 load balancer", records(aaaa), v6, notFound),
		is("internal load balancer from the internet", service(internal), ordinary, timedOut(rp.HopLoadBalancer, "private-address")),
		is("internal load balancer from inside", service(internal), inside, reached),
		is("no route to an internet gateway", service(unrouted), ordinary, timedOut(rp.HopLoadBalancer, "no-internet-gateway")).on(gateways),
		is("no route to an internet gateway, from inside", service(unrouted), inside, timedOut(rp.HopLoadBalancer, "no-internet-gateway")).on(gateways),
		is("record in a private zone from the internet", records(hidden), ordinary, notFound),
		is("record in a private zone from inside", records(hidden), inside, reached),
		is("a wildcard does not reach a name that has names below it", records(wildcard, address("a."+viewerName, nobody)), ordinary, notFound).on(rfc),
		is("a wildcard does not reach below another name", records(wildcard, address("a."+viewerName, nobody)), plainBelow, notFound).on(rfc),
		is("a private zone of the name without the record, from inside", records(toELB, private("db.example.com")), inside, notFound).on(split),
		is("a private zone of another name, from inside", records(toELB, private("db.example.org")), inside, reached).on(split),
		is("origin without a record", instance(func(p *rp.Plan) { p.Records = p.Records[:1] }), ordinary, failed(502, "origin-name")).on(gateway),
		is("origin in a private zone", instance(func(p *rp.Plan) { p.Records[1].PrivateZone = true }), ordinary, failed(502, "origin-name")).on(gateway),
		is("origin with a private address", instance(func(p *rp.Plan) { p.Records[1].Addresses = []string{"10.0.1.20"} }), ordinary,
			failed(504, "origin-dropped")).on(timeout),
		is("origin is an internal load balancer", fronted(internal), ordinary, failed(504, "origin-dropped")).on(timeout),
	)
}

// tlsCases are the viewers' handshakes.
func tlsCases() []Case {
	const tls13Only = "ELBSecurityPolicy-TLS13-1-3-2021-06"
	listener := func(policy string) rp.Plan {
		return service(func(p *rp.Plan) { https(p).SecurityPolicy = policy })
	}
	minimum := func(policy string) rp.Plan { return instance(func(p *rp.Plan) { site(p).MinimumTLS = policy }) }
	shows := func(c ...rp.Certificate) rp.Plan {
		return service(func(p *rp.Plan) { https(p).Certificates = c })
	}
	viewers, app, wildcard := *certificate(viewerName), *certificate("app.example.com"), *certificate("*.example.com")
	speaking := func(v string) rp.Request { return rp.Request{TLS: v} }
	fine := Want{Status: 200}
	alert := unanswered(rp.TLSAlert, rp.HopLoadBalancer, "tls-version").at("securityPolicy")
	distributionAlert := unanswered(rp.TLSAlert, rp.HopDistribution, "distribution-minimum-tls").at("minimumTls")
	bad := unanswered(rp.BadCertificate, rp.HopLoadBalancer, "viewer-rejects-certificate").at("certificates")
	assigned := rp.Request{Name: distributionName, TLS: rp.TLS10}
	return slices.Concat(
		from(SourceTLS, elb+"describe-ssl-policies.html",
			is("TLS 1.2 to a policy of 1.2 and 1.3", listener(sslPolicy), speaking(rp.TLS12), fine),
			is("TLS 1.1 to a policy of 1.2 and 1.3", listener(sslPolicy), speaking(rp.TLS11), alert),
			is("TLS 1.2 to a policy of 1.3 alone", listener(tls13Only), speaking(rp.TLS12), alert),
			is("TLS 1.3 to a policy of 1.2 alone", listener("ELBSecurityPolicy-TLS-1-2-2017-01"), speaking(rp.TLS13), fine),
			is("TLS 1.0 to the default policy", listener(""), speaking(rp.TLS10), fine),
			is("a policy that AWS does not have", listener("TLSv1.2_2021"), ordinary,
				unanswered(rp.RefusedByAWS, rp.HopLoadBalancer, "listener-invalid").at("securityPolicy")),
			is("wildcard certificate", shows(wildcard), ordinary, fine),
			is("a wildcard stands for one level", shows(*certificate("*.com")), ordinary, bad),
			is("another name on the certificate", shows(app), ordinary, bad),
			is("expired certificate", shows(rp.Certificate{Names: []string{viewerName}, Expired: true}), ordinary, bad),
			is("self-signed certificate", shows(rp.Certificate{Names: []string{viewerName}, Trust: rp.SelfSigned}), ordinary, bad),
			is("a viewer that takes any certificate", service(), rp.Request{Name: elbName, IgnoreCertificate: true}, fine),
			is("plain HTTP to the HTTPS port", service(), rp.Request{Scheme: rp.SchemeHTTP, Port: 443}, refused(400, "plain-http-on-tls-port")),
			is("TLS to the HTTP port", service(), rp.Request{Port: 80}, unanswered(rp.TLSAlert, rp.HopLoadBalancer, "no-tls-on-port")),
			is("gRPC without TLS", service(), rp.Request{Scheme: rp.SchemeHTTP, Version: rp.GRPC, Method: "POST"},
				unanswered(rp.NoCommonVersion, rp.HopLoadBalancer, "no-common-http-version")),
		),
		from(SourceTLS, cloudFront+"secure-connections-supported-viewer-protocols-ciphers.html",
			is("distribution: TLS 1.2 to TLSv1.2_2021", minimum("TLSv1.2_2021"), speaking(rp.TLS12), fine),
			is("distribution: TLS 1.1 to TLSv1.2_2021", minimum("TLSv1.2_2021"), speaking(rp.TLS11), distributionAlert),
			is("distribution: TLS 1.2 to TLSv1.3_2025", minimum("TLSv1.3_2025"), speaking(rp.TLS12), distributionAlert),
			is("distribution: TLS 1.0 to the default policy", minimum(""), speaking(rp.TLS10), fine),
			is("distribution: without a certificate of its own the policy is TLSv1",
				instance(func(p *rp.Plan) { site(p).Aliases, site(p).Certificate = nil, nil }), assigned, fine),
			is("distribution: for the assigned name the policy is TLSv1", minimum("TLSv1.2_2021"), assigned, fine),
			is("distribution: a policy that AWS does not have", minimum("TLSv9"), ordinary,
				unanswered(rp.RefusedByAWS, rp.HopDistribution, "distribution-minimum-tls")),
		),
		from(SourceTLS, elb+"https-listener-certificates.html",
			is("the certificate is chosen by SNI", shows(app, viewers), ordinary, fine),
			is("of several certificates for the name one that is valid",
				shows(wildcard, rp.Certificate{Names: []string{"*.example.com"}, Expired: true}), ordinary, fine),
			is("of several certificates for the name one that was added",
				shows(wildcard, rp.Certificate{Names: []string{"*.example.com"}, Trust: rp.SelfSigned}), ordinary, bad),
			is("the first certificate when none fits", service(), get(elbName), bad),
		),
	)
}

// viewerCases are what CloudFront does with a viewer's request by itself.
func viewerCases() []Case {
	const stranger = "shop.example.com"
	having := func(change func(*rp.Distribution)) rp.Plan { return instance(func(p *rp.Plan) { change(site(p)) }) }
	policy := func(s string) rp.Plan { return having(func(e *rp.Distribution) { e.Default.ViewerProtocolPolicy = s }) }
	versions := func(s string) rp.Plan { return having(func(e *rp.Distribution) { e.HTTPVersion = s }) }
	oldTLS := having(func(e *rp.Distribution) { e.MinimumTLS = rp.TLS10 })
	plain := func(method string) rp.Request {
		return rp.Request{Scheme: rp.SchemeHTTP, Method: method, Path: "/a", Query: "b=c"}
	}
	speaking := func(v string) rp.Request { return rp.Request{Version: v} }
	fine := Want{Status: 200, By: rp.HopOrigin, XCache: rp.XCacheMiss}
	agreed := func(version string) Want {
		return Want{Status: 200, By: rp.HopOrigin, XCache: rp.XCacheMiss, Speaks: version}
	}
	redirect := func(status int) Want {
		return Want{Status: status, By: rp.HopDistribution, XCache: rp.XCacheRedirect, Location: "https://www.example.com/a?b=c", Fact: "viewer-redirect"}
	}
	stranded := instance(func(p *rp.Plan) { p.Records = append(p.Records, alias(stranger, distributionName)) })
	invalid := unanswered(rp.RefusedByAWS, rp.HopDistribution, "alias-not-on-certificate").at("aliases")
	noGRPC := unanswered(rp.RefusedByAWS, rp.HopDistribution, "distribution-grpc").at("grpc")
	noVersion := unanswered(rp.NoCommonVersion, rp.HopDistribution, "no-common-http-version")
	unknown := failed(403, "unknown-host").at("aliases")
	stacked := failed(403, "stacked-distributions").warned("stacked-distributions")
	another := instance(func(p *rp.Plan) {
		e := distribution()
		e.Name, e.DomainName, e.Aliases, e.Certificate = "other", "d2.cloudfront.net", []string{originName}, certificate(originName)
		p.Distributions = append(p.Distributions, e)
		p.Records[1] = alias(originName, "d2.cloudfront.net")
	})
	return slices.Concat(
		from(SourceViewer, cloudFront+"using-https-viewers-to-cloudfront.html",
			is("redirect-to-https: GET", instance(), plain("GET"), redirect(301)),
			is("redirect-to-https: POST keeps its body", instance(), plain("POST"), redirect(307)),
			is("https-only: plain http", policy(rp.HTTPSOnly), plain("GET"), failed(403, "viewer-https-only").at("viewerProtocolPolicy")),
			is("allow-all: plain http", policy(rp.AllowAll), plain("GET"), agreed(rp.HTTP11)),
			is("gRPC enabled without HTTP/2", having(func(e *rp.Distribution) { e.Default.GRPC, e.HTTPVersion = true, "http3" }), ordinary, noGRPC).on(cloudFront+"distribution-using-grpc.html"),
			is("gRPC enabled without POST", having(func(e *rp.Distribution) { e.Default.GRPC, e.Default.AllowedMethods = true, nil }), ordinary, noGRPC).on(cloudFront+"distribution-using-grpc.html"),
		),
		from(SourceViewer, cloudFront+"DownloadDistValuesGeneral.html",
			is("HTTP/3 where it is offered", instance(), speaking(rp.HTTP3), agreed(rp.HTTP3)),
			is("HTTP/3 falls back", versions("http2"), speaking(rp.HTTP3), agreed(rp.HTTP2)),
			is("HTTP/3 needs TLS 1.3", instance(), rp.Request{Version: rp.HTTP3, TLS: rp.TLS12}, agreed(rp.HTTP2)),
			is("HTTP/2 needs TLS 1.2", oldTLS, rp.Request{TLS: rp.TLS11}, agreed(rp.HTTP11)),
			is("gRPC needs TLS 1.2", oldTLS, rp.Request{TLS: rp.TLS11, Version: rp.GRPC, Method: "POST"}, noVersion),
			is("HTTP/2 falls back", versions("http1.1"), speaking(rp.HTTP2), agreed(rp.HTTP11)),
			is("gRPC needs HTTP/2", versions("http1.1"), grpc, noVersion),
		),
		from(SourceViewer, cloudFront+"http-403-permission-denied.html",
			is("unknown Host, https: the certificate does not fit", stranded, get(stranger),
				unanswered(rp.BadCertificate, rp.HopDistribution, "viewer-rejects-certificate")),
			is("unknown Host, any certificate", stranded, rp.Request{Name: stranger, IgnoreCertificate: true}, unknown),
			is("unknown Host, plain http", stranded, rp.Request{Scheme: rp.SchemeHTTP, Name: stranger}, unknown),
			is("unknown Host in the header alone", instance(), rp.Request{Host: stranger}, unknown),
			is("the distribution's assigned name", instance(), get(distributionName), fine),
			is("wildcard alias", having(func(e *rp.Distribution) {
				e.Aliases, e.Certificate = []string{"*.example.com"}, certificate("*.example.com")
			}), ordinary, fine),
			is("a port that CloudFront does not serve", instance(), rp.Request{Port: 8443}, timedOut(rp.HopDistribution, "nothing-listens")),
			is("the origin is another distribution", another, ordinary, stacked),
			is("asked by somebody else's distribution", instance(), rp.Request{From: rp.Source{Kind: rp.FromCloudFront}}, stacked),
			is("the origin is the distribution itself, with TLS that it does not take",
				instance(func(p *rp.Plan) { origin(p).DomainName, origin(p).SSLProtocols = viewerName, []string{rp.TLS11} }), ordinary,
				failed(502, "origin-tls")),
			is("the origin is the distribution's assigned name", instance(func(p *rp.Plan) { origin(p).DomainName = distributionName }), ordinary,
				failed(403, "stacked-distributions")),
			is("an alias that is not on the certificate",
				having(func(e *rp.Distribution) { e.Certificate = certificate("app.example.com") }), ordinary, invalid).on(cloudFront+"troubleshooting-distributions.html"),
			is("an alias without a certificate", having(func(e *rp.Distribution) { e.Certificate = nil }), ordinary, invalid).on(cloudFront+"troubleshooting-distributions.html"),
			is("a method that is not allowed", having(func(e *rp.Distribution) { e.Default.AllowedMethods = nil }), rp.Request{Method: "POST"},
				failed(403, "method-not-allowed").at("allowedMethods")).on(cloudFront+"http-403-invalid-method.html"),
		),
	)
}
