package route53_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/elb"
	"github.com/portico-iac/portico/local/service/route53"
)

const (
	getZoneToken    = "aws:route53/getZone:getZone"
	getRecordsToken = "aws:route53/getRecords:getRecords"
)

// recordInputs are those of an A record in the seeded zone.
func recordInputs(name string, more core.Object) core.Object {
	return core.Object{"zoneId": cloudtest.SeededZone, "name": name, "type": "A", "ttl": 300.0, "records": core.List("192.0.2.1")}.With(more)
}

// aliasInputs are those of an alias record in the seeded zone.
func aliasInputs(name, target, zone string, more core.Object) core.Object {
	alias := core.Object{"name": target, "zoneId": zone, "evaluateTargetHealth": false}.With(more)
	return recordInputs(name, core.Object{"aliases": []any{alias}}).Without("ttl", "records")
}

func TestTheFullNamesOfRecords(t *testing.T) {
	c := cloudtest.New(t)
	for name, want := range map[string]string{
		"www.example.com": "www.example.com", "WWW2.Example.com.": "www2.example.com", "www3": "www3.example.com",
		"example.com": "example.com", "www.example.org": "www.example.org.example.com",
	} {
		_, state := c.Create(route53.RecordToken, "r", recordInputs(name, nil))
		assert.Equal(t, want, state.Str("fqdn"), name)
	}
	_, state := c.Create(route53.RecordToken, "r", recordInputs("", core.Object{"type": "TXT", "records": core.List("x")}))
	assert.Equal(t, "example.com", state.Str("fqdn"), "no name is the zone's own")
}

func TestNamesOfRecordsAreComparedAsDNSDoes(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(route53.RecordToken, "r", recordInputs("WWW", nil))
	assert.Equal(t, cloudtest.SeededZone+"_www.example.com_A", id)
	assert.Equal(t, "www.example.com", state.Str("fqdn"))
	assert.Empty(t, c.ChangeOf(route53.RecordToken, id, recordInputs("www.", nil)).Changed)
}

func TestWhatARecordCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	alias := core.Object{"name": "x", "zoneId": cloudtest.SeededZone, "evaluateTargetHealth": true}
	long := strings.Repeat("x", 256)
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"no zone":          {core.Object{"zoneId": "Z0"}, "NoSuchHostedZone"},
		"outside the zone": {core.Object{"name": "notexample.com"}, "InvalidChangeBatch: [RRSet with DNS name notexample.com. is not permitted in zone example.com.]"},
		"exists":           {core.Object{"name": "legacy.example.com"}, "InvalidChangeBatch: [Tried to create resource record set [name='legacy.example.com.', type='A'] but it already exists]"},
		"bad name":         {core.Object{"name": "a..b"}, "name must be a domain name"},
		"long label":       {core.Object{"name": strings.Repeat("a", 64)}, "name must be a domain name"},
		"type":             {core.Object{"type": "SRV"}, "unsupported by the local AWS"},
		"weighted":         {core.Object{"setIdentifier": "a"}, "unsupported by the local AWS"},
		"both":             {core.Object{"aliases": []any{alias}}, "Exactly one of [records, aliases] must be configured, got [records, aliases]"},
		"two aliases":      {core.Object{"aliases": []any{alias, alias}}, "aliases must be at most 1, got 2"},
		"ttl":              {core.Object{"ttl": -1.0}, "ttl must be 0-"},
		"no values":        {core.Object{"records": []any{}}, "Exactly one of [records, aliases] must be configured, got []"},
		"twice":            {core.Object{"records": core.List("192.0.2.1", "192.0.2.1")}, "Duplicate Resource Record: '192.0.2.1'"},
		"no IPv4":          {core.Object{"records": core.List("2001:db8::1")}, "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '2001:db8::1'"},
		"no IPv6":          {core.Object{"type": "AAAA"}, "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address) encountered with '192.0.2.1'"},
		"no name":          {core.Object{"type": "CNAME", "records": core.List("a b")}, "is not a valid domain name"},
		"two names":        {core.Object{"type": "CNAME", "records": core.List("a.b", "c.d")}, "records must be at most 1, got 2 with type CNAME"},
		"long text":        {core.Object{"type": "TXT", "records": core.List(long)}, "CharacterStringTooLong (Value is too long)"},
		"CAA":              {core.Object{"type": "CAA", "records": core.List("amazon.com")}, "is not a flag, a tag and a quoted value"},
		"CNAME at apex":    {core.Object{"type": "CNAME", "name": "example.com", "records": core.List("a.b")}, "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com."},
		"CNAME beside A":   {core.Object{"type": "CNAME", "name": "legacy", "records": core.List("a.b")}, "RRSet of type CNAME with DNS name legacy.example.com. is not permitted because a conflicting RRSet of the same DNS name already exists in zone example.com."},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(route53.RecordToken, "r", recordInputs("www", tc.in), tc.want)
		})
	}
	c.For(t).Refused(route53.RecordToken, "r", recordInputs("www", nil).Without("ttl"), "ttl must be given with records")
	c.Refused(route53.RecordToken, "r", recordInputs("www", nil).Without("ttl", "records"), "Exactly one of [records, aliases] must be configured, got []")
	c.Create(route53.RecordToken, "r", recordInputs("cname", core.Object{"type": "CNAME", "records": core.List("a.b")}))
	c.Refused(route53.RecordToken, "r", recordInputs("cname", nil), "conflicting RRSet")
}

func TestWhatARecordCanBe(t *testing.T) {
	c := cloudtest.New(t)
	for _, more := range []core.Object{
		{"name": "example.com"}, {"name": "*"}, {"name": "_a.b"}, {"ttl": 0.0},
		{"type": "AAAA", "records": core.List("2001:db8::1")},
		{"name": "text", "type": "TXT", "records": core.List(strings.Repeat("x", 255), strings.Repeat("y", 255)+`""more`)},
		{"name": "example.com", "type": "CAA", "records": core.List(`0 issue "amazon.com"`)},
		{"name": "legacy", "allowOverwrite": true},
	} {
		c.Create(route53.RecordToken, "r", recordInputs("www", more))
	}
}

// Who takes a record over owns it: destroy deletes it, and what was there before
// does not come back.
func TestTakingARecordOver(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(route53.RecordToken, "r", recordInputs("legacy.example.com", core.Object{"allowOverwrite": true}))
	assert.Equal(t, []string{"192.0.2.1"}, state.Strs("records"))
	c.Delete(route53.RecordToken, id)
	left, err := c.Account().DiffFromSeed()
	require.NoError(t, err)
	assert.Equal(t, []string{"- aws:route53/record:Record global/" + id}, left)
}

func TestWhatAChangeOfARecordDoes(t *testing.T) {
	c := cloudtest.New(t)
	id, _ := c.Create(route53.RecordToken, "r", recordInputs("www", core.Object{"records": core.List("192.0.2.1", "192.0.2.2")}))
	for property, value := range map[string]any{"name": "other", "zoneId": "Z0"} {
		d := c.ChangeOf(route53.RecordToken, id, recordInputs("www", core.Object{property: value, "records": core.List("192.0.2.1", "192.0.2.2")}))
		assert.Equal(t, []string{property}, d.Replaces)
	}
	assert.Empty(t, c.ChangeOf(route53.RecordToken, id, recordInputs("www", core.Object{"records": core.List("192.0.2.2", "192.0.2.1")})).Changed)

	other, _ := c.Create(route53.RecordToken, "r", recordInputs("www", core.Object{"records": core.List("2001:db8::2"), "type": "AAAA"}))
	v6 := recordInputs("www", core.Object{"records": core.List("2001:db8::1"), "type": "AAAA", "ttl": 60.0})
	_, err := c.TryUpdate(route53.RecordToken, id, v6)
	assert.ErrorContains(t, err, "but it already exists")
	_, err = c.TryUpdate(route53.RecordToken, id, recordInputs("www", core.Object{"type": "CNAME", "records": core.List("a.b")}))
	assert.ErrorContains(t, err, "conflicting RRSet")
	c.Delete(route53.RecordToken, other)
	assert.Equal(t, "www.example.com", c.Update(route53.RecordToken, id, v6).Str("fqdn"))
}

func TestAliasesOfLoadBalancers(t *testing.T) {
	c := cloudtest.New(t)
	_, b := c.Create(elb.LoadBalancerToken, "web", cloudtest.LoadBalancerInputs(nil))
	dns, zone := b.Str("dnsName"), b.Str("zoneId")
	c.Create(route53.RecordToken, "a", aliasInputs("www", dns, zone, core.Object{"evaluateTargetHealth": true}))
	c.Create(route53.RecordToken, "b", aliasInputs("dual", "dualstack."+strings.ToUpper(dns), zone, nil))
	c.Create(route53.RecordToken, "c", aliasInputs("www", dns, zone, nil).With(core.Object{"type": "AAAA"}))
	c.InRegion("us-east-1").Create(route53.RecordToken, "d", aliasInputs("elsewhere", dns, zone, nil))
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"other Region's zone":   {aliasInputs("x", dns, "Z35SXDOTRQ7X7K", nil), "but the alias target name does not lie within the target zone"},
		"own zone":              {aliasInputs("x", dns, cloudtest.SeededZone, nil), "but that target was not found"},
		"unknown zone":          {aliasInputs("x", dns, "Z0", nil), "does not lie within the target zone"},
		"no such load balancer": {aliasInputs("x", "gone-1.ap-northeast-1.elb.amazonaws.com", zone, nil), "but that target was not found"},
		"TXT":                   {aliasInputs("x", dns, zone, nil).With(core.Object{"type": "TXT"}), "aliases cannot be given with type TXT"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(route53.RecordToken, "r", tc.in, tc.want)
		})
	}
}

func TestAliasesOfRecordsOfTheZone(t *testing.T) {
	c := cloudtest.New(t)
	c.Create(route53.RecordToken, "a", aliasInputs("www", "legacy.example.com", cloudtest.SeededZone, nil))
	c.Refused(route53.RecordToken, "b", aliasInputs("x", "legacy.example.com", cloudtest.SeededZone, nil).With(core.Object{"type": "AAAA"}), "target was not found")
}

func TestAliasesOfDistributions(t *testing.T) {
	c := cloudtest.New(t)
	viewer := c.InRegion("us-east-1").IssuedCertificate("www.example.com", "*.app.example.com")
	_, d := c.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased(viewer, "www.example.com", "*.app.example.com")))
	target := d.Str("domainName")
	for _, typ := range []string{"A", "AAAA"} {
		c.Create(route53.RecordToken, "www", aliasInputs("www", target, awstable.CloudFrontHostedZone, nil).With(core.Object{"type": typ}))
	}
	c.Create(route53.RecordToken, "wild", aliasInputs("one.app", target, awstable.CloudFrontHostedZone, nil))
	c.Refused(route53.RecordToken, "r", aliasInputs("x", target, awstable.CloudFrontHostedZone, nil), "does not have x.example.com among its alternate domain names")
	c.Refused(route53.RecordToken, "r", aliasInputs("x", "d0.cloudfront.net", awstable.CloudFrontHostedZone, nil), "but that target was not found")
	c.Refused(route53.RecordToken, "r", aliasInputs("x", target, awstable.CloudFrontHostedZone, core.Object{"evaluateTargetHealth": true}), "EvaluateTargetHealth cannot be true")
}

// A private zone answers in its VPCs: it proves nothing to ACM, and who looks for a
// zone by name has to ask for it.
func TestPrivateZones(t *testing.T) {
	c := cloudtest.New(t)
	private := core.Object{"name": "example.org", "vpcs": []any{core.Object{"vpcId": cloudtest.SeededVpc}}}
	id, _ := c.Create(route53.ZoneToken, "z", private)
	deaf, _ := c.Create(ec2.VpcToken, "deaf", core.Object{"cidrBlock": "10.0.0.0/16", "enableDnsSupport": false})
	_, err := c.TryUpdate(route53.ZoneToken, id, private.With(core.Object{"vpcs": []any{core.Object{"vpcId": deaf}}}))
	assert.ErrorContains(t, err, "InvalidVPCId")

	_, err = c.TryCall(getZoneToken, core.Object{"name": "example.org"})
	assert.ErrorContains(t, err, "no matching Route 53 Hosted Zone found")
	found := c.Call(getZoneToken, core.Object{"name": "example.org", "privateZone": true})
	assert.Equal(t, id, found.Str("zoneId"))
	assert.Equal(t, true, found["privateZone"])

	arn, state := c.PendingCertificate("www.example.org")
	option := state.Blocks("domainValidationOptions")[0]
	c.Create(route53.RecordToken, "v", core.Object{"zoneId": id, "name": option.Str("resourceRecordName"), "type": "CNAME", "ttl": 300.0,
		"records": core.List(option.Str("resourceRecordValue"))})
	_, _, err = c.TryCreate(acm.CertificateValidationToken, "v", core.Object{"certificateArn": arn})
	assert.ErrorContains(t, err, "missing in every hosted zone")
}

func TestZones(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(route53.ZoneToken, "z", core.Object{"name": "example.org"})
	assert.Regexp(t, `^Z[0-9A-F]{20}$`, id)
	assert.Equal(t, "arn:aws:route53:::hostedzone/"+id, state.Str("arn"))
	assert.Len(t, state.Strs("nameServers"), 4)
	assert.Equal(t, []string{"name"}, c.ChangeOf(route53.ZoneToken, id, core.Object{"name": "example.net"}).Replaces)
	c.Refused(route53.ZoneToken, "z", core.Object{}, "name")
	vpcs := []any{core.Object{"vpcId": cloudtest.SeededVpc, "vpcRegion": "us-east-1"}}
	c.Refused(route53.ZoneToken, "z", core.Object{"name": "example.org", "vpcs": vpcs}, "InvalidVPCId")

	record, _ := c.Create(route53.RecordToken, "r", recordInputs("www", core.Object{"zoneId": id}))
	assert.ErrorContains(t, c.TryDelete(route53.ZoneToken, id), "HostedZoneNotEmpty")
	c.Update(route53.ZoneToken, id, core.Object{"name": "example.org", "forceDestroy": true})
	c.Delete(route53.ZoneToken, id)
	assert.Nil(t, c.State(route53.RecordToken, record))
	c.IsSeed()
}

func TestLookingZonesUp(t *testing.T) {
	c := cloudtest.New(t)
	for _, by := range []core.Object{{"name": "example.com"}, {"name": "Example.com."}, {"zoneId": cloudtest.SeededZone}} {
		got := c.Call(getZoneToken, by)
		assert.Equal(t, cloudtest.SeededZone, got.Str("zoneId"))
		assert.Equal(t, cloudtest.SeededZone, got.Str("id"))
		assert.Equal(t, 3, got.Int("resourceRecordSetCount"))
	}
	for _, by := range []core.Object{{"name": "example.org"}, {"zoneId": "Z0"}, {"name": "example.com", "privateZone": true}} {
		_, err := c.TryCall(getZoneToken, by)
		assert.ErrorContains(t, err, "no matching Route 53 Hosted Zone found")
	}
	for _, by := range []core.Object{{}, {"name": "example.com", "zoneId": cloudtest.SeededZone}} {
		_, err := c.TryCall(getZoneToken, by)
		assert.ErrorContains(t, err, "exactly one of name, zone_id must be specified")
	}
	c.Create(route53.ZoneToken, "twin", core.Object{"name": "example.com"})
	_, err := c.TryCall(getZoneToken, core.Object{"name": "example.com"})
	assert.ErrorContains(t, err, "multiple Route 53 Hosted Zones matched")
}

func TestLookingPrivateZonesUp(t *testing.T) {
	c := cloudtest.New(t)
	byVpc := core.Object{"name": "internal.example.com.", "vpcId": cloudtest.EndpointsVpc}
	found := c.Call(getZoneToken, byVpc)
	assert.Equal(t, cloudtest.EndpointsZone, found.Str("zoneId"))
	assert.Equal(t, "internal.example.com", found.Str("name"))
	assert.True(t, found.Bool("privateZone"))

	c.Create(route53.ZoneToken, "twin", core.Object{
		"name": "internal.example.com", "vpcs": []any{core.Object{"vpcId": cloudtest.SeededVpc}}, "tags": core.Object{"of": "seeded"}})
	assert.Equal(t, cloudtest.EndpointsZone, c.Call(getZoneToken, byVpc).Str("zoneId"), "each VPC sees its own")
	tagged := c.Call(getZoneToken, core.Object{"name": "internal.example.com", "privateZone": true, "tags": core.Object{"of": "seeded"}})
	assert.NotEqual(t, cloudtest.EndpointsZone, tagged.Str("zoneId"))

	for why, by := range map[string]core.Object{
		"no matching Route 53 Hosted Zone found":         {"name": "internal.example.com", "vpcId": cloudtest.UnroutedVpc},
		"multiple Route 53 Hosted Zones matched":         {"name": "internal.example.com", "privateZone": true},
		"`vpc_id` can only be set for private zones":     byVpc.With(core.Object{"privateZone": false}),
		"exactly one of name, zone_id must be specified": {"vpcId": cloudtest.EndpointsVpc},
	} {
		_, err := c.TryCall(getZoneToken, by)
		assert.ErrorContains(t, err, why)
	}
}

func TestLookingRecordsUp(t *testing.T) {
	c := cloudtest.New(t)
	c.Create(route53.RecordToken, "a", aliasInputs("www", "legacy.example.com", cloudtest.SeededZone, nil))
	sets := c.Call(getRecordsToken, core.Object{"zoneId": cloudtest.SeededZone}).Blocks("resourceRecordSets")
	require.Len(t, sets, 2)
	sets = c.Call(getRecordsToken, core.Object{"zoneId": cloudtest.SeededZone, "nameRegex": "^www"}).Blocks("resourceRecordSets")
	require.Len(t, sets, 1)
	assert.Equal(t, "www.example.com.", sets[0].Str("name"))
	assert.Equal(t, "legacy.example.com.", sets[0].Block("aliasTarget").Str("dnsName"))
	_, err := c.TryCall(getRecordsToken, core.Object{"zoneId": "Z0"})
	assert.ErrorContains(t, err, "NoSuchHostedZone")
	_, err = c.TryCall(getRecordsToken, core.Object{"zoneId": cloudtest.SeededZone, "nameRegex": "("})
	assert.ErrorContains(t, err, "name_regex")
}
