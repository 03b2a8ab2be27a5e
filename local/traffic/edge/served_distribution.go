package edge

import (
	"crypto/tls"
	"fmt"
	"regexp"
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
	origins := map[string]*servedOrigin{}
	for _, o := range d.Origins {
		origins[o.ID] = f.newOrigin(o.withDefaults())
	}
	for _, b := range d.Ordered {
		s.behaviors = append(s.behaviors, servedBehavior{b.withDefaults(), origins[b.OriginID]})
	}
	last := d.Default.withDefaults()
	last.PathPattern = "*"
	s.behaviors = append(s.behaviors, servedBehavior{last, origins[last.OriginID]})
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

// expression makes a regular expression of a quoted pattern, in which * stands for any
// characters and ? for one.
var expression = strings.NewReplacer(`\*`, ".*", `\?`, ".")

// matchesPath says whether a path matches a pattern. A slash at the beginning may be
// left out. Case counts.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func matchesPath(pattern, path string) bool {
	quoted := regexp.QuoteMeta(strings.TrimPrefix(pattern, "/"))
	matches, _ := regexp.MatchString("(?s)^"+expression.Replace(quoted)+"$", strings.TrimPrefix(path, "/"))
	return matches
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
