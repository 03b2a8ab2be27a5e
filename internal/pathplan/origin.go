package pathplan

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// TLSInstance is an instance that serves CloudFront over HTTPS with a certificate
// of its own.
type TLSInstance struct {
	Name             string
	OriginDomainName string
	// OtherName leads there too, unless it is "" or the same.
	OtherName        string
	Certificate      []string
	AcmeDirectoryURL string
	Network          Network
}

// AddTo adds the instance, its record and its group.
func (i TLSInstance) AddTo(p *requestpath.Plan) {
	group := i.Name + "-instance"
	certificate := requestpath.Certificate{Names: i.Certificate}
	if strings.Contains(i.AcmeDirectoryURL, "staging") { // nobody trusts what staging directories issue
		certificate.Trust = requestpath.UnknownIssuer
	}
	names := []string{i.OriginDomainName}
	if i.OtherName != "" && i.OtherName != i.OriginDomainName {
		names = append(names, i.OtherName)
	}
	for _, n := range names {
		p.Records = append(p.Records, requestpath.Record{Name: n, Type: requestpath.RecordA, Addresses: []string{PublicAddress}})
	}
	p.Servers = append(p.Servers, requestpath.Server{
		Name: i.Name, Addresses: []string{PrivateAddress, PublicAddress}, SecurityGroups: []string{group},
		Listeners: []requestpath.ServerListener{{
			Port: httpsPort, Protocol: requestpath.ProtocolHTTPS,
			Certificates: []requestpath.Certificate{certificate},
			TLS:          []string{requestpath.TLS12, requestpath.TLS13},
			Versions:     []string{requestpath.HTTP11, requestpath.HTTP2},
		}},
	})
	addGroup(p, requestpath.SecurityGroup{
		Name:    group,
		Ingress: []requestpath.Access{fromList(httpsPort, requestpath.OriginFacing)},
		Egress:  []requestpath.Access{fromCIDR(httpsPort, anywhere)},
	})
	for _, g := range i.Network.admitting(group) {
		addGroup(p, g)
	}
}

// SomeOrigin is an origin of which nothing is known but its name: it is taken to
// answer there, with a certificate that covers whatever is asked of it.
type SomeOrigin struct {
	DomainName string
	Port       int
	// ViewerNames are on its certificate too, since they may be asked for.
	ViewerNames []string
}

// AddTo adds the origin and its record.
func (o SomeOrigin) AddTo(p *requestpath.Plan) {
	const name = "origin"
	p.Records = append(p.Records, requestpath.Record{
		Name: o.DomainName, Type: requestpath.RecordA, Addresses: []string{PublicAddress},
	})
	p.Servers = append(p.Servers, requestpath.Server{
		Name: name, Addresses: []string{PublicAddress}, SecurityGroups: []string{name},
		Listeners: []requestpath.ServerListener{{
			Port: o.Port, Protocol: requestpath.ProtocolHTTPS,
			Certificates: []requestpath.Certificate{{
				Names: slices.Concat([]string{o.DomainName, requestpath.AssignedEdgeName}, o.ViewerNames),
			}},
		}},
	})
	addGroup(p, requestpath.SecurityGroup{
		Name: name, Ingress: []requestpath.Access{fromList(o.Port, requestpath.OriginFacing)},
	})
}

// SomeFront is a distribution of which nothing is known but its origin. It
// forwards Host for the viewers' names that are given; without any, viewers use
// the name that CloudFront assigns.
func SomeFront(originDomainName string, secret Secret, viewerNames ...string) Front {
	return Front{
		Name: "CloudFront", Aliases: viewerNames, Certificate: viewerNames,
		OriginDomainName: originDomainName, OriginPort: httpsPort,
		ForwardsHost: len(viewerNames) > 0, Secret: secret,
	}
}

// SomeRoute takes every request of a balancer that has no route yet.
func SomeRoute() Route {
	return Route{
		Name: "targets", Priority: 1, Paths: []string{"/*"}, Port: httpPort,
		Protocol: requestpath.ProtocolHTTP, ProtocolVersion: requestpath.VersionHTTP1,
		Target: Anything("target", ""),
	}
}
