package acm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/elb"
	"github.com/portico-iac/portico/local/service/route53"
)

const getCertificateToken = "aws:acm/getCertificate:getCertificate"

func certificateInputs(more core.Object) core.Object {
	return core.Object{"domainName": "www.example.com", "validationMethod": "DNS"}.With(more)
}

func TestACertificateStartsPending(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(acm.CertificateToken, "c", certificateInputs(nil))
	assert.Regexp(t, `^arn:aws:acm:ap-northeast-1:123456789012:certificate/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, id)
	assert.Equal(t, "PENDING_VALIDATION", state.Str("status"))
	assert.Equal(t, "RSA_2048", state.Str("keyAlgorithm"))
	assert.Equal(t, []string{"www.example.com"}, state.Strs("subjectAlternativeNames"))
	option := state.Blocks("domainValidationOptions")[0]
	assert.Regexp(t, `^_[0-9a-f]{32}\.www\.example\.com\.$`, option.Str("resourceRecordName"))
	assert.Regexp(t, `^_[0-9a-f]{32}\.[0-9a-f]{10}\.acm-validations\.aws\.$`, option.Str("resourceRecordValue"))
	assert.Equal(t, "CNAME", option.Str("resourceRecordType"))
}

func TestWhatACertificateCannotBe(t *testing.T) {
	c := cloudtest.New(t)
	var ten []string
	for n := range 10 {
		ten = append(ten, fmt.Sprintf("n%d.example.com", n))
	}
	label := strings.Repeat("a", 62)
	for name, tc := range map[string]struct {
		in   core.Object
		want string
	}{
		"no dot":            {core.Object{"domainName": "localhost"}, "ValidationException: domainName must be domain names"},
		"dot at the end":    {core.Object{"domainName": "example.com."}, "ValidationException: domainName must be"},
		"inner star":        {core.Object{"domainName": "www.*.example.com"}, "ValidationException: domainName must be"},
		"half a star":       {core.Object{"domainName": "w*.example.com"}, "ValidationException: domainName must be"},
		"hyphen first":      {core.Object{"domainName": "-a.example.com"}, "ValidationException: domainName must be"},
		"address with port": {core.Object{"domainName": "example.com:443"}, "ValidationException: domainName must be"},
		"65 characters":     {core.Object{"domainName": label + ".co"}, "domainName must have at most 64 characters, got 65"},
		"bad other name":    {core.Object{"subjectAlternativeNames": core.List("a_b.example.com")}, "subjectAlternativeNames must be domain names"},
		"254 characters":    {core.Object{"subjectAlternativeNames": core.List(strings.Repeat(label+".", 4) + "co")}, "at most 253 characters"},
		"eleven names":      {core.Object{"subjectAlternativeNames": core.List(ten...)}, "LimitExceededException: subjectAlternativeNames must be at most 10 names together with domainName, got 11"},
		"key":               {core.Object{"keyAlgorithm": "RSA_4096"}, "keyAlgorithm must be one of RSA_2048"},
		"mail":              {core.Object{"validationMethod": "EMAIL"}, "unsupported by the local AWS"},
		"transparency":      {core.Object{"options": core.Object{"certificateTransparencyLoggingPreference": "NO"}}, "must be one of ENABLED, DISABLED"},
		"both":              {core.Object{"certificateBody": "x", "privateKey": "y"}, "Exactly one of [domainName, privateKey] must be configured"},
		"half an import":    {core.Object{"certificateBody": "x"}, "privateKey must be given with certificateBody"},
	} {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(acm.CertificateToken, "c", certificateInputs(tc.in), tc.want)
		})
	}
	c.Create(acm.CertificateToken, "c", certificateInputs(core.Object{"domainName": label[1:] + ".co", "subjectAlternativeNames": core.List(ten[:9]...)}))
	c.Refused(acm.CertificateToken, "c", certificateInputs(nil).Without("validationMethod"), "validationMethod")
}

// The set of validation options comes in another order than the names, however
// the names are ordered.
func TestValidationOptionsAreShuffled(t *testing.T) {
	c := cloudtest.New(t)
	for _, names := range [][]string{
		{"a.example.com", "b.example.com"}, {"b.example.com", "a.example.com"},
		{"example.com", "*.example.com", "www.example.com"},
	} {
		_, state := c.PendingCertificate(names...)
		var got []string
		for _, option := range state.Blocks("domainValidationOptions") {
			got = append(got, option.Str("domainName"))
		}
		assert.ElementsMatch(t, names, got)
		assert.NotEqual(t, names, got)
		_, again := c.PendingCertificate(names...)
		assert.Equal(t, state["domainValidationOptions"], again["domainValidationOptions"], "the order is always the same")
	}
}

func TestANameItsWildcardAndAllRegionsShareOneRecord(t *testing.T) {
	c := cloudtest.New(t)
	records := map[string]bool{}
	for _, region := range []string{cloudtest.Region, "us-east-1"} {
		_, state := c.InRegion(region).PendingCertificate("example.com", "*.example.com")
		for _, option := range state.Blocks("domainValidationOptions") {
			records[option.Str("resourceRecordName")+" "+option.Str("resourceRecordValue")] = true
		}
	}
	assert.Len(t, records, 1)
}

// validate waits for a certificate, as far as the local AWS waits.
func validate(c *cloudtest.Cloud, in core.Object) error {
	_, _, err := c.TryCreate(acm.CertificateValidationToken, "v", in)
	return err
}

func TestACertificateIsIssuedWhenItsRecordsAreThere(t *testing.T) {
	c := cloudtest.New(t)
	arn, state := c.PendingCertificate("a.example.com", "b.example.com")
	err := validate(c, core.Object{"certificateArn": arn})
	assert.ErrorContains(t, err, "waiting for ACM Certificate ("+arn+") to be issued: timeout while waiting for state to become 'ISSUED' "+
		"(last state: 'PENDING_VALIDATION'")

	var fqdns []string
	for i, option := range state.Blocks("domainValidationOptions") {
		if i == 1 {
			assert.ErrorContains(t, validate(c, core.Object{"certificateArn": arn, "validationRecordFqdns": core.List(fqdns...)}),
				"missing "+option.Str("domainName")+" DNS validation record: ")
			assert.ErrorContains(t, validate(c, core.Object{"certificateArn": arn}), option.Str("resourceRecordValue"))
		}
		_, record := c.Create(route53.RecordToken, "r", core.Object{"zoneId": cloudtest.SeededZone, "name": option.Str("resourceRecordName"), "type": "CNAME",
			"ttl": 300.0, "records": core.List(strings.TrimSuffix(option.Str("resourceRecordValue"), "."))})
		fqdns = append(fqdns, record.Str("fqdn"))
	}
	require.NoError(t, validate(c, core.Object{"certificateArn": arn, "validationRecordFqdns": core.List(fqdns...)}))
	issued := c.State(acm.CertificateToken, arn)
	assert.Equal(t, "ISSUED", issued.Str("status"))
	assert.Equal(t, "2026-11-22T10:00:00Z", issued.Str("notBefore"))
	assert.Equal(t, "2027-06-08T10:00:00Z", issued.Str("notAfter"), "198 days later")
	assert.NoError(t, validate(c, core.Object{"certificateArn": arn}), "an issued certificate needs no wait")
}

func TestAWrongValidationRecordProvesNothing(t *testing.T) {
	c := cloudtest.New(t)
	arn, state := c.PendingCertificate("a.example.com")
	c.Create(route53.RecordToken, "r", core.Object{"zoneId": cloudtest.SeededZone, "name": state.Blocks("domainValidationOptions")[0].Str("resourceRecordName"),
		"type": "CNAME", "ttl": 300.0, "records": core.List("other.acm-validations.aws.")})
	assert.ErrorContains(t, validate(c, core.Object{"certificateArn": arn}), "timeout while waiting")
	assert.ErrorContains(t, validate(c.InRegion("us-east-1"), core.Object{"certificateArn": arn}), "ResourceNotFoundException")
}

func TestWhatAChangeOfACertificateDoes(t *testing.T) {
	c := cloudtest.New(t)
	in := certificateInputs(core.Object{"subjectAlternativeNames": core.List("a.example.com", "b.example.com")})
	id, _ := c.Create(acm.CertificateToken, "c", in)
	for property, value := range map[string]any{
		"domainName": "x.example.com", "keyAlgorithm": "EC_prime256v1", "subjectAlternativeNames": core.List("a.example.com"),
	} {
		d := c.ChangeOf(acm.CertificateToken, id, in.With(core.Object{property: value}))
		assert.Equal(t, []string{property}, d.Replaces)
	}
	reordered := in.With(core.Object{"subjectAlternativeNames": core.List("b.example.com", "a.example.com")})
	assert.Empty(t, c.ChangeOf(acm.CertificateToken, id, reordered).Changed)
	c.Update(acm.CertificateToken, id, in.With(core.Object{"tags": core.Object{"team": "a"}}))
}

func TestACertificateInUseStays(t *testing.T) {
	b := cloudtest.NewBalanced(t)
	extra := b.IssuedCertificate("extra.example.com")
	attached, _ := b.Create(elb.ListenerCertificateToken, "extra", core.Object{"listenerArn": b.Secure, "certificateArn": extra})
	for _, arn := range []string{b.Certificate, extra} {
		assert.ErrorContains(t, b.TryDelete(acm.CertificateToken, arn), "ResourceInUseException")
	}
	b.Delete(elb.ListenerCertificateToken, attached)
	b.Delete(acm.CertificateToken, extra)

	global := b.InRegion("us-east-1")
	viewer := global.IssuedCertificate("www.example.com")
	id, _ := b.Create(cloudfront.DistributionToken, "d", cloudtest.DistributionInputs(cloudtest.Aliased(viewer, "www.example.com")))
	assert.ErrorContains(t, global.TryDelete(acm.CertificateToken, viewer), "ResourceInUseException")
	b.Delete(cloudfront.DistributionToken, id)
	global.Delete(acm.CertificateToken, viewer)
}

func TestWhatACertificateCovers(t *testing.T) {
	certificate := core.Object{"domainName": "example.com", "subjectAlternativeNames": core.List("*.example.com")}
	for host, want := range map[string]bool{
		"example.com": true, "www.example.com": true, "WWW.example.com": true,
		"a.b.example.com": false, "example.org": false, "xexample.com": false,
	} {
		assert.Equal(t, want, acm.Covers(certificate, host), host)
	}
}

func TestLookingCertificatesUp(t *testing.T) {
	c := cloudtest.New(t)
	by := func(domain string) core.Object { return core.Object{"domain": domain} }
	_, err := c.TryCall(getCertificateToken, by("a.example.com"))
	assert.ErrorContains(t, err, "no ACM Certificate matching domain (a.example.com)")
	_, err = c.TryCall(getCertificateToken, core.Object{})
	assert.ErrorContains(t, err, "one of domain, tags must be specified")

	pending, _ := c.PendingCertificate("a.example.com")
	_, err = c.TryCall(getCertificateToken, by("a.example.com"))
	assert.ErrorContains(t, err, "no ACM Certificate", "pending certificates are not looked at")
	got := c.Call(getCertificateToken, core.Object{"domain": "a.example.com", "statuses": core.List("PENDING_VALIDATION")})
	assert.Equal(t, pending, got.Str("arn"))

	arn := c.IssuedCertificate("a.example.com")
	assert.Equal(t, arn, c.Call(getCertificateToken, by("a.example.com")).Str("arn"))
	c.IssuedCertificate("a.example.com")
	_, err = c.TryCall(getCertificateToken, by("a.example.com"))
	assert.ErrorContains(t, err, "multiple ACM Certificates matching domain (a.example.com)")
	assert.Equal(t, "ISSUED", c.Call(getCertificateToken, core.Object{"domain": "a.example.com", "mostRecent": true}).Str("status"))
}
