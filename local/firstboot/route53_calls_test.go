package firstboot_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/firstboot"
)

const exampleKey = "AKIAEXAMPLE"

// names is a DNS that records its values by "zone name type".
type names map[string][]string

func (n names) Set(zone, name, typ string, values []string) error {
	n[zone+" "+name+" "+typ] = values
	return nil
}

func (n names) Delete(zone, name, typ string) error {
	delete(n, zone+" "+name+" "+typ)
	return nil
}

type client struct {
	t   *testing.T
	api *firstboot.Route53
	key string
}

func newClient(t *testing.T, o firstboot.Route53Options) client {
	t.Helper()
	o.AccessKey = exampleKey
	api, err := firstboot.NewRoute53(o)
	require.NoError(t, err)
	return client{t, api, exampleKey}
}

// answer has the fields of answers that the tests read.
type answer struct {
	XMLName xml.Name
	Error   struct{ Code, Message string }
	Zones   []struct {
		ID     string `xml:"Id"`
		Name   string
		Config struct{ PrivateZone bool }
	} `xml:"HostedZones>HostedZone"`
	Records []struct {
		Name, Type  string
		TTL         *int
		Values      []string `xml:"ResourceRecords>ResourceRecord>Value"`
		AliasTarget struct{ DNSName string }
	} `xml:"ResourceRecordSets>ResourceRecordSet"`
	HostedZone     struct{ Name string }
	IsTruncated    bool
	NextMarker     string
	NextDNSName    string
	NextRecordName string
	NextRecordType string
	ChangeInfo     struct {
		ID     string `xml:"Id"`
		Status string
	}
}

func (c client) send(method, path, body string) (int, answer) {
	c.t.Helper()
	r := httptest.NewRequest(method, "http://route53.test/2013-04-01"+path, strings.NewReader(body))
	if c.key != "" {
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+c.key+"/20260101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=0")
	}
	w := httptest.NewRecorder()
	c.api.ServeHTTP(w, r)
	raw, err := io.ReadAll(w.Body)
	require.NoError(c.t, err)
	var out answer
	require.NoError(c.t, xml.Unmarshal(raw, &out), string(raw))
	return w.Code, out
}

func (c client) get(path string) (int, answer) { c.t.Helper(); return c.send(http.MethodGet, path, "") }

// step is one change of a batch.
type step struct {
	action, name, typ string
	values            []string
}

func txt(action, name string, values ...string) step { return step{action, name, "TXT", values} }

func (c client) change(zone string, steps ...step) (int, answer) {
	c.t.Helper()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes>`)
	for _, s := range steps {
		fmt.Fprintf(&b, "<Change><Action>%s</Action><ResourceRecordSet><Name>%s</Name><Type>%s</Type><TTL>10</TTL><ResourceRecords>", s.action, s.name, s.typ)
		for _, v := range s.values {
			fmt.Fprintf(&b, "<ResourceRecord><Value>%s</Value></ResourceRecord>", v)
		}
		b.WriteString("</ResourceRecords></ResourceRecordSet></Change>")
	}
	b.WriteString("</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>")
	return c.send(http.MethodPost, "/hostedzone/"+zone+"/rrset/", b.String())
}

func zones() []firstboot.Zone {
	return []firstboot.Zone{
		{ID: "Z2", Name: "example.com", Records: []firstboot.Record{
			{Name: "example.com", Type: "NS", TTL: 172800, Values: []string{"ns-1.awsdns-00.com"}},
			{Name: "www.example.com", Type: "CNAME", TTL: 300, Values: []string{"example.com"}},
			{Name: "*.example.com", Type: "A", Alias: &firstboot.Alias{ZoneID: "Z9", Name: "web.elb.test"}},
		}},
		{ID: "Z1", Name: "example.org."},
		{ID: "Z3", Name: "example.com", Private: true},
	}
}

func TestOnlyTheRightKeyIsAnswered(t *testing.T) {
	c := newClient(t, firstboot.Route53Options{Zones: zones()})
	for key, code := range map[string]string{"AKIAOTHER": "InvalidClientTokenId", "": "MissingAuthenticationToken"} {
		c.key = key
		status, out := c.get("/hostedzone")
		assert.Equal(t, http.StatusForbidden, status)
		assert.Equal(t, code, out.Error.Code)
	}
	assert.Empty(t, c.api.Calls())
	_, err := firstboot.NewRoute53(firstboot.Route53Options{})
	assert.ErrorContains(t, err, "AccessKey is required")
}

func TestZonesAreListedPageByPage(t *testing.T) {
	c := newClient(t, firstboot.Route53Options{Zones: zones(), PageSize: 2})
	_, first := c.get("/hostedzone")
	require.Len(t, first.Zones, 2)
	assert.True(t, first.IsTruncated)
	assert.Equal(t, "/hostedzone/Z1", first.Zones[0].ID)
	assert.Equal(t, "Z3", first.NextMarker)
	_, second := c.get("/hostedzone?marker=" + first.NextMarker)
	require.Len(t, second.Zones, 1)
	assert.False(t, second.IsTruncated)
	assert.True(t, second.Zones[0].Config.PrivateZone)
	_, one := c.get("/hostedzone?maxitems=1")
	assert.Len(t, one.Zones, 1)
	status, wrong := c.get("/hostedzone?marker=Z7")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "InvalidInput", wrong.Error.Code)
	_, wrong = c.get("/hostedzone?maxitems=x")
	assert.Equal(t, "InvalidInput", wrong.Error.Code)
}

func TestZonesAreFoundByNameAndByID(t *testing.T) {
	c := newClient(t, firstboot.Route53Options{Zones: zones()})
	_, all := c.get("/hostedzonesbyname")
	require.Len(t, all.Zones, 3)
	assert.Equal(t, []string{"example.com.", "example.com.", "example.org."}, []string{all.Zones[0].Name, all.Zones[1].Name, all.Zones[2].Name})
	_, from := c.get("/hostedzonesbyname?dnsname=example.com&hostedzoneid=Z3&maxitems=1")
	require.Len(t, from.Zones, 1)
	assert.Equal(t, "/hostedzone/Z3", from.Zones[0].ID)
	assert.Equal(t, "example.org.", from.NextDNSName)

	_, one := c.get("/hostedzone/Z1")
	assert.Equal(t, "example.org.", one.HostedZone.Name)
	status, none := c.get("/hostedzone/Z7")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Equal(t, "NoSuchHostedZone", none.Error.Code)
	status, none = c.send(http.MethodDelete, "/hostedzone/Z1", "")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Equal(t, "UnknownOperationException", none.Error.Code)
}

func TestRecordsAreListedInOrder(t *testing.T) {
	c := newClient(t, firstboot.Route53Options{Zones: zones()})
	_, all := c.get("/hostedzone/Z2/rrset")
	require.Len(t, all.Records, 3)
	assert.Equal(t, "example.com.", all.Records[0].Name)
	assert.Equal(t, `\052.example.com.`, all.Records[1].Name)
	assert.Equal(t, "web.elb.test.", all.Records[1].AliasTarget.DNSName)
	assert.Nil(t, all.Records[1].TTL)
	assert.Equal(t, []string{"example.com"}, all.Records[2].Values)
	_, page := c.get("/hostedzone/Z2/rrset?name=example.com&type=SOA&maxitems=1")
	require.Len(t, page.Records, 1)
	assert.Equal(t, `\052.example.com.`, page.Records[0].Name)
	assert.Equal(t, []string{"www.example.com.", "CNAME"}, []string{page.NextRecordName, page.NextRecordType})
	_, wrong := c.get("/hostedzone/Z2/rrset?type=A")
	assert.Equal(t, "InvalidInput", wrong.Error.Code)
}

func TestASlowCallerHoldsUpNobody(t *testing.T) {
	c := newClient(t, firstboot.Route53Options{Zones: zones()})
	body, more := io.Pipe()
	slow := httptest.NewRequest(http.MethodPost, "http://route53.test/2013-04-01/hostedzone/Z1/rrset", body)
	slow.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+c.key+"/")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.api.ServeHTTP(httptest.NewRecorder(), slow)
	}()
	_, err := io.WriteString(more, "<Change") // it is read, and then nothing comes
	require.NoError(t, err)
	answered := make(chan int, 1)
	go func() {
		code, _ := c.get("/hostedzone")
		answered <- code
	}()
	select {
	case code := <-answered:
		assert.Equal(t, http.StatusOK, code)
	case <-time.After(10 * time.Second):
		assert.Fail(t, "it waits for the slow one")
	}
	require.NoError(t, more.Close())
	<-ended
}
