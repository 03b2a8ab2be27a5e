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
	for _, redraw := range dimensions() {
		if r.IntN(redrawn) == 0 {
			redraw(draw{r, &plan, &request})
		}
	}
	guardedBySeed(seed, &plan, &request)
	storedBySeed(seed, &plan, &request)
	cachingBySeed(seed, &plan)
	restrictedBySeed(seed, &plan, &request)
	edgeBySeed(seed, &plan, &request)
	if request.Version == rp.GRPC {
		request.BodyBytes = 0   // a call has a body of its own
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
	for _, record := range p.Records {
		names = append(names, record.Name)
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

// draw is what one random plan and request are drawn from, and what they are so far.
type draw struct {
	r *rand.Rand
	p *rp.Plan
	q *rp.Request
}

// dimension redraws one thing of a plan or a request.
type dimension func(draw)

func dimensions() []dimension {
	all := slices.Concat(requestDimensions(), networkDimensions(), nameDimensions(), siteDimensions())
	when := func(has func(draw) bool, dimensions ...dimension) {
		for _, redraw := range dimensions {
			all = append(all, func(d draw) {
				if has(d) {
					redraw(d)
				}
			})
		}
	}
	when(hasDistribution, distributionDimensions()...)
	when(hasLoadBalancer, loadBalancerDimensions()...)
	all = append(all, serverDimensions()...)
	when(hasLoadBalancer, another)
	when(func(d draw) bool { return hasDistribution(d) && hasLoadBalancer(d) && d.r.IntN(3) == 0 }, throughVPC)
	when(func(d draw) bool { return listens(d.p).Port != 80 }, func(d draw) {
		server(d.p).Listeners = append(server(d.p).Listeners, redirectingListener)
	}, func(d draw) {
		if d.r.IntN(2) == 0 {
			listens(d.p).Answer = toLogin
		}
	})
	return all
}

func hasDistribution(d draw) bool { return len(d.p.Distributions) > 0 }
func hasLoadBalancer(d draw) bool { return len(d.p.LoadBalancers) > 0 }

func requestDimensions() []dimension {
	return []dimension{
		func(d draw) { d.q.Scheme = one(d.r, rp.SchemeHTTP, rp.SchemeHTTPS) },
		func(d draw) { d.q.Version = one(d.r, rp.HTTP11, rp.HTTP2, rp.HTTP3, rp.GRPC) },
		func(d draw) { d.q.Method = one(d.r, "GET", "HEAD", "POST", "DELETE", "OPTIONS", "TRACE") },
		func(d draw) { d.q.TLS = one(d.r, rp.TLS10, rp.TLS11, rp.TLS12, rp.TLS13) },
		func(d draw) { d.q.Host = one(d.r, viewerName, distributionName, "shop.example.com") },
		func(d draw) { d.q.Path = one(d.r, "/api/x", "/index.html", "/A") },
		func(d draw) { d.q.IgnoreCertificate = true },
		func(d draw) { d.q.From.Kind = one(d.r, rp.FromInternet, rp.FromCloudFront, rp.FromVPC) },
		func(d draw) {
			if d.r.IntN(4) == 0 { // mostly there is no AAAA record
				d.q.From = rp.Source{Address: "2001:db8::10"}
			}
		},
		func(d draw) {
			d.q.From = rp.Source{Kind: rp.FromVPC, SecurityGroups: []string{one(d.r, d.p.SecurityGroups...).Name}}
		},
		func(d draw) { d.q.Query = one(d.r, "version=v1", "a=b&Version=V1", "version=v2") },
		func(d draw) { d.q.ConnectTo = one(d.r, namesIn(*d.p)...) },
		func(d draw) { d.q.Port = one(d.r, 80, 443, 8080, 8443) },
		func(d draw) { d.q.Headers = []rp.Header{{Name: secretHeader, Value: one(d.r, secret, "secret-guess")}} },
	}
}

func networkDimensions() []dimension {
	rules := func(d draw) []rp.Access {
		return one(d.r, nil, []rp.Access{fromAnywhere(443)}, []rp.Access{fromAnywhere(80), fromAnywhere(443)},
			[]rp.Access{fromCloudFront(443)}, []rp.Access{{Protocol: "-1", CIDR: anywhere}}, []rp.Access{group(8080, "alb")},
			[]rp.Access{{FromPort: 1, ToPort: 65535, CIDR: "10.0.0.0/16"}}, []rp.Access{{Protocol: "udp", FromPort: 443, ToPort: 443, CIDR: anywhere}},
			[]rp.Access{fromAnywhere(443), {FromPort: 443, ToPort: 443, CIDR: "::/0"}}, []rp.Access{{CIDR: anywhere}})
	}
	return []dimension{
		func(d draw) { d.p.SecurityGroups[d.r.IntN(len(d.p.SecurityGroups))].Ingress = rules(d) },
		func(d draw) { d.p.SecurityGroups[0].Egress = rules(d) },
	}
}

// nameDimensions are records, and who can see them.
func nameDimensions() []dimension {
	add := func(d draw, records ...rp.Record) { d.p.Records = append(d.p.Records, records...) }
	return []dimension{
		func(d draw) {
			d.p.Records[d.r.IntN(len(d.p.Records))] = one(d.r,
				alias(viewerName, distributionName), address(originName, publicIP), alias(viewerName, elbName), alias(loadBalancerName, elbName),
				address(originName, privateIP), alias("*.example.com", elbName), cname(viewerName, loadBalancerName),
				address(viewerName, "192.0.2.1"), cname(originName, viewerName))
		},
		func(d draw) { d.p.Records = d.p.Records[:len(d.p.Records)-1] },
		func(d draw) {
			add(d, rp.Record{Name: one(d.r, "*.example.com", "a."+viewerName), Alias: distributionName})
		},
		func(d draw) {
			if len(d.p.Records) > 0 {
				d.p.Records[d.r.IntN(len(d.p.Records))].PrivateZone = true
			}
			d.q.From.Kind = one(d.r, rp.FromInternet, rp.FromVPC)
		},
		func(d draw) {
			add(d, rp.Record{Name: one(d.r, "db.example.com", "db.example.org"), Addresses: []string{"10.0.1.5"}, PrivateZone: true})
			d.q.From.Kind = rp.FromVPC
		},
		func(d draw) {
			for _, rec := range slices.Clone(d.p.Records) {
				if rec.Alias != "" {
					add(d, rp.Record{Name: rec.Name, Type: rp.RecordAAAA, Alias: rec.Alias})
				}
			}
			d.q.From = rp.Source{Address: "2001:db8::10"}
			d.p.SecurityGroups[0].Ingress = append(d.p.SecurityGroups[0].Ingress, rp.Access{FromPort: 443, ToPort: 443, CIDR: "::/0"})
			for i := range d.p.LoadBalancers {
				d.p.LoadBalancers[i].DualStack = true
			}
		},
	}
}

// siteDimensions are further parts beside those of the base.
func siteDimensions() []dimension {
	const shop = "shop.example.com"
	return []dimension{
		func(d draw) {
			if !hasDistribution(d) {
				return
			}
			e := distribution()
			e.Name, e.DomainName, e.Aliases, e.Certificate = "shop", "d2.cloudfront.net", []string{shop}, certificate(one(d.r, shop, "*.example.com"))
			e.Origins, e.Default = slices.Clone(site(d.p).Origins), site(d.p).Default
			d.p.Distributions = append(d.p.Distributions, e)
			d.p.Records = append(d.p.Records, rp.Record{Name: shop, Alias: one(d.r, e.DomainName, distributionName)})
			d.q.Name = shop
		},
		func(d draw) {
			if hasDistribution(d) {
				site(d.p).Aliases, site(d.p).Certificate = []string{one(d.r, "*.example.com", viewerName)}, certificate("*.example.com", viewerName)
			}
		},
		func(d draw) {
			if hasLoadBalancer(d) && d.p.TargetGroups[0].Name == "app" {
				second(d.p)
				d.q.Path = "/api/x"
			}
		},
	}
}

// another registers a second server like the first, both in some health. It
// answers otherwise only when the first is not to get the request.
func another(d draw) {
	states := one(d.r, []string{"", ""}, []string{rp.Unhealthy, ""}, []string{rp.Draining, ""}, []string{rp.Unused, ""}, []string{"", rp.Unhealthy},
		[]string{"", rp.Draining}, []string{rp.Draining, rp.Unused}, []string{rp.Unhealthy, rp.Unhealthy})
	answer := listens(d.p).Answer
	if states[0] != states[1] && answer == (rp.Answer{}) {
		answer.Status = 201
	}
	addServer(d.p, "other", "10.0.12.20", answer)
	targets(d.p).Targets = []rp.Target{{Server: server(d.p).Name, Health: states[0]}, {Server: "other", Health: states[1]}}
}

func someCertificate(r *rand.Rand) rp.Certificate {
	return rp.Certificate{
		Names:   []string{one(r, viewerName, originName, loadBalancerName, "*.example.com", "app.example.org")},
		Expired: r.IntN(6) == 0,
		Trust:   one(r, "", "", "", rp.SelfSigned, rp.IncompleteChain, rp.UnknownIssuer),
	}
}
