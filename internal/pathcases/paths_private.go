package pathcases

import (
	"slices"

	rp "github.com/portico-iac/portico/requestpath"
)

// private is CloudFront before an internal load balancer, which it reaches through a VPC
// origin. No record has the origin's name.
func private(changes ...change) rp.Plan {
	return with(fronted(func(p *rp.Plan) {
		origin(p).VPCOrigin, web(p).Internal = web(p).Name, true
		origin(p).Headers, rule(p).Conditions = nil, nil
		p.Records = p.Records[:1]
	}, admit(0, group(443, rp.VPCOriginGroup))), changes...)
}

// throughVPC lets the distribution reach the load balancer through a VPC origin, whose
// connections its group may or may not admit.
func throughVPC(d draw) {
	origin(d.p).VPCOrigin, web(d.p).Internal = web(d.p).Name, coin(d.r)
	d.p.SecurityGroups[0].Ingress = append(slices.Clone(d.p.SecurityGroups[0].Ingress), one(d.r,
		group(443, rp.VPCOriginGroup), group(443, rp.VPCOriginGroup), group(80, rp.VPCOriginGroup), fromCloudFront(443)))
}

// vpcOriginCases are origins inside a VPC, which CloudFront reaches without the internet.
func vpcOriginCases() []Case {
	const page = cloudFront + "private-content-vpc-origins.html"
	through := Want{Status: 200, By: rp.HopTarget, SNI: loadBalancerName, XCache: rp.XCacheMiss, Rule: "10"}
	dropped := failed(504, "vpc-origin-dropped").at("securityGroups[alb].ingress")
	instanceInVPC := func(changes ...change) rp.Plan {
		return instance(append([]change{func(p *rp.Plan) {
			origin(p).VPCOrigin = server(p).Name
			server(p).Addresses, p.Records = []string{"10.0.1.20"}, p.Records[:1]
		}, admit(0, group(443, rp.VPCOriginGroup))}, changes...)...)
	}
	ownName := func(p *rp.Plan) { origin(p).DomainName = elbName }
	return from(SourceVPCOrigin, page,
		is("the group of the load balancer admits CloudFront's", private(), ordinary, through),
		is("the group of the load balancer admits CloudFront's prefix list", private(admit(0, fromCloudFront(443))), ordinary, through),
		is("the group of the load balancer admits nobody", private(admit(0)), ordinary, dropped),
		is("the VPC's addresses are not CloudFront's", private(admit(0, rp.Access{FromPort: 443, ToPort: 443, CIDR: "10.0.0.0/16"})), ordinary, dropped),
		is("CloudFront's group on another port", private(admit(0, group(80, rp.VPCOriginGroup))), ordinary, dropped),
		is("around CloudFront: the load balancer has private addresses alone", private(), rp.Request{Name: elbName, IgnoreCertificate: true},
			timedOut(rp.HopLoadBalancer, "private-address")),
		is("a machine in the VPC is not CloudFront", private(), rp.Request{Name: elbName, IgnoreCertificate: true, From: rp.Source{Kind: rp.FromVPC}},
			timedOut(rp.HopLoadBalancer, "security-group")),
		is("the certificate covers another name", private(func(p *rp.Plan) { https(p).Certificates = []rp.Certificate{*certificate("*.example.org")} }),
			ordinary, failed(502, "origin-certificate").named(loadBalancerName)),
		is("the certificate covers the Host that is forwarded", private(ownName, forwarding), ordinary, through.named(viewerName)),
		is("the load balancer's own name, Host not forwarded", private(ownName), ordinary,
			failed(502, "origin-certificate").named(elbName).at("origins[app].domainName")),
		is("no listener on the port", private(func(p *rp.Plan) { origin(p).HTTPSPort = 8443 }, admit(0, group(8443, rp.VPCOriginGroup))), ordinary,
			failed(502, "origin-refused")),
		is("http-only", private(plainOrigin, redirecting, admit(0, group(80, rp.VPCOriginGroup))), ordinary,
			Want{Status: 301, By: rp.HopLoadBalancer, XCache: rp.XCacheMiss}),
		is("gRPC", private(func(p *rp.Plan) { behavior(p).GRPC = true }), ordinary,
			unanswered(rp.RefusedByAWS, rp.HopDistribution, "vpc-origin-grpc").at("default.grpc")),
		is("a Lambda@Edge function before the origin", private(func(p *rp.Plan) { behavior(p).LambdaEvents = []string{"viewer-request", "origin-request"} }), ordinary,
			unanswered(rp.RefusedByAWS, rp.HopDistribution, "vpc-origin-lambda").at("default.lambdaEvents")),
		is("a Lambda@Edge function after the origin", private(func(p *rp.Plan) { behavior(p).LambdaEvents = []string{"origin-response"} }), ordinary,
			unanswered(rp.RefusedByAWS, rp.HopDistribution, "vpc-origin-lambda").at("default.lambdaEvents")),
		is("a load balancer with public addresses", private(func(p *rp.Plan) { web(p).Internal = false }), ordinary, through),
		is("an instance in a private subnet", instanceInVPC(), ordinary, served),
		is("an instance in a private subnet that admits nobody", instanceInVPC(admit(0)), ordinary,
			failed(504, "vpc-origin-dropped").at("securityGroups[instance].ingress")),
	)
}
