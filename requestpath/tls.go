package requestpath

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/dnsname"
)

// door is what listens on a port: plain HTTP, or TLS with certificates.
type door struct {
	// field is the path of what listens in the plan.
	field  string
	secure bool
	// certificates are chosen from in this order. fallback is shown when none
	// fits; the first of them, if it is nil.
	certificates []Certificate
	fallback     *Certificate
	tls          []string
	// versions are the HTTP versions spoken.
	versions []string
	// minimumTLS is the fact behind tls, and tlsField where it is set.
	minimumTLS Fact
	tlsField   string
}

// enter goes through the door: TLS handshake, certificate, HTTP version. The
// version agreed on is in the call that is returned. An answer is one that the
// door itself gives, or a failure.
func (w *walker) enter(h *Hop, c call, d door) (call, *answer) {
	secure := c.scheme == SchemeHTTPS
	if secure {
		h.SNI = c.sni
	}
	switch {
	case secure && !d.secure:
		return c, h.fails(TLSAlert, "answers the TLS handshake in plain HTTP", cause{
			fact: factNoTLS, field: d.field + ".protocol",
			why: fmt.Sprintf("port %d of %s speaks plain HTTP and is spoken to in TLS", c.port, h.Name),
			fix: "let the port speak HTTPS, or speak HTTP to it",
		})
	case !secure && d.secure && !slices.Contains(c.offers, HTTP11):
		return c, h.fails(NoCommonVersion, "answers 400 in HTTP/1.1, which the sender does not speak", cause{
			fact: factNoHTTPVersion, field: d.field + ".protocol",
			why: fmt.Sprintf("port %d of %s wants TLS and got plain HTTP/2", c.port, h.Name),
			fix: "speak HTTPS to the port, or let it speak HTTP",
		})
	case !secure && d.secure:
		// CloudFront, load balancers and nginx alike answer so. No page of AWS says it.
		return c, h.answers(400, cause{
			fact: factPlainOnTLSPort, field: d.field + ".protocol",
			why: fmt.Sprintf("port %d of %s wants TLS and got a plain HTTP request", c.port, h.Name),
			fix: "speak HTTPS to the port, or let it speak HTTP",
		})
	case secure:
		if failure := w.handshake(h, c, d); failure != nil {
			return c, failure
		}
	}
	version, ok := agree(c, d.versions, h.TLS)
	if !ok {
		return c, h.fails(NoCommonVersion, "speaks no HTTP version of the sender's", cause{
			fact: factNoHTTPVersion, field: d.field + ".versions",
			why: fmt.Sprintf("%s speaks %s, the sender %s", h.Name, strings.Join(d.versions, ", "), strings.Join(c.offers, ", ")),
			fix: fmt.Sprintf("let %s speak %s over TLS, or send another version", h.Name, firstOf(c.offers)),
		})
	}
	h.Protocol = version
	if c.version != GRPC {
		c.version = version
	}
	return c, nil
}

// handshake agrees on a TLS version, picks the certificate and has it checked.
func (w *walker) handshake(h *Hop, c call, d door) *answer {
	version, ok := newest(c.tls, d.tls)
	if !ok {
		wanted := TLS12
		if len(c.tls) > 0 {
			wanted = c.tls[len(c.tls)-1]
		}
		a := h.fails(TLSAlert, "ends the TLS handshake: no common version", cause{
			fact: d.minimumTLS, field: d.tlsField,
			why: fmt.Sprintf("%s speaks %s, the sender %s", h.Name, strings.Join(d.tls, ", "), strings.Join(c.tls, ", ")),
			fix: fmt.Sprintf("let %s speak %s too", h.Name, wanted),
		})
		a.spoken = d.tls
		return a
	}
	h.TLS = version
	shown := d.choose(c.sni)
	h.Certificate, h.CheckedAgainst = shown.Names, c.checks
	if len(c.checks) == 0 {
		return nil
	}
	if why, fix := shown.fault(c.checks); why != "" {
		return h.fails(BadCertificate, "shows a certificate that the sender does not accept", cause{
			fact: factCertificate, field: d.field + ".certificates",
			why: fmt.Sprintf("the certificate of %s %s", h.Name, why), fix: fix,
		})
	}
	w.warnOfWeakerRule(c, shown)
	return nil
}

// choose picks the certificate that covers the SNI, an exact name before a
// wildcard, and the fallback when none does.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func (d door) choose(sni string) Certificate {
	exact := func(c *Certificate) bool {
		return slices.ContainsFunc(c.Names, func(n string) bool { return dnsname.Normalise(n) == dnsname.Normalise(sni) })
	}
	covering := func(c *Certificate) bool { return dnsname.AnyCovers(c.Names, sni) }
	for _, chosen := range []func(*Certificate) bool{exact, covering} {
		if c := find(d.certificates, chosen); c != nil && sni != "" {
			return *c
		}
	}
	switch {
	case d.fallback != nil:
		return *d.fallback
	case len(d.certificates) == 0:
		return Certificate{Trust: SelfSigned}
	}
	return d.certificates[0]
}

// fault says what keeps the certificate from being accepted.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
func (c Certificate) fault(checks []string) (why, fix string) {
	covers := slices.ContainsFunc(checks, func(n string) bool { return dnsname.AnyCovers(c.Names, n) })
	switch {
	case !covers:
		names := strings.Join(checks, " or ")
		return fmt.Sprintf("is for %s and does not cover %s", strings.Join(c.Names, ", "), names),
			fmt.Sprintf("put %s on the certificate", names)
	case c.Expired:
		return "has expired", "renew the certificate, and have it renewed by a timer from then on"
	case c.Trust == SelfSigned:
		return "is self-signed", "use a certificate of a public certification authority"
	case c.Trust == IncompleteChain:
		return "is sent without its intermediate certificate", "send the full chain, fullchain.pem in place of cert.pem"
	case c.Trust != "":
		return "is of an authority that the sender does not trust", "use a certificate of a public certification authority"
	}
	return "", ""
}

// agree is the best HTTP version that both sides speak. HTTP/2 needs TLS 1.2, or
// none when the sender knows better; HTTP/3 needs TLS 1.3.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesGeneral.html
func agree(c call, spoken []string, tls string) (string, bool) {
	for _, v := range c.offers {
		switch {
		case v == HTTP3 && tls != TLS13, v == HTTP2 && tls == "" && !c.priorKnowledge,
			v == HTTP2 && slices.Contains([]string{SSL3, TLS10, TLS11}, tls):
			continue
		case slices.Contains(spoken, v), v == HTTP2 && slices.Contains(spoken, GRPC):
			return v, true
		}
	}
	return "", false
}

// offeredBy is what a sender falls back to, the best first.
func offeredBy(version string) []string {
	switch version {
	case HTTP11:
		return []string{HTTP11}
	case HTTP3:
		return []string{HTTP3, HTTP2, HTTP11}
	case GRPC:
		return []string{HTTP2}
	}
	return []string{HTTP2, HTTP11}
}

// tlsVersions are all versions, the oldest first.
var tlsVersions = awstable.TLSVersions()

// tlsBetween are the versions from oldest to newest, both included.
func tlsBetween(oldest, newest string) []string {
	from, to := slices.Index(tlsVersions, oldest), slices.Index(tlsVersions, newest)
	if from < 0 || to < from {
		return nil
	}
	return tlsVersions[from : to+1]
}

// tlsUpTo are the versions that a viewer of the given newest one speaks. An
// unknown one stands for the newest there is.
func tlsUpTo(newest string) []string {
	if !slices.Contains(tlsVersions, newest) {
		newest = TLS13
	}
	if newest == SSL3 {
		return []string{SSL3}
	}
	return tlsBetween(TLS10, newest)
}

// newest is the newest version that both sides speak.
func newest(a, b []string) (string, bool) {
	for _, v := range slices.Backward(tlsVersions) {
		if slices.Contains(a, v) && slices.Contains(b, v) {
			return v, true
		}
	}
	return "", false
}

// viewerTLS are the versions of a distribution's security policy: all from the one in
// its name on. An unknown policy has none.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
func viewerTLS(policy string) []string {
	oldest, _, _ := strings.Cut(policy, "_")
	return tlsBetween(oldest, TLS13)
}

// policyTLS are the versions of a load balancer's policy, none of an unknown one.
func policyTLS(policy string) []string {
	oldest, newest, _ := awstable.LoadBalancerPolicyTLS(policy)
	return tlsBetween(oldest, newest)
}

// backendTLS are the versions that a load balancer offers to its targets. They follow
// the listener's policy.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
func backendTLS(policy string) []string {
	if strings.HasPrefix(policy, "ELBSecurityPolicy-TLS13-") {
		return tlsBetween(TLS10, TLS13)
	}
	return tlsBetween(TLS10, TLS12)
}
