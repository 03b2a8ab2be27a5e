package pathcases

import (
	"slices"

	rp "github.com/portico-iac/portico/requestpath"
)

const (
	bucketName   = "site-assets"
	bucketRegion = "ap-northeast-1"
	assetPath    = "/assets/app.js"

	restrictingS3 = cloudFront + "private-content-restricting-access-to-s3.html"
	errorPages    = cloudFront + "GeneratingCustomErrorResponses.html"
	failover      = cloudFront + "high_availability_origin_failover.html"
)

// static is the instance behind CloudFront with a private bucket for some paths, which the
// distribution alone may read and list.
func static(changes ...change) rp.Plan {
	return with(instance(func(p *rp.Plan) {
		e := site(p)
		e.Origins = append(e.Origins, rp.Origin{
			ID: "assets", DomainName: bucketName + ".s3." + bucketRegion + ".amazonaws.com", S3: true, AccessControl: rp.SignAlways,
		})
		e.Behaviors = []rp.Behavior{{
			PathPattern: "/assets/*", Origin: "assets", ViewerProtocolPolicy: rp.RedirectToHTTPS,
			AllowedMethods: []string{"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"},
		}}
		p.Buckets = []rp.Bucket{{
			Name: bucketName, Region: bucketRegion, TLSOnly: true, Grants: []rp.Grant{{Distribution: "site", Get: true, List: true}},
			Keys: []string{"assets/app.js", "index.html", "404.html"},
		}}
	}), changes...)
}

func assets(p *rp.Plan) *rp.Behavior     { return &site(p).Behaviors[0] }
func assetsOrigin(p *rp.Plan) *rp.Origin { return &site(p).Origins[1] }
func bucket(p *rp.Plan) *rp.Bucket       { return &p.Buckets[0] }

// granting sets the bucket's grants.
func granting(grants ...rp.Grant) change { return func(p *rp.Plan) { bucket(p).Grants = grants } }

// alone has the bucket answer every path.
func alone(p *rp.Plan) {
	site(p).Default, site(p).Behaviors = site(p).Behaviors[0], nil
	behavior(p).PathPattern = ""
}

func rooted(p *rp.Plan) { site(p).DefaultRootObject = "index.html" }

func page(status int, path string, shown int) change {
	return func(p *rp.Plan) {
		site(p).ErrorResponses = append(site(p).ErrorResponses, rp.ErrorResponse{Status: status, PagePath: path, PageStatus: shown})
	}
}

// grouped has the paths of the bucket answered by one origin, and by the other when it fails
// so.
func grouped(primary, secondary string, statuses ...int) change {
	return func(p *rp.Plan) {
		site(p).OriginGroups = []rp.OriginGroup{{ID: "both", Primary: primary, Secondary: secondary, Statuses: statuses}}
		assets(p).Origin, assets(p).AllowedMethods = "both", []string{"GET", "HEAD", "OPTIONS"}
	}
}

// listenless lets nothing listen at the server.
func listenless(p *rp.Plan) { server(p).Listeners = nil }

// stored is an object, denied an answer of the bucket in its place.
var stored = Want{Status: 200, By: rp.HopBucket, XCache: rp.XCacheMiss}

func denied(status int, fact string) Want {
	return Want{Status: status, By: rp.HopBucket, XCache: rp.XCacheError, Fact: fact}
}

// bucketCases are buckets as origins.
func bucketCases() []Case {
	public := granting(rp.Grant{Get: true})
	control := func(c string) change { return func(p *rp.Plan) { assetsOrigin(p).AccessControl = c } }
	forwards := func(p *rp.Plan) { assets(p).ForwardsHeaders = true }
	plainly := func(p *rp.Plan) { assets(p).ViewerProtocolPolicy = rp.AllowAll }
	readOnly := granting(rp.Grant{Distribution: "site", Get: true})
	asset := rp.Request{Path: assetPath}
	authorized := rp.Request{Path: assetPath, Headers: []rp.Header{{Name: "Authorization", Value: "Bearer x"}}}
	const preflightPage = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html"
	fromPage := rp.Header{Name: "Origin", Value: "https://app.example.org"}
	preflight := rp.Request{Path: assetPath, Method: "OPTIONS", Headers: []rp.Header{fromPage, {Name: "Access-Control-Request-Method", Value: "GET"}}}
	bucketDomain := bucketName + ".s3." + bucketRegion + ".amazonaws.com"
	return from(SourceS3, restrictingS3,
		is("an object, signed for", static(), asset, stored),
		is("an object, HEAD", static(), rp.Request{Path: assetPath, Method: "HEAD"}, stored),
		is("other paths are the instance's", static(), rp.Request{Path: "/index.html"}, served),
		is("a missing key, which the distribution may list", static(), rp.Request{Path: "/assets/none"}, denied(404, "bucket-key").at("keys")),
		is("a missing key, which it may not list", static(readOnly), rp.Request{Path: "/assets/none"}, denied(403, "bucket-key")),
		is("a key with letters that a URL escapes", static(func(p *rp.Plan) { bucket(p).Keys = []string{"assets/a b.js"} }),
			rp.Request{Path: "/assets/a%20b.js"}, stored),
		is("a key that is not known to be missing", static(func(p *rp.Plan) { bucket(p).OtherKeys = true }), rp.Request{Path: "/assets/other"}, stored),
		is("the policy grants nothing", static(granting()), asset, denied(403, "bucket-policy").at("grants")),
		is("the policy grants another distribution", static(granting(rp.Grant{Distribution: "other", Get: true})), asset, denied(403, "bucket-policy")),
		is("the policy lets list and not read", static(granting(rp.Grant{Distribution: "site", List: true})), asset, denied(403, "bucket-policy")),
		is("no origin access control", static(control("")), asset, denied(403, "bucket-signature").at("origins[assets].accessControl")),
		is("an origin access control that never signs", static(control(rp.SignNever)), asset, denied(403, "bucket-signature")),
		is("no-override, without Authorization", static(control(rp.SignNoOverride), forwards), asset, stored),
		is("no-override, and Authorization is forwarded", static(control(rp.SignNoOverride), forwards), authorized, denied(403, "bucket-signature")),
		is("no-override, and Authorization is not forwarded", static(control(rp.SignNoOverride)), authorized, stored),
		is("always, and Authorization is forwarded", static(forwards), authorized, stored),
		is("a public bucket", static(control(""), public), asset, stored),
		is("the Host header is forwarded", static(func(p *rp.Plan) { assets(p).ForwardsHost = true }), asset,
			denied(403, "bucket-host").at("behaviors[/assets/*].forwardsHost")).on("https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"),
		is("a method that the policy does not grant", static(), rp.Request{Path: assetPath, Method: "PUT"}, denied(403, "bucket-method")),
		is("a preflight request, which the bucket refuses", static(), preflight, denied(403, "bucket-preflight")).on(preflightPage),
		is("a preflight request, which the distribution refuses", static(func(p *rp.Plan) { assets(p).AllowedMethods = nil }), preflight,
			Want{Status: 403, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: "method-not-allowed"}).on(cloudFront+"http-403-invalid-method.html"),
		is("a page of another origin that needs no preflight request", static(), rp.Request{Path: assetPath, Headers: []rp.Header{fromPage}}, stored).on(preflightPage),
		is("plain HTTP, signed for over TLS", static(plainly), rp.Request{Path: assetPath, Scheme: rp.SchemeHTTP}, stored),
		is("plain HTTP to a public bucket that denies it", static(plainly, control(""), public), rp.Request{Path: assetPath, Scheme: rp.SchemeHTTP},
			denied(403, "bucket-tls").at("tlsOnly")),
		is("the path of the origin", static(func(p *rp.Plan) { assetsOrigin(p).Path, bucket(p).Keys = "/v1", []string{"v1/assets/app.js"} }), asset, stored),
		is("/ with a default root object", static(alone, rooted), ordinary, stored).on(rootObject),
		is("/ without one, listed", static(alone), ordinary, stored.warned("bucket-listing")).on(rootObject),
		is("/ without one, not to be listed", static(alone, readOnly), ordinary, denied(403, "bucket-listing").at("defaultRootObject")).on(rootObject),
		is("the page of a folder", static(alone, rooted), rp.Request{Path: "/assets/"}, denied(404, "bucket-key")).on(rootObject),
		is("around the distribution", static(), rp.Request{Name: bucketDomain, Path: assetPath}, Want{Status: 403, By: rp.HopBucket, Fact: "bucket-policy"}),
		is("around the distribution, with an old TLS", static(), rp.Request{Name: bucketDomain, Path: assetPath, TLS: rp.TLS11},
			unanswered(rp.TLSAlert, rp.HopBucket, "bucket-tls")),
	)
}

const rootObject = cloudFront + "DefaultRootObject.html"

// failoverCases are origin groups.
func failoverCases() []Case {
	all := []int{500, 502, 503, 504, 404, 403}
	asset := rp.Request{Path: assetPath}
	slowly := func(p *rp.Plan) { listens(p).Answer.DelaySeconds = 40 }
	fails := func(p *rp.Plan) { listens(p).Answer.Status = 500 }
	answered := Want{Status: 200, By: rp.HopOrigin, XCache: rp.XCacheMiss}
	from500 := Want{Status: 500, By: rp.HopOrigin, XCache: rp.XCacheError}
	return from(SourceFailover, failover,
		is("the primary origin answers", static(grouped("app", "assets", all...)), asset, served),
		is("nothing listens at the primary origin", static(listenless, grouped("app", "assets", all...)), asset, stored.warned("origin-failover")),
		is("nothing listens, and 503 is not listed", static(listenless, grouped("app", "assets", 500, 502, 504)), asset, failed(502, "origin-refused")),
		is("a behaviour that allows POST", static(grouped("app", "assets", all...), func(p *rp.Plan) { assets(p).AllowedMethods = behavior(p).AllowedMethods }), asset,
			unanswered(rp.RefusedByAWS, rp.HopDistribution, "origin-failover").at("allowedMethods")),
		is("OPTIONS does", static(grouped("assets", "app", all...)), rp.Request{Path: assetPath, Method: "OPTIONS"}, answered),
		is("the primary origin is slow", static(slowly, grouped("app", "assets", all...)), asset, stored.warned("origin-failover")),
		is("a status that is listed", static(fails, grouped("app", "assets", all...)), asset, stored),
		is("a status that is not listed", static(fails, grouped("app", "assets", 503)), asset, from500),
		is("a missing object falls to the instance", static(grouped("assets", "app", 403, 404)), rp.Request{Path: "/assets/none"}, answered),
		is("both fail", static(fails, grouped("assets", "app", 403, 404)), rp.Request{Path: "/assets/none"}, from500),
	)
}

// errorPageCases are pages in place of errors.
func errorPageCases() []Case {
	app := func(status int) change { return func(p *rp.Plan) { listens(p).Answer.Status = status } }
	shown := func(status int, fact string) Want {
		return Want{Status: status, By: rp.HopDistribution, XCache: rp.XCacheError, Fact: fact}
	}
	spa := func(changes ...change) rp.Plan {
		return static(slices.Concat([]change{alone, rooted, page(404, "/index.html", 200)}, changes)...)
	}
	toAssets := func(p *rp.Plan) { bucket(p).Keys = append(bucket(p).Keys, "assets/404.html") }
	return from(SourceErrorPages, errorPages,
		is("a page with the error's status", spa(page(403, "/404.html", 0), granting(rp.Grant{Distribution: "site", Get: true})),
			rp.Request{Path: "/none"}, shown(403, "bucket-key")),
		is("a page with another status", spa(), rp.Request{Path: "/route"}, shown(200, "error-page").warned("error-page")),
		is("the page of another behaviour", static(toAssets, app(404), page(404, "/assets/404.html", 404)), ordinary, shown(404, "answered")),
		is("the page is missing", static(app(500), page(500, "/assets/none.html", 500)), ordinary, denied(404, "bucket-key")),
		is("an error without a page", spa(granting()), rp.Request{Path: "/route"}, denied(403, "bucket-policy")),
		is("a failed origin", static(toAssets, listenless, page(502, "/assets/404.html", 503)), ordinary, shown(503, "origin-refused")),
		is("an answer that is no error", static(page(404, "/assets/404.html", 200)), ordinary, served),
	)
}
