package observe

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/portico-iac/portico/requestpath"
)

// Follow sends a request, follows its redirects and calls each after every request. As
// for requestpath.Follow, a redirect to an earlier request is a loop, and so are more
// than requestpath.MaxRedirects.
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

// RequestFor returns the request for a URL with the scheme http or https.
func RequestFor(text string) (requestpath.Request, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != requestpath.SchemeHTTP && u.Scheme != requestpath.SchemeHTTPS {
		return requestpath.Request{}, fmt.Errorf("must be a URL such as https://www.example.com/path, got %q", text)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if u.Port() != "" && (err != nil || port == 0) {
		return requestpath.Request{}, fmt.Errorf("must have a port from 1 to 65535, got %q", text)
	}
	return requestpath.Request{Scheme: u.Scheme, Name: u.Hostname(), Port: int(port), Path: u.EscapedPath(), Query: u.RawQuery}, nil
}

// identity is what two requests must share for the second to be a loop.
func identity(r requestpath.Request) string {
	r = withDefaults(r)
	return r.Method + " " + r.URL() + " " + r.Host
}

// next returns the request of a redirect, if the answer is one.
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
	target, err := from.Parse(o.Location)
	if err != nil {
		return requestpath.Request{}, false
	}
	to, err := RequestFor(target.String())
	if err != nil {
		return requestpath.Request{}, false
	}
	if to.Name != r.Name {
		r.ConnectTo = ""
	}
	r.Scheme, r.Name, r.Host, r.Port, r.Path, r.Query = to.Scheme, to.Name, "", to.Port, to.Path, to.Query
	if o.Status < 307 && r.Method != "HEAD" {
		r.Method, r.BodyBytes = "GET", 0
	}
	return r, true
}
