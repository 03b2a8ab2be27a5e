package traffic

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
)

// groupState is what counts of a target group for who is in it.
type groupState struct {
	ARN, Protocol, ProtocolVersion string
	Port                           int
}

// listener is a port that speaks what a target group asks. Balancers do not look
// at their targets' certificates.
func (g groupState) listener(port int) server.Listener {
	l := server.Listener{Port: port, Protocol: server.HTTP, Versions: []string{server.HTTP11}}
	switch g.ProtocolVersion {
	case "HTTP2":
		l.Versions = []string{server.HTTP2}
	case "GRPC":
		l.Versions = []string{server.HTTP2, server.GRPC}
	}
	if g.Protocol == server.HTTPS {
		l.Protocol = server.HTTPS
		l.Certificates = []pki.Spec{localhost}
	}
	return l
}

// localhost is the certificate of whoever has none to show.
var localhost = pki.Spec{Names: []string{"localhost"}, Trust: pki.SelfSigned}

// withPort adds a port to those that a server listens on. A port that several
// groups use speaks all their versions; the first group's protocol holds.
func withPort(all []server.Listener, l server.Listener) []server.Listener {
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

// instanceDefault is what an instance answers of which nobody says it: what its
// first boot sets up, what its target groups ask, or an ordinary web server with a
// certificate that nobody trusts.
func instanceDefault(i instanceState, groups []registration) server.Server {
	if names, issuer := firstBoot(i); len(names) > 0 {
		return server.Server{Listeners: []server.Listener{{
			Port: 443, Protocol: server.HTTPS, Versions: []string{server.HTTP11, server.HTTP2},
			Certificates: []pki.Spec{{Names: names, Trust: issuer}},
		}}}
	}
	var out server.Server
	for _, r := range groups {
		out.Listeners = withPort(out.Listeners, r.group.listener(r.port))
	}
	if len(out.Listeners) == 0 {
		out.Listeners = []server.Listener{
			{Port: 80},
			{Port: 443, Protocol: server.HTTPS, Certificates: []pki.Spec{localhost}},
		}
	}
	return out
}

// The parameters of the first boot of an instance with a certificate of its own.
var (
	namesParameter  = regexp.MustCompile(`(?m)^export PORTICO_CERTIFICATE_NAMES='([^']*)'`)
	issuerParameter = regexp.MustCompile(`(?m)^export PORTICO_ACME_URL='?([^'\n]*)'?`)
)

// firstBoot are the names on the certificate that an instance gets at its first
// boot, and who trusts it: nobody, when it is from a staging directory.
// https://letsencrypt.org/docs/staging-environment/
func firstBoot(i instanceState) (names []string, trust string) {
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
