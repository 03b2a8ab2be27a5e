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

// listenerFor returns a listener with the protocol and version of a target group. Load
// balancers do not verify their targets' certificates.
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

// withListener adds a listener to those of a server. A port of several target groups
// has all their versions over the first group's protocol.
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

// defaultService returns the default server of a service's tasks: the protocols of the
// service's target groups.
func defaultService(r *account.Resources, s account.Service) server.Server {
	var out server.Server
	for _, lb := range s.LoadBalancers {
		group, _ := r.TargetGroup(lb.TargetGroupARN)
		out.Listeners = withListener(out.Listeners, listenerFor(group, lb.ContainerPort))
	}
	return out
}

// defaultInstance returns the default server of an instance: what its first boot sets
// up, the protocols of its target groups, or an ordinary web server with a self-signed
// certificate.
func defaultInstance(r *account.Resources, i account.Instance) server.Server {
	if l, ok := firstBoot(r, i); ok {
		return server.Server{Listeners: []server.Listener{l}}
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

// parameter is a parameter of the first boot of an instance with a certificate of its own.
var parameter = regexp.MustCompile(`(?m)^export PORTICO_([A-Z_]+)='?([^'\n]*)'?`)

// firstBoot returns what an instance serves after its first boot. Nobody trusts a
// certificate from a staging directory. An instance with a secret accepts what the
// parameter holds that its user data names.
// https://letsencrypt.org/docs/staging-environment/
func firstBoot(r *account.Resources, i account.Instance) (server.Listener, bool) {
	script := i.UserData
	for _, encoded := range []string{i.UserData, i.UserDataBase64} {
		if raw, err := base64.StdEncoding.DecodeString(encoded); err == nil && len(raw) > 0 {
			script = string(raw)
		}
	}
	given := map[string]string{}
	for _, m := range parameter.FindAllStringSubmatch(script, -1) {
		given[m[1]] = m[2]
	}
	certificate := pki.Spec{Names: strings.FieldsFunc(given["CERTIFICATE_NAMES"], func(r rune) bool { return r == ',' || r == ' ' })}
	if strings.Contains(given["ACME_URL"], "staging") {
		certificate.Trust = pki.UnknownIssuer
	}
	l := server.Listener{
		Port: 443, Protocol: server.HTTPS, Versions: []string{server.HTTP11, server.HTTP2}, Certificates: []pki.Spec{certificate},
	}
	if secret := given["SECRET_PARAMETER"]; secret != "" {
		l.RequiredHeader = &server.RequiredHeader{
			Name: given["SECRET_HEADER"], Values: strings.FieldsFunc(r.Parameter(secret), func(r rune) bool { return r == ',' }),
		}
	}
	return l, len(certificate.Names) > 0
}
