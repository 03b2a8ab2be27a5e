package traffic

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
)

func TestAServerSpeaksWhatItsGroupAsks(t *testing.T) {
	for version, want := range map[string][]string{
		"": {server.HTTP11}, "HTTP1": {server.HTTP11}, "HTTP2": {server.HTTP2}, "GRPC": {server.HTTP2, server.GRPC},
	} {
		assert.Equal(t, server.Listener{Port: 8080, Protocol: server.HTTP, Versions: want},
			groupState{Protocol: "HTTP", ProtocolVersion: version}.listener(8080))
		assert.Equal(t, server.Listener{Port: 8443, Protocol: server.HTTPS, Versions: want, Certificates: []pki.Spec{localhost}},
			groupState{Protocol: "HTTPS", ProtocolVersion: version}.listener(8443))
	}
}

func TestAPortOfTwoGroupsSpeaksBothVersions(t *testing.T) {
	got := instanceDefault(instanceState{}, []registration{
		{port: 80, group: groupState{Protocol: "HTTP", ProtocolVersion: "HTTP1"}},
		{port: 80, group: groupState{Protocol: "HTTP", ProtocolVersion: "GRPC"}},
		{port: 81, group: groupState{Protocol: "HTTP", ProtocolVersion: "HTTP1"}},
	})
	assert.Equal(t, []server.Listener{
		{Port: 80, Protocol: server.HTTP, Versions: []string{server.HTTP11, server.HTTP2, server.GRPC}},
		{Port: 81, Protocol: server.HTTP, Versions: []string{server.HTTP11}},
	}, got.Listeners)
}

func TestAnInstanceOfNobodyIsAWebServer(t *testing.T) {
	assert.Equal(t, []server.Listener{
		{Port: 80}, {Port: 443, Protocol: server.HTTPS, Certificates: []pki.Spec{localhost}},
	}, instanceDefault(instanceState{UserData: "#!/bin/sh\necho hello\n"}, nil).Listeners)
}

func TestAFirstBootGetsACertificate(t *testing.T) {
	script := "#!/bin/bash\nexport PORTICO_CERTIFICATE_NAMES='a.example.com, b.example.com'\nexport PORTICO_ACME_URL="
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		instance instanceState
		trust    string
	}{
		{instanceState{UserData: script + "'https://acme-v02.api.letsencrypt.org/directory'\n"}, ""},
		{instanceState{UserDataBase64: encoded(script + "'https://acme-v02.api.letsencrypt.org/directory'\n")}, ""},
		{instanceState{UserData: encoded(script + "'https://acme-staging-v02.api.letsencrypt.org/directory'\n")}, pki.UnknownIssuer},
		{instanceState{UserData: script + "https://acme-staging-v02.api.letsencrypt.org/directory\n"}, pki.UnknownIssuer},
	} {
		got := instanceDefault(c.instance, []registration{{port: 80, group: groupState{Protocol: "HTTP"}}})
		assert.Equal(t, []server.Listener{{
			Port: 443, Protocol: server.HTTPS, Versions: []string{server.HTTP11, server.HTTP2},
			Certificates: []pki.Spec{{Names: []string{"a.example.com", "b.example.com"}, Trust: c.trust}},
		}}, got.Listeners)
	}
}
