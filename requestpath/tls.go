package requestpath

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/dnsname"
)

// door is what listens on a port: plain HTTP, or TLS with certificates.
type door struct {
	kind HopKind
	// name is the hop's, field the path of what listens in the plan.
	name, field string
	secure      bool
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
// door itself gives.
func (w *walker) enter(h *Hop, c call, d door) (call, *answer, *failure) {
	secure := c.scheme == SchemeHTTPS
	if secure {
		h.SNI = c.sni
	}
	switch {
	case secure && !d.secure:
		h.Decision = "answers the TLS handshake in plain HTTP"
		return c, nil, d.broken(TLSAlert, factNoTLS, d.field+".protocol",
			fmt.Sprintf("port %d of %s speaks plain HTTP and is spoken to in TLS", c.port, d.name),
			"let the port speak HTTPS, or speak HTTP to it")
	case !secure && d.secure && !slices.Contains(c.offers, HTTP11):
		h.Decision = "answers 400 in HTTP/1.1, which the sender does not speak"
		return c, nil, d.broken(NoCommonVersion, factNoHTTPVersion, d.field+".protocol",
			fmt.Sprintf("port %d of %s wants TLS and got plain HTTP/2", c.port, d.name),
			"speak HTTPS to the port, or let it speak HTTP")
	case !secure && d.secure:
		h.Decision = "answers 400"
		return c, d.plainOnTLSPort(c), nil
	case secure:
		if f := w.handshake(h, c, d); f != nil {
			return c, nil, f
		}
	}
	version, ok := agree(c, d.versions, h.TLS)
	if !ok {
		h.Decision = "speaks no HTTP version of the sender's"
		return c, nil, d.broken(NoCommonVersion, factNoHTTPVersion, d.field+".versions",
			fmt.Sprintf("%s speaks %s, the sender %s", d.name, strings.Join(d.versions, ", "), strings.Join(c.offers, ", ")),
			fmt.Sprintf("let %s speak %s over TLS, or send another version", d.name, firstOf(c.offers)))
	}
	h.Protocol = version
	if c.version != GRPC {
		c.version = version
	}
	return c, nil, nil
}

func (d door) broken(reason Reason, fact Fact, field, why, fix string) *failure {
	return &failure{reason: reason, by: d.kind, byName: d.name, cause: cause{fact: fact, why: why, fix: fix, field: field}}
}

// plainOnTLSPort is 400 from everything that is met here, CloudFront, balancers
// and nginx alike.
// Inferred: no page of AWS says it.
func (d door) plainOnTLSPort(c call) *answer {
	return &answer{status: 400, by: d.kind, byName: d.name, cause: cause{
		fact: factPlainOnTLSPort, field: d.field + ".protocol",
		why: fmt.Sprintf("port %d of %s wants TLS and got a plain HTTP request", c.port, d.name),
		fix: "speak HTTPS to the port, or let it speak HTTP",
	}}
}

// handshake agrees on a TLS version, picks the certificate and has it checked.
func (w *walker) handshake(h *Hop, c call, d door) *failure {
	version, ok := newest(c.tls, d.tls)
	if !ok {
		h.Decision = "ends the TLS handshake: no common version"
		wanted := TLS12
		if len(c.tls) > 0 {
			wanted = c.tls[len(c.tls)-1]
		}
		f := d.broken(TLSAlert, d.minimumTLS, d.tlsField,
			fmt.Sprintf("%s speaks %s, the sender %s", d.name, strings.Join(d.tls, ", "), strings.Join(c.tls, ", ")),
			fmt.Sprintf("let %s speak %s too", d.name, wanted))
		f.spoken = d.tls
		return f
	}
	h.TLS = version
	shown := d.choose(c.sni)
	h.Certificate, h.CheckedAgainst = shown.Names, c.checks
	if len(c.checks) == 0 {
		return nil
	}
	if why, fix := shown.fault(c.checks); why != "" {
		h.Decision = "shows a certificate that the sender does not accept"
		return d.broken(BadCertificate, factCertificate, d.field+".certificates",
			fmt.Sprintf("the certificate of %s %s", d.name, why), fix)
	}
	w.warnOfWeakerRule(c, shown)
	return nil
}

// choose picks the certificate that covers the SNI, an exact name before a
// wildcard, and the fallback when none does.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
func (d door) choose(sni string) Certificate {
	certificates := d.certificates
	exact := func(c Certificate) bool {
		return slices.ContainsFunc(c.Names, func(n string) bool { return dnsname.Normalise(n) == dnsname.Normalise(sni) })
	}
	covering := func(c Certificate) bool { return dnsname.AnyCovers(c.Names, sni) }
	for _, chosen := range []func(Certificate) bool{exact, covering} {
		if i := slices.IndexFunc(certificates, chosen); i >= 0 && sni != "" {
			return certificates[i]
		}
	}
	switch {
	case d.fallback != nil:
		return *d.fallback
	case len(certificates) == 0:
		return Certificate{Trust: SelfSigned}
	}
	return certificates[0]
}

// fault says what keeps the certificate from being accepted, and the
// fix.
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
