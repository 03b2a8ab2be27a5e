package observe

import (
	"context"
	"net/url"
	"strconv"

	"github.com/portico-iac/portico/requestpath"
)

// Chain is a request with the redirects that it led to.
type Chain struct {
	// Seen are the observations in order, one at least.
	Seen []Observation `json:"seen"`
	// Outcome is the last one, or tells of the loop.
	Outcome Observation `json:"outcome"`
}

// Follow sends a request and follows redirects until one ends in an answer, as
// requestpath.Follow does: a redirect to what was asked for before is a loop, and
// so are more than limit; a limit of 0 or less is requestpath.MaxRedirects. each is
// called after each request; nil is nothing to call.
func Follow(ctx context.Context, via Network, request requestpath.Request, limit int, each func(Observation)) (Chain, error) {
	if limit <= 0 {
		limit = requestpath.MaxRedirects
	}
	var chain Chain
	asked := map[string]bool{}
	for {
		seen, err := Send(ctx, via, request)
		if err != nil {
			return chain, err
		}
		chain.Seen = append(chain.Seen, seen)
		chain.Outcome = seen
		if each != nil {
			each(seen)
		}
		asked[identity(request)] = true
		next, ok := seen.next()
		if !ok {
			return chain, nil
		}
		if asked[identity(next)] || len(chain.Seen) > limit {
			chain.Outcome.Reason = requestpath.RedirectLoop
			chain.Outcome.Detail = "redirected to " + seen.Location + " once too often"
			return chain, nil
		}
		request = next
	}
}

// identity tells requests apart.
func identity(r requestpath.Request) string {
	r = withDefaults(r)
	return r.Method + " " + r.URL() + " " + r.Host
}

// next is the request that a redirect asks for, if the answer is one.
// Sourced: https://www.rfc-editor.org/rfc/rfc9110#section-15.4
func (o Observation) next() (requestpath.Request, bool) {
	if o.Status < 300 || o.Status > 399 || o.Location == "" {
		return requestpath.Request{}, false
	}
	r := withDefaults(o.Request)
	from, err := url.Parse(r.URL())
	if err != nil {
		return requestpath.Request{}, false
	}
	to, err := from.Parse(o.Location)
	if err != nil || to.Hostname() == "" || to.Scheme != requestpath.SchemeHTTP && to.Scheme != requestpath.SchemeHTTPS {
		return requestpath.Request{}, false
	}
	if to.Hostname() != r.Name {
		r.ConnectTo = ""
	}
	port, _ := strconv.Atoi(to.Port()) // none, or digits: that is what a URL's port is
	r.Scheme, r.Name, r.Host, r.Port = to.Scheme, to.Hostname(), "", port
	r.Path, r.Query = to.EscapedPath(), to.RawQuery
	if o.Status < 307 && r.Method != "HEAD" {
		r.Method = "GET"
	}
	return r, true
}
