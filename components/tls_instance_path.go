package components

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// addTo adds the instance with its group and the records of its names, none of which leads to
// a private one.
func (c *TLSInstance) addTo(p *requestpath.Plan, names ...string) {
	group := c.groupName()
	certificate := requestpath.Certificate{Names: c.args.certificateNames()}
	if strings.Contains(c.args.AcmeDirectoryUrl, "staging") { // nobody trusts what staging directories issue
		certificate.Trust = requestpath.UnknownIssuer
	}
	addresses, access := []string{anyPrivateAddress, anyPublicAddress}, prefixListAccess(httpsPort, requestpath.OriginFacing)
	if c.args.private() {
		addresses, access = addresses[:1], groupAccess(httpsPort, requestpath.VPCOriginGroup)
		names = nil // no record leads there
	}
	for _, n := range names {
		p.Records = append(p.Records, requestpath.Record{Name: n, Type: requestpath.RecordA, Addresses: []string{anyPublicAddress}})
	}
	p.Servers = append(p.Servers, requestpath.Server{
		Name: c.name, Addresses: addresses, SecurityGroups: []string{group},
		Listeners: []requestpath.ServerListener{{
			Port: httpsPort, Protocol: requestpath.ProtocolHTTPS,
			Certificates:   []requestpath.Certificate{certificate},
			RequiredHeader: c.args.OriginSecret.required(),
			TLS:            []string{requestpath.TLS12, requestpath.TLS13},
			Versions:       []string{requestpath.HTTP11, requestpath.HTTP2},
		}},
	})
	addGroup(p, requestpath.SecurityGroup{
		Name:    group,
		Ingress: []requestpath.Access{access},
		Egress:  []requestpath.Access{cidrAccess(httpsPort, anywhere)},
	})
	for _, g := range c.args.Network.endpointsAdmitting(group) {
		addGroup(p, g)
	}
}

// checkPath walks a request of CloudFront's to the instance, which forwards Host
// when the viewers' names are on the certificate. The origin's own name may be
// there beside them.
func (c *TLSInstance) checkPath() error {
	a := c.args
	viewers := slices.DeleteFunc(slices.Clone(a.ViewerNames), func(n string) bool { return n == a.OriginDomainName })
	if len(viewers) == 0 {
		viewers = a.ViewerNames
	}
	var p requestpath.Plan
	distribution := anyDistribution(a.OriginDomainName, a.OriginSecret, samples(viewers)...)
	if a.private() {
		distribution.Origin = c
	}
	distribution.addTo(&p, anyDistributionName)
	c.addTo(&p, a.OriginDomainName)
	return pathCheck{owner: &c.planned, mode: a.PathCheck, args: faultyArgs{
		"servers.listeners.certificates": {"acmeDirectoryUrl", a.AcmeDirectoryUrl},
		"":                               {"originDomainName", a.OriginDomainName},
	}}.report(walkAll(p).certain())
}
