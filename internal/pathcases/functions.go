package pathcases

import rp "github.com/portico-iac/portico/requestpath"

// functionCases are what functions of Portico's own do with viewers' requests.
func functionCases() []Case {
	const apex = "example.com"
	names := func(p *rp.Plan) {
		site(p).Aliases, site(p).Certificate = []string{viewerName, apex}, certificate(viewerName, apex)
		p.Records = append(p.Records, alias(apex, distributionName))
	}
	runs := func(f rp.Function) rp.Plan {
		return instance(names, func(p *rp.Plan) { site(p).Default.Function = &f })
	}
	answering302 := func(f rp.Function) rp.Plan { // with the path that the origin was asked for
		return with(runs(f), func(p *rp.Plan) { listens(p).Answer = rp.Answer{Status: 302, Location: "/at/#{path}"} })
	}
	toApex := rp.Function{Names: map[string]string{viewerName: apex}}
	add, remove := rp.Function{TrailingSlash: rp.AddSlash}, rp.Function{TrailingSlash: rp.RemoveSlash}
	both := rp.Function{Names: map[string]string{apex: viewerName}, TrailingSlash: rp.RemoveSlash, SinglePage: "/app/index.html"}
	to := func(status int, location string) Want {
		return Want{Status: status, By: rp.HopDistribution, XCache: rp.XCacheFunction, Location: location, Fact: "function-redirect"}
	}
	plainRedirect := Want{Status: 301, By: rp.HopDistribution, XCache: rp.XCacheRedirect, Location: "https://www.example.com/a/", Fact: "viewer-redirect"}
	asked := func(path string) Want {
		return Want{Status: 302, By: rp.HopOrigin, XCache: rp.XCacheMiss, Location: "/at/" + path}
	}
	path := func(path string) rp.Request { return rp.Request{Path: path} }
	list := []Case{
		is("www to the apex, with the query", runs(toApex), rp.Request{Path: "/a/b", Query: "b=2&a=%20&a"}, to(301, "https://example.com/a/b?b=2&a=%20&a")),
		is("a method that is kept", runs(toApex), rp.Request{Method: "POST", Path: "/form"}, to(308, "https://example.com/form")),
		is("the apex is answered", runs(toApex), get(apex), served),
		is("plain HTTP is redirected before the function runs", runs(both), rp.Request{Scheme: rp.SchemeHTTP, Path: "/a/"}, plainRedirect),
		is("a slash is added to a page", runs(add), rp.Request{Path: "/docs", Query: "x=1"}, to(301, "https://www.example.com/docs/?x=1")),
		is("a slash is not added to a file", runs(add), path("/v1/app.js"), served),
		is("a slash is added once", runs(add), path("/docs/"), served),
		is("slashes are removed", runs(remove), path("/docs//"), to(301, "https://www.example.com/docs")),
		is("the root keeps its slash", runs(remove), path("/"), served),
		is("no redirect leads elsewhere", runs(remove), path("//evil.example/"), to(301, "https://www.example.com//evil.example")),
		is("challenges are left alone", runs(remove), path("/.well-known/acme-challenge/"), served),
		is("one redirect for name and slash", runs(both), rp.Request{Name: apex, Path: "/a/", Query: "x=1"}, to(301, "https://www.example.com/a?x=1")),
		is("a page of a single-page application", answering302(both), path("/shop/42"), asked("app/index.html")),
		is("the root of a single-page application", answering302(both), path("/"), asked("")),
		is("a file of a single-page application", answering302(both), path("/app.js"), asked("app.js")),
		ends("redirects end", runs(both), rp.Request{Scheme: rp.SchemeHTTP, Name: apex, Path: "/a/"}, served),
	}
	return from(SourceViewer, cloudFront+"functions-tutorial.html", list...)
}
