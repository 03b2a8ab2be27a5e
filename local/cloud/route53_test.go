package cloud

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	getZoneToken    = "aws:route53/getZone:getZone"
	getRecordsToken = "aws:route53/getRecords:getRecords"
)

// recordInputs are those of an A record in the seeded zone.
func recordInputs(name string, more object) object {
	return object{"zoneId": seededZone, "name": name, "type": "A", "ttl": 300.0, "records": list("192.0.2.1")}.with(more)
}

// aliasInputs are those of an alias record in the seeded zone.
func aliasInputs(name, target, zone string, more object) object {
	alias := object{"name": target, "zoneId": zone, "evaluateTargetHealth": false}.with(more)
	return recordInputs(name, object{"aliases": []any{alias}}).without("ttl", "records")
}

func TestTheFullNamesOfRecords(t *testing.T) {
	for name, want := range map[string]string{
		"www.example.com": "www.example.com", "WWW.Example.com.": "www.example.com", "www": "www.example.com",
		"example.com": "example.com", "": "example.com", "www.example.org": "www.example.org.example.com",
		"notexample.com": "notexample.com",
	} {
		assert.Equal(t, want, recordFqdn(name, "example.com."), name)
	}
	c := newTestCloud(t)
	id, state := c.create(recordToken, "r", recordInputs("WWW", nil))
	assert.Equal(t, seededZone+"_www.example.com_A", id)
	assert.Equal(t, "www.example.com", state.str("fqdn"))
	assert.Empty(t, c.changeOf(recordToken, id, recordInputs("www.", nil)).changed)
}

func TestWhatARecordCannotBe(t *testing.T) {
	c := newTestCloud(t)
	alias := object{"name": "x", "zoneId": seededZone, "evaluateTargetHealth": true}
	long := strings.Repeat("x", 256)
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"no zone":          {object{"zoneId": "Z0"}, "NoSuchHostedZone"},
		"outside the zone": {object{"name": "notexample.com"}, "InvalidChangeBatch: [RRSet with DNS name notexample.com. is not permitted in zone example.com.]"},
		"exists":           {object{"name": "legacy.example.com"}, "InvalidChangeBatch: [Tried to create resource record set [name='legacy.example.com.', type='A'] but it already exists]"},
		"bad name":         {object{"name": "a..b"}, "name must be a domain name"},
		"long label":       {object{"name": strings.Repeat("a", 64)}, "name must be a domain name"},
		"type":             {object{"type": "SRV"}, "unsupported by the local AWS"},
		"weighted":         {object{"setIdentifier": "a"}, "unsupported by the local AWS"},
		"both":             {object{"aliases": []any{alias}}, "cannot be given together with records or ttl"},
		"two aliases":      {object{"aliases": []any{alias, alias}}, "must be one alias, got 2"},
		"ttl":              {object{"ttl": -1.0}, "ttl must be 0-"},
		"no values":        {object{"records": []any{}}, "records must be 1-400 values, got 0"},
		"twice":            {object{"records": list("192.0.2.1", "192.0.2.1")}, "Duplicate Resource Record: '192.0.2.1'"},
		"no IPv4":          {object{"records": list("2001:db8::1")}, "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '2001:db8::1'"},
		"no IPv6":          {object{"type": "AAAA"}, "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address) encountered with '192.0.2.1'"},
		"no name":          {object{"type": "CNAME", "records": list("a b")}, "is not a valid domain name"},
		"two names":        {object{"type": "CNAME", "records": list("a.b", "c.d")}, "records must be 1-1 values, got 2"},
		"long text":        {object{"type": "TXT", "records": list(long)}, "CharacterStringTooLong (Value is too long)"},
		"CAA":              {object{"type": "CAA", "records": list("amazon.com")}, "is not a flag, a tag and a quoted value"},
		"CNAME at apex":    {object{"type": "CNAME", "name": "example.com", "records": list("a.b")}, "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com."},
		"CNAME beside A":   {object{"type": "CNAME", "name": "legacy", "records": list("a.b")}, "RRSet of type CNAME with DNS name legacy.example.com. is not permitted because a conflicting RRSet of the same DNS name already exists in zone example.com."},
	} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(recordToken, "r", recordInputs("www", tc.in), tc.want)
		})
	}
	c.t = t
	c.refused(recordToken, "r", recordInputs("www", nil).without("ttl"), "ttl must be given with records")
	c.refused(recordToken, "r", recordInputs("www", nil).without("ttl", "records"), "records or aliases must be given")
	c.create(recordToken, "r", recordInputs("cname", object{"type": "CNAME", "records": list("a.b")}))
	c.refused(recordToken, "r", recordInputs("cname", nil), "conflicting RRSet")
}

func TestWhatARecordCanBe(t *testing.T) {
	c := newTestCloud(t)
	for _, more := range []object{
		{"name": "example.com"}, {"name": "*"}, {"name": "_a.b"}, {"ttl": 0.0},
		{"type": "AAAA", "records": list("2001:db8::1")},
		{"name": "text", "type": "TXT", "records": list(strings.Repeat("x", 255), strings.Repeat("y", 255)+`""more`)},
		{"name": "example.com", "type": "CAA", "records": list(`0 issue "amazon.com"`)},
		{"name": "legacy", "allowOverwrite": true},
	} {
		c.create(recordToken, "r", recordInputs("www", more))
	}
}

// Who takes a record over owns it: destroy deletes it, and what was there before
// does not come back.
func TestTakingARecordOver(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(recordToken, "r", recordInputs("legacy.example.com", object{"allowOverwrite": true}))
	assert.Equal(t, []string{"192.0.2.1"}, state.strs("records"))
	c.delete(recordToken, id)
	left, err := c.account().DiffFromSeed()
	require.NoError(t, err)
	assert.Equal(t, []string{"- aws:route53/record:Record global/" + id}, left)
}

func TestWhatAChangeOfARecordDoes(t *testing.T) {
	c := newTestCloud(t)
	id, _ := c.create(recordToken, "r", recordInputs("www", object{"records": list("192.0.2.1", "192.0.2.2")}))
	for property, value := range map[string]any{"name": "other", "zoneId": "Z0"} {
		d := c.changeOf(recordToken, id, recordInputs("www", object{property: value, "records": list("192.0.2.1", "192.0.2.2")}))
		assert.Equal(t, []string{property}, d.replaces)
	}
	assert.Empty(t, c.changeOf(recordToken, id, recordInputs("www", object{"records": list("192.0.2.2", "192.0.2.1")})).changed)

	other, _ := c.create(recordToken, "r", recordInputs("www", object{"records": list("2001:db8::2"), "type": "AAAA"}))
	v6 := recordInputs("www", object{"records": list("2001:db8::1"), "type": "AAAA", "ttl": 60.0})
	_, err := c.tryUpdate(recordToken, id, v6)
	assert.ErrorContains(t, err, "but it already exists")
	_, err = c.tryUpdate(recordToken, id, recordInputs("www", object{"type": "CNAME", "records": list("a.b")}))
	assert.ErrorContains(t, err, "conflicting RRSet")
	c.delete(recordToken, other)
	assert.Equal(t, "www.example.com", c.update(recordToken, id, v6).str("fqdn"))
}

func TestAliasesOfLoadBalancers(t *testing.T) {
	c := newTestCloud(t)
	_, b := c.create(loadBalancerToken, "web", balancerInputs(nil))
	dns, zone := b.str("dnsName"), b.str("zoneId")
	c.create(recordToken, "a", aliasInputs("www", dns, zone, object{"evaluateTargetHealth": true}))
	c.create(recordToken, "b", aliasInputs("dual", "dualstack."+strings.ToUpper(dns), zone, nil))
	c.create(recordToken, "c", aliasInputs("www", dns, zone, nil).with(object{"type": "AAAA"}))
	c.inRegion("us-east-1").create(recordToken, "d", aliasInputs("elsewhere", dns, zone, nil))
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"other Region's zone": {aliasInputs("x", dns, "Z35SXDOTRQ7X7K", nil), "but the alias target name does not lie within the target zone"},
		"own zone":            {aliasInputs("x", dns, seededZone, nil), "but that target was not found"},
		"unknown zone":        {aliasInputs("x", dns, "Z0", nil), "does not lie within the target zone"},
		"no such balancer":    {aliasInputs("x", "gone-1.ap-northeast-1.elb.amazonaws.com", zone, nil), "but that target was not found"},
		"TXT":                 {aliasInputs("x", dns, zone, nil).with(object{"type": "TXT"}), "type must be A or AAAA for an alias"},
	} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(recordToken, "r", tc.in, tc.want)
		})
	}
}

func TestAliasesOfRecordsOfTheZone(t *testing.T) {
	c := newTestCloud(t)
	c.create(recordToken, "a", aliasInputs("www", "legacy.example.com", seededZone, nil))
	c.refused(recordToken, "b", aliasInputs("x", "legacy.example.com", seededZone, nil).with(object{"type": "AAAA"}), "target was not found")
}

func TestAliasesOfDistributions(t *testing.T) {
	c := newTestCloud(t)
	viewer := c.inRegion("us-east-1").issuedCertificate("www.example.com", "*.app.example.com")
	_, d := c.create(distributionToken, "d", distributionInputs(aliased(viewer, "www.example.com", "*.app.example.com")))
	target := d.str("domainName")
	for _, typ := range []string{"A", "AAAA"} {
		c.create(recordToken, "www", aliasInputs("www", target, cloudFrontZone, nil).with(object{"type": typ}))
	}
	c.create(recordToken, "wild", aliasInputs("one.app", target, cloudFrontZone, nil))
	c.refused(recordToken, "r", aliasInputs("x", target, cloudFrontZone, nil), "does not have x.example.com among its alternate domain names")
	c.refused(recordToken, "r", aliasInputs("x", "d0.cloudfront.net", cloudFrontZone, nil), "but that target was not found")
	c.refused(recordToken, "r", aliasInputs("x", target, cloudFrontZone, object{"evaluateTargetHealth": true}), "EvaluateTargetHealth cannot be true")
}

// A private zone answers in its VPCs: it proves nothing to ACM, and who looks for a
// zone by name has to ask for it.
func TestPrivateZones(t *testing.T) {
	c := newTestCloud(t)
	private := object{"name": "example.org", "vpcs": []any{object{"vpcId": seededVpc}}}
	id, _ := c.create(zoneToken, "z", private)
	deaf, _ := c.create(vpcToken, "deaf", object{"cidrBlock": "10.0.0.0/16", "enableDnsSupport": false})
	_, err := c.tryUpdate(zoneToken, id, private.with(object{"vpcs": []any{object{"vpcId": deaf}}}))
	assert.ErrorContains(t, err, "InvalidVPCId")

	_, err = c.invoke(getZoneToken, object{"name": "example.org"})
	assert.ErrorContains(t, err, "no matching Route 53 Hosted Zone found")
	found := c.call(getZoneToken, object{"name": "example.org", "privateZone": true})
	assert.Equal(t, id, found.str("zoneId"))
	assert.Equal(t, true, found["privateZone"])

	arn, state := c.pendingCertificate("www.example.org")
	option := state.objects("domainValidationOptions")[0]
	c.create(recordToken, "v", object{"zoneId": id, "name": option.str("resourceRecordName"), "type": "CNAME", "ttl": 300.0,
		"records": list(option.str("resourceRecordValue"))})
	_, _, err = c.tryCreate(certificateValidationToken, "v", object{"certificateArn": arn})
	assert.ErrorContains(t, err, "missing in every hosted zone")
}

func TestZones(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(zoneToken, "z", object{"name": "example.org"})
	assert.Regexp(t, `^Z[0-9A-F]{20}$`, id)
	assert.Equal(t, "arn:aws:route53:::hostedzone/"+id, state.str("arn"))
	assert.Len(t, state.strs("nameServers"), 4)
	assert.Equal(t, []string{"name"}, c.changeOf(zoneToken, id, object{"name": "example.net"}).replaces)
	c.refused(zoneToken, "z", object{}, "name")
	vpcs := []any{object{"vpcId": seededVpc, "vpcRegion": "us-east-1"}}
	c.refused(zoneToken, "z", object{"name": "example.org", "vpcs": vpcs}, "InvalidVPCId")

	record, _ := c.create(recordToken, "r", recordInputs("www", object{"zoneId": id}))
	assert.ErrorContains(t, c.tryDelete(zoneToken, id), "HostedZoneNotEmpty")
	c.update(zoneToken, id, object{"name": "example.org", "forceDestroy": true})
	c.delete(zoneToken, id)
	assert.Nil(t, c.state(recordToken, record))
	c.isSeed()
}

func TestLookingZonesUp(t *testing.T) {
	c := newTestCloud(t)
	for _, by := range []object{{"name": "example.com"}, {"name": "Example.com."}, {"zoneId": seededZone}} {
		got := c.call(getZoneToken, by)
		assert.Equal(t, seededZone, got.str("zoneId"))
		assert.Equal(t, seededZone, got.str("id"))
		assert.Equal(t, 3, got.integer("resourceRecordSetCount"))
	}
	for _, by := range []object{{"name": "example.org"}, {"zoneId": "Z0"}, {"name": "example.com", "privateZone": true}} {
		_, err := c.invoke(getZoneToken, by)
		assert.ErrorContains(t, err, "no matching Route 53 Hosted Zone found")
	}
	for _, by := range []object{{}, {"name": "example.com", "zoneId": seededZone}} {
		_, err := c.invoke(getZoneToken, by)
		assert.ErrorContains(t, err, "exactly one of name, zone_id must be specified")
	}
	c.create(zoneToken, "twin", object{"name": "example.com"})
	_, err := c.invoke(getZoneToken, object{"name": "example.com"})
	assert.ErrorContains(t, err, "multiple Route 53 Hosted Zones matched")
	_, err = c.invoke(getZoneToken, object{"name": "example.com", "vpcId": seededVpc})
	assert.ErrorContains(t, err, "unsupported by the local AWS")
}

func TestLookingRecordsUp(t *testing.T) {
	c := newTestCloud(t)
	c.create(recordToken, "a", aliasInputs("www", "legacy.example.com", seededZone, nil))
	sets := c.call(getRecordsToken, object{"zoneId": seededZone}).objects("resourceRecordSets")
	require.Len(t, sets, 2)
	sets = c.call(getRecordsToken, object{"zoneId": seededZone, "nameRegex": "^www"}).objects("resourceRecordSets")
	require.Len(t, sets, 1)
	assert.Equal(t, "www.example.com.", sets[0].str("name"))
	assert.Equal(t, "legacy.example.com.", sets[0].object("aliasTarget").str("dnsName"))
	_, err := c.invoke(getRecordsToken, object{"zoneId": "Z0"})
	assert.ErrorContains(t, err, "NoSuchHostedZone")
	_, err = c.invoke(getRecordsToken, object{"zoneId": seededZone, "nameRegex": "("})
	assert.ErrorContains(t, err, "name_regex")
}
