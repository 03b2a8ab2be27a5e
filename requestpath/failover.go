package requestpath

import (
	"fmt"
	"net/http"
	"slices"
)

// failover is the fetch from the secondary origin, if the primary one of a group failed so.
// POST, PUT, PATCH and DELETE fail over never.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
func (f fetch) failover(c call, failure int) (fetch, bool) {
	g := f.distribution.group(f.behavior.Origin)
	if g == nil || !slices.Contains(failingOver, c.method) || !slices.Contains(g.Statuses, failure) {
		return fetch{}, false
	}
	return fetch{f.distribution, f.behavior, f.distribution.origin(g.Secondary)}, true
}

func (e *Distribution) group(id string) *OriginGroup {
	return find(e.OriginGroups, func(g *OriginGroup) bool { return g.ID == id })
}

// refusedGroup is a behaviour that asks a group and allows methods that never fail over, which
// AWS refuses.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
func (e *Distribution) refusedGroup() *cause {
	for _, b := range e.behaviors() {
		if e.group(b.Origin) == nil {
			continue
		}
		if i := slices.IndexFunc(b.AllowedMethods, func(m string) bool { return !slices.Contains(failingOver, m) }); i >= 0 {
			return &cause{
				fact: factFailover, field: fieldOf(b.field(e), "allowedMethods"),
				why: fmt.Sprintf("AWS refuses %s in a behaviour that asks an origin group", b.AllowedMethods[i]),
				fix: "allow GET, HEAD and OPTIONS alone, and let another behaviour take the other methods",
			}
		}
	}
	return nil
}

// failingOver are the methods for which a group may ask its secondary origin.
var failingOver = []string{http.MethodGet, http.MethodHead, http.MethodOptions}

// warnOfFailover speaks up when only the secondary origin answers because the primary one
// cannot be used.
func (w *walker) warnOfFailover(f, next fetch, a *answer) {
	if a.By == HopDistribution {
		w.warn(factFailover, nil, "origin %s answers instead of %s: %s", next.origin.ID, f.origin.ID, a.Why)
	}
}

// errorPage shows the page of the distribution in place of an error. Without the page the
// viewer gets the status of the origin that should have had it.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
func (w *walker) errorPage(h *Hop, c call, e *Distribution, a *answer) *answer {
	r := find(e.ErrorResponses, func(r *ErrorResponse) bool { return r.Status == a.Status && r.PagePath != "" })
	if r == nil || a.Status < http.StatusBadRequest || c.version == GRPC {
		return a
	}
	page := c
	page.path, page.query, page.method, page.body = r.PagePath, "", http.MethodGet, 0
	h.Decision += fmt.Sprintf("; for the page in place of the error %d it ", a.Status)
	got := w.toOrigin(h, page, e, e.Behavior(r.PagePath))
	if got.final() {
		return got
	}
	got.XCache, got.Instead = XCacheError, a.Status
	if got.Status != http.StatusOK {
		got.Why = fmt.Sprintf("%s; of its page %s the distribution gets %d: %s", a.Why, r.PagePath, got.Status, got.Why)
		return got
	}
	shown := *a
	shown.By, shown.ByName, shown.XCache, shown.Instead = h.Kind, h.Name, XCacheError, a.Status
	if r.PageStatus != 0 {
		shown.Status = r.PageStatus
	}
	shown.Why = fmt.Sprintf("%s; the distribution shows %s as %d in place of the error %d", a.Why, r.PagePath, shown.Status, a.Status)
	if shown.OK() {
		shown.Fact, shown.Fix, shown.Field = factErrorPage, "", ""
		w.warn(factErrorPage, nil, "the error %d is hidden from viewers by the page %s, shown as %d: %s", a.Status, r.PagePath, shown.Status, a.Why)
	}
	return &shown
}
