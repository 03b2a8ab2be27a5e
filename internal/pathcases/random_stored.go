package pathcases

import (
	"math/rand/v2"
	"slices"

	rp "github.com/portico-iac/portico/requestpath"
)

// always is a time that nobody waits for.
const always = 100_000

// storedBySeed gives one distribution in three a bucket for some paths or for all, and draws
// who may read it, what the distribution sends, and what it does when an origin fails. It
// draws from a sequence of its own, as guardedBySeed does.
func storedBySeed(seed uint64, p *rp.Plan, q *rp.Request) {
	r := rand.New(rand.NewPCG(seed, 4))
	if len(p.Distributions) == 0 || r.IntN(3) > 0 {
		return
	}
	model := static()
	e := site(p)
	e.Origins = append(slices.Clone(e.Origins), model.Distributions[0].Origins[1])
	e.Behaviors, p.Buckets = model.Distributions[0].Behaviors, model.Buckets
	q.Path = one(r, assetPath, assetPath, "/assets/none", "/assets/", "/", "/index.html")
	for _, redraw := range []func(){
		func() { assetsOrigin(p).AccessControl = one(r, "", rp.SignNever, rp.SignNoOverride) },
		func() { bucket(p).Grants = someGrants(r) },
		func() { bucket(p).TLSOnly = false },
		func() { assets(p).ForwardsHost = true },
		func() { assets(p).ViewerProtocolPolicy = one(r, rp.AllowAll, rp.HTTPSOnly) },
		func() { assetsOrigin(p).Path = "/assets" },
		func() { site(p).DefaultRootObject = "index.html" },
		func() {
			assets(p).ForwardsHeaders, assets(p).ForwardsQuery, assets(p).ForwardsCookies = true, true, true
			q.Headers = append(q.Headers, rp.Header{Name: "Authorization", Value: "Bearer x"})
		},
		func() {
			members := one(r, []string{"app", "assets"}, []string{"assets", "app"})
			grouped(members[0], members[1], one(r, []int{403, 404}, []int{500, 502, 503, 504}, []int{404, 503})...)(p)
		},
		func() {
			page(one(r, 403, 404, 500, 502), one(r, "/index.html", assetPath, "/assets/none"), one(r, 200, 404, 503))(p)
		},
	} {
		if r.IntN(5) == 0 {
			redraw()
		}
	}
	if len(e.OriginGroups) == 0 && r.IntN(4) == 0 {
		alone(p)
	}
}

func someGrants(r *rand.Rand) []rp.Grant {
	return one(r, nil, []rp.Grant{{Distribution: "site", Get: true}}, []rp.Grant{{Distribution: "site", List: true}},
		[]rp.Grant{{Distribution: "other", Get: true}}, []rp.Grant{{Get: true}}, []rp.Grant{{Get: true, List: true}})
}

// cachingBySeed lets every second distribution cache, and draws for how long errors are
// kept: not at all, or always.
func cachingBySeed(seed uint64, p *rp.Plan) {
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range p.Distributions {
		e := &p.Distributions[i]
		paged := slices.ContainsFunc(e.ErrorResponses, func(o rp.ErrorResponse) bool { return o.PagePath != "" })
		caches := coin(r) && !paged // who sent a page that failed before, no viewer can see
		for _, status := range []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504} {
			known := slices.ContainsFunc(e.ErrorResponses, func(o rp.ErrorResponse) bool { return o.Status == status })
			if least := one(r, 0, always); !known && (caches || coin(r)) {
				e.ErrorResponses = append(e.ErrorResponses, rp.ErrorResponse{Status: status, MinTTLSeconds: least})
			}
		}
		if !caches {
			continue
		}
		e.Default.Cache = someCache(r)
		e.Behaviors = slices.Clone(e.Behaviors)
		for j := range e.Behaviors {
			e.Behaviors[j].Cache = someCache(r)
		}
	}
	if r.IntN(3) == 0 && len(p.Servers) > 0 && len(server(p).Listeners) > 0 {
		listens(p).Answer.CacheControl = one(r, "no-store", "private, max-age=100000", "max-age=100000", "max-age=0", "public, s-maxage=100000, max-age=0")
	}
}

func someCache(r *rand.Rand) rp.CachePolicy {
	p := one(r, rp.CachePolicy{DefaultTTLSeconds: day, MaxTTLSeconds: year}, rp.CachePolicy{MaxTTLSeconds: year},
		rp.CachePolicy{MinTTLSeconds: always, DefaultTTLSeconds: always, MaxTTLSeconds: year}, rp.CachePolicy{})
	if p.MaxTTLSeconds > 0 {
		p.Key.Query = one(r, nil, []string{"*"}, []string{"version"})
	}
	return p
}
