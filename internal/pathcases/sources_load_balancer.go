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
	open := func(p *rp.Plan) { *ingress(p, 1) = append(*ingress(p, 1), fromAnywhere(443)) }
	return from(SourceC, "", []Case{
		{Name: "https to the load balancer, whatever certificate the instance has", Plan: adopted(),
			Want: Want{Status: 200, By: rp.HopTarget, Fact: "answered", Rule: "default"}},
		{Name: "the instance's group closed: around the load balancer", Plan: adopted(), Request: around,
			Want: Want{Reason: rp.Timeout, By: rp.HopOrigin, Fact: "security-group", Field: "securityGroups[instance].ingress"}},
		{Name: "the instance's group left open: around the load balancer", Plan: adopted(open), Request: around,
			Want: Want{Status: 200, By: rp.HopOrigin, Fact: "answered"}},
		{Name: "the instance's group left open: the load balancer serves all the same", Plan: adopted(open), Want: reached},
		{Name: "the record still leads to the instance, which is closed",
			Plan: adopted(func(p *rp.Plan) { p.Records[0] = address(viewerName, publicIP) }), Want: timedOut(rp.HopOrigin, "security-group")},
		{Name: "the group of the load balancer only for HTTPS: plain http", Plan: adopted(), Request: rp.Request{Scheme: rp.SchemeHTTP},
			Want: timedOut(rp.HopLoadBalancer, "security-group")},
		{Name: "the instance does not admit the load balancer", Plan: adopted(func(p *rp.Plan) { *ingress(p, 1) = nil }),
			Want: Want{Status: 504, By: rp.HopLoadBalancer, Fact: "target-dropped", Field: "securityGroups[instance].ingress", Warning: "fail-open"}},
		{Name: "a health check on a path that does not answer 200: fails open",
			Plan: adopted(func(p *rp.Plan) { targets(p).Targets[0].Health = rp.Unhealthy }),
			Want: Want{Status: 200, By: rp.HopTarget, Warning: "fail-open"}},
		{Name: "the instance registered on a port where nothing listens", Plan: adopted(func(p *rp.Plan) {
			targets(p).Targets[0].Port = 8443
			p.SecurityGroups[0].Egress = []rp.Access{group(8443, "instance")}
			*ingress(p, 1) = []rp.Access{group(8443, "alb")}
		}), Want: refused(502, "target-refused")},
		{Name: "the load balancer's own name has no certificate", Plan: adopted(), Request: get(elbName),
			Want: Want{Reason: rp.BadCertificate, By: rp.HopLoadBalancer, Fact: "viewer-rejects-certificate"}},
	}...)
}

// sourceE is a load balancer before private Fargate: redirect, ports, the chain of
// groups, the way to the image, the state of targets.
func sourceE() []Case {
	plain := rp.Request{Scheme: rp.SchemeHTTP, Path: "/a/b", Query: "c=d"}
	list := []Case{
		{Name: "https", Plan: service(), Want: ruled},
		{Name: "http is redirected", Plan: service(), Request: plain,
			Want: Want{Status: 301, By: rp.HopLoadBalancer, Location: "https://www.example.com:443/a/b?c=d", Rule: "default"}},
		{Name: "http is redirected and then answered", Plan: service(), Request: plain, Follow: true, Want: reached},
		{Name: "the task listens on another port than the group", Plan: service(func(p *rp.Plan) { listens(p).Port = 3000 }),
			Want: Want{Status: 502, By: rp.HopLoadBalancer, Fact: "target-refused", Warning: "fail-open"}},
		{Name: "the group's port is not the one that the groups admit", Plan: service(func(p *rp.Plan) { targets(p).Port = 3000 }),
			Want: Want{Status: 504, By: rp.HopLoadBalancer, Fact: "target-dropped", Field: "securityGroups[alb].egress"}},
		{Name: "the load balancer's group lets nothing out", Plan: service(func(p *rp.Plan) { p.SecurityGroups[0].Egress = nil }),
			Want: Want{Status: 504, By: rp.HopLoadBalancer, Fact: "target-dropped", Field: "securityGroups[alb].egress"}},
		{Name: "the task's group does not admit the load balancer", Plan: service(func(p *rp.Plan) { *ingress(p, 1) = nil }),
			Want: Want{Status: 504, By: rp.HopLoadBalancer, Fact: "target-dropped", Field: "securityGroups[task].ingress"}},
		{Name: "the task's group admits the load balancer's addresses", Plan: service(func(p *rp.Plan) {
			*ingress(p, 1) = []rp.Access{{FromPort: 8080, ToPort: 8080, CIDR: "10.0.0.0/16"}}
			p.SecurityGroups[0].Egress = []rp.Access{{Protocol: "-1", CIDR: anywhere}}
		}), Want: reached},
		{Name: "a sandbox open to one address: mine", Plan: service(sandbox), Request: rp.Request{From: rp.Source{Address: "192.0.2.7"}}, Want: reached},
		{Name: "a sandbox open to one address: another", Plan: service(sandbox), Want: timedOut(rp.HopLoadBalancer, "security-group")},
		{Name: "a task has no way from the internet", Plan: service(), Request: rp.Request{Scheme: rp.SchemeHTTP, Name: privateIP, Port: 8080},
			Want: timedOut(rp.HopOrigin, "private-address")},
		{Name: "several services: each rule its own", Plan: service(second), Request: rp.Request{Path: "/api/x"},
			Want: Want{Status: 201, By: rp.HopTarget, Rule: "5"}},
		{Name: "several services: the rest to the other", Plan: service(second), Want: ruled},
	}
	return from(SourceE, "", append(append(list, images()...), healths()...)...)
}

// images are the ways to the image registry.
func images() []Case {
	image := func(i rp.Image) change { return func(p *rp.Plan) { server(p).Image = &i } }
	endpoints := rp.Image{
		Private: true, Endpoints: []string{"ecr.api", "ecr.dkr", "s3", "logs"}, EndpointGroups: []string{"endpoints"}, S3PrefixList: "s3",
	}
	reachable := func(p *rp.Plan) {
		p.SecurityGroups[1].Egress = []rp.Access{group(443, "endpoints"), {FromPort: 443, ToPort: 443, PrefixList: "s3"}}
		p.SecurityGroups = append(p.SecurityGroups, rp.SecurityGroup{Name: "endpoints", Ingress: []rp.Access{group(443, "task")}})
	}
	public := endpoints
	public.Private = false
	besideNAT := endpoints
	besideNAT.DefaultRoute = rp.RouteNAT
	addresses := func(p *rp.Plan) {
		p.SecurityGroups = append(p.SecurityGroups, rp.SecurityGroup{Name: "endpoints",
			Ingress: []rp.Access{{FromPort: 443, ToPort: 443, CIDR: "10.0.0.0/16"}}})
	}
	never := Want{Status: 503, By: rp.HopLoadBalancer, Fact: "image-unreachable", Field: "servers[task].image"}
	list := []Case{
		{Name: "image: no route at all", Plan: service(image(rp.Image{Private: true})), Want: never},
		{Name: "image: no route at all, the task dialled from inside", Plan: service(image(rp.Image{Private: true})),
			Request: rp.Request{Scheme: rp.SchemeHTTP, Name: privateIP, Port: 8080, From: rp.Source{Kind: rp.FromVPC, SecurityGroups: []string{"alb"}}},
			Want:    timedOut(rp.HopOrigin, "nobody-at-address")},
		{Name: "image: an internet gateway without a public address", Want: never,
			Plan: service(image(rp.Image{Private: true, DefaultRoute: rp.RouteInternetGateway}))},
		{Name: "image: an internet gateway and a public address", Want: reached,
			Plan: service(image(rp.Image{DefaultRoute: rp.RouteInternetGateway, PublicAddress: true}))},
		{Name: "image: NAT, but nothing may leave the task", Want: never, Plan: service(func(p *rp.Plan) { p.SecurityGroups[1].Egress = nil })},
		{Name: "image: endpoints without NAT", Plan: service(image(endpoints), reachable), Want: reached},
		{Name: "image: endpoints and a public registry", Plan: service(image(public), reachable), Want: never},
		{Name: "image: endpoints, the groups go by addresses", Plan: service(image(endpoints), addresses), Want: reached},
		{Name: "image: NAT, and endpoints that the groups keep it from", Plan: service(image(besideNAT)), Want: never},
		{Name: "image: NAT for what has no endpoint", Want: reached,
			Plan: service(addresses, func(p *rp.Plan) {
				server(p).Image = &rp.Image{Private: true, DefaultRoute: rp.RouteNAT, Endpoints: []string{"ecr.api"}, EndpointGroups: []string{"endpoints"}}
			})},
		{Name: "image: endpoints that the groups keep it from", Plan: service(image(endpoints)), Want: never},
		{Name: "image: endpoints, the group keeps it from s3", Want: never, Plan: service(image(endpoints), reachable,
			func(p *rp.Plan) { p.SecurityGroups[1].Egress = p.SecurityGroups[1].Egress[:1] })},
	}
	for i, e := range endpoints.Endpoints {
		lacking := endpoints
		lacking.Endpoints = slices.Delete(slices.Clone(endpoints.Endpoints), i, i+1)
		list = append(list, Case{Name: "image: endpoints without " + e, Plan: service(image(lacking), reachable), Want: never})
	}
	return list
}

// healths are the states of targets.
func healths() []Case {
	health := func(h string) change { return func(p *rp.Plan) { targets(p).Targets[0].Health = h } }
	two := func(first, second string) change {
		return func(p *rp.Plan) {
			addServer(p, "other", "10.0.12.20", listens(p).Answer)
			targets(p).Targets = []rp.Target{{Server: "task", Health: first}, {Server: "other", Health: second}}
		}
	}
	return []Case{
		{Name: "targets: one is unhealthy", Plan: service(health(rp.Unhealthy)), Want: Want{Status: 200, By: rp.HopTarget, Warning: "fail-open"}},
		{Name: "targets: the healthy one gets the traffic", Plan: service(two(rp.Unhealthy, rp.Healthy)), Want: reached},
		{Name: "targets: none registered", Plan: service(func(p *rp.Plan) { targets(p).Targets = nil }),
			Want: Want{Status: 503, By: rp.HopLoadBalancer, Fact: "no-registered-targets", Field: "targetGroups[app].targets"}},
		{Name: "targets: all unused", Plan: service(health(rp.Unused)), Want: refused(503, "no-registered-targets")},
		{Name: "targets: all being deregistered", Plan: service(health(rp.Draining)), Want: refused(503, "only-draining-targets")},
		{Name: "targets: one is being deregistered", Plan: service(two(rp.Draining, "")), Want: reached},
	}
}

func sandbox(p *rp.Plan) {
	*ingress(p, 0) = []rp.Access{{FromPort: 443, ToPort: 443, CIDR: "192.0.2.7/32"}}
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
	type cell struct {
		request, method, group string
		spoken                 []string
		status                 int
		warning                string
	}
	both := []string{rp.HTTP11, rp.HTTP2, rp.GRPC}
	cells := []cell{
		{rp.HTTP11, "GET", rp.VersionHTTP1, both, 200, ""},
		{rp.HTTP11, "GET", rp.VersionHTTP2, both, 464, ""},
		{rp.HTTP11, "GET", rp.VersionGRPC, both, 464, ""},
		{rp.HTTP11, "POST", rp.VersionHTTP1, both, 200, ""},
		{rp.HTTP11, "POST", rp.VersionHTTP2, both, 464, ""},
		{rp.HTTP11, "POST", rp.VersionGRPC, both, 464, ""},
		{rp.HTTP2, "GET", rp.VersionHTTP1, both, 200, ""},
		{rp.HTTP2, "GET", rp.VersionHTTP2, both, 200, ""},
		{rp.HTTP2, "GET", rp.VersionGRPC, both, 464, ""},
		{rp.HTTP2, "POST", rp.VersionHTTP1, both, 200, ""},
		{rp.HTTP2, "POST", rp.VersionHTTP2, both, 200, ""},
		{rp.HTTP2, "POST", rp.VersionGRPC, both, 200, ""},
		{rp.GRPC, "POST", rp.VersionHTTP1, both, 464, ""},
		{rp.GRPC, "POST", rp.VersionHTTP2, both, 200, ""},
		{rp.GRPC, "POST", rp.VersionHTTP2, []string{rp.HTTP2}, 200, "target-not-grpc"},
		{rp.GRPC, "POST", rp.VersionGRPC, both, 200, ""},
	}
	var list []Case
	for _, c := range cells {
		want := Want{Status: c.status, By: rp.HopTarget, Warning: c.warning, Fact: "answered"}
		if c.status == 464 {
			want.By, want.Fact, want.Field = rp.HopLoadBalancer, "protocol-version", "protocolVersion"
		}
		name := c.request + " " + c.method + " to " + c.group
		if len(c.spoken) == 1 {
			name += ", target without gRPC"
		}
		list = append(list, Case{
			Name: name, Request: rp.Request{Version: c.request, Method: c.method}, Want: want,
			Plan: service(func(p *rp.Plan) { targets(p).ProtocolVersion, listens(p).Versions = c.group, c.spoken }),
		})
	}
	return from(Source464, troubleshooting, list...)
}
