package components

import (
	"slices"

	"github.com/portico-iac/portico/internal/pathplan"
)

// path is the instance as plans of requests know it.
func (a *TLSInstanceArgs) path(name string) pathplan.TLSInstance {
	return pathplan.TLSInstance{
		Name: name, OriginDomainName: a.OriginDomainName, Certificate: a.certificateNames(),
		AcmeDirectoryURL: a.AcmeDirectoryUrl, Network: a.Network.path(),
	}
}

// checkPath walks a request of CloudFront's to the instance, which forwards Host
// when the viewers' names are on the certificate. The origin's own name may be
// there beside them.
func (c *TLSInstance) checkPath() error {
	a, name := c.args, c.name
	viewers := slices.DeleteFunc(slices.Clone(a.ViewerNames), func(n string) bool { return n == a.OriginDomainName })
	if len(viewers) == 0 {
		viewers = a.ViewerNames
	}
	front := pathplan.SomeFront(a.OriginDomainName, pathplan.Secret{}, samples(viewers)...)
	found := pathplan.Check(pathplan.Of(front, a.path(name))).Certain()
	check := pathCheck{component: "TLSInstance", name: name, mode: a.PathCheck, arg: func(field string) faultyArg {
		if field == "servers.listeners.certificates" {
			return faultyArg{"acmeDirectoryUrl", a.AcmeDirectoryUrl}
		}
		return faultyArg{"originDomainName", a.OriginDomainName}
	}}
	return check.report(c.findings, found)
}
