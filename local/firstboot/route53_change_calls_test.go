package firstboot_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/local/firstboot"
)

const challenge = "_acme-challenge.example.com"

func TestAChangeShowsWhenItIsInSync(t *testing.T) {
	dns := names{}
	c := newClient(t, firstboot.Route53Options{Zones: zones(), DNS: dns, Pending: 1})
	status, made := c.change("Z2", txt("UPSERT", challenge, `"one"`))
	require.Equal(t, http.StatusOK, status, made.Error)
	assert.Equal(t, "PENDING", made.ChangeInfo.Status)
	_, later := c.change("Z2", txt("UPSERT", challenge, `"one"`, `"two"`))
	assert.NotEqual(t, made.ChangeInfo.ID, later.ChangeInfo.ID)

	_, asked := c.get(made.ChangeInfo.ID)
	assert.Equal(t, "PENDING", asked.ChangeInfo.Status)
	assert.Empty(t, dns)
	_, asked = c.get(made.ChangeInfo.ID)
	assert.Equal(t, "INSYNC", asked.ChangeInfo.Status)
	assert.Equal(t, names{"Z2 _acme-challenge.example.com. TXT": {`"one"`}}, dns)

	_, listed := c.get("/hostedzone/Z2/rrset?name=" + challenge + "&type=TXT&maxitems=1")
	assert.Equal(t, []string{`"one"`, `"two"`}, listed.Records[0].Values)
	_, deleted := c.change("Z2", txt("DELETE", challenge, `"two"`, `"one"`))
	c.get(deleted.ChangeInfo.ID)
	_, asked = c.get(deleted.ChangeInfo.ID)
	assert.Equal(t, "INSYNC", asked.ChangeInfo.Status)
	assert.Empty(t, dns, "the change before shows with it")
	_, asked = c.get(later.ChangeInfo.ID)
	assert.Equal(t, "INSYNC", asked.ChangeInfo.Status)

	status, none := c.get("/change/C7")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Equal(t, "NoSuchChange", none.Error.Code)
}

func TestABatchIsDoneAsAWholeOrNotAtAll(t *testing.T) {
	dns := names{}
	c := newClient(t, firstboot.Route53Options{Zones: zones(), DNS: dns})
	status, out := c.change("Z2", txt("CREATE", "a.example.com", `"x"`), txt("CREATE", "a.example.com", `"x"`), txt("DELETE", "b.example.com", `"x"`))
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "InvalidChangeBatch", out.Error.Code)
	assert.Equal(t, "[Tried to create resource record set [name='a.example.com.', type='TXT'] but it already exists, "+
		"Tried to delete resource record set [name='b.example.com.', type='TXT'] but it was not found]", out.Error.Message)
	assert.Empty(t, dns)
	status, _ = c.change("Z2", txt("CREATE", "a.example.com", `"x"`))
	assert.Equal(t, http.StatusOK, status)
	assert.Len(t, dns, 1)
	assert.Contains(t, c.api.Zones()[0].Records, firstboot.Record{Name: "a.example.com.", Type: "TXT", TTL: 10, Values: []string{`"x"`}})
}

func TestRefusedChanges(t *testing.T) {
	long := strings.Repeat("x", 256)
	for name, tt := range map[string]struct {
		zone string
		step step
		want string
	}{
		"other zone":           {"Z2", txt("UPSERT", "a.example.org", `"x"`), "RRSet with DNS name a.example.org. is not permitted in zone example.com."},
		"no such zone":         {"Z7", txt("UPSERT", "a.example.com", `"x"`), "No hosted zone found with ID: Z7"},
		"part of a label":      {"Z2", txt("UPSERT", "notexample.com", `"x"`), "is not permitted in zone"},
		"no quotes":            {"Z2", txt("UPSERT", "a.example.com", `x`), "InvalidCharacterString (Value should be enclosed in quotation marks) encountered with 'x'"},
		"text after quotes":    {"Z2", txt("UPSERT", "a.example.com", `"x" y`), "InvalidCharacterString"},
		"quote in quotes":      {"Z2", txt("UPSERT", "a.example.com", `"x"y"`), "InvalidCharacterString"},
		"too long":             {"Z2", txt("UPSERT", "a.example.com", `"`+long+`"`), "CharacterStringTooLong"},
		"too long altogether":  {"Z2", txt("UPSERT", "a.example.com", strings.Repeat(`"x"`, 1334)), "CharacterStringTooLong"},
		"twice the same":       {"Z2", txt("UPSERT", "a.example.com", `"x"`, `"x"`), `Duplicate Resource Record: '"x"'`},
		"beside a CNAME":       {"Z2", txt("UPSERT", "www.example.com", `"x"`), "a conflicting RRSet of type CNAME with the same DNS name already exists in zone example.com."},
		"CNAME beside another": {"Z2", step{"UPSERT", "example.com", "CNAME", []string{"a.example.com"}}, "conflicting RRSet of type NS"},
		"other values":         {"Z2", step{"DELETE", "www.example.com", "CNAME", []string{"example.org"}}, "the values provided do not match the current values"},
		"no address":           {"Z2", step{"UPSERT", "a.example.com", "A", []string{"::1"}}, "ARRDATAIllegalIPv4Address"},
		"no domain":            {"Z2", step{"UPSERT", "a.example.com", "CNAME", []string{"a b"}}, "not a valid domain name"},
		"two names":            {"Z2", step{"UPSERT", "a.example.com", "CNAME", []string{"b.example.com", "c.example.com"}}, "more than one value"},
		"unknown type":         {"Z2", step{"UPSERT", "a.example.com", "MX", []string{"10 a"}}, "records of type MX cannot be changed here"},
		"unknown action":       {"Z2", txt("PUT", "a.example.com", `"x"`), "Member must satisfy enum value set: [CREATE, DELETE, UPSERT]"},
		"no values":            {"Z2", txt("UPSERT", "a.example.com"), "[Action=UPSERT, Name=a.example.com., Type=TXT, SetIdentifier=null]"},
	} {
		t.Run(name, func(t *testing.T) {
			dns := names{}
			_, out := newClient(t, firstboot.Route53Options{Zones: zones(), DNS: dns}).change(tt.zone, tt.step)
			assert.Contains(t, out.Error.Message, tt.want)
			assert.Empty(t, dns)
		})
	}
	c := newClient(t, firstboot.Route53Options{Zones: zones()})
	_, out := c.change("Z2")
	assert.Equal(t, "InvalidInput", out.Error.Code)
	_, out = c.send(http.MethodPost, "/hostedzone/Z2/rrset", "<x")
	assert.Equal(t, "MalformedInput", out.Error.Code)
}

func TestTexts(t *testing.T) {
	for _, value := range []string{`""`, `"a" "b"`, `"a""b"`, `"say \"hi\" \\ \052"`, `"` + strings.Repeat(`\052`, 255) + `"`} {
		status, out := newClient(t, firstboot.Route53Options{Zones: zones()}).change("Z2", txt("UPSERT", "a.example.com", value))
		assert.Equal(t, http.StatusOK, status, "%s: %s", value, out.Error.Message)
	}
}

// The policy of a TLSInstance allows the challenges of its names, and nothing else.
func TestThePolicyDecides(t *testing.T) {
	policy, err := iampolicy.Certbot("aws", "Z2", []string{"*.example.com"}).JSON()
	require.NoError(t, err)
	c := newClient(t, firstboot.Route53Options{Zones: zones(), Allows: func(call firstboot.Call) (bool, error) {
		return iampolicy.Allows([]string{policy}, iampolicy.Call{Action: call.Action, Resource: call.Resource, Context: call.Context})
	}})
	for name, tt := range map[string]struct {
		zone string
		step step
		code string
	}{
		"challenge":       {"Z2", txt("UPSERT", "_ACME-challenge.example.com.", `"x"`), ""},
		"creating":        {"Z2", txt("CREATE", challenge, `"y"`), "AccessDenied"},
		"other name":      {"Z2", txt("UPSERT", "_acme-challenge.www.example.com", `"x"`), "AccessDenied"},
		"a star":          {"Z2", txt("UPSERT", "*.example.com", `"x"`), "AccessDenied"},
		"the public zone": {"Z1", txt("UPSERT", challenge, `"x"`), "AccessDenied"},
		"other type":      {"Z2", step{"UPSERT", challenge, "A", []string{"192.0.2.1"}}, "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			_, out := c.change(tt.zone, tt.step)
			assert.Equal(t, tt.code, out.Error.Code)
		})
	}
	status, _ := c.change("Z2", txt("UPSERT", challenge, `"x"`), txt("UPSERT", "a.example.com", `"x"`))
	assert.Equal(t, http.StatusForbidden, status, "one step of a batch is enough")
	for path, want := range map[string]int{
		"/hostedzone": http.StatusOK, "/hostedzone/Z2/rrset": http.StatusForbidden, "/hostedzone/Z2": http.StatusForbidden,
		"/hostedzonesbyname": http.StatusForbidden, "/change/C0000000000001": http.StatusOK,
	} {
		status, _ := c.get(path)
		assert.Equal(t, want, status, path)
	}
	calls := c.api.Calls()
	assert.Len(t, calls, 12)
	assert.Equal(t, []string{`\052.example.com`}, starCall(calls).Context["route53:ChangeResourceRecordSetsNormalizedRecordNames"])
}

func starCall(calls []firstboot.Call) (found firstboot.Call) {
	for _, call := range calls {
		if names := call.Context["route53:ChangeResourceRecordSetsNormalizedRecordNames"]; len(names) == 1 && strings.HasPrefix(names[0], `\`) {
			found = call
		}
	}
	return found
}
