package edge

import (
	"fmt"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/traffic/account"
)

// FromAccount reads a registered distribution. Its Addresses are left to the caller.
// The error names a property that the account can have and that is not served.
func FromAccount(registered account.Distribution) (Distribution, error) {
	d, err := distributionOf(registered)
	if err != nil {
		return Distribution{}, fmt.Errorf("distribution %q: %w", registered.ID, err)
	}
	return d, nil
}

func unserved(property string) error {
	return fmt.Errorf("%s is not served by the local AWS; remove it", property)
}

func distributionOf(s account.Distribution) (Distribution, error) {
	d := Distribution{
		ID: s.ID, DomainName: s.DomainName, Aliases: s.Aliases, IPv6: s.IsIPv6Enabled, Disabled: !s.Enabled,
		CertificateARN: s.ViewerCertificate.ARN, MinimumTLS: s.ViewerCertificate.Minimum,
		HTTPVersion: s.HTTPVersion, DefaultRootObject: s.DefaultRootObject,
	}
	if t := s.Restrictions.Geo.Type; t != "" && t != "none" {
		return d, unserved("restrictions.geoRestriction.restrictionType " + t)
	}
	for i, r := range s.CustomErrorResponses {
		if r.ResponsePagePath != "" {
			return d, unserved(fmt.Sprintf("customErrorResponses[%d].responsePagePath", i))
		}
	}
	for _, o := range s.Origins {
		d.Origins = append(d.Origins, originOf(o))
	}
	var err error
	if d.Default, err = behaviorOf(s.Default); err != nil {
		return d, fmt.Errorf("defaultCacheBehavior: %w", err)
	}
	for i, b := range s.Ordered {
		behavior, err := behaviorOf(b.CacheBehavior)
		if err != nil {
			return d, fmt.Errorf("orderedCacheBehaviors[%d]: %w", i, err)
		}
		behavior.PathPattern = b.PathPattern
		d.Ordered = append(d.Ordered, behavior)
	}
	return d, nil
}

func behaviorOf(b account.CacheBehavior) (Behavior, error) {
	forward, err := forwarded(b.CachePolicyID, b.OriginRequestPolicyID)
	if err != nil {
		return Behavior{}, err
	}
	return Behavior{
		OriginID: b.TargetOriginID, ViewerProtocolPolicy: b.ViewerProtocolPolicy,
		AllowedMethods: b.AllowedMethods, GRPC: b.GRPCConfig.Enabled, Forward: forward,
		SecurityHeaders: b.ResponseHeadersPolicyID == awstable.SecurityHeadersPolicy,
	}, nil
}

func originOf(o account.Origin) Origin {
	c := o.CustomOriginConfig
	out := Origin{
		ID: o.OriginID, DomainName: o.DomainName, Path: o.OriginPath,
		ProtocolPolicy: c.OriginProtocolPolicy, HTTPPort: c.HTTPPort, HTTPSPort: c.HTTPSPort, SSLProtocols: c.OriginSSLProtocols,
		ConnectAttempts: o.ConnectionAttempts, ConnectTimeout: o.ConnectionTimeout,
		ReadTimeout: c.OriginReadTimeout, KeepaliveTimeout: c.OriginKeepaliveTimeout,
	}
	for _, h := range o.CustomHeaders {
		out.Headers = append(out.Headers, Header(h))
	}
	return out
}
