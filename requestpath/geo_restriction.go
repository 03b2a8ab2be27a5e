package requestpath

import (
	"fmt"
	"slices"
	"strings"
)

// GeoRestriction is from which countries requests are answered, by their two-letter codes.
// At most one of the lists has any.
type GeoRestriction struct {
	// Allow are the only countries that are answered. Default: all.
	Allow []string `json:"allow,omitempty"`
	// Deny are the countries that are not answered. Default: none.
	Deny []string `json:"deny,omitempty"`
}

// admits says whether requests from a country are answered; "" is one that is not known.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html
func (g GeoRestriction) admits(country string) bool {
	switch {
	case country == "":
		return true
	case len(g.Allow) > 0:
		return slices.Contains(g.Allow, country)
	}
	return !slices.Contains(g.Deny, country)
}

// countries are those that the restriction names.
func (g GeoRestriction) countries() []string { return slices.Concat(g.Allow, g.Deny) }

// Refused is a country whose requests are not answered; "" if there is none.
func (g GeoRestriction) Refused() string {
	switch {
	case len(g.Allow) > 0:
		return another(g.Allow)
	case len(g.Deny) > 0:
		return g.Deny[0]
	}
	return ""
}

// restricted is 403 for a viewer in a country that the distribution does not answer. It
// comes before the web ACL, which does not see the request.
// Sourced: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-geo-match.html
func (h *Hop) restricted(c call, e *Distribution) *answer {
	g := e.GeoRestriction
	if g.admits(c.from.country) {
		return nil
	}
	out := cause{
		fact: factGeoRestriction, field: part("distributions", e.Name) + ".geoRestriction",
		why: fmt.Sprintf("the distribution answers nobody in %s, which is one of %s", c.from.country, strings.Join(g.Deny, ", ")),
		fix: fmt.Sprintf("take %s off the countries that are denied, if they are meant to be served", c.from.country),
	}
	if len(g.Allow) > 0 {
		out.why = fmt.Sprintf("the distribution answers nobody in %s, which is none of %s", c.from.country, strings.Join(g.Allow, ", "))
		out.fix = fmt.Sprintf("add %s to the countries that are allowed, if they are meant to be served", c.from.country)
	}
	return h.forbids(out)
}

// restrictedProbes are requests from countries that distributions do not answer, made of
// the first ordinary request to each.
func (w *walker) restrictedProbes(ordinary []Probe) []Probe {
	var all []Probe
	for i := range w.plan.Distributions {
		e := &w.plan.Distributions[i]
		country := e.GeoRestriction.Refused()
		p := find(ordinary, func(p *Probe) bool {
			if p.Want != WantAnswer || p.Request.Scheme != SchemeHTTPS || country == "" {
				return false
			}
			at := Walk(*w.plan, p.Request).Hop(HopDistribution)
			return at != nil && at.Name == e.Name
		})
		if p == nil {
			continue
		}
		request := p.Request
		request.From.Country = country
		all = append(all, Probe{fmt.Sprintf("%s from %s, which the distribution does not answer", request.URL(), country), WantRejection, request})
	}
	return all
}
