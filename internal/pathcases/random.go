package pathcases

import (
	"math/rand/v2"
	"slices"

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
	plan := one(r, bases...)()
	request := get(viewerName)
	if r.IntN(8) == 0 {
		request.Name = one(r, namesIn(plan)...)
	}
	for _, draw := range dimensions() {
		if r.IntN(redrawn) == 0 {
			draw(r, &plan, &request)
		}
	}
	if request.Version == rp.GRPC {
		request.Method = "POST" // there is no other call
	}
	if request.From.Kind == rp.FromCloudFront && request.Version == rp.HTTP3 {
		request.Version = rp.HTTP2 // CloudFront asks nobody over HTTP/3
	}
	return plan, request
}

// bases are the plans that random ones are made of. All of them work but for two,
// whose origin redirects what comes over HTTP.
var bases = []func(...change) rp.Plan{
	instance, service, fronted, adopted,
	func(c ...change) rp.Plan { return adopted(append([]change{front}, c...)...) },
	func(c ...change) rp.Plan { return fronted(append([]change{plainOrigin, redirecting}, c...)...) },
	func(c ...change) rp.Plan {
		return fronted(append([]change{plainOrigin, redirecting, forwarding}, c...)...)
	},
	func(c ...change) rp.Plan { return fronted(append([]change{redirecting, forwarding}, c...)...) },
}

// one is one of the values.
func one[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// namesIn are the names and addresses that a request for the plan may be for.
func namesIn(p rp.Plan) []string {
	var names []string
	for _, rec := range p.Records {
		names = append(names, rec.Name)
	}
	for _, e := range p.Distributions {
		names = append(names, e.DomainName)
	}
	for _, b := range p.LoadBalancers {
		names = append(names, b.DNSName)
	}
	for _, s := range p.Servers {
		names = append(names, s.Addresses...)
	}
	return names
}

func coin(r *rand.Rand) bool { return r.IntN(2) == 0 }

type dimension func(*rand.Rand, *rp.Plan, *rp.Request)

func dimensions() []dimension {
	all := slices.Concat(requestDimensions(), networkDimensions(), nameDimensions(), siteDimensions())
	for _, d := range edgeDimensions() {
		all = append(all, func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			if len(p.Distributions) > 0 {
				d(r, &p.Distributions[0])
			}
		})
	}
	for _, d := range balancerDimensions() {
		all = append(all, func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			if len(p.LoadBalancers) > 0 {
				d(r, p)
			}
		})
	}
	return append(append(all, serverDimensions()...), func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
		if len(p.LoadBalancers) > 0 {
			another(r, p)
		}
	}, func(_ *rand.Rand, p *rp.Plan, _ *rp.Request) {
		if listens(p).Port != 80 {
			server(p).Listeners = append(server(p).Listeners, rp.ServerListener{
				Port: 80, Answer: rp.Answer{Status: 301, Location: "https://#{host}/#{path}"},
			})
		}
	})
}

func requestDimensions() []dimension {
	return []dimension{
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) { q.Scheme = one(r, rp.SchemeHTTP, rp.SchemeHTTPS) },
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			q.Version = one(r, rp.HTTP11, rp.HTTP2, rp.HTTP3, rp.GRPC)
		},
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			q.Method = one(r, "GET", "HEAD", "POST", "DELETE", "OPTIONS", "TRACE")
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
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			if r.IntN(4) == 0 { // mostly there is no AAAA record
				q.From = rp.Source{Address: "2001:db8::10"}
			}
		},
		func(r *rand.Rand, p *rp.Plan, q *rp.Request) {
			q.From = rp.Source{Kind: rp.FromVPC, SecurityGroups: []string{one(r, p.SecurityGroups...).Name}}
		},
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			q.Query = one(r, "version=v1", "a=b&Version=V1", "version=v2")
		},
		func(r *rand.Rand, p *rp.Plan, q *rp.Request) { q.ConnectTo = one(r, namesIn(*p)...) },
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) { q.Port = one(r, 80, 443, 8080, 8443) },
		func(r *rand.Rand, _ *rp.Plan, q *rp.Request) {
			q.Headers = []rp.Header{{Name: secretHeader, Value: one(r, secret, "secret-guess")}}
		},
	}
}

func networkDimensions() []dimension {
	rules := func(r *rand.Rand) []rp.Access {
		return one(r, nil, []rp.Access{fromAnywhere(443)}, []rp.Access{fromAnywhere(80), fromAnywhere(443)},
			[]rp.Access{fromCloudFront(443)}, []rp.Access{{Protocol: "-1", CIDR: anywhere}}, []rp.Access{group(8080, "alb")},
			[]rp.Access{{FromPort: 1, ToPort: 65535, CIDR: "10.0.0.0/16"}}, []rp.Access{{Protocol: "udp", FromPort: 443, ToPort: 443, CIDR: anywhere}},
			[]rp.Access{fromAnywhere(443), {FromPort: 443, ToPort: 443, CIDR: "::/0"}}, []rp.Access{{CIDR: anywhere}})
	}
	return []dimension{
		func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			p.SecurityGroups[r.IntN(len(p.SecurityGroups))].Ingress = rules(r)
		},
		func(r *rand.Rand, p *rp.Plan, _ *rp.Request) { p.SecurityGroups[0].Egress = rules(r) },
	}
}

// nameDimensions are records, and who can see them.
func nameDimensions() []dimension {
	add := func(p *rp.Plan, records ...rp.Record) { p.Records = append(p.Records, records...) }
	return []dimension{
		func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			p.Records[r.IntN(len(p.Records))] = one(r,
				rp.Record{Name: viewerName, Alias: edgeName}, rp.Record{Name: originName, Addresses: []string{publicIP}},
				rp.Record{Name: viewerName, Alias: elbName}, rp.Record{Name: balancerName, Alias: elbName},
				rp.Record{Name: originName, Addresses: []string{privateIP}}, rp.Record{Name: "*.example.com", Alias: elbName},
				rp.Record{Name: viewerName, Type: rp.RecordCNAME, Alias: balancerName}, rp.Record{Name: viewerName, Addresses: []string{"192.0.2.1"}},
				rp.Record{Name: originName, Type: rp.RecordCNAME, Alias: viewerName})
		},
		func(_ *rand.Rand, p *rp.Plan, _ *rp.Request) { p.Records = p.Records[:len(p.Records)-1] },
		func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			add(p, rp.Record{Name: one(r, "*.example.com", "a."+viewerName), Alias: edgeName})
		},
		func(r *rand.Rand, p *rp.Plan, q *rp.Request) {
			if len(p.Records) > 0 {
				p.Records[r.IntN(len(p.Records))].PrivateZone = true
			}
			q.From.Kind = one(r, rp.FromInternet, rp.FromVPC)
		},
		func(r *rand.Rand, p *rp.Plan, q *rp.Request) {
			add(p, rp.Record{Name: one(r, "db.example.com", "db.example.org"), Addresses: []string{"10.0.1.5"}, PrivateZone: true})
			q.From.Kind = rp.FromVPC
		},
		func(_ *rand.Rand, p *rp.Plan, q *rp.Request) {
			for _, rec := range slices.Clone(p.Records) {
				if rec.Alias != "" {
					add(p, rp.Record{Name: rec.Name, Type: rp.RecordAAAA, Alias: rec.Alias})
				}
			}
			q.From = rp.Source{Address: "2001:db8::10"}
			p.SecurityGroups[0].Ingress = append(p.SecurityGroups[0].Ingress, rp.Access{FromPort: 443, ToPort: 443, CIDR: "::/0"})
			for i := range p.LoadBalancers {
				p.LoadBalancers[i].DualStack = true
			}
		},
	}
}

// siteDimensions are further parts beside those of the base.
func siteDimensions() []dimension {
	const shop = "shop.example.com"
	return []dimension{
		func(r *rand.Rand, p *rp.Plan, q *rp.Request) {
			if len(p.Distributions) == 0 {
				return
			}
			e := edge()
			e.Name, e.DomainName, e.Aliases, e.Certificate = "shop", "d2.cloudfront.net", []string{shop}, certificate(one(r, shop, "*.example.com"))
			e.Origin = p.Distributions[0].Origin
			p.Distributions = append(p.Distributions, e)
			p.Records = append(p.Records, rp.Record{Name: shop, Alias: one(r, e.DomainName, edgeName)})
			q.Name = shop
		},
		func(r *rand.Rand, p *rp.Plan, _ *rp.Request) {
			if len(p.Distributions) > 0 {
				p.Distributions[0].Aliases, p.Distributions[0].Certificate = []string{one(r, "*.example.com", viewerName)}, certificate("*.example.com", viewerName)
			}
		},
		func(_ *rand.Rand, p *rp.Plan, q *rp.Request) {
			if len(p.LoadBalancers) > 0 && p.TargetGroups[0].Name == "app" {
				second(p)
				q.Path = "/api/x"
			}
		},
	}
}

// another registers a second server like the first, both in some health. It
// answers otherwise only when the first is not to get the request.
func another(r *rand.Rand, p *rp.Plan) {
	other := *server(p)
	other.Name, other.Addresses, other.Listeners = "other", []string{"10.0.12.20"}, slices.Clone(other.Listeners)
	states := one(r, []string{"", ""}, []string{rp.Unhealthy, ""}, []string{rp.Draining, ""}, []string{rp.Unused, ""}, []string{"", rp.Unhealthy},
		[]string{"", rp.Draining}, []string{rp.Draining, rp.Unused}, []string{rp.Unhealthy, rp.Unhealthy})
	if answer := &other.Listeners[0].Answer; states[0] != states[1] && *answer == (rp.Answer{}) {
		answer.Status = 201
	}
	p.Servers = append(p.Servers, other)
	targets(p).Targets = []rp.Target{{Server: p.Servers[0].Name, Health: states[0]}, {Server: "other", Health: states[1]}}
}

func someCertificate(r *rand.Rand) rp.Certificate {
	return rp.Certificate{
		Names:   []string{one(r, viewerName, originName, balancerName, "*.example.com", "app.example.org")},
		Expired: r.IntN(6) == 0,
		Trust:   one(r, "", "", "", rp.SelfSigned, rp.IncompleteChain, rp.UnknownIssuer),
	}
}
