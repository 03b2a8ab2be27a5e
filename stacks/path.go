package stacks

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/portico-iac/portico/internal/albrule"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/edgerule"
	"github.com/portico-iac/portico/internal/egress"
	"github.com/portico-iac/portico/internal/fargaterule"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/firstboot"
	"github.com/portico-iac/portico/internal/pathplan"
	"github.com/portico-iac/portico/requestpath"
)

// Plan is everything that a request will meet in the stack: records,
// distribution, balancer, target. What AWS is still to choose has stand-ins, and
// an instance that exists already counts as closed to all but the balancer.
// Package requestpath walks requests through it:
//
//	requestpath.Walk(cfg.Plan(), requestpath.Request{Name: "www.example.com", Path: "/"})
func (c *Config) Plan() requestpath.Plan {
	switch c.Variant {
	case VariantCloudFrontALB:
		return pathplan.Of(c.pathFront(), c.pathBalancer())
	case VariantCloudFrontEC2:
		return pathplan.Of(c.pathFront(), c.pathInstance())
	default:
		return pathplan.Of(c.pathBalancer())
	}
}

// checkPath refuses a stack whose requests would fail. With portico:pathCheck warn
// the components say so, which walk the same ways; what cannot even be registered
// stays refused.
func (c *Config) checkPath() error {
	faults := fault.ForConfig()
	if c.PathCheck == pathplan.Warn {
		faults.Check("portico:originDomainName", c.originIsApart())
		return faults.Err()
	}
	for _, f := range pathplan.Check(c.Plan()).Faults {
		key, value := c.keyOf(f.Field)
		faults.Check("portico:"+key, pathplan.Refusal(f.Of(value), "portico:pathCheck"))
	}
	return faults.Err()
}

// originIsApart: the distribution's record and the origin's are two of one zone.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
func (c *Config) originIsApart() error {
	if !slices.ContainsFunc(c.ViewerNames(), func(n string) bool { return dnsname.Normalise(n) == dnsname.Normalise(c.Front.OriginDomainName) }) {
		return nil
	}
	return fmt.Errorf("must not be %q, which is a name of the viewers: AWS refuses a second A record of that name (InvalidChangeBatch); "+
		"use a name of its own, such as origin.%s", c.Front.OriginDomainName, c.DomainName)
}

// keyOf is the key that decides over a field of the plan, and its value.
func (c *Config) keyOf(field string) (key, value string) {
	switch field {
	case "balancers.listeners.securityPolicy":
		return "sslPolicy", c.Balancer.SslPolicy
	case "targetGroups.protocolVersion":
		return "targetProtocolVersion", c.Target.ProtocolVersion
	case "edges.origin.domainName", "balancers.listeners.certificates":
		return "originDomainName", c.Front.OriginDomainName
	case "servers.listeners.certificates":
		return "acmeDirectoryUrl", c.Origin.AcmeDirectoryURL
	case "servers.image":
		return "image", c.Service.Image
	}
	return "variant", c.Variant
}

func (c *Config) pathFront() pathplan.Front {
	return pathplan.Front{
		Name: nameFront, Aliases: c.ViewerNames(), Certificate: c.ViewerNames(),
		MinimumTLS:        cmp.Or(c.Front.MinimumViewerTLSVersion, edgerule.DefaultMinimumTLS),
		DefaultRootObject: c.Front.DefaultRootObject,
		OriginDomainName:  c.Front.OriginDomainName, OriginPort: albrule.HTTPSPort,
		ReadTimeoutSeconds: c.Front.OriginReadTimeoutSeconds, KeepaliveTimeoutSeconds: edgerule.DefaultKeepaliveTimeout,
		ForwardsHost: c.Front.ForwardHostHeader || c.hostHeaderPattern(),
		Secret:       c.pathSecret(),
	}
}

// pathSecret is the header that the distribution sends to the balancer.
func (c *Config) pathSecret() pathplan.Secret {
	if c.Variant != VariantCloudFrontALB {
		return pathplan.Secret{}
	}
	f := c.Front
	s := pathplan.Secret{
		Header:   cmp.Or(f.OriginSecretHeader, edgerule.DefaultHeader),
		Accepted: []string{nameOriginSecret + "-" + cmp.Or(f.OriginSecretVersion, "1")},
	}
	if f.OriginSecretPreviousVersion != "" {
		s.Accepted = append(s.Accepted, nameOriginSecret+"-"+f.OriginSecretPreviousVersion)
	}
	return s
}

func (c *Config) pathInstance() pathplan.TLSInstance {
	names := []string{c.Front.OriginDomainName}
	if c.hostHeaderPattern() {
		names = c.ViewerNames()
	}
	return pathplan.TLSInstance{
		Name: nameOriginDomain, OriginDomainName: c.Front.OriginDomainName, Certificate: names,
		AcmeDirectoryURL: cmp.Or(c.Origin.AcmeDirectoryURL, firstboot.LetsEncrypt),
	}
}

func (c *Config) pathBalancer() pathplan.Balancer {
	b := c.Balancer
	balancer := pathplan.Balancer{
		Name: nameBalancer, Names: c.ViewerNames(), Certificate: c.ViewerNames(),
		AccessFrom: c.access(), AllowedCIDRs: b.AllowedCidrs, DualStack: b.DualStack,
		SSLPolicy: cmp.Or(b.SslPolicy, albrule.DefaultSSLPolicy), IdleTimeoutSeconds: b.IdleTimeoutSeconds,
		Secret: c.pathSecret(),
		Routes: []pathplan.Route{c.pathRoute()},
	}
	if c.Variant == VariantCloudFrontALB {
		balancer.Names, balancer.Certificate = []string{c.Front.OriginDomainName}, c.originCertificateNames()
	}
	return balancer
}

func (c *Config) pathRoute() pathplan.Route {
	t := c.Target
	r := pathplan.Route{
		Name: nameTarget, Priority: routePriority, Paths: []string{"/*"},
		Protocol:        cmp.Or(t.Protocol, albrule.ProtocolHTTP),
		ProtocolVersion: cmp.Or(t.ProtocolVersion, albrule.VersionHTTP1),
		Port:            c.Service.ContainerPort,
	}
	if c.Instance.ID != "" {
		r.Protocol, r.Port = cmp.Or(t.Protocol, albrule.ProtocolHTTPS), c.Instance.Port
		r.Target = pathplan.Anything(c.Instance.ID, c.Instance.SecurityGroupID)
		return r
	}
	_, private := fargaterule.PrivateRepository(c.Service.Image)
	r.Target = pathplan.Service{Name: nameTarget, Network: c.pathNetwork(), PrivateImage: private}.Target()
	return r
}

func (c *Config) pathNetwork() pathplan.Network {
	n := c.Network
	if n.VpcID != "" {
		return pathplan.AdoptedNetwork(nameNetwork, cmp.Or(n.PrivateEgress, egress.ViaNAT))
	}
	endpoints := n.InterfaceEndpoints
	if endpoints == nil && n.Nat == egress.NATNone {
		endpoints = egress.ForFargate()
	}
	return pathplan.MadeNetwork(nameNetwork, egress.WayOf(cmp.Or(n.Nat, egress.NATSingle), endpoints), endpoints)
}
