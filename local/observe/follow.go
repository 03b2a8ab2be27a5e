package observe

import (
	"context"
	"net/url"
	"strconv"

	"github.com/portico-iac/portico/requestpath"
)

// Follow sends a request, follows its redirects and calls each after every
// request. As for requestpath.Follow, a redirect to an earlier request is a loop,
// and so are more than requestpath.MaxRedirects; the last observation says so.
func Follow(ctx context.Context, via Network, request requestpath.Request, each func(Observation)) error {
	sent := map[string]bool{}
	for {
		seen, err := Send(ctx, via, request)
		if err != nil {
			return err
		}
		sent[identity(request)] = true
		next, redirected := seen.next()
		loop := redirected && (sent[identity(next)] || len(sent) > requestpath.MaxRedirects)
		if loop {
			seen.Reason, seen.Detail = requestpath.RedirectLoop, "redirected too often, last to "+seen.Location
		}
		each(seen)
		if loop || !redirected {
			return nil
		}
		request = next
	}
}

// identity is what two requests must share for the second to be a loop.
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
	port, _ := strconv.Atoi(to.Port()) // a parsed URL's port is empty or digits
	r.Scheme, r.Name, r.Host, r.Port = to.Scheme, to.Hostname(), "", port
	r.Path, r.Query = to.EscapedPath(), to.RawQuery
	if o.Status < 307 && r.Method != "HEAD" {
		r.Method = "GET"
	}
	return r, true
}
