package registered_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

func TestReadServers(t *testing.T) {
	servers, err := registered.ReadServers([]byte(`{
		"app": {"health": "", "listeners": [
			{"port": 8080, "versions": ["HTTP/1.1", "gRPC"], "answer": {"status": 301, "location": "/a", "delaySeconds": 2}},
			{"port": 443, "protocol": "HTTPS", "tls": ["TLSv1.2"], "keepaliveSeconds": 5,
				"certificates": [{"names": ["a.example.com"], "expired": true, "trust": "self-signed"}], "answer": {"failure": "reset"}}]},
		"other": {"health": "draining", "listeners": []}}`))
	require.NoError(t, err)
	assert.Equal(t, 301, servers["app"].Listeners[0].Answer.Status)
	assert.True(t, servers["app"].Listeners[1].Certificates[0].Expired)
	assert.Equal(t, requestpath.Draining, servers["other"].Health)
	assert.NoError(t, registered.CheckServers(servers), "what is read is right when it is checked again")
	servers, err = registered.ReadServers([]byte("{}"))
	require.NoError(t, err)
	assert.Empty(t, servers)
}

// Every mistake is named with its place, its value and what would do.
func TestReadServersRefuses(t *testing.T) {
	listener := func(text string) string { return `{"app": {"listeners": [` + text + `]}}` }
	for text, want := range map[string]string{
		"":                                    "it is empty",
		" \n":                                 "it is empty",
		"{} {}":                               "line 1: it is not JSON: invalid character '{' after top-level value",
		"{\n\"app\": {]}":                     "line 2: it is not JSON",
		"[]":                                  "it must be an object in braces, from the name of a server to what it answers, got a list",
		`{"app": null}`:                       "app: must be an object in braces, got null",
		`{"app": {}, "app": {}}`:              "app: it is there twice",
		`{"app": {"Listeners": []}}`:          "app.Listeners: there is no such field: there are health, listeners",
		`{"app": {"health": "sick"}}`:         `app.health: must be "unhealthy" or "draining", got "sick"`,
		`{"app": {"listeners": {}}}`:          "app.listeners: must be a list in brackets, got an object",
		listener(`{"protocol": "HTTP"}`):      "app.listeners[0].port: it is missing",
		listener(`{"port": 0}`):               "app.listeners[0].port: must be a whole number, 1-65535, got 0",
		listener(`{"port": 65536}`):           "app.listeners[0].port: must be a whole number, 1-65535, got 65536",
		listener(`{"port": 80.5}`):            "got 80.5",
		listener(`{"port": "80"}`):            `1-65535, got "80"`,
		listener(`{"port": 80, "port": 81}`):  "app.listeners[0].port: it is there twice",
		listener(`{"port": 80}, {"port":80}`): "app.listeners[1].port: 80 is listened on twice",
		listener(`{"port": 80, "protocol": "http"}`):                   `app.listeners[0].protocol: must be "HTTP" or "HTTPS", got "http"`,
		listener(`{"port": 80, "versions": ["HTTP/3"]}`):               `app.listeners[0].versions[0]: must be "HTTP/1.1" or "HTTP/2" or "gRPC", got "HTTP/3"`,
		listener(`{"port": 80, "tls": ["SSLv3"]}`):                     `app.listeners[0].tls[0]: must be "TLSv1"`,
		listener(`{"port": 80, "keepaliveSeconds": -1}`):               "app.listeners[0].keepaliveSeconds: must be a whole number of seconds from 0 on, got -1",
		listener(`{"port": 80, "certificates": [{"trust": "none"}]}`):  `app.listeners[0].certificates[0].trust: must be "self-signed" or`,
		listener(`{"port": 80, "certificates": [{"expired": "yes"}]}`): `expired: must be true or false, got "yes"`,
		listener(`{"port": 80, "certificates": [{"names": [1]}]}`):     "names[0]: must be a text in quotes, got 1",
		listener(`{"port": 80, "answer": {"status": 199}}`):            "app.listeners[0].answer.status: must be a whole number, 200-599, got 199",
		listener(`{"port": 80, "answer": {"status": 600}}`):            "200-599, got 600",
		listener(`{"port": 80, "answer": {"delaySeconds": -2}}`):       "delaySeconds: must be a whole number of seconds from 0 on, got -2",
		listener(`{"port": 80, "answer": {"failure": "slow"}}`):        `failure: must be "reset" or "malformed", got "slow"`,
		listener(`{"port": 80, "answer": {"body": "x"}}`):              "app.listeners[0].answer.body: there is no such field",
	} {
		_, err := registered.ReadServers([]byte(text))
		if assert.ErrorContains(t, err, want, text) {
			assert.NotContains(t, err.Error(), "registered.")
			assert.NotContains(t, err.Error(), "Go ")
		}
	}
}

func TestCheckServers(t *testing.T) {
	given := func(l requestpath.ServerListener) map[string]registered.Server {
		return map[string]registered.Server{"app": {Listeners: []requestpath.ServerListener{l}}}
	}
	assert.NoError(t, registered.CheckServers(nil))
	assert.NoError(t, registered.CheckServers(map[string]registered.Server{"app": {}}))
	assert.NoError(t, registered.CheckServers(given(requestpath.ServerListener{Port: 443, Certificates: []requestpath.Certificate{{}}})))
	assert.ErrorContains(t, registered.CheckServers(given(requestpath.ServerListener{})), "app.listeners[0].port")
	assert.ErrorContains(t, registered.CheckServers(given(requestpath.ServerListener{Port: 80, Protocol: "TCP"})), `"TCP"`)
}

// Names of servers are those that are registered, and a service's may lack what
// Pulumi adds.
func TestNameServers(t *testing.T) {
	const service, instance = "aws:ecs/service:Service", "aws:ec2/instance:Instance"
	r := resources{
		{service, "s1"}: {"name": "app-0cba81f"}, {service, "s2"}: {"name": "two-0000001"}, {service, "s3"}: {"name": "two-0000002"},
		{service, "s4"}: {"name": "web-0cba81g"}, {service, "s5"}: {"name": "own"}, {service, "s6"}: {"name": "own-0cba81f", "desiredCount": 0.0},
		{instance, "i-1"}: {"privateIp": "10.0.0.4", "tags": state{"Name": "machine"}},
	}
	name := func(keys ...string) (map[string]registered.Server, error) {
		servers := map[string]registered.Server{}
		for _, key := range keys {
			servers[key] = registered.Server{Health: requestpath.Draining}
		}
		return registered.NameServers(servers, r.all(), registered.Options{})
	}
	for key, full := range map[string]string{
		"app": "app-0cba81f", "app-0cba81f": "app-0cba81f", "two-0000002": "two-0000002", "own": "own", "own-0cba81f": "own-0cba81f",
		"i-1": "i-1", "machine": "machine",
	} {
		named, err := name(key)
		require.NoError(t, err, key)
		assert.Equal(t, map[string]registered.Server{full: {Health: requestpath.Draining}}, named)
	}
	for keys, want := range map[string]string{
		"two":             "two: several ECS services have that name without Pulumi's suffix: name one of two-0000001, two-0000002",
		"web":             "web: no instance has that id or Name tag and no ECS service that name: there are i-1, machine, ",
		"":                ": no instance",
		"app app-0cba81f": "app-0cba81f: it is the server that another entry is about too",
	} {
		_, err := name(strings.Split(keys, " ")...)
		assert.ErrorContains(t, err, want)
	}
	_, err := registered.NameServers(map[string]registered.Server{"a": {}}, nil, registered.Options{})
	assert.ErrorContains(t, err, "there is no server at all")
	none, err := registered.NameServers(nil, nil, registered.Options{})
	assert.NoError(t, err)
	assert.Empty(t, none)
}
