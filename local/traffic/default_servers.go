package traffic

import (
	"cmp"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
)

// listenerFor is a listener that speaks what a target group asks. Load balancers do
// not look at their targets' certificates.
func listenerFor(g account.TargetGroup, port int) server.Listener {
	l := server.Listener{Port: port, Protocol: g.Protocol, Versions: []string{server.HTTP11}}
	switch g.ProtocolVersion {
	case "HTTP2":
		l.Versions = []string{server.HTTP2}
	case "GRPC":
		l.Versions = []string{server.HTTP2, server.GRPC}
	}
	return l
}

// withListener adds a listener to those of a server. A port that several target
// groups use speaks all their versions over the first group's protocol.
func withListener(all []server.Listener, l server.Listener) []server.Listener {
	i := slices.IndexFunc(all, func(o server.Listener) bool { return o.Port == l.Port })
	if i < 0 {
		return append(all, l)
	}
	for _, v := range l.Versions {
		if !slices.Contains(all[i].Versions, v) {
			all[i].Versions = append(all[i].Versions, v)
		}
	}
	return all
}

// defaultService is what the tasks of a service answer when nothing else is given:
// they speak what the service's target groups ask.
func defaultService(r *account.Resources, s account.Service) server.Server {
	var out server.Server
	for _, lb := range s.LoadBalancers {
		group, _ := r.TargetGroup(lb.TargetGroupARN)
		out.Listeners = withListener(out.Listeners, listenerFor(group, lb.ContainerPort))
	}
	return out
}

// defaultInstance is what an instance answers when nothing else is given: what its
// first boot sets up, what its target groups ask, or an ordinary web server with a
// certificate that nobody trusts.
func defaultInstance(r *account.Resources, i account.Instance) server.Server {
	if names, trust := firstBootCertificate(i); len(names) > 0 {
		return server.Server{Listeners: []server.Listener{{
			Port: 443, Protocol: server.HTTPS, Versions: []string{server.HTTP11, server.HTTP2},
			Certificates: []pki.Spec{{Names: names, Trust: trust}},
		}}}
	}
	var out server.Server
	for _, a := range r.Attachments {
		if a.TargetID == i.ID || a.TargetID == i.PrivateIP {
			group, _ := r.TargetGroup(a.TargetGroupARN)
			out.Listeners = withListener(out.Listeners, listenerFor(group, cmp.Or(a.Port, group.Port)))
		}
	}
	if len(out.Listeners) == 0 {
		out.Listeners = []server.Listener{{Port: 80}, {Port: 443, Protocol: server.HTTPS}}
	}
	return out
}

// The parameters of the first boot of an instance with a certificate of its own.
var (
	namesParameter  = regexp.MustCompile(`(?m)^export PORTICO_CERTIFICATE_NAMES='([^']*)'`)
	issuerParameter = regexp.MustCompile(`(?m)^export PORTICO_ACME_URL='?([^'\n]*)'?`)
)

// firstBootCertificate are the names on the certificate that an instance gets at
// its first boot, and its trust: one from a staging directory is trusted by nobody.
// https://letsencrypt.org/docs/staging-environment/
func firstBootCertificate(i account.Instance) (names []string, trust string) {
	script := i.UserData
	for _, encoded := range []string{i.UserData, i.UserDataBase64} {
		if raw, err := base64.StdEncoding.DecodeString(encoded); err == nil && len(raw) > 0 {
			script = string(raw)
		}
	}
	found := namesParameter.FindStringSubmatch(script)
	if found == nil {
		return nil, ""
	}
	for name := range strings.SplitSeq(found[1], ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	if url := issuerParameter.FindStringSubmatch(script); url != nil && strings.Contains(url[1], "staging") {
		trust = pki.UnknownIssuer
	}
	return names, trust
}
