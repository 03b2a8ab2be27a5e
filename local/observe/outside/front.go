package outside

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/requestpath"
)

// minimumDays is how many more days a certificate has to be valid. ACM and the
// clients of Let's Encrypt renew earlier than that.
// Sourced: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
const minimumDays = 14

// front sends the request as an ordinary viewer does.
func (l *look) front() []Finding {
	seen := l.send(l.Page)
	modern := seen.TLS == requestpath.TLS12 || seen.TLS == requestpath.TLS13
	usable := seen.Status >= 200 && seen.Status < 400
	findings := append(l.certificate(seen),
		finding(modern, "TLS version", "TLSv1.2 or TLSv1.3", cmp.Or(seen.TLS, describe(seen))),
		finding(seen.Protocol == requestpath.HTTP2, "HTTP/2", "offered", cmp.Or(seen.Protocol, seen.String())),
		finding(usable, "GET "+l.Page.URL(), "2xx or 3xx", describe(seen)),
		l.cloudFront(seen))
	if seen.Answered() {
		findings = append(findings, securityHeaders(seen))
	}
	return findings
}

// certificate judges the chain that was shown: it must be trusted, complete, for
// the name, and not about to expire.
func (l *look) certificate(seen observe.Observation) []Finding {
	const check, want = "certificate", "trusted, complete, and for the name"
	if seen.Certificate == nil {
		return []Finding{finding(false, check, want, describe(seen))}
	}
	got := "for " + strings.Join(seen.Certificate, ", ")
	if seen.Reason == requestpath.BadCertificate {
		return []Finding{finding(false, check, want, got+": "+seen.Detail)}
	}
	days := int(seen.Expires.Sub(l.Now) / (24 * time.Hour))
	return []Finding{
		finding(true, check, want, got),
		finding(days >= minimumDays, "certificate expires", fmt.Sprintf("in %d days or later", minimumDays), fmt.Sprintf("in %d days", days)),
	}
}

// oldTLS sends the request as a viewer that speaks nothing newer than TLS 1.1.
func (l *look) oldTLS() []Finding {
	r := l.Page
	r.TLS, r.IgnoreCertificate = requestpath.TLS11, true
	seen := l.send(r)
	ok := !seen.Answered() && seen.TLS == "" && (seen.Reason == requestpath.TLSAlert || seen.Reason == requestpath.Reset)
	return []Finding{finding(ok, "TLS 1.1", "refused", cmp.Or(seen.TLS, seen.String()))}
}

// overQUIC sends the request over HTTP/3, which CloudFront offers in Alt-Svc. If UDP
// does not get through from here, that says nothing about the deployment.
func (l *look) overQUIC() []Finding {
	r := l.Page
	r.Version = requestpath.HTTP3
	seen := l.send(r)
	offered := strings.Contains(seen.AltSvc, "h3=") || seen.Protocol == requestpath.HTTP3
	got := "not offered"
	if offered {
		got = "offered, and answered over QUIC"
	}
	if offered && seen.Protocol != requestpath.HTTP3 {
		got = "offered; not reachable by UDP from here"
	}
	if !l.behindCloudFront() {
		return []Finding{note("HTTP/3", got)}
	}
	return []Finding{finding(offered, "HTTP/3", "offered in Alt-Svc", got)}
}

func (d Deployment) behindCloudFront() bool { return d.CloudFront || len(d.Around) > 0 }

// cloudFront looks for CloudFront's own headers.
func (l *look) cloudFront(seen observe.Observation) Finding {
	const check = "answered by CloudFront"
	got := "X-Cache: " + cmp.Or(seen.XCache, "none") + "; Via: " + cmp.Or(seen.Via, "none")
	ok := strings.Contains(seen.XCache, "cloudfront") && strings.Contains(strings.ToLower(seen.Via), "cloudfront")
	switch {
	case !l.behindCloudFront():
		return note(check, got)
	case ok && seen.XCache == requestpath.XCacheError:
		return finding(false, check, "X-Cache without an error", got)
	}
	return finding(ok, check, "X-Cache and Via of CloudFront", got)
}

// securityHeaders lists the headers that browsers act on. Which of them a site
// needs depends on the application, so there is no verdict.
func securityHeaders(seen observe.Observation) Finding {
	var present, absent []string
	for _, name := range []string{
		"Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
	} {
		if seen.Headers.Get(name) != "" {
			present = append(present, name)
		} else {
			absent = append(absent, name)
		}
	}
	got := cmp.Or(strings.Join(present, ", "), "none")
	if len(absent) > 0 {
		got += "; without " + strings.Join(absent, ", ")
	}
	return note("security headers", got)
}
