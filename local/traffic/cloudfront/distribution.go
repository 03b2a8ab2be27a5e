package cloudfront

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/function"
)

// distribution is a registered distribution with its TLS and its behaviors.
type distribution struct {
	account.Distribution
	tls       *tls.Config // for its aliases
	assigned  *tls.Config // for its assigned name
	behaviors []behavior  // the ordered ones, then the default one
}

// behavior is a cache behavior with its origin or group of origins.
type behavior struct {
	account.OrderedCacheBehavior
	target
	key     passing // what of a request the cache tells apart
	forward passing
	times   awstable.CacheTimes
	// functions are those of the behavior by event.
	functions map[string]*function.Function
}

func (f *Fleet) newDistribution(registered account.Distribution) (*distribution, error) {
	d := &distribution{Distribution: registered}
	d.assigned = viewerTLS(awstable.TLS10, d.HTTPVersion, f.certificate)
	d.tls = d.assigned
	if c := d.ViewerCertificate; c.ARN != "" {
		own := f.opts.Certificates[c.ARN]
		if own == nil {
			return nil, fmt.Errorf("viewerCertificate.acmCertificateArn: there is no certificate %q", c.ARN)
		}
		d.tls = viewerTLS(cmp.Or(c.Minimum, awstable.TLS10), d.HTTPVersion, own)
	}
	targets, err := f.targets(registered)
	if err != nil {
		return nil, err
	}
	for i, b := range d.Ordered {
		if err := f.addBehavior(d, b, targets); err != nil {
			return nil, fmt.Errorf("orderedCacheBehaviors[%d]: %w", i, err)
		}
	}
	last := account.OrderedCacheBehavior{PathPattern: "*", CacheBehavior: d.Default}
	if err := f.addBehavior(d, last, targets); err != nil {
		return nil, fmt.Errorf("defaultCacheBehavior: %w", err)
	}
	return d, nil
}

func unserved(property string) error {
	return fmt.Errorf("%s is not served by the local AWS; remove it", property)
}

func (f *Fleet) addBehavior(d *distribution, b account.OrderedCacheBehavior, targets map[string]target) error {
	key, forward, times, err := f.passings(b.CacheBehavior)
	if err != nil {
		return err
	}
	functions, err := f.functionsOf(b.CacheBehavior)
	if err != nil {
		return err
	}
	d.behaviors = append(d.behaviors, behavior{b, targets[b.TargetOriginID], key, forward, times, functions})
	return nil
}

// tlsFor returns the TLS settings for one of the distribution's names. Its certificate
// and security policy are for the aliases; the assigned name keeps CloudFront's own.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-https-dedicated-ip-or-sni.html
// Inferred: the policy TLSv1 for the assigned name
func (d *distribution) tlsFor(name string) *tls.Config {
	if name == strings.ToLower(d.DomainName) {
		return d.assigned
	}
	return d.tls
}

func (d *distribution) servesHTTP3() bool {
	return d.HTTPVersion == "http3" || d.HTTPVersion == "http2and3"
}

// behaviorFor returns the first behavior whose pattern matches a path.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func (d *distribution) behaviorFor(path string) *behavior {
	for i := range d.behaviors {
		if matchesPath(d.behaviors[i].PathPattern, path) {
			return &d.behaviors[i]
		}
	}
	return &d.behaviors[len(d.behaviors)-1] // a path such as the * of OPTIONS
}

// expression turns a quoted pattern into a regular expression: * is any number of
// characters and ? one.
var expression = strings.NewReplacer(`\*`, ".*", `\?`, ".")

// matchesPath reports whether a path matches a pattern, whose leading slash is
// optional. Case matters.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
func matchesPath(pattern, path string) bool {
	quoted := regexp.QuoteMeta(strings.TrimPrefix(pattern, "/"))
	matches, _ := regexp.MatchString("(?s)^"+expression.Replace(quoted)+"$", strings.TrimPrefix(path, "/"))
	return matches
}

// byName finds the distribution with a name: an exact match before a wildcard alias,
// and a longer wildcard before a shorter one.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func (f *Fleet) byName(name string) *distribution {
	var best *distribution
	longest := 0
	for _, d := range f.distributions {
		if name == strings.ToLower(d.DomainName) {
			return d
		}
		for _, alias := range d.Aliases {
			alias = strings.ToLower(alias)
			if alias == name && name != "" {
				return d
			}
			if wildcardCovers(alias, name) && len(alias) > longest {
				best, longest = d, len(alias)
			}
		}
	}
	return best
}

// wildcardCovers reports whether a wildcard alias covers a name. The star stands for
// one label or more.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
func wildcardCovers(alias, name string) bool {
	suffix, ok := strings.CutPrefix(alias, "*")
	return ok && len(name) > len(suffix) && strings.HasSuffix(name, suffix)
}
