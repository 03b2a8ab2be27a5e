package requestpath

import (
	"fmt"
	"net/http"
	"strings"
)

// What a function does about slashes at the end of a path.
const (
	AddSlash    = "add"
	RemoveSlash = "remove"
)

// Function is what a function does with viewers' requests before the cache is asked. Those
// of Portico's own redirects are described; what others do is not.
type Function struct {
	// Names are the names for which viewers are redirected to others.
	Names map[string]string `json:"names,omitempty"`
	// TrailingSlash is AddSlash, to paths whose last part has no dot, or RemoveSlash, of
	// every path but /. Paths below /.well-known/ stay as they are. Default: neither.
	TrailingSlash string `json:"trailingSlash,omitempty"`
	// SinglePage is the path that the origin is asked for in place of each path whose last
	// part has no dot, except / and what is below /.well-known/. Default: none.
	SinglePage string `json:"singlePage,omitempty"`
}

// run is what the behaviour's function makes of a request: another request for the origin,
// or an answer. It comes after what CloudFront refuses or redirects by itself.
// Inferred: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-choosing.html
func (b *Behavior) run(h *Hop, c call) (call, *answer) {
	f := b.Function
	if f == nil {
		return c, nil
	}
	asked := strings.ToLower(hostname(c.host))
	name, moved := f.Names[asked]
	if !moved {
		name = asked
	}
	path := f.settled(c.path)
	if moved || path != c.path {
		return c, f.redirect(h, c, name, path)
	}
	if f.SinglePage != "" && path != "/" && isPage(path) {
		c.path = f.SinglePage
	}
	return c, nil
}

// settled is the path with or without a slash at its end.
func (f *Function) settled(path string) string {
	switch {
	case isWellKnown(path):
	case f.TrailingSlash == AddSlash && isPage(path) && !strings.HasSuffix(path, "/"):
		return path + "/"
	case f.TrailingSlash == RemoveSlash && strings.HasSuffix(path, "/"):
		return "/" + strings.TrimPrefix(strings.TrimRight(path, "/"), "/")
	}
	return path
}

func isWellKnown(path string) bool { return strings.HasPrefix(path, "/.well-known/") }

// isPage tells pages from files, whose names have a dot.
func isPage(path string) bool {
	return !isWellKnown(path) && !strings.Contains(path[strings.LastIndex(path, "/")+1:], ".")
}

// redirect keeps the query, and with 308 method and body.
func (f *Function) redirect(h *Hop, c call, name, path string) *answer {
	status := http.StatusMovedPermanently
	if c.method != http.MethodGet && c.method != http.MethodHead {
		status = http.StatusPermanentRedirect
	}
	location := SchemeHTTPS + "://" + name + path
	if c.query != "" {
		location += "?" + c.query
	}
	a := h.redirects(status, location, cause{
		fact: factFunctionRedirect, why: fmt.Sprintf("the distribution's function redirects to %s%s", name, path),
	})
	a.XCache = XCacheFunction
	return a
}
