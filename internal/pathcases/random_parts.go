package pathcases

import (
	"math/rand/v2"
	"slices"

	rp "github.com/portico-iac/portico/requestpath"
)

func edgeDimensions() []func(*rand.Rand, *rp.Distribution) {
	return []func(*rand.Rand, *rp.Distribution){
		func(r *rand.Rand, e *rp.Distribution) {
			e.ViewerProtocolPolicy = one(r, rp.AllowAll, rp.RedirectToHTTPS, rp.HTTPSOnly)
		},
		func(_ *rand.Rand, e *rp.Distribution) { e.Aliases, e.Certificate = nil, nil },
		func(r *rand.Rand, e *rp.Distribution) {
			e.MinimumTLS = one(r, "TLSv1", "TLSv1.1_2016", "TLSv1.2_2021", "TLSv1.3_2025")
		},
		func(r *rand.Rand, e *rp.Distribution) {
			e.HTTPVersion = one(r, "http1.1", "http2", "http3", "http2and3")
		},
		func(_ *rand.Rand, e *rp.Distribution) { e.AllowedMethods = nil },
		func(_ *rand.Rand, e *rp.Distribution) { e.GRPC = true },
		func(_ *rand.Rand, e *rp.Distribution) { e.DefaultRootObject = "index.html" },
		func(_ *rand.Rand, e *rp.Distribution) { e.Certificate = certificate("app.example.org") },
		func(r *rand.Rand, e *rp.Distribution) {
			e.Origin.ProtocolPolicy = one(r, rp.HTTPOnly, rp.HTTPSOnly, rp.MatchViewer)
		},
		func(r *rand.Rand, e *rp.Distribution) { e.Origin.ForwardsHost = coin(r) },
		func(r *rand.Rand, e *rp.Distribution) {
			e.Origin.DomainName = one(r, originName, balancerName, elbName, viewerName)
		},
		func(r *rand.Rand, e *rp.Distribution) { e.Origin.HTTPSPort = one(r, 443, 8443, 444) },
		func(r *rand.Rand, e *rp.Distribution) { e.Origin.HTTPPort = one(r, 80, 8080, 81) },
		func(_ *rand.Rand, e *rp.Distribution) { e.Origin.Path = "/api" },
		func(_ *rand.Rand, e *rp.Distribution) {
			e.Origin.ForwardsHost, e.Origin.ForwardsHeaders, e.Origin.ForwardsQuery = false, false, false
		},
		func(r *rand.Rand, e *rp.Distribution) {
			e.Origin.SSLProtocols = one(r, []string{rp.TLS12}, []string{rp.TLS10, rp.TLS11}, []string{rp.TLS13})
		},
		func(r *rand.Rand, e *rp.Distribution) { e.Origin.ReadTimeoutSeconds = one(r, 5, 30, 120) },
		func(r *rand.Rand, e *rp.Distribution) {
			e.Origin.Headers = []rp.Header{{Name: secretHeader, Value: one(r, secret, "secret-other")}}
		},
	}
}

func balancerDimensions() []func(*rand.Rand, *rp.Plan) {
	return []func(*rand.Rand, *rp.Plan){
		func(r *rand.Rand, p *rp.Plan) {
			https(p).SecurityPolicy = one(r, "", sslPolicy, "ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS-1-2-2017-01")
		},
		func(r *rand.Rand, p *rp.Plan) {
			https(p).Certificates = []rp.Certificate{someCertificate(r), someCertificate(r)}
		},
		func(_ *rand.Rand, p *rp.Plan) { p.LoadBalancers[0].Internal = true },
		func(r *rand.Rand, p *rp.Plan) { p.LoadBalancers[0].IdleTimeoutSeconds = one(r, 5, 60, 120) },
		func(r *rand.Rand, p *rp.Plan) { https(p).Rules = append(https(p).Rules, someRule(r, targets(p).Name)) },
		func(r *rand.Rand, p *rp.Plan) {
			l := rp.Listener{Port: one(r, 80, 8080), DefaultAction: someAction(r, targets(p).Name)}
			p.LoadBalancers[0].Listeners = append(slices.DeleteFunc(slices.Clone(p.LoadBalancers[0].Listeners),
				func(o rp.Listener) bool { return o.Port == l.Port }), l)
		},
		func(r *rand.Rand, p *rp.Plan) { targets(p).Protocol = one(r, rp.ProtocolHTTP, rp.ProtocolHTTPS) },
		func(r *rand.Rand, p *rp.Plan) {
			targets(p).ProtocolVersion = one(r, rp.VersionHTTP1, rp.VersionHTTP2, rp.VersionGRPC)
		},
		func(r *rand.Rand, p *rp.Plan) {
			targets(p).Targets[0].Health = one(r, rp.Healthy, rp.Unhealthy, rp.Draining, rp.Unused)
		},
		func(r *rand.Rand, p *rp.Plan) { targets(p).Targets[0].Port = one(r, 443, 8080, 9000) },
		func(_ *rand.Rand, p *rp.Plan) { targets(p).Targets = nil },
	}
}

func someRule(r *rand.Rand, group string) rp.ListenerRule {
	c := one(r,
		rp.Condition{Field: rp.FieldHost, Values: []string{one(r, viewerName, "*.example.com", balancerName)}},
		rp.Condition{Field: rp.FieldPath, Values: []string{one(r, "/api/*", "/?????.html", "*")}},
		rp.Condition{Field: rp.FieldHeader, Header: secretHeader, Values: []string{secret, "secret-next"}},
		rp.Condition{Field: rp.FieldMethod, Values: []string{"POST"}},
		rp.Condition{Field: rp.FieldQuery, Values: []string{one(r, "version=v1", "*v1*")}},
		rp.Condition{Field: rp.FieldSourceIP, Values: []string{"130.176.0.0/16"}})
	return rp.ListenerRule{Priority: one(r, 3, 20), Conditions: []rp.Condition{c}, Action: someAction(r, group)}
}

func someAction(r *rand.Rand, group string) rp.Action {
	return one(r,
		rp.Action{Type: rp.ActionForward, TargetGroup: group},
		rp.Action{Type: rp.ActionFixedResponse, Status: one(r, 200, 403, 404, 503)},
		rp.Action{Type: rp.ActionRedirect, Redirect: &rp.Redirect{Protocol: "HTTPS", Port: "443", Status: one(r, 301, 302)}},
		rp.Action{Type: rp.ActionRedirect, Redirect: &rp.Redirect{Path: one(r, "/login", "/next/#{path}")}})
}

func serverDimensions() []dimension {
	each := func(d func(*rand.Rand, *rp.ServerListener)) dimension {
		return func(r *rand.Rand, p *rp.Plan, _ *rp.Request) { d(r, listens(p)) }
	}
	return []dimension{
		each(func(r *rand.Rand, l *rp.ServerListener) { l.Certificates = []rp.Certificate{someCertificate(r)} }),
		each(func(r *rand.Rand, l *rp.ServerListener) { l.Protocol = one(r, rp.ProtocolHTTP, rp.ProtocolHTTPS) }),
		each(func(r *rand.Rand, l *rp.ServerListener) {
			l.TLS = one(r, []string{rp.TLS13}, []string{rp.TLS12}, []string{rp.TLS11})
		}),
		each(func(r *rand.Rand, l *rp.ServerListener) {
			l.Versions = one(r, []string{rp.HTTP2}, []string{rp.HTTP11, rp.HTTP2}, []string{rp.HTTP11, rp.GRPC})
		}),
		each(func(r *rand.Rand, l *rp.ServerListener) { l.Port = one(r, 80, 443, 8080, 9000) }),
		each(func(r *rand.Rand, l *rp.ServerListener) { l.Answer.Status = one(r, 200, 204, 404, 500) }),
		each(func(r *rand.Rand, l *rp.ServerListener) {
			l.Answer = rp.Answer{Status: one(r, 301, 302, 307), Location: one(r, "https://#{host}/#{path}", "/login", "http://#{host}/")}
		}),
		each(func(r *rand.Rand, l *rp.ServerListener) { l.Answer.DelaySeconds = one(r, 8, 45, 90) }),
		each(func(r *rand.Rand, l *rp.ServerListener) {
			l.Answer.Failure = one(r, rp.FailureReset, rp.FailureMalformed)
		}),
		func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			image := rp.Image{
				Private: coin(r), DefaultRoute: one(r, "", rp.RouteNAT, rp.RouteInternetGateway), PublicAddress: coin(r),
				Endpoints:      one(r, nil, []string{"ecr.api", "ecr.dkr", "s3", "logs"}, []string{"ecr.api", "ecr.dkr", "s3"}, []string{"logs"}),
				EndpointGroups: one(r, []string{"task"}, []string{"alb"}), S3PrefixList: "s3",
			}
			for i := range p.Servers {
				if p.Servers[i].Image != nil { // the VPC's endpoints are there for all containers
					p.Servers[i].Image = &image
				}
			}
		},
	}
}
