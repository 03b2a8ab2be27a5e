package edge

import (
	"crypto/tls"
	"fmt"
	"strings"
)

// site is a distribution at work.
type site struct {
	Distribution
	tls       *tls.Config // for its aliases
	assigned  *tls.Config // for its assigned name
	behaviors []handling  // the ordered ones, then the default one
}

// handling is a behavior with its origin.
type handling struct {
	Behavior
	upstream *upstream
}

func (f *Fleet) newSite(d Distribution) (*site, error) {
	certificate := f.opts.Default
	if d.CertificateARN != "" {
		certificate = nil
		if f.opts.Certificates != nil {
			certificate = f.opts.Certificates(d.CertificateARN)
		}
		if certificate == nil {
			return nil, fmt.Errorf("viewerCertificate.acmCertificateArn: there is no certificate %q", d.CertificateARN)
		}
	}
	s := &site{
		Distribution: d, tls: viewerTLS(d.MinimumTLS, d.HTTPVersion, certificate),
		assigned: viewerTLS("TLSv1", d.HTTPVersion, f.opts.Default),
	}
	if s.tls == nil {
		return nil, fmt.Errorf("viewerCertificate.minimumProtocolVersion: there is no security policy %q", d.MinimumTLS)
	}
	upstreams := map[string]*upstream{}
	for _, o := range d.Origins {
		u, err := f.newUpstream(o.withDefaults())
		if err != nil {
			return nil, fmt.Errorf("origin %q: %w", o.ID, err)
		}
		upstreams[o.ID] = u
	}
	for _, b := range d.Ordered {
		s.behaviors = append(s.behaviors, handling{b.withDefaults(), upstreams[b.OriginID]})
	}
	last := d.Default.withDefaults()
	last.PathPattern = "*"
	s.behaviors = append(s.behaviors, handling{last, upstreams[last.OriginID]})
	for _, b := range s.behaviors {
		if b.upstream == nil {
			return nil, fmt.Errorf("path %s: there is no origin %q", b.PathPattern, b.OriginID)
		}
	}
	return s, nil
}

// tlsFor is how the distribution speaks TLS to who asks for one of its names. Its
// certificate, and the security policy that goes with it, are for the aliases;
// the assigned name keeps CloudFront's own.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-https-dedicated-ip-or-sni.html
// Inferred: the policy TLSv1 for the assigned name
func (s *site) tlsFor(name string) *tls.Config {
	if name == strings.ToLower(s.DomainName) {
		return s.assigned
	}
	return s.tls
}

func (s *site) closeIdle() {
	for _, b := range s.behaviors {
		b.upstream.closeIdle()
	}
}

// behaviorOf is the first behavior whose pattern fits a path.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func (s *site) behaviorOf(path string) *handling {
	for i := range s.behaviors {
		if fits(s.behaviors[i].PathPattern, path) {
			return &s.behaviors[i]
		}
	}
	return &s.behaviors[len(s.behaviors)-1] // a path such as the * of OPTIONS
}

// fits says whether a path fits a pattern, in which * stands for any characters,
// ? for one, and a slash at the beginning may be left out. Case counts.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func fits(pattern, path string) bool {
	pattern, path = strings.TrimPrefix(pattern, "/"), strings.TrimPrefix(path, "/")
	star, from := -1, 0 // where to go on when a * has to take one more character
	p, s := 0, 0
	for s < len(path) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, s
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == path[s]):
			p++
			s++
		case star >= 0:
			from++
			p, s = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// byName is the distribution that has a name: the one that has exactly this one
// before one with a wildcard alias, and a longer wildcard before a shorter one.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func (f *Fleet) byName(name string) *site {
	var best *site
	longest := 0
	for _, s := range f.sites {
		if name == strings.ToLower(s.DomainName) {
			return s
		}
		for _, alias := range s.Aliases {
			alias = strings.ToLower(alias)
			if alias == name && name != "" {
				return s
			}
			if stands(alias, name) && len(alias) > longest {
				best, longest = s, len(alias)
			}
		}
	}
	return best
}

// stands says whether a wildcard alias stands for a name: any number of labels in
// place of the star, at least one.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func stands(alias, name string) bool {
	suffix, ok := strings.CutPrefix(alias, "*")
	return ok && len(name) > len(suffix) && strings.HasSuffix(name, suffix)
}
