package edge

import (
	"crypto/tls"
	"fmt"
	"strings"
)

// servedDistribution is a distribution with its TLS and its behaviors.
type servedDistribution struct {
	Distribution
	tls       *tls.Config      // for its aliases
	assigned  *tls.Config      // for its assigned name
	behaviors []servedBehavior // the ordered ones, then the default one
}

// servedBehavior is a behavior with its origin.
type servedBehavior struct {
	Behavior
	origin *servedOrigin
}

func (f *Fleet) newServedDistribution(d Distribution) (*servedDistribution, error) {
	certificate := f.opts.Default
	if d.CertificateARN != "" {
		if certificate = f.opts.Certificates[d.CertificateARN]; certificate == nil {
			return nil, fmt.Errorf("viewerCertificate.acmCertificateArn: there is no certificate %q", d.CertificateARN)
		}
	}
	s := &servedDistribution{
		Distribution: d, tls: viewerTLS(d.MinimumTLS, d.HTTPVersion, certificate),
		assigned: viewerTLS("TLSv1", d.HTTPVersion, f.opts.Default),
	}
	if s.tls == nil {
		return nil, fmt.Errorf("viewerCertificate.minimumProtocolVersion: there is no security policy %q", d.MinimumTLS)
	}
	origins := map[string]*servedOrigin{}
	for _, o := range d.Origins {
		u, err := f.newOrigin(o.withDefaults())
		if err != nil {
			return nil, fmt.Errorf("origin %q: %w", o.ID, err)
		}
		origins[o.ID] = u
	}
	for _, b := range d.Ordered {
		s.behaviors = append(s.behaviors, servedBehavior{b.withDefaults(), origins[b.OriginID]})
	}
	last := d.Default.withDefaults()
	last.PathPattern = "*"
	s.behaviors = append(s.behaviors, servedBehavior{last, origins[last.OriginID]})
	for _, b := range s.behaviors {
		if b.origin == nil {
			return nil, fmt.Errorf("path %s: there is no origin %q", b.PathPattern, b.OriginID)
		}
	}
	return s, nil
}

// tlsFor is how the distribution speaks TLS under one of its names. Its
// certificate, and the security policy that goes with it, are for the aliases;
// the assigned name keeps CloudFront's own.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-https-dedicated-ip-or-sni.html
// Inferred: the policy TLSv1 for the assigned name
func (s *servedDistribution) tlsFor(name string) *tls.Config {
	if name == strings.ToLower(s.DomainName) {
		return s.assigned
	}
	return s.tls
}

func (s *servedDistribution) closeIdle() {
	for _, b := range s.behaviors {
		b.origin.closeIdle()
	}
}

// behaviorOf is the first behavior whose pattern matches a path.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func (s *servedDistribution) behaviorOf(path string) *servedBehavior {
	for i := range s.behaviors {
		if matchesPath(s.behaviors[i].PathPattern, path) {
			return &s.behaviors[i]
		}
	}
	return &s.behaviors[len(s.behaviors)-1] // a path such as the * of OPTIONS
}

// matchesPath says whether a path matches a pattern, in which * stands for any characters,
// ? for one, and a slash at the beginning may be left out. Case counts.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func matchesPath(pattern, path string) bool {
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
func (f *Fleet) byName(name string) *servedDistribution {
	var best *servedDistribution
	longest := 0
	for _, s := range f.distributions {
		if name == strings.ToLower(s.DomainName) {
			return s
		}
		for _, alias := range s.Aliases {
			alias = strings.ToLower(alias)
			if alias == name && name != "" {
				return s
			}
			if wildcardCovers(alias, name) && len(alias) > longest {
				best, longest = s, len(alias)
			}
		}
	}
	return best
}

// wildcardCovers says whether a wildcard alias covers a name: any number of labels in
// place of the star, at least one.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func wildcardCovers(alias, name string) bool {
	suffix, ok := strings.CutPrefix(alias, "*")
	return ok && len(name) > len(suffix) && strings.HasSuffix(name, suffix)
}
