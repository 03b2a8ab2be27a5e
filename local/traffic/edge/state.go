package edge

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/traffic/account"
)

// state is a registered distribution, as far as it is served. A field without a tag
// has its property's name.
type state struct {
	ID                string `json:"id"`
	DomainName        string `json:"domainName"`
	Enabled           bool   `json:"enabled"`
	Aliases           []string
	HTTPVersion       string `json:"httpVersion"`
	IsIPv6Enabled     bool   `json:"isIpv6Enabled"`
	DefaultRootObject string
	Default           behaviorState          `json:"defaultCacheBehavior"`
	Ordered           []orderedBehaviorState `json:"orderedCacheBehaviors"`
	Origins           []originState
	ViewerCertificate struct {
		ARN     string `json:"acmCertificateArn"`
		Minimum string `json:"minimumProtocolVersion"`
		Method  string `json:"sslSupportMethod"`
	}
	Restrictions struct {
		Geo struct {
			Type string `json:"restrictionType"`
		} `json:"geoRestriction"`
	}
	CustomErrorResponses []struct{ ResponsePagePath string }
}

type orderedBehaviorState struct {
	PathPattern string
	behaviorState
}

type behaviorState struct {
	TargetOriginID          string `json:"targetOriginId"`
	ViewerProtocolPolicy    string
	AllowedMethods          []string
	CachePolicyID           string                 `json:"cachePolicyId"`
	OriginRequestPolicyID   string                 `json:"originRequestPolicyId"`
	ResponseHeadersPolicyID string                 `json:"responseHeadersPolicyId"`
	GRPCConfig              struct{ Enabled bool } `json:"grpcConfig"`
}

type originState struct {
	OriginID           string `json:"originId"`
	DomainName         string
	OriginPath         string
	ConnectionAttempts int
	ConnectionTimeout  int
	CustomHeaders      []Header
	CustomOriginConfig *customState
}

type customState struct {
	HTTPPort               int `json:"httpPort"`
	HTTPSPort              int `json:"httpsPort"`
	OriginProtocolPolicy   string
	OriginSSLProtocols     []string `json:"originSslProtocols"`
	OriginReadTimeout      int
	OriginKeepaliveTimeout int
}

// The properties of each block that are served, or that change nothing about
// what a viewer gets when no answer is cached.
var (
	distributionProperties = strings.Fields(`id domainName enabled aliases httpVersion isIpv6Enabled defaultRootObject
		defaultCacheBehavior orderedCacheBehaviors origins viewerCertificate restrictions customErrorResponses
		arn callerReference comment etag hostedZoneId inProgressValidationBatches lastModifiedTime loggingConfig
		priceClass retainOnDelete status tags tagsAll waitForDeployment webAclId`)
	behaviorProperties = strings.Fields(`pathPattern targetOriginId viewerProtocolPolicy allowedMethods cachePolicyId
		originRequestPolicyId responseHeadersPolicyId grpcConfig cachedMethods compress minTtl defaultTtl maxTtl`)
	originProperties      = strings.Fields("originId domainName originPath connectionAttempts connectionTimeout customHeaders customOriginConfig")
	customProperties      = strings.Fields("httpPort httpsPort originProtocolPolicy originSslProtocols originReadTimeout originKeepaliveTimeout")
	certificateProperties = strings.Fields("acmCertificateArn cloudfrontDefaultCertificate minimumProtocolVersion sslSupportMethod")
)

// FromState reads a registered distribution: the state of a resource of type
// aws:cloudfront/distribution:Distribution. Its Addresses stay empty. The error
// names the first property that the fleet cannot serve.
func FromState(registered map[string]any) (Distribution, error) {
	id, _ := registered["id"].(string)
	wrap := func(err error) (Distribution, error) {
		return Distribution{}, fmt.Errorf("distribution %q: %w", id, err)
	}
	plain, err := core.StateOf[map[string]any](account.DistributionType, registered)
	if err != nil {
		return wrap(err)
	}
	if err := servable(plain); err != nil {
		return wrap(err)
	}
	s, err := core.StateOf[state](account.DistributionType, registered)
	if err != nil {
		return wrap(err)
	}
	d, err := s.distribution()
	if err != nil {
		return wrap(err)
	}
	return d, nil
}

// servable is that no block has a property that would go unheeded.
func servable(d map[string]any) error {
	if err := only("", d, distributionProperties); err != nil {
		return err
	}
	behaviors := map[string]any{"defaultCacheBehavior": d["defaultCacheBehavior"]}
	maps.Copy(behaviors, items(d, "", "orderedCacheBehaviors"))
	for _, where := range slices.Sorted(maps.Keys(behaviors)) {
		if err := only(where, behaviors[where], behaviorProperties); err != nil {
			return err
		}
	}
	origins := items(d, "", "origins")
	for _, where := range slices.Sorted(maps.Keys(origins)) {
		if err := only(where, origins[where], originProperties); err != nil {
			return err
		}
		origin, _ := origins[where].(map[string]any)
		if err := only(where+".customOriginConfig", origin["customOriginConfig"], customProperties); err != nil {
			return err
		}
	}
	return only("viewerCertificate", d["viewerCertificate"], certificateProperties)
}

// items are the blocks of a list by the path that leads there.
func items(of map[string]any, where, property string) map[string]any {
	out := map[string]any{}
	list, _ := of[property].([]any)
	for i, item := range list {
		out[fmt.Sprintf("%s%s[%d]", where, property, i)] = item
	}
	return out
}

// only is that a block holds something in the given properties alone.
func only(where string, block any, properties []string) error {
	m, _ := block.(map[string]any)
	for _, p := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(properties, p) && holdsSomething(m[p]) {
			return unserved(where, p)
		}
	}
	return nil
}

func unserved(where, property string) error {
	if where != "" {
		property = where + "." + property
	}
	return fmt.Errorf("%s is not served by the local AWS; remove it", property)
}

func holdsSomething(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), holdsSomething)
	case []any:
		return slices.ContainsFunc(v, holdsSomething)
	}
	return v != nil && v != "" && v != false && v != 0.0
}

func (s *state) distribution() (Distribution, error) {
	d := Distribution{
		ID: s.ID, DomainName: s.DomainName, Aliases: s.Aliases, IPv6: s.IsIPv6Enabled, Disabled: !s.Enabled,
		CertificateARN: s.ViewerCertificate.ARN, MinimumTLS: s.ViewerCertificate.Minimum,
		HTTPVersion: s.HTTPVersion, DefaultRootObject: s.DefaultRootObject,
	}
	if m := s.ViewerCertificate.Method; m != "" && m != "sni-only" {
		return d, unserved("viewerCertificate", "sslSupportMethod "+m)
	}
	if t := s.Restrictions.Geo.Type; t != "" && t != "none" {
		return d, unserved("restrictions.geoRestriction", "restrictionType "+t)
	}
	for i, r := range s.CustomErrorResponses {
		if r.ResponsePagePath != "" {
			return d, unserved(fmt.Sprintf("customErrorResponses[%d]", i), "responsePagePath")
		}
	}
	for i, o := range s.Origins {
		origin, err := o.origin()
		if err != nil {
			return d, fmt.Errorf("origins[%d]: %w", i, err)
		}
		d.Origins = append(d.Origins, origin)
	}
	var err error
	if d.Default, err = s.Default.behavior(); err != nil {
		return d, fmt.Errorf("defaultCacheBehavior: %w", err)
	}
	for i, b := range s.Ordered {
		behavior, err := b.behavior()
		if err != nil {
			return d, fmt.Errorf("orderedCacheBehaviors[%d]: %w", i, err)
		}
		behavior.PathPattern = b.PathPattern
		d.Ordered = append(d.Ordered, behavior)
	}
	return d, nil
}

func (b *behaviorState) behavior() (Behavior, error) {
	forward, err := forwarded(b.CachePolicyID, b.OriginRequestPolicyID)
	if err != nil {
		return Behavior{}, err
	}
	if p := b.ResponseHeadersPolicyID; p != "" && p != awstable.SecurityHeadersPolicy {
		return Behavior{}, unserved("", fmt.Sprintf("responseHeadersPolicyId %q", p))
	}
	return Behavior{
		OriginID: b.TargetOriginID, ViewerProtocolPolicy: b.ViewerProtocolPolicy,
		AllowedMethods: b.AllowedMethods, GRPC: b.GRPCConfig.Enabled, Forward: forward,
		SecurityHeaders: b.ResponseHeadersPolicyID == awstable.SecurityHeadersPolicy,
	}, nil
}

func (o *originState) origin() (Origin, error) {
	c := o.CustomOriginConfig
	if c == nil {
		return Origin{}, fmt.Errorf("customOriginConfig is missing, and other origins are not served by the local AWS")
	}
	return Origin{
		ID: o.OriginID, DomainName: o.DomainName, Path: o.OriginPath,
		ProtocolPolicy: c.OriginProtocolPolicy, HTTPPort: c.HTTPPort, HTTPSPort: c.HTTPSPort, SSLProtocols: c.OriginSSLProtocols,
		ConnectAttempts: o.ConnectionAttempts, ConnectTimeout: o.ConnectionTimeout,
		ReadTimeout: c.OriginReadTimeout, KeepaliveTimeout: c.OriginKeepaliveTimeout, Headers: o.CustomHeaders,
	}, nil
}
