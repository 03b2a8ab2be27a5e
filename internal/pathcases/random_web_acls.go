package pathcases

import (
	"math/rand/v2"

	rp "github.com/portico-iac/portico/requestpath"
)

// guardedBySeed puts a web ACL before one plan in three, and draws what its rules look at.
// It draws from a sequence of its own, so that the rest of a seed's plan stays what it is.
func guardedBySeed(seed uint64, p *rp.Plan, q *rp.Request) {
	r := rand.New(rand.NewPCG(seed, 2))
	if len(p.Distributions)+len(p.LoadBalancers) == 0 || r.IntN(3) > 0 {
		return
	}
	var rules []rp.WebACLRule
	for _, name := range []string{"first", "second", "third"}[:1+r.IntN(3)] {
		rules = append(rules, aclRule(name, someACLAction(r), someStatement(r, 1)))
	}
	guarding(rules...)(p)
	if len(p.Distributions) > 0 && len(p.LoadBalancers) > 0 && coin(r) {
		atLoadBalancer(p)
	}
	if r.IntN(4) == 0 {
		closed(p)
	}
	if p.WebACLs[0].BodyLimitBytes = one(r, 0, 64<<10); len(p.Distributions) == 0 || site(p).WebACL == "" {
		p.WebACLs[0].BodyLimitBytes = 0
	}
	for _, redraw := range []func(){
		func() { q.Path = one(r, "/admin", "/Admin/x", "/%61dmin", "/a.php", "/api/x") },
		func() { q.From.Country = one(r, "JP", "US") },
		func() {
			q.Headers = append(q.Headers, rp.Header{Name: "User-Agent", Value: one(r, "", "a bot", "monitor/1.0")})
		},
		func() { q.Method, q.BodyBytes = one(r, "POST", "PUT"), one(r, 100, 8192, 9216, 20_000) },
		func() { q.Query = one(r, "debug=1", "a=b") },
	} {
		if coin(r) {
			redraw()
		}
	}
}

func someACLAction(r *rand.Rand) rp.WebACLAction {
	return one(r, blocks, blocks, blocks, allows, counts, rp.WebACLAction{Type: rp.WebACLBlock, Status: one(r, 404, 429)})
}

// someStatement has statements in statements so deep at most.
func someStatement(r *rand.Rand, depth int) rp.Statement {
	if depth > 0 && r.IntN(3) == 0 {
		a, b := someStatement(r, depth-1), someStatement(r, depth-1)
		return one(r, not(a), rp.Statement{And: []rp.Statement{a, b}}, rp.Statement{Or: []rp.Statement{a, b}})
	}
	transformations := one(r, nil, []string{rp.TransformLowercase}, []string{rp.TransformURLDecode}, []string{rp.TransformURLDecode, rp.TransformLowercase})
	return one(r,
		pathFrom("/admin", transformations...),
		texts(rp.ComponentPath, "", one(r, rp.MatchSuffix, rp.MatchPart, rp.MatchWord), one(r, "php", "admin"), transformations...),
		texts(rp.ComponentMethod, "", rp.MatchExactly, one(r, "POST", "GET")),
		texts(rp.ComponentQuery, "", rp.MatchPart, "debug"),
		texts(rp.ComponentHeader, "user-agent", one(r, rp.MatchPart, rp.MatchExactly), one(r, "bot", "a bot", "Amazon CloudFront")),
		sized(rp.ComponentHeader, "user-agent", "GE", 0, ""),
		sized(rp.ComponentQuery, "", one(r, "EQ", "NE", "LE", "LT", "GE", "GT"), one(r, 0, 3), ""),
		sized(rp.ComponentBody, "", one(r, "GT", "LT"), one(r, 100, 8000, 8192, 16384), one(r, rp.OversizeContinue, rp.OversizeMatch, rp.OversizeNoMatch)),
		rp.Statement{Countries: []string{"JP", "KR"}},
		rp.Statement{CIDRs: one(r, []string{"203.0.113.0/24"}, []string{"130.176.0.0/16"}, []string{"2001:db8::/32"}, nil)},
		rp.Statement{Unknown: "something else"},
	)
}
