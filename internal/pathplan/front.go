package pathplan

import (
	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// Front is a distribution in front of one HTTPS origin.
type Front struct {
	Name string
	// Aliases are its names, on the certificate of Certificate's names; without
	// any it has only the name that CloudFront assigns.
	Aliases     []string
	Certificate []string
	// Unrecorded says that no records lead to it from its aliases.
	Unrecorded        bool
	MinimumTLS        string
	DefaultRootObject string

	OriginDomainName string
	OriginPort       int
	// ReadTimeoutSeconds and KeepaliveTimeoutSeconds are those towards the origin.
	ReadTimeoutSeconds      int
	KeepaliveTimeoutSeconds int
	ForwardsHost            bool
	// Secret is what it sends to the origin.
	Secret Secret
}

// AddTo adds the distribution and its records.
func (f Front) AddTo(p *requestpath.Plan) {
	e := requestpath.Edge{
		Name: f.Name, DomainName: requestpath.AssignedEdgeName, Aliases: f.Aliases,
		ViewerProtocolPolicy: requestpath.RedirectToHTTPS,
		MinimumTLS:           f.MinimumTLS,
		HTTPVersion:          "http2and3",
		IPv6:                 true,
		AllowedMethods:       awstable.DistributionMethods,
		DefaultRootObject:    f.DefaultRootObject,
		Origin: requestpath.Origin{
			DomainName:     f.OriginDomainName,
			ProtocolPolicy: requestpath.HTTPSOnly,
			HTTPPort:       httpPort, HTTPSPort: f.OriginPort,
			SSLProtocols:            []string{requestpath.TLS12},
			ReadTimeoutSeconds:      f.ReadTimeoutSeconds,
			KeepaliveTimeoutSeconds: f.KeepaliveTimeoutSeconds,
			ForwardsHost:            f.ForwardsHost, ForwardsHeaders: true, ForwardsQuery: true,
			Headers: f.Secret.sent(),
		},
	}
	if len(f.Aliases) > 0 {
		e.Certificate = &requestpath.Certificate{Names: f.Certificate}
	}
	p.Edges = append(p.Edges, e)
	if !f.Unrecorded {
		addRecords(p, f.Aliases, requestpath.AssignedEdgeName, true)
	}
}
