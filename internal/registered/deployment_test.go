package registered_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// encrypted is a secret as Pulumi exports it; two of the same value differ.
func encrypted(text string) state {
	return state{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:" + text}
}

// shown is a secret as Pulumi exports it with --show-secrets.
func shown(t *testing.T, value any) state {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return state{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": string(raw)}
}

// export is the resources as `pulumi stack export` prints them.
func (r resources) export(t *testing.T) []byte {
	t.Helper()
	all := list(state{"urn": "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev", "type": "pulumi:pulumi:Stack"})
	for key, s := range r {
		all = append(all, state{
			"urn": fmt.Sprintf("urn:pulumi:dev::p::%s::name-of-%s", key[0], key[1]), "type": key[0], "id": key[1],
			"custom": true, "outputs": s,
		})
	}
	raw, err := json.Marshal(state{"version": 3, "deployment": state{"resources": all}})
	require.NoError(t, err)
	return raw
}

func (r resources) deployed(t *testing.T) *registered.Model {
	t.Helper()
	found, err := registered.FromDeployment(r.export(t))
	require.NoError(t, err)
	m, err := registered.Read(found, registered.Options{OriginFacing: []string{"pl-cloudfront"}})
	require.NoError(t, err)
	return m
}

// origins of site with something in place of the header's value.
func origins(value any) []any {
	origin := site()[[2]string{distributionType, "E1"}]["origins"].([]any)[0].(state)
	origin["customHeaders"] = list(state{"name": "X-Origin-Verify", "value": value})
	return list(origin)
}

func wants(value any) []any {
	return list(state{"httpHeader": state{"httpHeaderName": "X-Origin-Verify", "values": list(value)}})
}

// However Pulumi keeps the secret, the way is the same, and nothing of the secret
// is in the plan.
func TestSecretsOfDeployments(t *testing.T) {
	cases := map[string]struct {
		origins, conditions any
		header              string
		guessed             bool
	}{
		"in plain text":      {origins("a secret"), wants("a secret"), "X-Origin-Verify", false},
		"values encrypted":   {origins(encrypted("x")), wants(encrypted("y")), "X-Origin-Verify", false},
		"values masked":      {origins("[secret]"), wants("[secret]"), "X-Origin-Verify", false},
		"lists encrypted":    {encrypted("x"), encrypted("y"), "(name encrypted: the one that the rules want)", true},
		"one list encrypted": {origins(encrypted("x")), encrypted("y"), "X-Origin-Verify", false},
		"the other list":     {encrypted("x"), wants(encrypted("y")), "X-Origin-Verify", true},
		"lists shown":        {shown(t, origins("a secret")), shown(t, wants("a secret")), "X-Origin-Verify", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := site()
			public(r)
			r.set(distributionType, "E1", "origins", c.origins)
			r.set(ruleType, "arn:rule", "conditions", c.conditions)
			m := r.deployed(t)
			for _, result := range requestpath.Check(m.Plan) {
				assert.True(t, result.OK, "%s: %+v", result.Name, result.Chain.Outcome)
			}
			raw, err := json.Marshal(m)
			require.NoError(t, err)
			assert.NotContains(t, string(raw), "a secret")
			assert.Equal(t, c.header, m.Plan.Distributions[0].Origins[0].Headers[0].Name)
			assert.Equal(t, "alb.example.com", m.Plan.Distributions[0].Origins[0].DomainName)
			assert.Equal(t, c.guessed, noted(m, "origins") != "", "an origin that is guessed is noted")
		})
	}
}

// A secret that is shown and differs from what the rule wants is not taken to be
// right.
func TestSecretsThatAreShownAreCompared(t *testing.T) {
	r := site()
	public(r)
	r.set(distributionType, "E1", "origins", shown(t, origins("a secret")))
	r.set(ruleType, "arn:rule", "conditions", shown(t, wants("the one before")))
	assert.Equal(t, 403, viewer(r.deployed(t)).Status)
}

// Of several names that could be the origin's none is guessed.
func TestOriginsThatCouldBeSeveral(t *testing.T) {
	r := site()
	r.set(distributionType, "E1", "origins", encrypted("x"))
	r.set(recordType, "other", "fqdn", "other.example.com")
	r.set(recordType, "other", "type", "CNAME")
	r.set(recordType, "other", "records", list("alb.example.com"))
	m := r.deployed(t)
	assert.Equal(t, requestpath.NotDescribed, viewer(m).Reason)
	assert.Contains(t, noted(m, "origins"), "alb.example.com, other.example.com")
	assert.Contains(t, noted(m, "origins"), "--show-secrets")
}

// Without a name of its own the load balancer's is the origin.
func TestOriginsWithoutAName(t *testing.T) {
	r := site()
	r.set(distributionType, "E1", "origins", encrypted("x"))
	delete(r, [2]string{recordType, "alb"})
	o := viewer(r.deployed(t))
	assert.Equal(t, 502, o.Status, "the certificate does not cover it")
}

func TestDeployments(t *testing.T) {
	raw := `{"version": 3, "deployment": {"resources": [
		{"urn": "urn:pulumi:dev::p::aws:ec2/instance:Instance::web", "type": "aws:ec2/instance:Instance", "id": "i-1", "custom": true,
		 "inputs": {"userData": "export A='b'", "ami": "ami-1", "keyName": "k", "__defaults": []},
		 "outputs": {"userData": "9f86d081", "ami": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"},
		             "privateIp": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}},
		{"urn": "urn:pulumi:dev::p::aws:ec2/instance:Instance::old", "type": "aws:ec2/instance:Instance", "id": "i-0", "custom": true, "delete": true},
		{"urn": "urn:pulumi:dev::p::pulumi:providers:aws::eu", "type": "pulumi:providers:aws", "id": "1", "custom": true},
		{"urn": "urn:pulumi:dev::p::portico:index:Network::net", "type": "portico:index:Network"}
	]}}`
	found, err := registered.FromDeployment([]byte(raw))
	require.NoError(t, err)
	require.Len(t, found, 1, "what is about to go, components and providers are no resources")
	assert.Equal(t, "web", found[0].Name)
	assert.Equal(t, "i-1", found[0].ID)
	assert.Equal(t, "export A='b'", found[0].State["userData"], "the provider returns a digest")
	assert.Equal(t, "ami-1", found[0].State["ami"], "an input may be readable where the output is not")
	assert.Equal(t, "k", found[0].State["keyName"])
	assert.Nil(t, found[0].State["privateIp"], "not known yet")

	var whole struct{ Deployment json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(raw), &whole))
	inner, err := registered.FromDeployment(whole.Deployment)
	require.NoError(t, err)
	assert.Equal(t, found, inner)
}

func TestWhatIsNoDeployment(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                  "it is empty",
		`{`:                                 "it is not JSON",
		`{}`:                                "no resources",
		`[]`:                                "something else than",
		`{"version":1,"deployment":{}}`:     "version 1 of a deployment is too old",
		`{"version":3,"deployment":{}}`:     "no resources",
		`{"version":3,"deployment":"none"}`: "something else than",
	} {
		_, err := registered.FromDeployment([]byte(raw))
		if assert.ErrorContains(t, err, want, raw) {
			assert.NotContains(t, err.Error(), "Go ")
		}
	}
}
