package local_test

import (
	"fmt"

	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/requestpath"
)

// assignedName stands for the name that AWS gives the distribution.
const assignedName = "*.cloudfront.net"

// sourceA is CloudFront, a load balancer and an instance: which name is the origin.
func sourceA() []story {
	right := balancedInstance{version: "HTTP1", port: 443, front: true, origin: "alb.example.com", protocol: "https-only"}
	ownName, ownNamePlain, loop, http2 := right, right, right, right
	ownName.origin = ""
	ownNamePlain.origin, ownNamePlain.protocol = "", "http-only"
	loop.origin = "shop.example.com"
	http2.version = "HTTP2"
	return []story{
		{
			name: "A: the load balancer's own name as origin", wrong: ownName.program, mended: right.program,
			status: 502, by: requestpath.HopDistribution, fact: "origin-certificate", why: "does not cover",
		}, {
			name: "A: the load balancer's own name as origin, over HTTP, port 80 closed", wrong: ownNamePlain.program, mended: right.program,
			status: 504, by: requestpath.HopDistribution, fact: "origin-dropped", why: "on port 80",
		}, {
			name: "A: the viewers' own name as origin", wrong: loop.program, mended: right.program,
			status: 403, by: requestpath.HopDistribution, fact: "stacked-distributions", why: "leads back to the distribution itself",
		}, {
			name: "A: a target group of version HTTP2", wrong: http2.program, mended: right.program,
			status: 464, by: requestpath.HopLoadBalancer, fact: "protocol-version", why: "CloudFront speaks HTTP/1.1 to its origins",
		},
	}
}

// sourceB is CloudFront, a load balancer and Fargate: who may come, and in what HTTP
// version.
func sourceB() []story {
	right := fargate{version: "HTTP1", front: true, sends: "yes", wants: "yes"}
	http2, open, missing, wrong := right, right, right, right
	http2.version = "HTTP2"
	open.admits, open.sends, open.wants = "0.0.0.0/0", "", ""
	missing.sends = ""
	wrong.sends = "no"
	alone := fargate{version: "HTTP2", admits: "0.0.0.0/0"}
	around := requestpath.Request{Name: "alb.example.com"}
	stranger := around
	stranger.From.Kind = requestpath.FromCloudFront
	inside := fargate{version: "HTTP1", inside: true}
	closed := inside
	closed.admits = "203.0.113.0/24"
	unguarded := right
	unguarded.sends, unguarded.wants = "", ""
	return []story{
		{
			name: "B: tasks that want HTTP/2 behind CloudFront", wrong: http2.program, mended: right.program,
			status: 464, by: requestpath.HopLoadBalancer, fact: "protocol-version", why: "CloudFront speaks HTTP/1.1 to its origins",
		}, {
			name: "B: a VPC origin that the load balancer does not let in", wrong: closed.program, mended: inside.program,
			status: 504, by: requestpath.HopDistribution, fact: "vpc-origin-dropped", why: "admits CloudFront on port 443",
		}, {
			name: "B: tasks that want HTTP/2 behind CloudFront, mended by leaving CloudFront out", wrong: http2.program, mended: alone.program,
			request: around, unlogged: true,
			reason: requestpath.Timeout, by: requestpath.HopLoadBalancer, fact: "security-group", why: "no ingress rule",
		}, {
			name: "B: a load balancer that is open to everybody", wrong: open.program, mended: right.program, request: around,
			status: 200, by: requestpath.HopTarget, fact: "answered", why: "answers 200", blocked: true,
		}, {
			name: "B: a load balancer that is open to every distribution", wrong: unguarded.program, mended: right.program, request: stranger,
			status: 200, by: requestpath.HopTarget, fact: "answered", why: "answers 200", blocked: true,
		}, {
			name: "B: the header that the load balancer wants is not sent", wrong: missing.program, mended: right.program,
			status: 403, by: requestpath.HopLoadBalancer, fact: "no-rule-matches", why: "X-From",
		}, {
			name: "B: the header has another value", wrong: wrong.program, mended: right.program,
			status: 403, by: requestpath.HopLoadBalancer, fact: "no-rule-matches", why: "X-From",
		},
	}
}

// sourceC is a load balancer before an instance that exists.
func sourceC() []story {
	right := balancedInstance{version: "HTTP1", port: 443}
	otherPort, closed, kept, exposed := right, right, right, right
	otherPort.port = 8443
	closed.closed = true
	kept.own, exposed.own, exposed.exposed = true, true, true
	stock, legacy := map[string]server.Server{instanceID: listening(443)}, map[string]server.Server{"legacy": listening(443)}
	viewer := requestpath.Request{Name: "alb.example.com"}
	return []story{
		{
			name: "C: a target group on another port than the instance's", wrong: otherPort.program, mended: right.program,
			request: viewer, servers: stock,
			status: 504, by: requestpath.HopLoadBalancer, fact: "target-dropped", why: "on port 8443",
		}, {
			name: "C: the instance's group does not admit the load balancer", wrong: closed.program, mended: right.program,
			request: viewer, servers: stock,
			status: 504, by: requestpath.HopLoadBalancer, fact: "target-dropped", why: "no ingress rule of " + instanceGroup,
		}, {
			name: "C: the instance stays open to everybody", wrong: exposed.program, mended: kept.program, servers: legacy,
			request: requestpath.Request{Name: "direct.example.com", IgnoreCertificate: true}, unlogged: true,
			status: 200, by: requestpath.HopOrigin, fact: "answered", why: "answers 200", blocked: true,
		}, {
			name: "C: nothing listens on the target's port", wrong: right.program, request: viewer,
			servers: map[string]server.Server{instanceID: listening(80)},
			status:  502, by: requestpath.HopLoadBalancer, fact: "target-refused", why: "has no listener on port 443",
			mendedServers: stock,
		},
	}
}

// listening is a server with a self-signed certificate, as most are behind a
// load balancer.
func listening(port int) server.Server {
	return server.Server{Listeners: []server.Listener{{
		Port: port, Protocol: "HTTPS", Certificates: []pki.Spec{{Names: []string{"localhost"}, Trust: "self-signed"}},
	}}}
}

// sourceD is the measured table: CloudFront before one instance, and which name
// is on the instance's certificate.
func sourceD() []story {
	certified := func(spec pki.Spec) map[string]server.Server {
		return map[string]server.Server{"origin": {Listeners: []server.Listener{{
			Port: 443, Protocol: "HTTPS", Certificates: []pki.Spec{spec},
		}}}}
	}
	row := func(n int, viewer, covered string, forwards bool, status int, mended frontedInstance) story {
		s := story{
			name:    fmt.Sprintf("D: row %d", n),
			wrong:   frontedInstance{assigned: viewer == assignedName, forwards: forwards}.program,
			servers: certified(pki.Spec{Names: []string{covered}}), request: requestpath.Request{Name: viewer},
			status: status, by: requestpath.HopOrigin, fact: "answered", why: "answers 200",
		}
		if status != 200 {
			s.mended = mended.program
			s.by, s.fact, s.why = requestpath.HopDistribution, "origin-certificate", "is for "+covered+" and does not cover"
		}
		return s
	}
	// It sends those who come to its first page to another one, by an absolute URL.
	redirecting := func(covered string) map[string]server.Server {
		s := certified(pki.Spec{Names: []string{covered}})
		s["origin"].Listeners[0].Answer = server.Answer{Status: 302, Location: "https://#{host}/login", RedirectPath: "/"}
		return s
	}
	const www, origin = "shop.example.com", "origin.example.com"
	forwarding := frontedInstance{forwards: true}
	stories := []story{
		row(1, www, origin, true, 200, forwarding),
		row(2, www, origin, false, 200, forwarding),
		row(3, assignedName, origin, true, 200, forwarding),
		row(4, assignedName, origin, false, 200, forwarding),
		row(5, www, www, true, 200, forwarding),
		row(6, www, www, false, 502, forwarding),
		row(7, assignedName, www, true, 502, forwarding),
		row(8, assignedName, www, false, 502, forwarding),
	}
	// Rows 7 and 8 have no alias: what mends them is the alias that the certificate
	// is for.
	for i := range stories[6:] {
		stories[6+i].mendedRequest = requestpath.Request{Name: www}
	}
	return append(stories, story{
		name: "D: a group that does not admit CloudFront", wrong: frontedInstance{closed: true}.program,
		mended: frontedInstance{}.program, servers: certified(pki.Spec{Names: []string{origin}}),
		status: 504, by: requestpath.HopDistribution, fact: "origin-dropped", why: "admits CloudFront on port 443",
	}, story{
		name: "D: a self-signed certificate", wrong: frontedInstance{}.program,
		servers: certified(pki.Spec{Names: []string{origin}, Trust: "self-signed"}),
		status:  502, by: requestpath.HopDistribution, fact: "origin-certificate", why: "is self-signed",
		mendedServers: certified(pki.Spec{Names: []string{origin}}),
	}, story{
		name: "D: a certificate that was not renewed", wrong: frontedInstance{}.program,
		servers: certified(pki.Spec{Names: []string{origin}, Expired: true}),
		status:  502, by: requestpath.HopDistribution, fact: "origin-certificate", why: "has expired",
		mendedServers: certified(pki.Spec{Names: []string{origin}}),
	}, story{
		name: "D: an application that redirects to the Host that it sees", wrong: frontedInstance{}.program, mended: forwarding.program,
		servers: redirecting(origin), mendedServers: redirecting(www), follows: true,
		reason: requestpath.Timeout, by: requestpath.HopOrigin, fact: "redirect-leaks-origin", why: "its own name, " + origin,
	})
}

// sourceE is a load balancer before private Fargate.
func sourceE() []story {
	right := fargate{version: "HTTP1", admits: "0.0.0.0/0"}
	isolated, otherPort := right, right
	isolated.isolated = true
	otherPort.taskPort = 8080
	viewer := requestpath.Request{Name: "alb.example.com"}
	return []story{
		{
			name: "E: no route to the image registry", wrong: isolated.program, mended: right.program, request: viewer,
			status: 503, by: requestpath.HopLoadBalancer, fact: "image-unreachable", why: "no route to the image registry",
		}, {
			name: "E: the tasks' group admits the load balancer to another port", wrong: otherPort.program, mended: right.program, request: viewer,
			status: 504, by: requestpath.HopLoadBalancer, fact: "target-dropped", why: "on port 80",
		},
	}
}
