package requestpath

import "slices"

// HopKind says what a hop is.
type HopKind string

// The kinds of hops. A Server is a hop of kind Target when a load balancer dialled
// it and of kind Origin when anybody else did. A bucket is a hop of its own kind. A web ACL comes after the hop that asks
// it, which is the one that answers a request that is blocked.
const (
	HopDNS          HopKind = "dns"
	HopDistribution HopKind = "distribution"
	HopLoadBalancer HopKind = "load balancer"
	HopWebACL       HopKind = "web ACL"
	HopTarget       HopKind = "target"
	HopOrigin       HopKind = "origin"
	HopBucket       HopKind = "bucket"
)

// Reason says why there is no HTTP answer, or no use in the one there is.
type Reason string

// The reasons.
const (
	// NameNotFound: the name does not resolve for whoever asks.
	NameNotFound Reason = "name-not-found"
	// Timeout: packets are dropped in silence.
	Timeout Reason = "timeout"
	// Refused: nothing listens on the port.
	Refused Reason = "connection-refused"
	// Reset: the connection is cut, or what comes is not HTTP.
	Reset Reason = "connection-reset"
	// TLSAlert: no common TLS version, or no TLS on that port.
	TLSAlert Reason = "tls-alert"
	// BadCertificate: the viewer does not accept the certificate.
	BadCertificate Reason = "bad-certificate"
	// NoCommonVersion: no HTTP version is common to both sides.
	NoCommonVersion Reason = "no-common-http-version"
	// RefusedByAWS: the plan cannot be deployed, so nothing can answer.
	RefusedByAWS Reason = "refused-by-aws"
	// NotDescribed: the plan refers to something that is not in it.
	NotDescribed Reason = "not-described"
	// RedirectLoop: following redirects does not end. The status is the last
	// redirect's.
	RedirectLoop Reason = "redirect-loop"
)

// X-Cache headers of a distribution.
const (
	XCacheHit      = "Hit from cloudfront"
	XCacheMiss     = "Miss from cloudfront"
	XCacheError    = "Error from cloudfront"
	XCacheRedirect = "Redirect from cloudfront"
	XCacheFunction = "FunctionGeneratedResponse from cloudfront"
)

// Trace is the path of one request: every hop, and the outcome.
type Trace struct {
	Request Request `json:"request"`
	Hops    []Hop   `json:"hops"`
	Outcome Outcome `json:"outcome"`
}

// Hop is one hop of a trace: how the request arrives and what is decided.
type Hop struct {
	Kind HopKind `json:"kind"`
	// Name is the part of the plan that the hop is, if it is one.
	Name string `json:"name,omitempty"`
	// Dialled is the name or address asked for, Resolved what it stands for.
	Dialled  string `json:"dialled,omitempty"`
	Resolved string `json:"resolved,omitempty"`
	Port     int    `json:"port,omitempty"`
	// SNI is what the TLS handshake with this hop names.
	SNI string `json:"sni,omitempty"`
	// TLS is the version agreed on.
	TLS string `json:"tls,omitempty"`
	// Certificate has the names of the one that is shown. CheckedAgainst are the
	// names of which it has to cover one; it is not checked when there are none.
	Certificate    []string `json:"certificate,omitempty"`
	CheckedAgainst []string `json:"checkedAgainst,omitempty"`
	// Protocol is the HTTP version agreed on.
	Protocol string `json:"protocol,omitempty"`
	Host     string `json:"host,omitempty"`
	Path     string `json:"path,omitempty"`
	// Rule is the rule that decides: of a load balancer its priority, of a web ACL its
	// name, of a distribution the path pattern of the behaviour; or "default".
	Rule string `json:"rule,omitempty"`
	// Decision is what happens here, in words.
	Decision string `json:"decision"`
}

// Outcome is what whoever sent the request gets.
type Outcome struct {
	// Status is 0 when there is no answer at all; then Reason says why.
	Status int    `json:"status"`
	Reason Reason `json:"reason,omitempty"`
	// By is the kind of hop that produced it, and ByName its name in the plan.
	By     HopKind `json:"by"`
	ByName string  `json:"byName,omitempty"`
	// XCache is the X-Cache header, if a distribution had a part in the answer.
	XCache string `json:"xCache,omitempty"`
	// Instead is the error in place of which a page is shown, 0 if there is none.
	Instead int `json:"instead,omitempty"`
	// Location is where a redirect leads.
	Location string `json:"location,omitempty"`
	// Adds are the headers that the distribution adds to the response, unless the origin has
	// one that they do not override.
	Adds []ResponseHeader `json:"adds,omitempty"`
	// Why is one sentence. Fix is how to fix it, and Field the place in the plan that
	// has to change; both are empty when nothing is wrong.
	Why   string `json:"why"`
	Fix   string `json:"fix,omitempty"`
	Field string `json:"field,omitempty"`
	// Fact is the rule that decided.
	Fact     Fact      `json:"fact"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Warning is something that the outcome alone would hide.
type Warning struct {
	Text string `json:"text"`
	// Statuses are the ones that sources disagree about, the model's first.
	Statuses []int `json:"statuses,omitempty"`
	Fact     Fact  `json:"fact"`
}

// OK says that the status is 2xx or 3xx, and that a redirect leads somewhere.
func (o Outcome) OK() bool {
	return o.Reason == "" && o.Status >= 200 && o.Status < 400
}

// Dispute is the warning that the request, which fails by one of the sources that the
// model goes by, is answered by another; false when there is none.
func (o Outcome) Dispute() (Warning, bool) {
	i := slices.IndexFunc(o.Warnings, func(w Warning) bool {
		return w.Fact == o.Fact && slices.ContainsFunc(w.Statuses, func(status int) bool { return status >= 200 && status < 400 })
	})
	if o.OK() || i < 0 {
		return Warning{}, false
	}
	return o.Warnings[i], true
}

// Hop is the first hop of the kind, or nil.
func (w Trace) Hop(kind HopKind) *Hop {
	return find(w.Hops, func(h *Hop) bool { return h.Kind == kind })
}

// Origin is the hop that the distribution connects to, or nil.
func (w Trace) Origin() *Hop {
	behind := false
	return find(w.Hops, func(h *Hop) bool {
		if h.Kind == HopDistribution {
			behind = true
			return false
		}
		return behind && h.Kind != HopDNS && h.Kind != HopWebACL
	})
}
