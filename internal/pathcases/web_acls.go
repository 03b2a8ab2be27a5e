package pathcases

import (
	"slices"
	"strings"

	rp "github.com/portico-iac/portico/requestpath"
)

const (
	wafGuide = "https://docs.aws.amazon.com/waf/latest/developerguide/"
	wafAPI   = "https://docs.aws.amazon.com/waf/latest/APIReference/"
)

// Actions of web ACLs.
var (
	allows = rp.WebACLAction{Type: rp.WebACLAllow}
	blocks = rp.WebACLAction{Type: rp.WebACLBlock}
	counts = rp.WebACLAction{Type: rp.WebACLCount}
)

// guarding has the rules, in their order, asked by whatever viewers meet first.
func guarding(rules ...rp.WebACLRule) change {
	return func(p *rp.Plan) {
		rules := slices.Clone(rules)
		for i := range rules {
			rules[i].Priority = i
		}
		p.WebACLs = []rp.WebACL{{Name: "acl", Rules: rules, Default: allows}}
		if len(p.Distributions) > 0 {
			site(p).WebACL = "acl"
		} else {
			web(p).WebACL = "acl"
		}
	}
}

// closed lets the web ACL block what no rule allows.
func closed(p *rp.Plan) { p.WebACLs[0].Default = blocks }

// atLoadBalancer asks the web ACL at the load balancer behind the distribution.
func atLoadBalancer(p *rp.Plan) { site(p).WebACL, web(p).WebACL = "", "acl" }

func aclRule(name string, action rp.WebACLAction, s rp.Statement) rp.WebACLRule {
	return rp.WebACLRule{Name: name, Action: action, Statement: s}
}

func texts(component, header, position, text string, transformations ...string) rp.Statement {
	return rp.Statement{Match: &rp.StringMatch{
		Component: rp.Component{Component: component, Header: header, Transformations: transformations}, Text: text, Position: position,
	}}
}

func pathFrom(text string, transformations ...string) rp.Statement {
	return texts(rp.ComponentPath, "", rp.MatchPrefix, text, transformations...)
}

func sized(component, header, operator string, bytes int, oversize string) rp.Statement {
	return rp.Statement{Size: &rp.SizeLimit{
		Component: rp.Component{Component: component, Header: header, Oversize: oversize}, Operator: operator, Bytes: bytes,
	}}
}

func not(s rp.Statement) rp.Statement { return rp.Statement{Not: &s} }

// webACLCases are what a web ACL decides.
func webACLCases() []Case {
	blockedAt := func(hop rp.HopKind, rule string) Want {
		want := Want{Status: 403, By: hop, Fact: "web-acl-at-load-balancer", Field: "webACLs[acl].rules[" + rule + "]"}
		if hop == rp.HopDistribution {
			want.XCache, want.Fact = rp.XCacheError, "web-acl-at-distribution"
		}
		return want
	}
	atDistribution, atBalancer := blockedAt(rp.HopDistribution, "r"), blockedAt(rp.HopLoadBalancer, "r")
	fine := Want{Status: 200}
	block := func(s rp.Statement) change { return guarding(aclRule("r", blocks, s)) }
	admin := pathFrom("/admin")
	to := func(path string) rp.Request { return rp.Request{Path: path} }
	upload := func(bytes int) rp.Request { return rp.Request{Method: "POST", BodyBytes: bytes} }
	agent := func(value string) rp.Request {
		return rp.Request{Headers: []rp.Header{{Name: "User-Agent", Value: value}}}
	}
	comes := func(country, address string) rp.Request {
		return rp.Request{From: rp.Source{Country: country, Address: address}}
	}
	noAgent := not(sized(rp.ComponentHeader, "user-agent", "GE", 0, ""))
	office := rp.Statement{CIDRs: []string{"192.0.2.0/24"}}
	gets := texts(rp.ComponentMethod, "", rp.MatchExactly, "GET")
	cloudFronts := rp.Statement{CIDRs: []string{"130.176.0.0/16"}}
	unknown := rp.Statement{Unknown: "managed rules"}
	custom := func(status int) change {
		return guarding(aclRule("r", rp.WebACLAction{Type: rp.WebACLBlock, Status: status}, admin))
	}
	return slices.Concat(
		wafCases(wafGuide+"web-acl-rule-actions.html",
			is("a path that a rule blocks, at the distribution", instance(block(admin)), to("/admin/x"), atDistribution),
			is("a path that a rule blocks, at the load balancer", service(block(admin)), to("/admin/x"), atBalancer),
			is("another path", service(block(admin)), to("/x"), ruled),
			is("a rule that counts decides nothing", service(guarding(aclRule("r", counts, admin))), to("/admin"), ruled),
			is("a rule that allows comes first", service(guarding(aclRule("a", allows, pathFrom("/admin/open")), aclRule("r", blocks, admin))),
				to("/admin/open"), ruled),
			is("a rule that allows comes too late", service(guarding(aclRule("r", blocks, admin), aclRule("a", allows, pathFrom("/admin/open")))),
				to("/admin/open"), atBalancer),
			is("the default action blocks", service(guarding(aclRule("a", allows, admin)), closed), ordinary,
				refused(403, "web-acl-at-load-balancer").at("webACLs[acl].default")),
			is("what a rule allows despite the default action", service(guarding(aclRule("a", allows, admin)), closed), to("/admin"), ruled),
			is("another status at the distribution", instance(custom(429)), to("/admin"), Want{Status: 429, By: rp.HopDistribution, XCache: rp.XCacheError}),
			is("another status at the load balancer", service(custom(404)), to("/admin"), refused(404, "web-acl-at-load-balancer")),
			is("a rule that is open decides nothing", service(block(unknown)), ordinary, ruled),
			is("not what is open decides nothing either", service(block(not(unknown))), ordinary, ruled),
			is("one that is open and one that matches", service(block(rp.Statement{Or: []rp.Statement{unknown, admin}})), to("/admin"), atBalancer),
		),
		wafCases(cloudFront+"lambda-edge-event-request-response.html",
			is("plain http is blocked before it is redirected, at the distribution", instance(block(admin)),
				rp.Request{Scheme: rp.SchemeHTTP, Path: "/admin"}, atDistribution),
			is("a method that the distribution does not allow is blocked first",
				instance(block(admin), func(p *rp.Plan) { behavior(p).AllowedMethods = nil }), rp.Request{Method: "POST", Path: "/admin"}, atDistribution),
		),
		wafCases(elb+"load-balancer-access-logs.html",
			is("plain http is blocked before it is redirected, at the load balancer", service(block(admin)),
				rp.Request{Scheme: rp.SchemeHTTP, Path: "/admin"}, atBalancer),
		),
		wafCases(wafGuide+"waf-rule-statement-fields-list.html",
			is("the method", service(block(texts(rp.ComponentMethod, "", rp.MatchExactly, "DELETE"))), rp.Request{Method: "DELETE"}, atBalancer),
			is("the query", service(block(texts(rp.ComponentQuery, "", rp.MatchPart, "debug"))), rp.Request{Path: "/x", Query: "a=1&debug=1"}, atBalancer),
			is("a query that is too long", service(block(sized(rp.ComponentQuery, "", "GT", 20, ""))), rp.Request{Query: strings.Repeat("a", 21)}, atBalancer),
			is("a query that is not", service(block(sized(rp.ComponentQuery, "", "GT", 20, ""))), rp.Request{Query: strings.Repeat("a", 20)}, ruled),
			is("a path that is too long", service(block(sized(rp.ComponentPath, "", "GE", 9, ""))), to("/logo.jpg"), atBalancer),
			is("a header", service(block(texts(rp.ComponentHeader, "user-agent", rp.MatchPart, "bot"))), agent("a bot"), atBalancer),
			is("another value of the header", service(block(texts(rp.ComponentHeader, "user-agent", rp.MatchPart, "bot"))), agent("Bot"), ruled),
			is("no such header", service(block(texts(rp.ComponentHeader, "x-team", rp.MatchPart, "a"))), ordinary, ruled),
			is("no User-Agent", service(block(noAgent)), agent(""), atBalancer),
			is("some User-Agent", service(block(noAgent)), agent("monitor/1.0"), ruled),
			is("no User-Agent, at the distribution", instance(block(noAgent)), agent(""), atDistribution),
			is("behind a distribution the User-Agent is CloudFront's",
				fronted(block(texts(rp.ComponentHeader, "user-agent", rp.MatchExactly, "Amazon CloudFront")), atLoadBalancer,
					func(p *rp.Plan) { behavior(p).ForwardsHeaders, behavior(p).ForwardsQuery = false, false }),
				ordinary, Want{Status: 403, By: rp.HopLoadBalancer, XCache: rp.XCacheError}),
			is("the Host", service(block(texts(rp.ComponentHeader, "host", rp.MatchSuffix, ".example.com"))), ordinary, atBalancer),
		),
		wafCases(wafAPI+"API_ByteMatchStatement.html",
			is("exactly", service(block(texts(rp.ComponentPath, "", rp.MatchExactly, "/admin"))), to("/admin"), atBalancer),
			is("not exactly", service(block(texts(rp.ComponentPath, "", rp.MatchExactly, "/admin"))), to("/admin/"), ruled),
			is("the end", service(block(texts(rp.ComponentPath, "", rp.MatchSuffix, ".php"))), to("/a.php"), atBalancer),
			is("a word", service(block(texts(rp.ComponentPath, "", rp.MatchWord, "php"))), to("/a.php"), atBalancer),
			is("no word", service(block(texts(rp.ComponentPath, "", rp.MatchWord, "php"))), to("/aphp"), ruled),
		),
		wafCases(wafGuide+"waf-rule-statement-transformation.html",
			is("another case without a transformation", service(block(admin)), to("/Admin"), ruled),
			is("in lower case", service(block(pathFrom("/admin", rp.TransformLowercase))), to("/AdMin"), atBalancer),
			is("escaped, without a transformation", service(block(admin)), to("/%61dmin"), ruled),
			is("decoded, then in lower case", service(block(pathFrom("/admin", rp.TransformURLDecode, rp.TransformLowercase))), to("/%41dmin"), atBalancer),
			is("a transformation that is not known stays open", service(block(pathFrom("/", "NORMALIZE_PATH"))), to("/x"), ruled),
		),
		wafCases(wafAPI+"API_Body.html",
			is("a large body", service(block(sized(rp.ComponentBody, "", "GT", 8000, ""))), upload(9216), atBalancer),
			is("a body that is not too large", service(block(sized(rp.ComponentBody, "", "GT", 8000, ""))), upload(8000), ruled),
			is("a body beyond what a load balancer shows is never larger than that",
				service(block(sized(rp.ComponentBody, "", "GT", 8192, rp.OversizeContinue))), upload(9216), ruled),
			is("a body beyond what a load balancer shows, taken to match",
				service(block(sized(rp.ComponentBody, "", "GT", 8192, rp.OversizeMatch))), upload(9216), atBalancer),
			is("a body beyond what a load balancer shows, taken not to match",
				service(block(sized(rp.ComponentBody, "", "GT", 8000, rp.OversizeNoMatch))), upload(9216), ruled),
			is("a distribution shows more of a body", instance(block(sized(rp.ComponentBody, "", "GT", 8192, ""))), upload(9216), atDistribution),
			is("and not all of it", instance(block(sized(rp.ComponentBody, "", "GT", 16384, ""))), upload(20000), fine),
			is("unless it is told to", instance(block(sized(rp.ComponentBody, "", "GT", 16384, "")),
				func(p *rp.Plan) { p.WebACLs[0].BodyLimitBytes = 64 << 10 }), upload(20000), atDistribution),
			is("the text of a body stays open", service(block(texts(rp.ComponentBody, "", rp.MatchPart, "x"))), upload(10), ruled),
		),
		wafCases(wafGuide+"waf-rule-statement-type-ipset-match.html",
			is("an address of a set", service(block(office)), comes("", "192.0.2.7"), atBalancer),
			is("another address", service(block(office)), comes("", "198.51.100.7"), ruled),
			is("an empty set", service(block(not(rp.Statement{}))), ordinary, atBalancer),
			is("only the addresses of a set", instance(block(not(office))), ordinary, atDistribution),
			is("behind a distribution a load balancer sees CloudFront's addresses", fronted(block(not(office)), atLoadBalancer),
				comes("", "192.0.2.7"), Want{Status: 403, By: rp.HopLoadBalancer, XCache: rp.XCacheError}),
			is("which a rule may block", fronted(block(cloudFronts), atLoadBalancer), ordinary,
				Want{Status: 403, By: rp.HopLoadBalancer, XCache: rp.XCacheError}),
		),
		wafCases(wafGuide+"waf-rule-statement-type-geo-match.html",
			is("a country", service(block(rp.Statement{Countries: []string{"KP", "IR"}})), comes("KP", ""), atBalancer),
			is("another country", service(block(rp.Statement{Countries: []string{"KP", "IR"}})), comes("JP", ""), ruled),
			is("only some countries", instance(block(not(rp.Statement{Countries: []string{"JP"}}))), comes("US", ""), atDistribution),
			is("a country that is not known stays open", service(block(not(rp.Statement{Countries: []string{"JP"}}))), ordinary, ruled),
		),
		wafCases(wafGuide+"waf-rule-statement-type-and.html",
			is("all of several", service(block(rp.Statement{And: []rp.Statement{admin, gets}})), to("/admin"), atBalancer),
			is("not all of several", service(block(rp.Statement{And: []rp.Statement{admin, gets}})), ordinary, ruled),
			is("one of several", service(block(rp.Statement{Or: []rp.Statement{office, admin}})), to("/admin"), atBalancer),
		),
		wafCases(cloudFront+"RequestAndResponseBehaviorCustomOrigin.html",
			is("GET with a body", instance(), rp.Request{BodyBytes: 10}, failed(403, "get-with-body")),
			is("POST with a body", instance(), upload(9216), fine),
			is("GET with a body to a load balancer", service(), rp.Request{BodyBytes: 10}, ruled),
		),
	)
}

// wafCases are cases of this source.
func wafCases(url string, list ...Case) []Case { return from(SourceWAF, url, list...) }
