package pathcases

import (
	"math/rand/v2"

	rp "github.com/portico-iac/portico/requestpath"
)

func allowing(countries ...string) change {
	return func(p *rp.Plan) { site(p).GeoRestriction.Allow = countries }
}

func denying(countries ...string) change {
	return func(p *rp.Plan) { site(p).GeoRestriction.Deny = countries }
}

// geoCases are which countries a distribution answers.
func geoCases() []Case {
	comes := func(country string) rp.Request { return rp.Request{From: rp.Source{Country: country}} }
	fine := Want{Status: 200, By: rp.HopOrigin}
	restricted := failed(403, "geo-restriction").at("geoRestriction")
	blocking := instance(guarding(aclRule("r", blocks, pathFrom("/"))), denying("KP"))
	return from(SourceViewer, cloudFront+"georestrictions.html",
		is("a country that is not among those allowed", instance(allowing("JP", "LI")), comes("US"), restricted),
		is("a country that is allowed", instance(allowing("JP", "LI")), comes("LI"), fine),
		is("a country that is denied", instance(denying("KP")), comes("KP"), restricted),
		is("a country that is not denied", instance(denying("KP")), comes("JP"), fine),
		is("a country that is not known", instance(allowing("JP")), ordinary, fine),
		is("a country that is denied, before the redirect to HTTPS", instance(denying("KP")),
			rp.Request{Scheme: rp.SchemeHTTP, From: rp.Source{Country: "KP"}}, restricted),
		is("a country that is denied, before the web ACL", blocking, comes("KP"), restricted).
			on(wafGuide+"waf-rule-statement-type-geo-match.html"),
	)
}

// restrictedBySeed restricts the countries of one distribution in four, and lets the request
// come from somewhere. It draws from a sequence of its own.
func restrictedBySeed(seed uint64, p *rp.Plan, q *rp.Request) {
	r := rand.New(rand.NewPCG(seed, 5))
	if len(p.Distributions) == 0 || r.IntN(4) > 0 {
		return
	}
	one(r, allowing("JP", "US"), denying("JP"))(p)
	if coin(r) {
		q.From.Country = one(r, "JP", "US", "KR")
	}
}
