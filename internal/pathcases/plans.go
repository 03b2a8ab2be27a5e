package pathcases

import (
	"slices"

	rp "github.com/portico-iac/portico/requestpath"
)

// Names and addresses that every plan uses.
const (
	viewerName       = "www.example.com"
	originName       = "origin.example.com"
	loadBalancerName = "alb.example.com"
	distributionName = "d111111abcdef8.cloudfront.net"
	elbName          = "web-1234567890.ap-northeast-1.elb.amazonaws.com"
	publicIP         = "198.51.100.20"
	privateIP        = "10.0.11.20"
	secretHeader     = "X-Origin-Verify"
	secret           = "secret-current"
	anywhere         = "0.0.0.0/0"
	sslPolicy        = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
)

// A change makes another plan of a working one.
type change func(*rp.Plan)

func with(plan rp.Plan, changes ...change) rp.Plan {
	for _, c := range changes {
		c(&plan)
	}
	return plan
}

func certificate(names ...string) *rp.Certificate { return &rp.Certificate{Names: names} }

func get(name string) rp.Request { return rp.Request{Name: name} }

// Requests of viewers.
var (
	ordinary = rp.Request{}
	plain    = rp.Request{Scheme: rp.SchemeHTTP}
	grpc     = rp.Request{Version: rp.GRPC, Method: "POST"}
)

func alias(name, of string) rp.Record { return rp.Record{Name: name, Alias: of} }

func cname(name, of string) rp.Record { return rp.Record{Name: name, Type: rp.RecordCNAME, Alias: of} }

func address(name, ip string) rp.Record { return rp.Record{Name: name, Addresses: []string{ip}} }

func distribution() rp.Distribution {
	return rp.Distribution{
		Name: "site", DomainName: distributionName, Aliases: []string{viewerName}, Certificate: certificate(viewerName),
		MinimumTLS: "TLSv1.2_2021", HTTPVersion: "http2and3", IPv6: true,
		Origins: []rp.Origin{{ID: "app", DomainName: originName}},
		Default: rp.Behavior{
			Origin: "app", ViewerProtocolPolicy: rp.RedirectToHTTPS, ForwardsHeaders: true, ForwardsQuery: true, ForwardsCookies: true,
			AllowedMethods: []string{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"},
		},
	}
}

func fromCloudFront(port int) rp.Access {
	return rp.Access{FromPort: port, ToPort: port, PrefixList: rp.OriginFacing}
}

func fromAnywhere(port int) rp.Access { return rp.Access{FromPort: port, ToPort: port, CIDR: anywhere} }

func group(port int, name string) rp.Access {
	return rp.Access{FromPort: port, ToPort: port, SecurityGroup: name}
}

// instance is source D as it ends: CloudFront before one instance, TLS to the
// end.
func instance(changes ...change) rp.Plan {
	return with(rp.Plan{
		Records: []rp.Record{
			{Name: viewerName, Alias: distributionName},
			{Name: originName, Addresses: []string{publicIP}},
		},
		Distributions: []rp.Distribution{distribution()},
		Servers: []rp.Server{{
			Name: "instance", Addresses: []string{publicIP, "10.0.1.20"}, SecurityGroups: []string{"instance"},
			Listeners: []rp.ServerListener{{
				Port: 443, Protocol: rp.ProtocolHTTPS, Certificates: []rp.Certificate{*certificate(originName)},
			}},
		}},
		SecurityGroups: []rp.SecurityGroup{{Name: "instance", Ingress: []rp.Access{fromCloudFront(443)}}},
	}, changes...)
}

// service is source E: a load balancer before private Fargate, HTTP redirected.
func service(changes ...change) rp.Plan {
	return with(rp.Plan{
		Records: []rp.Record{{Name: viewerName, Alias: "dualstack." + elbName}},
		LoadBalancers: []rp.LoadBalancer{{
			Name: "web", DNSName: elbName, SecurityGroups: []string{"alb"},
			Listeners: []rp.Listener{
				{
					Port: 443, Protocol: rp.ProtocolHTTPS, SecurityPolicy: sslPolicy,
					Certificates:  []rp.Certificate{*certificate(viewerName)},
					DefaultAction: rp.Action{Type: rp.ActionFixedResponse, Status: 404},
					Rules:         []rp.ListenerRule{{Priority: 10, Action: rp.Action{Type: rp.ActionForward, TargetGroup: "app"}}},
				},
				plainListener(),
			},
		}},
		TargetGroups: []rp.TargetGroup{{Name: "app", Port: 8080, Targets: []rp.Target{{Server: "task"}}}},
		Servers: []rp.Server{{
			Name: "task", Addresses: []string{privateIP}, SecurityGroups: []string{"task"},
			Listeners: []rp.ServerListener{{Port: 8080}},
			Image:     &rp.Image{Private: true, DefaultRoute: rp.RouteNAT},
		}},
		SecurityGroups: []rp.SecurityGroup{
			{Name: "alb", Ingress: []rp.Access{fromAnywhere(443), fromAnywhere(80)}, Egress: []rp.Access{group(8080, "task")}},
			{Name: "task", Ingress: []rp.Access{group(8080, "alb")}, Egress: []rp.Access{fromAnywhere(443)}},
		},
	}, changes...)
}

func plainListener() rp.Listener {
	return rp.Listener{Port: 80, DefaultAction: rp.Action{Type: rp.ActionRedirect, Redirect: &rp.Redirect{Protocol: "HTTPS", Port: "443"}}}
}

// fronted is source B as it ends: CloudFront with a secret header before that
// load balancer, which admits CloudFront alone.
func fronted(changes ...change) rp.Plan {
	return with(service(front, admit(0, fromCloudFront(443)), func(p *rp.Plan) {
		origin(p).Headers = []rp.Header{{Name: secretHeader, Value: secret}}
		web(p).Listeners = web(p).Listeners[:1]
		https(p).DefaultAction.Status = 403
		rule(p).Conditions = []rp.Condition{{Field: rp.FieldHeader, Header: secretHeader, Values: []string{secret}}}
	}), changes...)
}

// front puts CloudFront before a load balancer, which stays open.
func front(p *rp.Plan) {
	e := distribution()
	e.Origins[0].DomainName = loadBalancerName
	p.Distributions = []rp.Distribution{e}
	p.Records = []rp.Record{{Name: viewerName, Alias: distributionName}, {Name: loadBalancerName, Alias: elbName}}
	https(p).Certificates = []rp.Certificate{*certificate(loadBalancerName)}
}

func site(p *rp.Plan) *rp.Distribution      { return &p.Distributions[0] }
func behavior(p *rp.Plan) *rp.Behavior      { return &p.Distributions[0].Default }
func origin(p *rp.Plan) *rp.Origin          { return &p.Distributions[0].Origins[0] }
func web(p *rp.Plan) *rp.LoadBalancer       { return &p.LoadBalancers[0] }
func https(p *rp.Plan) *rp.Listener         { return &p.LoadBalancers[0].Listeners[0] }
func rule(p *rp.Plan) *rp.ListenerRule      { return &https(p).Rules[0] }
func targets(p *rp.Plan) *rp.TargetGroup    { return &p.TargetGroups[0] }
func server(p *rp.Plan) *rp.Server          { return &p.Servers[0] }
func listens(p *rp.Plan) *rp.ServerListener { return &p.Servers[0].Listeners[0] }

// admit and letOut set the rules of a security group.
func admit(group int, rules ...rp.Access) change {
	return func(p *rp.Plan) { p.SecurityGroups[group].Ingress = rules }
}

func admitToo(group int, rule rp.Access) change {
	return func(p *rp.Plan) { p.SecurityGroups[group].Ingress = append(p.SecurityGroups[group].Ingress, rule) }
}

func letOut(group int, rules ...rp.Access) change {
	return func(p *rp.Plan) { p.SecurityGroups[group].Egress = rules }
}

// addServer adds a server like the first, with an answer of its own.
func addServer(p *rp.Plan, name, address string, answer rp.Answer) {
	other := *server(p)
	other.Name, other.Addresses, other.Listeners = name, []string{address}, slices.Clone(other.Listeners)
	other.Listeners[0].Answer = answer
	p.Servers = append(p.Servers, other)
}

// plainOrigin lets the distribution ask its origin over HTTP.
func plainOrigin(p *rp.Plan) { origin(p).ProtocolPolicy = rp.HTTPOnly }

// forwarding lets the distribution pass the viewer's Host on, and puts the viewers' name
// on the load balancer's certificate too.
func forwarding(p *rp.Plan) {
	behavior(p).ForwardsHost = true
	if len(p.LoadBalancers) > 0 {
		https(p).Certificates = append(https(p).Certificates, *certificate(viewerName))
	}
}

// redirectingListener sends a server's viewers from HTTP to HTTPS.
var redirectingListener = rp.ServerListener{Port: 80, Answer: rp.Answer{Status: 301, Location: "https://#{host}/#{path}"}}

// toLogin sends those who come to the first page to another one, as applications do that
// make absolute URLs of the Host that they receive.
var toLogin = rp.Answer{Status: 302, Location: "https://#{host}/login", RedirectPath: "/"}

// redirecting gives the load balancer its listener on port 80, open to CloudFront.
func redirecting(p *rp.Plan) {
	web(p).Listeners = append(web(p).Listeners, plainListener())
	admitToo(0, fromCloudFront(80))(p)
}
