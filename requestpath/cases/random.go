package cases

import (
	"math/rand/v2"

	rp "github.com/portico-iac/portico/requestpath"
)

// redrawn says how seldom a dimension is redrawn: one in so many.
const redrawn = 14

// Random is a plan and a request drawn from the dimensions in which systems
// differ, the same for the same seed. Every plan is one of the working ones with
// some of its dimensions redrawn, so that each fault is met by itself as well as
// together with others.
func Random(seed uint64) (rp.Plan, rp.Request) {
	r := rand.New(rand.NewPCG(seed, 0))
	plan := one(r, instance, service, fronted, adopted)()
	request := get(viewerName)
	if r.IntN(8) == 0 {
		request.Name = one(r, edgeName, originName, balancerName, elbName, publicIP, privateIP)
	}
	for _, draw := range dimensions() {
		if r.IntN(redrawn) == 0 {
			draw(r, &plan, &request)
		}
	}
	return plan, request
}

// one is one of the values.
func one[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

func coin(r *rand.Rand) bool { return r.IntN(2) == 0 }

type dimension func(*rand.Rand, *rp.Plan, *rp.Request)

func dimensions() []dimension {
	all := requestDimensions()
	all = append(all, networkDimensions()...)
	for _, d := range edgeDimensions() {
		all = append(all, func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			if len(p.Edges) > 0 {
				d(r, &p.Edges[0])
			}
		})
	}
	for _, d := range balancerDimensions() {
		all = append(all, func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			if len(p.Balancers) > 0 {
				d(r, p)
			}
		})
	}
	return append(all, serverDimensions()...)
}

func requestDimensions() []dimension {
	return []dimension{
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) { q.Scheme = one(r, rp.SchemeHTTP, rp.SchemeHTTPS) },
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			q.Version = one(r, rp.HTTP11, rp.HTTP2, rp.HTTP3, rp.GRPC)
			if q.Version == rp.GRPC {
				q.Method = "POST"
			}
		},
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			q.Method = one(r, "GET", "HEAD", "POST", "DELETE", "OPTIONS")
		},
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) { q.TLS = one(r, rp.TLS10, rp.TLS11, rp.TLS12, rp.TLS13) },
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			q.Host = one(r, viewerName, edgeName, "shop.example.com")
		},
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) { q.Path = one(r, "/api/x", "/index.html", "/A") },
		func(_ *rand.Rand, _ *rp.Plan, q *rp.Request) { q.IgnoreCertificate = true },
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			q.From.Kind = one(r, rp.FromInternet, rp.FromCloudFront, rp.FromVPC)
		},
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) { q.Port = one(r, 80, 443, 8080, 8443) },
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			q.Headers = []rp.Header{{Name: secretHeader, Value: one(r, secret, "secret-guess")}}
		},
	}
}

func networkDimensions() []dimension {
	rules := func(r *rand.Rand) []rp.Access {
		return one(r, nil, []rp.Access{fromAnywhere(443)}, []rp.Access{fromAnywhere(80), fromAnywhere(443)},
			[]rp.Access{fromCloudFront(443)}, []rp.Access{{Protocol: "-1", CIDR: anywhere}}, []rp.Access{group(8080, "alb")})
	}
	return []dimension{
		func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			p.SecurityGroups[r.IntN(len(p.SecurityGroups))].Ingress = rules(r)
		},
		func(r *rand.Rand, p *rp.Plan, _ *rp.Request) { p.SecurityGroups[0].Egress = rules(r) },
		func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			p.Records[r.IntN(len(p.Records))] = one(r,
				rp.Record{Name: viewerName, Alias: edgeName}, rp.Record{Name: originName, Addresses: []string{publicIP}},
				rp.Record{Name: viewerName, Alias: elbName}, rp.Record{Name: balancerName, Alias: elbName},
				rp.Record{Name: originName, Addresses: []string{privateIP}}, rp.Record{Name: "*.example.com", Alias: elbName},
				rp.Record{Name: originName, Type: rp.RecordCNAME, Alias: viewerName})
		},
		func(_ *rand.Rand, p *rp.Plan, _ *rp.Request) { p.Records = p.Records[:len(p.Records)-1] },
	}
}

func someCertificate(r *rand.Rand) rp.Certificate {
	return rp.Certificate{
		Names:   []string{one(r, viewerName, originName, balancerName, "*.example.com", "app.example.org")},
		Expired: r.IntN(6) == 0,
		Trust:   one(r, "", "", "", rp.SelfSigned, rp.IncompleteChain, rp.UnknownIssuer),
	}
}

func edgeDimensions() []func(*rand.Rand, *rp.Edge) {
	return []func(*rand.Rand, *rp.Edge){
		func(r *rand.Rand, e *rp.Edge) {
			e.ViewerProtocolPolicy = one(r, rp.AllowAll, rp.RedirectToHTTPS, rp.HTTPSOnly)
		},
		func(_ *rand.Rand, e *rp.Edge) { e.Aliases, e.Certificate = nil, nil },
		func(r *rand.Rand, e *rp.Edge) {
			e.MinimumTLS = one(r, "TLSv1", "TLSv1.1_2016", "TLSv1.2_2021", "TLSv1.3_2025")
		},
		func(r *rand.Rand, e *rp.Edge) { e.HTTPVersion = one(r, "http1.1", "http2", "http3", "http2and3") },
		func(_ *rand.Rand, e *rp.Edge) { e.AllowedMethods = nil },
		func(_ *rand.Rand, e *rp.Edge) { e.GRPC = true },
		func(_ *rand.Rand, e *rp.Edge) { e.DefaultRootObject = "index.html" },
		func(_ *rand.Rand, e *rp.Edge) { e.Certificate = certificate("app.example.org") },
		func(r *rand.Rand, e *rp.Edge) {
			e.Origin.ProtocolPolicy = one(r, rp.HTTPOnly, rp.HTTPSOnly, rp.MatchViewer)
		},
		func(r *rand.Rand, e *rp.Edge) { e.Origin.ForwardsHost = coin(r) },
		func(r *rand.Rand, e *rp.Edge) {
			e.Origin.DomainName = one(r, originName, balancerName, elbName, viewerName)
		},
		func(r *rand.Rand, e *rp.Edge) { e.Origin.HTTPSPort = one(r, 443, 8443, 444) },
		func(r *rand.Rand, e *rp.Edge) {
			e.Origin.SSLProtocols = one(r, []string{rp.TLS12}, []string{rp.TLS10, rp.TLS11}, []string{rp.TLS13})
		},
		func(r *rand.Rand, e *rp.Edge) { e.Origin.ReadTimeoutSeconds = one(r, 10, 30, 120) },
		func(r *rand.Rand, e *rp.Edge) {
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
		func(_ *rand.Rand, p *rp.Plan) { p.Balancers[0].Internal = true },
		func(r *rand.Rand, p *rp.Plan) { p.Balancers[0].IdleTimeoutSeconds = one(r, 5, 60, 120) },
		func(r *rand.Rand, p *rp.Plan) { https(p).Rules = append(https(p).Rules, someRule(r, targets(p).Name)) },
		func(r *rand.Rand, p *rp.Plan) {
			p.Balancers[0].Listeners = append(p.Balancers[0].Listeners, rp.Listener{Port: one(r, 80, 8080), DefaultAction: someAction(r, targets(p).Name)})
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
		rp.Condition{Field: rp.FieldSourceIP, Values: []string{"130.176.0.0/16"}})
	return rp.ListenerRule{Priority: one(r, 5, 20), Conditions: []rp.Condition{c}, Action: someAction(r, group)}
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
			server(p).Image = &rp.Image{DefaultRoute: one(r, "", rp.RouteNAT, rp.RouteInternetGateway)}
		},
	}
}
