package requestpath

import (
	"slices"
	"strings"
)

// pathsOf are paths of the behaviour, for viewers by that name: those of a load balancer's
// rules, or one that its pattern matches. Of an empty bucket nothing can be asked.
func (w *walker) pathsOf(f fetch, name string) []string {
	other := func(path string) bool { return f.distribution.Behavior(path) != f.behavior }
	at := w.originOf(f)
	if at.loadBalancer != nil {
		arriving := f.call(call{host: name, path: "/", method: "GET", scheme: SchemeHTTPS, version: HTTP2})
		if paths := slices.DeleteFunc(at.loadBalancer.paths(arriving), other); len(paths) > 0 {
			return paths
		}
	}
	if at.bucket.empty() {
		return nil
	}
	return slices.DeleteFunc([]string{f.sample(at.bucket)}, other)
}

// empty says that the bucket has nothing that could be asked for.
func (b *Bucket) empty() bool { return b != nil && len(b.Keys) == 0 && !b.OtherKeys }

// sample is a path of the behaviour, of a bucket that of a known object, or of a file: with a
// dot, so that no function takes it for a page.
func (f fetch) sample(b *Bucket) string {
	pattern := f.behavior.PathPattern
	if pattern == "" {
		return "/"
	}
	part := ""
	if b != nil {
		for _, key := range b.Keys {
			if path, ok := strings.CutPrefix("/"+key, f.origin.Path); ok && f.distribution.Behavior(path) == f.behavior {
				return path
			}
		}
		part = "x.html"
	}
	return "/" + strings.TrimPrefix(strings.NewReplacer("*", part, "?", "x").Replace(pattern), "/")
}

// paths are one for each rule that forwards the call's host, / without any.
func (b *LoadBalancer) paths(c call) []string {
	var paths []string
	for _, l := range b.Listeners {
		for _, r := range l.Rules {
			if path, ok := r.sample(c); ok && !slices.Contains(paths, path) {
				paths = append(paths, path)
			}
		}
	}
	if len(paths) == 0 {
		return []string{"/"}
	}
	return paths
}

// sample is a path that the rule takes, if it takes the call's host at all.
func (r *ListenerRule) sample(c call) (string, bool) {
	path := "/"
	for _, d := range r.Conditions {
		switch {
		case d.Field == FieldHost && !d.matches(c):
			return "", false
		case d.Field == FieldPath && !d.matches(call{path: path}):
			path = strings.NewReplacer("*", "", "?", "x").Replace(firstOf(d.Values))
		}
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return path, r.Action.Type == ActionForward
}
