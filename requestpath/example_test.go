package requestpath_test

import (
	"fmt"

	"github.com/portico-iac/portico/requestpath"
)

// CloudFront stands before a load balancer whose target group is of version HTTP2.
func ExampleWalk() {
	plan := requestpath.Plan{
		Records: []requestpath.Record{
			{Name: "www.example.com", Alias: "d111111abcdef8.cloudfront.net"},
			{Name: "alb.example.com", Alias: "web-1.us-east-1.elb.amazonaws.com"},
		},
		Distributions: []requestpath.Distribution{{
			Name: "site", DomainName: "d111111abcdef8.cloudfront.net", Aliases: []string{"www.example.com"},
			Certificate: &requestpath.Certificate{Names: []string{"www.example.com"}},
			Origins:     []requestpath.Origin{{DomainName: "alb.example.com"}},
		}},
		LoadBalancers: []requestpath.LoadBalancer{{
			Name: "web", DNSName: "web-1.us-east-1.elb.amazonaws.com", SecurityGroups: []string{"alb"},
			Listeners: []requestpath.Listener{{
				Port: 443, Protocol: requestpath.ProtocolHTTPS,
				Certificates:  []requestpath.Certificate{{Names: []string{"alb.example.com"}}},
				DefaultAction: requestpath.Action{Type: requestpath.ActionForward, TargetGroup: "app"},
			}},
		}},
		TargetGroups: []requestpath.TargetGroup{{Name: "app", ProtocolVersion: requestpath.VersionHTTP2}},
		SecurityGroups: []requestpath.SecurityGroup{{
			Name: "alb", Ingress: []requestpath.Access{{FromPort: 443, ToPort: 443, PrefixList: requestpath.OriginFacing}},
		}},
	}
	trace := requestpath.Walk(plan, requestpath.Request{Name: "www.example.com"})
	for _, h := range trace.Hops {
		fmt.Printf("%s %s: %s\n", h.Kind, h.Dialled, h.Decision)
	}
	o := trace.Outcome
	fmt.Printf("%d by the %s, X-Cache: %s\nwhy: %s\nfix: %s\n", o.Status, o.By, o.XCache, o.Why, o.Field)
	// Output:
	// dns www.example.com: leads to the distribution site
	// distribution www.example.com: sends HTTP/1.1 to alb.example.com:443 over HTTPS, Host alb.example.com
	// dns alb.example.com: leads to the load balancer web
	// load balancer alb.example.com: answers 464
	// 464 by the load balancer, X-Cache: Error from cloudfront
	// why: the request is HTTP/1.1 and target group app takes version HTTP2: CloudFront speaks HTTP/1.1 to its origins, whatever the viewer speaks
	// fix: targetGroups[app].protocolVersion
}

// A record leads viewers to an instance, whose port 80 redirects to its port 443,
// which redirects back.
func ExampleFollow() {
	plan := requestpath.Plan{
		Records: []requestpath.Record{{Name: "www.example.com", Addresses: []string{"198.51.100.20"}}},
		Servers: []requestpath.Server{{
			Name: "instance", Addresses: []string{"198.51.100.20"}, SecurityGroups: []string{"open"},
			Listeners: []requestpath.ServerListener{
				{Port: 80, Answer: requestpath.Answer{Status: 301, Location: "https://#{host}/"}},
				{
					Port: 443, Protocol: requestpath.ProtocolHTTPS,
					Certificates: []requestpath.Certificate{{Names: []string{"www.example.com"}}},
					Answer:       requestpath.Answer{Status: 302, Location: "http://#{host}/"},
				},
			},
		}},
		SecurityGroups: []requestpath.SecurityGroup{{Name: "open", Ingress: []requestpath.Access{{CIDR: "0.0.0.0/0"}}}},
	}
	chain := requestpath.Follow(plan, requestpath.Request{Scheme: "http", Name: "www.example.com"})
	for _, w := range chain.Traces {
		fmt.Println(w.Request.URL(), w.Outcome.Status, w.Outcome.Location)
	}
	fmt.Println(chain.Outcome.Reason)
	// Output:
	// http://www.example.com/ 301 https://www.example.com/
	// https://www.example.com/ 302 http://www.example.com/
	// redirect-loop
}

// Everything that a plan has to answer or to reject: here an instance behind
// CloudFront whose group was left open.
func ExampleCheck() {
	plan := requestpath.Plan{
		Records: []requestpath.Record{
			{Name: "www.example.com", Alias: "d111111abcdef8.cloudfront.net"},
			{Name: "origin.example.com", Addresses: []string{"198.51.100.20"}},
		},
		Distributions: []requestpath.Distribution{{
			Name: "front", DomainName: "d111111abcdef8.cloudfront.net", Aliases: []string{"www.example.com"},
			Certificate: &requestpath.Certificate{Names: []string{"www.example.com"}},
			Origins:     []requestpath.Origin{{DomainName: "origin.example.com"}},
		}},
		Servers: []requestpath.Server{{
			Name: "instance", Addresses: []string{"198.51.100.20"}, SecurityGroups: []string{"open"},
			Listeners: []requestpath.ServerListener{{
				Port: 443, Protocol: requestpath.ProtocolHTTPS,
				Certificates: []requestpath.Certificate{{Names: []string{"origin.example.com"}}},
			}},
		}},
		SecurityGroups: []requestpath.SecurityGroup{{Name: "open", Ingress: []requestpath.Access{{CIDR: "0.0.0.0/0"}}}},
	}
	for _, r := range requestpath.Check(plan) {
		fmt.Printf("%s: wants %s, gets %d %s, ok: %t\n", r.Name, r.Want, r.Chain.Outcome.Status, r.Chain.Outcome.Reason, r.OK)
	}
	// Output:
	// http://www.example.com/: wants answer, gets 200 , ok: true
	// https://www.example.com/: wants answer, gets 200 , ok: true
	// around the front to server instance, 198.51.100.20 port 443: wants rejection, gets 200 , ok: false
}
