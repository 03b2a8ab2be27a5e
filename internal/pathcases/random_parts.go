package pathcases

import (
	"math/rand/v2"
	"slices"

	rp "github.com/portico-iac/portico/requestpath"
)

func distributionDimensions() []dimension {
	return []dimension{
		func(d draw) {
			behavior(d.p).ViewerProtocolPolicy = one(d.r, rp.AllowAll, rp.RedirectToHTTPS, rp.HTTPSOnly)
		},
		func(d draw) { site(d.p).Aliases, site(d.p).Certificate = nil, nil },
		func(d draw) { site(d.p).MinimumTLS = one(d.r, "TLSv1", "TLSv1.1_2016", "TLSv1.2_2021", "TLSv1.3_2025") },
		func(d draw) { site(d.p).HTTPVersion = one(d.r, "http1.1", "http2", "http3", "http2and3") },
		func(d draw) { behavior(d.p).AllowedMethods = nil },
		func(d draw) { behavior(d.p).GRPC = true },
		func(d draw) { site(d.p).DefaultRootObject = "index.html" },
		func(d draw) { site(d.p).Certificate = certificate("app.example.org") },
		func(d draw) { origin(d.p).ProtocolPolicy = one(d.r, rp.HTTPOnly, rp.HTTPSOnly, rp.MatchViewer) },
		func(d draw) { behavior(d.p).ForwardsHost = coin(d.r) },
		func(d draw) { origin(d.p).DomainName = one(d.r, originName, loadBalancerName, elbName, viewerName) },
		func(d draw) { origin(d.p).HTTPSPort = one(d.r, 443, 8443, 444) },
		func(d draw) { origin(d.p).HTTPPort = one(d.r, 80, 8080, 81) },
		func(d draw) { origin(d.p).Path = "/api" },
		func(d draw) {
			behavior(d.p).ForwardsHost, behavior(d.p).ForwardsHeaders, behavior(d.p).ForwardsQuery = false, false, false
		},
		func(d draw) {
			origin(d.p).SSLProtocols = one(d.r, []string{rp.TLS12}, []string{rp.TLS10, rp.TLS11}, []string{rp.TLS13})
		},
		func(d draw) { origin(d.p).ReadTimeoutSeconds = one(d.r, 5, 30, 120) },
		func(d draw) {
			origin(d.p).Headers = []rp.Header{{Name: secretHeader, Value: one(d.r, secret, "secret-other")}}
		},
	}
}

func loadBalancerDimensions() []dimension {
	return []dimension{
		func(d draw) {
			https(d.p).SecurityPolicy = one(d.r, "", sslPolicy, "ELBSecurityPolicy-TLS13-1-3-2021-06", "ELBSecurityPolicy-TLS-1-2-2017-01")
		},
		func(d draw) { https(d.p).Certificates = []rp.Certificate{someCertificate(d.r), someCertificate(d.r)} },
		func(d draw) { web(d.p).Internal = true },
		func(d draw) { web(d.p).IdleTimeoutSeconds = one(d.r, 5, 60, 120) },
		func(d draw) { https(d.p).Rules = append(https(d.p).Rules, someRule(d.r, targets(d.p).Name)) },
		func(d draw) {
			l := rp.Listener{Port: one(d.r, 80, 8080), DefaultAction: someAction(d.r, targets(d.p).Name)}
			web(d.p).Listeners = append(slices.DeleteFunc(slices.Clone(web(d.p).Listeners),
				func(o rp.Listener) bool { return o.Port == l.Port }), l)
		},
		func(d draw) { targets(d.p).Protocol = one(d.r, rp.ProtocolHTTP, rp.ProtocolHTTPS) },
		func(d draw) {
			targets(d.p).ProtocolVersion = one(d.r, rp.VersionHTTP1, rp.VersionHTTP2, rp.VersionGRPC)
		},
		func(d draw) {
			targets(d.p).Targets[0].Health = one(d.r, rp.Healthy, rp.Unhealthy, rp.Draining, rp.Unused)
		},
		func(d draw) { targets(d.p).Targets[0].Port = one(d.r, 443, 8080, 9000) },
		func(d draw) { targets(d.p).Targets = nil },
	}
}

func someRule(r *rand.Rand, group string) rp.ListenerRule {
	c := one(r,
		rp.Condition{Field: rp.FieldHost, Values: []string{one(r, viewerName, "*.example.com", loadBalancerName)}},
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
	return []dimension{
		func(d draw) { listens(d.p).Certificates = []rp.Certificate{someCertificate(d.r)} },
		func(d draw) { listens(d.p).Protocol = one(d.r, rp.ProtocolHTTP, rp.ProtocolHTTPS) },
		func(d draw) { listens(d.p).TLS = one(d.r, []string{rp.TLS13}, []string{rp.TLS12}, []string{rp.TLS11}) },
		func(d draw) {
			listens(d.p).Versions = one(d.r, []string{rp.HTTP2}, []string{rp.HTTP11, rp.HTTP2}, []string{rp.HTTP11, rp.GRPC})
		},
		func(d draw) { listens(d.p).Port = one(d.r, 80, 443, 8080, 9000) },
		func(d draw) { listens(d.p).Answer.Status = one(d.r, 200, 204, 404, 500) },
		func(d draw) {
			listens(d.p).Answer = rp.Answer{Status: one(d.r, 301, 302, 307), Location: one(d.r, "https://#{host}/#{path}", "/login", "http://#{host}/")}
		},
		func(d draw) {
			if len(d.p.LoadBalancers) == 0 { // whose health checks send no header
				listens(d.p).RequiredHeader = &rp.RequiredHeader{Name: secretHeader, Values: one(d.r, []string{secret}, []string{secret, "secret-guess"})}
			}
		},
		func(d draw) { listens(d.p).Answer.DelaySeconds = one(d.r, 8, 45, 90) },
		func(d draw) { listens(d.p).Answer.Failure = one(d.r, rp.FailureReset, rp.FailureMalformed) },
		func(d draw) {
			image := rp.Image{
				Private: coin(d.r), DefaultRoute: one(d.r, "", rp.RouteNAT, rp.RouteInternetGateway), PublicAddress: coin(d.r),
				Endpoints:      one(d.r, nil, []string{"ecr.api", "ecr.dkr", "s3", "logs"}, []string{"ecr.api", "ecr.dkr", "s3"}, []string{"logs"}),
				EndpointGroups: one(d.r, []string{"task"}, []string{"alb"}), S3PrefixList: "s3",
			}
			for i := range d.p.Servers {
				if d.p.Servers[i].Image != nil { // the VPC's endpoints are there for all containers
					d.p.Servers[i].Image = &image
				}
			}
		},
	}
}
