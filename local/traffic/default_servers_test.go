package traffic

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/server"
)

func TestAServerSpeaksWhatItsGroupAsks(t *testing.T) {
	for version, want := range map[string][]string{
		"": {server.HTTP11}, "HTTP1": {server.HTTP11}, "HTTP2": {server.HTTP2}, "GRPC": {server.HTTP2, server.GRPC},
	} {
		assert.Equal(t, server.Listener{Port: 8080, Protocol: server.HTTP, Versions: want},
			listenerFor(account.TargetGroup{Protocol: "HTTP", ProtocolVersion: version}, 8080))
		assert.Equal(t, server.Listener{Port: 8443, Protocol: server.HTTPS, Versions: want},
			listenerFor(account.TargetGroup{Protocol: "HTTPS", ProtocolVersion: version}, 8443))
	}
}

func TestAPortOfTwoGroupsSpeaksBothVersions(t *testing.T) {
	i := account.Instance{ID: "i-1", PrivateIP: "10.0.0.7"}
	got := defaultInstance(&account.Resources{
		TargetGroups: []account.TargetGroup{
			{ARN: "one", Protocol: "HTTP", ProtocolVersion: "HTTP1", Port: 80}, {ARN: "grpc", Protocol: "HTTP", ProtocolVersion: "GRPC", Port: 9},
		},
		Attachments: []account.Attachment{
			{TargetGroupARN: "one", TargetID: "i-1"}, {TargetGroupARN: "grpc", TargetID: "10.0.0.7", Port: 80},
			{TargetGroupARN: "one", TargetID: "i-1", Port: 81}, {TargetGroupARN: "one", TargetID: "i-2", Port: 82},
		},
	}, i)
	assert.Equal(t, []server.Listener{
		{Port: 80, Protocol: server.HTTP, Versions: []string{server.HTTP11, server.HTTP2, server.GRPC}},
		{Port: 81, Protocol: server.HTTP, Versions: []string{server.HTTP11}},
	}, got.Listeners)
}

func TestAnInstanceOfNobodyIsAWebServer(t *testing.T) {
	assert.Equal(t, []server.Listener{
		{Port: 80}, {Port: 443, Protocol: server.HTTPS},
	}, defaultInstance(&account.Resources{}, account.Instance{UserData: "#!/bin/sh\necho hello\n"}).Listeners)
}

func TestAFirstBootGetsACertificate(t *testing.T) {
	script := "#!/bin/bash\nexport PORTICO_CERTIFICATE_NAMES='a.example.com, b.example.com'\nexport PORTICO_ACME_URL="
	encoded := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		instance account.Instance
		trust    string
	}{
		{account.Instance{UserData: script + "'https://acme-v02.api.letsencrypt.org/directory'\n"}, ""},
		{account.Instance{UserDataBase64: encoded(script + "'https://acme-v02.api.letsencrypt.org/directory'\n")}, ""},
		{account.Instance{UserData: encoded(script + "'https://acme-staging-v02.api.letsencrypt.org/directory'\n")}, pki.UnknownIssuer},
		{account.Instance{UserData: script + "https://acme-staging-v02.api.letsencrypt.org/directory\n"}, pki.UnknownIssuer},
	} {
		c.instance.ID = "i-1"
		got := defaultInstance(&account.Resources{Attachments: []account.Attachment{{TargetID: "i-1", Port: 80}}}, c.instance)
		assert.Equal(t, []server.Listener{{
			Port: 443, Protocol: server.HTTPS, Versions: []string{server.HTTP11, server.HTTP2},
			Certificates: []pki.Spec{{Names: []string{"a.example.com", "b.example.com"}, Trust: c.trust}},
		}}, got.Listeners)
	}
}

func TestAFirstBootWithASecretAcceptsWhatItsParameterHolds(t *testing.T) {
	const arn = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/origin-secret"
	script := "export PORTICO_CERTIFICATE_NAMES='a.example.com'\nexport PORTICO_SECRET_PARAMETER='" + arn + "'\nexport PORTICO_SECRET_HEADER='X-Mine'\n"
	required := func(r *account.Resources) *server.RequiredHeader {
		return defaultInstance(r, account.Instance{UserData: script}).Listeners[0].RequiredHeader
	}
	held := &account.Resources{Parameters: []account.Parameter{{ARN: "other", Value: "x"}, {ARN: arn, Value: "new,old"}}}
	assert.Equal(t, &server.RequiredHeader{Name: "X-Mine", Values: []string{"new", "old"}}, required(held))
	assert.Equal(t, &server.RequiredHeader{Name: "X-Mine", Values: []string{}}, required(&account.Resources{}), "nobody is answered")
}
