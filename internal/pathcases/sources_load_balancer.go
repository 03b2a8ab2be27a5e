package pathcases

import (
	"slices"

	rp "github.com/portico-iac/portico/requestpath"
)

// adopted is source C as it ends: a load balancer before an instance that exists,
// HTTPS to the end.
func adopted(changes ...change) rp.Plan {
	return with(rp.Plan{
		Records: []rp.Record{{Name: viewerName, Alias: elbName}},
		LoadBalancers: []rp.LoadBalancer{{
			Name: "web", DNSName: elbName, SecurityGroups: []string{"alb"},
			Listeners: []rp.Listener{{
				Port: 443, Protocol: rp.ProtocolHTTPS, SecurityPolicy: sslPolicy,
				Certificates:  []rp.Certificate{*certificate(viewerName)},
				DefaultAction: rp.Action{Type: rp.ActionForward, TargetGroup: "instance"},
			}},
		}},
		TargetGroups: []rp.TargetGroup{{
			Name: "instance", Protocol: rp.ProtocolHTTPS, Port: 443, Targets: []rp.Target{{Server: "instance"}},
		}},
		Servers: []rp.Server{{
			Name: "instance", Addresses: []string{publicIP, "10.0.1.20"}, SecurityGroups: []string{"instance"},
			Listeners: []rp.ServerListener{{
				Port: 443, Protocol: rp.ProtocolHTTPS, Certificates: []rp.Certificate{{Names: []string{viewerName}, Expired: true}},
			}},
		}},
		SecurityGroups: []rp.SecurityGroup{
			{Name: "alb", Ingress: []rp.Access{fromAnywhere(443)}, Egress: []rp.Access{group(443, "instance")}},
			{Name: "instance", Ingress: []rp.Access{group(443, "alb")}},
		},
	}, changes...)
}

// sourceC is a load balancer before one instance that exists.
func sourceC() []Case {
	around := rp.Request{Name: publicIP, Host: viewerName, IgnoreCertificate: true}
	open := admitToo(1, fromAnywhere(443))
	health := func(p *rp.Plan) { targets(p).Targets[0].Health = rp.Unhealthy }
	port := func(p *rp.Plan) { targets(p).Targets[0].Port = 8443 }
	return from(SourceC, "",
		is("https to the load balancer, whatever certificate the instance has", adopted(), ordinary,
			Want{Status: 200, By: rp.HopTarget, Fact: "answered", Rule: "default"}),
		is("the instance's group closed: around the load balancer", adopted(), around,
			timedOut(rp.HopOrigin, "security-group").at("securityGroups[instance].ingress")),
		is("the instance's group left open: around the load balancer", adopted(open), around, Want{Status: 200, By: rp.HopOrigin, Fact: "answered"}),
		is("the instance's group left open: the load balancer serves all the same", adopted(open), ordinary, reached),
		is("the record still leads to the instance, which is closed",
			adopted(func(p *rp.Plan) { p.Records[0] = address(viewerName, publicIP) }), ordinary, timedOut(rp.HopOrigin, "security-group")),
		is("the group of the load balancer only for HTTPS: plain http", adopted(), plain, timedOut(rp.HopLoadBalancer, "security-group")),
		is("the instance does not admit the load balancer", adopted(admit(1)), ordinary,
			refused(504, "target-dropped").at("securityGroups[instance].ingress").warned("fail-open")),
		is("a health check on a path that does not answer 200: fails open", adopted(health), ordinary, reached.warned("fail-open")),
		is("the instance registered on a port where nothing listens",
			adopted(port, letOut(0, group(8443, "instance")), admit(1, group(8443, "alb"))), ordinary, refused(502, "target-refused")),
		is("the load balancer's own name has no certificate", adopted(), get(elbName),
			unanswered(rp.BadCertificate, rp.HopLoadBalancer, "viewer-rejects-certificate")),
	)
}

// fromInside dials the task from the load balancer's group.
var fromInside = rp.Request{
	Scheme: rp.SchemeHTTP, Name: privateIP, Port: 8080, From: rp.Source{Kind: rp.FromVPC, SecurityGroups: []string{"alb"}},
}

// inVPC admits the VPC's addresses to a port.
func inVPC(port int) rp.Access { return rp.Access{FromPort: port, ToPort: port, CIDR: "10.0.0.0/16"} }

// sourceE is a load balancer before private Fargate: redirect, ports, the chain of
// groups, the way to the image, the state of targets.
func sourceE() []Case {
	query := rp.Request{Scheme: rp.SchemeHTTP, Path: "/a/b", Query: "c=d"}
	dropped := refused(504, "target-dropped")
	sandbox := service(admit(0, rp.Access{FromPort: 443, ToPort: 443, CIDR: "192.0.2.7/32"}))
	list := []Case{
		is("https", service(), ordinary, ruled),
		is("http is redirected", service(), query,
			Want{Status: 301, By: rp.HopLoadBalancer, Location: "https://www.example.com:443/a/b?c=d", Rule: "default"}),
		ends("http is redirected and then answered", service(), query, reached),
		is("the task listens on another port than the group", service(func(p *rp.Plan) { listens(p).Port = 3000 }), ordinary,
			refused(502, "target-refused").warned("fail-open")),
		is("the group's port is not the one that the groups admit", service(func(p *rp.Plan) { targets(p).Port = 3000 }), ordinary,
			dropped.at("securityGroups[alb].egress")),
		is("the load balancer's group lets nothing out", service(letOut(0)), ordinary, dropped.at("securityGroups[alb].egress")),
		is("the task's group does not admit the load balancer", service(admit(1)), ordinary, dropped.at("securityGroups[task].ingress")),
		is("the task's group admits the load balancer's addresses",
			service(admit(1, inVPC(8080)), letOut(0, rp.Access{Protocol: "-1", CIDR: anywhere})), ordinary, reached),
		is("a sandbox open to one address: mine", sandbox, rp.Request{From: rp.Source{Address: "192.0.2.7"}}, reached),
		is("a sandbox open to one address: another", sandbox, ordinary, timedOut(rp.HopLoadBalancer, "security-group")),
		is("a task has no way from the internet", service(), rp.Request{Scheme: rp.SchemeHTTP, Name: privateIP, Port: 8080},
			timedOut(rp.HopOrigin, "private-address")),
		is("several services: each rule its own", service(second), rp.Request{Path: "/api/x"}, Want{Status: 201, By: rp.HopTarget, Rule: "5"}),
		is("several services: the rest to the other", service(second), ordinary, ruled),
	}
	return from(SourceE, "", slices.Concat(list, images(), healths())...)
}

// images are the ways to the image registry.
func images() []Case {
	image := func(i rp.Image) change { return func(p *rp.Plan) { server(p).Image = &i } }
	endpoints := rp.Image{
		Private: true, Endpoints: []string{"ecr.api", "ecr.dkr", "s3", "logs"}, EndpointGroups: []string{"endpoints"}, S3PrefixList: "s3",
	}
	admitting := func(rule rp.Access) change {
		return func(p *rp.Plan) {
			p.SecurityGroups = append(p.SecurityGroups, rp.SecurityGroup{Name: "endpoints", Ingress: []rp.Access{rule}})
		}
	}
	reachable := func(p *rp.Plan) {
		letOut(1, group(443, "endpoints"), rp.Access{FromPort: 443, ToPort: 443, PrefixList: "s3"})(p)
		admitting(group(443, "task"))(p)
	}
	public, besideNAT := endpoints, endpoints
	public.Private, besideNAT.DefaultRoute = false, rp.RouteNAT
	partly := rp.Image{Private: true, DefaultRoute: rp.RouteNAT, Endpoints: []string{"ecr.api"}, EndpointGroups: []string{"endpoints"}}
	never := refused(503, "image-unreachable").at("servers[task].image")
	list := []Case{
		is("image: no route at all", service(image(rp.Image{Private: true})), ordinary, never),
		is("image: no route at all, the task dialled from inside", service(image(rp.Image{Private: true})), fromInside,
			timedOut(rp.HopOrigin, "nobody-at-address")),
		is("image: an internet gateway without a public address",
			service(image(rp.Image{Private: true, DefaultRoute: rp.RouteInternetGateway})), ordinary, never),
		is("image: an internet gateway and a public address",
			service(image(rp.Image{DefaultRoute: rp.RouteInternetGateway, PublicAddress: true})), ordinary, reached),
		is("image: NAT, but nothing may leave the task", service(letOut(1)), ordinary, never),
		is("image: endpoints without NAT", service(image(endpoints), reachable), ordinary, reached),
		is("image: endpoints and a public registry", service(image(public), reachable), ordinary, never),
		is("image: endpoints, the groups go by addresses", service(image(endpoints), admitting(inVPC(443))), ordinary, reached),
		is("image: NAT, and endpoints that the groups keep it from", service(image(besideNAT)), ordinary, never),
		is("image: NAT for what has no endpoint", service(image(partly), admitting(inVPC(443))), ordinary, reached),
		is("image: endpoints that the groups keep it from", service(image(endpoints)), ordinary, never),
		is("image: endpoints, the group keeps it from s3",
			service(image(endpoints), reachable, letOut(1, group(443, "endpoints"))), ordinary, never),
	}
	for i, e := range endpoints.Endpoints {
		lacking := endpoints
		lacking.Endpoints = slices.Delete(slices.Clone(endpoints.Endpoints), i, i+1)
		list = append(list, is("image: endpoints without "+e, service(image(lacking), reachable), ordinary, never))
	}
	return list
}

// healths are the states of targets.
func healths() []Case {
	health := func(h string) rp.Plan { return service(func(p *rp.Plan) { targets(p).Targets[0].Health = h }) }
	two := func(first, second string) rp.Plan {
		return service(func(p *rp.Plan) {
			addServer(p, "other", "10.0.12.20", listens(p).Answer)
			targets(p).Targets = []rp.Target{{Server: "task", Health: first}, {Server: "other", Health: second}}
		})
	}
	return []Case{
		is("targets: one is unhealthy", health(rp.Unhealthy), ordinary, reached.warned("fail-open")),
		is("targets: the healthy one gets the traffic", two(rp.Unhealthy, rp.Healthy), ordinary, reached),
		is("targets: none registered", service(func(p *rp.Plan) { targets(p).Targets = nil }), ordinary,
			refused(503, "no-registered-targets").at("targetGroups[app].targets")),
		is("targets: all unused", health(rp.Unused), ordinary, refused(503, "no-registered-targets")),
		is("targets: all being deregistered", health(rp.Draining), ordinary, refused(503, "only-draining-targets")),
		is("targets: one is being deregistered", two(rp.Draining, ""), ordinary, reached),
	}
}

// second is another service on the same load balancer.
func second(p *rp.Plan) {
	https(p).Rules = append(https(p).Rules, rp.ListenerRule{
		Priority: 5, Conditions: []rp.Condition{{Field: rp.FieldPath, Values: []string{"/api", "/api/*"}}},
		Action: rp.Action{Type: rp.ActionForward, TargetGroup: "api"},
	})
	p.TargetGroups = append(p.TargetGroups, rp.TargetGroup{Name: "api", Port: 8080, Targets: []rp.Target{{Server: "api"}}})
	addServer(p, "api", "10.0.12.30", rp.Answer{Status: 201})
}

// table464 is the whole table of request versions and protocol versions.
func table464() []Case {
	var list []Case
	row := func(request, method, group string, status int) {
		want := Want{Status: status, By: rp.HopTarget, Fact: "answered"}
		if status == 464 {
			want = refused(464, "protocol-version").at("protocolVersion")
		}
		list = append(list, is(request+" "+method+" to "+group, versioned(group, rp.HTTP11, rp.HTTP2, rp.GRPC),
			rp.Request{Version: request, Method: method}, want))
	}
	for _, method := range []string{"GET", "POST"} {
		row(rp.HTTP11, method, rp.VersionHTTP1, 200)
		row(rp.HTTP11, method, rp.VersionHTTP2, 464)
		row(rp.HTTP11, method, rp.VersionGRPC, 464)
		row(rp.HTTP2, method, rp.VersionHTTP1, 200)
		row(rp.HTTP2, method, rp.VersionHTTP2, 200)
	}
	row(rp.HTTP2, "GET", rp.VersionGRPC, 464)
	row(rp.HTTP2, "POST", rp.VersionGRPC, 200)
	row(rp.GRPC, "POST", rp.VersionHTTP1, 464)
	row(rp.GRPC, "POST", rp.VersionHTTP2, 200)
	row(rp.GRPC, "POST", rp.VersionGRPC, 200)
	list = append(list, is("gRPC POST to HTTP2, target without gRPC", versioned(rp.VersionHTTP2, rp.HTTP2), grpc,
		Want{Status: 200, By: rp.HopTarget, Warning: "target-not-grpc", Fact: "answered"}))
	return from(Source464, troubleshooting, list...)
}

// versioned is a target group of a version, before a target that speaks some versions of HTTP.
func versioned(group string, spoken ...string) rp.Plan {
	return service(func(p *rp.Plan) { targets(p).ProtocolVersion, listens(p).Versions = group, spoken })
}
