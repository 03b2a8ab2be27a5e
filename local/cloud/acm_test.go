package cloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const getCertificateToken = "aws:acm/getCertificate:getCertificate"

func certificateInputs(more object) object {
	return object{"domainName": "www.example.com", "validationMethod": "DNS"}.with(more)
}

func TestACertificateStartsPending(t *testing.T) {
	c := newTestCloud(t)
	id, state := c.create(certificateToken, "c", certificateInputs(nil))
	assert.Regexp(t, `^arn:aws:acm:ap-northeast-1:123456789012:certificate/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, id)
	assert.Equal(t, "PENDING_VALIDATION", state.str("status"))
	assert.Equal(t, "RSA_2048", state.str("keyAlgorithm"))
	assert.Equal(t, []string{"www.example.com"}, state.strs("subjectAlternativeNames"))
	option := state.objects("domainValidationOptions")[0]
	assert.Regexp(t, `^_[0-9a-f]{32}\.www\.example\.com\.$`, option.str("resourceRecordName"))
	assert.Regexp(t, `^_[0-9a-f]{32}\.[0-9a-f]{10}\.acm-validations\.aws\.$`, option.str("resourceRecordValue"))
	assert.Equal(t, "CNAME", option.str("resourceRecordType"))
}

func TestWhatACertificateCannotBe(t *testing.T) {
	c := newTestCloud(t)
	var ten []string
	for n := range 10 {
		ten = append(ten, fmt.Sprintf("n%d.example.com", n))
	}
	label := strings.Repeat("a", 62)
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"no dot":            {object{"domainName": "localhost"}, "ValidationException: domainName must be domain names"},
		"dot at the end":    {object{"domainName": "example.com."}, "ValidationException: domainName must be"},
		"inner star":        {object{"domainName": "www.*.example.com"}, "ValidationException: domainName must be"},
		"half a star":       {object{"domainName": "w*.example.com"}, "ValidationException: domainName must be"},
		"hyphen first":      {object{"domainName": "-a.example.com"}, "ValidationException: domainName must be"},
		"address with port": {object{"domainName": "example.com:443"}, "ValidationException: domainName must be"},
		"65 characters":     {object{"domainName": label + ".co"}, "domainName must have at most 64 characters, got 65"},
		"bad other name":    {object{"subjectAlternativeNames": list("a_b.example.com")}, "subjectAlternativeNames must be domain names"},
		"254 characters":    {object{"subjectAlternativeNames": list(strings.Repeat(label+".", 4) + "co")}, "at most 253 characters"},
		"eleven names":      {object{"subjectAlternativeNames": list(ten...)}, "LimitExceededException: subjectAlternativeNames must be at most 10 names together with domainName, got 11"},
		"key":               {object{"keyAlgorithm": "RSA_4096"}, "keyAlgorithm must be one of RSA_2048"},
		"mail":              {object{"validationMethod": "EMAIL"}, "unsupported by the local AWS"},
		"transparency":      {object{"options": object{"certificateTransparencyLoggingPreference": "NO"}}, "must be one of ENABLED, DISABLED"},
		"half an import":    {object{"certificateBody": "x", "domainName": "example.com"}, "domainName conflicts with certificateBody"},
	} {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(certificateToken, "c", certificateInputs(tc.in), tc.want)
		})
	}
	c.t = t
	c.create(certificateToken, "c", certificateInputs(object{"domainName": label[1:] + ".co", "subjectAlternativeNames": list(ten[:9]...)}))
	c.refused(certificateToken, "c", certificateInputs(nil).without("validationMethod"), "validationMethod")
}

// The set of validation options comes in another order than the names, however
// the names are ordered.
func TestValidationOptionsAreShuffled(t *testing.T) {
	c := newTestCloud(t)
	for _, names := range [][]string{
		{"a.example.com", "b.example.com"}, {"b.example.com", "a.example.com"},
		{"example.com", "*.example.com", "www.example.com"},
	} {
		_, state := c.pendingCertificate(names...)
		var got []string
		for _, option := range state.objects("domainValidationOptions") {
			got = append(got, option.str("domainName"))
		}
		assert.ElementsMatch(t, names, got)
		assert.NotEqual(t, names, got)
		_, again := c.pendingCertificate(names...)
		assert.Equal(t, state["domainValidationOptions"], again["domainValidationOptions"], "the order is always the same")
	}
}

func TestANameItsWildcardAndAllRegionsShareOneRecord(t *testing.T) {
	c := newTestCloud(t)
	records := map[string]bool{}
	for _, region := range []string{testRegion, "us-east-1"} {
		_, state := c.inRegion(region).pendingCertificate("example.com", "*.example.com")
		for _, option := range state.objects("domainValidationOptions") {
			records[option.str("resourceRecordName")+" "+option.str("resourceRecordValue")] = true
		}
	}
	assert.Len(t, records, 1)
	assert.NotEqual(t, validationRecord("123456789012", "example.com"), validationRecord("123456789012", "www.example.com"))
	assert.NotEqual(t, validationRecord("123456789012", "example.com"), validationRecord("210987654321", "example.com"))
}

// validate waits for a certificate, as far as the local AWS waits.
func (c *testCloud) validate(in object) error {
	_, _, err := c.provider.create(c.catalog.kinds[certificateValidationToken], asObject(plain(in)))
	return err
}

func TestACertificateIsIssuedWhenItsRecordsAreThere(t *testing.T) {
	c := newTestCloud(t)
	arn, state := c.pendingCertificate("a.example.com", "b.example.com")
	err := c.validate(object{"certificateArn": arn})
	assert.ErrorContains(t, err, "waiting for ACM Certificate ("+arn+") to be issued: timeout while waiting for state to become 'ISSUED' "+
		"(last state: 'PENDING_VALIDATION'")

	var fqdns []string
	for i, option := range state.objects("domainValidationOptions") {
		if i == 1 {
			assert.ErrorContains(t, c.validate(object{"certificateArn": arn, "validationRecordFqdns": list(fqdns...)}),
				"missing "+option.str("domainName")+" DNS validation record: ")
			assert.ErrorContains(t, c.validate(object{"certificateArn": arn}), option.str("resourceRecordValue"))
		}
		_, record := c.create(recordToken, "r", object{"zoneId": seededZone, "name": option.str("resourceRecordName"), "type": "CNAME",
			"ttl": 300.0, "records": list(strings.TrimSuffix(option.str("resourceRecordValue"), "."))})
		fqdns = append(fqdns, record.str("fqdn"))
	}
	require.NoError(t, c.validate(object{"certificateArn": arn, "validationRecordFqdns": list(fqdns...)}))
	issued := c.state(certificateToken, arn)
	assert.Equal(t, "ISSUED", issued.str("status"))
	assert.Equal(t, "2026-11-22T10:00:00Z", issued.str("notBefore"))
	assert.Equal(t, "2027-06-08T10:00:00Z", issued.str("notAfter"), "198 days later")
	assert.NoError(t, c.validate(object{"certificateArn": arn}), "an issued certificate needs no wait")
}

func TestAWrongValidationRecordProvesNothing(t *testing.T) {
	c := newTestCloud(t)
	arn, state := c.pendingCertificate("a.example.com")
	c.create(recordToken, "r", object{"zoneId": seededZone, "name": state.objects("domainValidationOptions")[0].str("resourceRecordName"),
		"type": "CNAME", "ttl": 300.0, "records": list("other.acm-validations.aws.")})
	assert.ErrorContains(t, c.validate(object{"certificateArn": arn}), "timeout while waiting")
	assert.ErrorContains(t, c.inRegion("us-east-1").validate(object{"certificateArn": arn}), "ResourceNotFoundException")
}

func TestWhatAChangeOfACertificateDoes(t *testing.T) {
	c := newTestCloud(t)
	in := certificateInputs(object{"subjectAlternativeNames": list("a.example.com", "b.example.com")})
	id, _ := c.create(certificateToken, "c", in)
	for property, value := range map[string]any{
		"domainName": "x.example.com", "keyAlgorithm": "EC_prime256v1", "subjectAlternativeNames": list("a.example.com"),
	} {
		d := c.changeOf(certificateToken, id, in.with(object{property: value}))
		assert.Equal(t, []string{property}, d.replaces)
	}
	reordered := in.with(object{"subjectAlternativeNames": list("b.example.com", "a.example.com")})
	assert.Empty(t, c.changeOf(certificateToken, id, reordered).changed)
	c.update(certificateToken, id, in.with(object{"tags": object{"team": "a"}}))
}

func TestACertificateInUseStays(t *testing.T) {
	b := newBalanced(t)
	extra := b.issuedCertificate("extra.example.com")
	attached, _ := b.create(listenerCertificateToken, "extra", object{"listenerArn": b.secure, "certificateArn": extra})
	for _, arn := range []string{b.certificate, extra} {
		assert.ErrorContains(t, b.tryDelete(certificateToken, arn), "ResourceInUseException: Certificate "+arn+" in account 123456789012 is in use.")
	}
	b.delete(listenerCertificateToken, attached)
	b.delete(certificateToken, extra)

	global := b.inRegion("us-east-1")
	viewer := global.issuedCertificate("www.example.com")
	id, _ := b.create(distributionToken, "d", distributionInputs(aliased(viewer, "www.example.com")))
	assert.ErrorContains(t, global.tryDelete(certificateToken, viewer), "ResourceInUseException")
	b.delete(distributionToken, id)
	global.delete(certificateToken, viewer)
}

func TestWhatACertificateCovers(t *testing.T) {
	certificate := object{"domainName": "example.com", "subjectAlternativeNames": list("*.example.com")}
	for host, want := range map[string]bool{
		"example.com": true, "www.example.com": true, "WWW.example.com": true,
		"a.b.example.com": false, "example.org": false, "xexample.com": false,
	} {
		assert.Equal(t, want, covers(certificate, host), host)
	}
}

func TestLookingCertificatesUp(t *testing.T) {
	c := newTestCloud(t)
	by := func(domain string) object { return object{"domain": domain} }
	_, err := c.invoke(getCertificateToken, by("a.example.com"))
	assert.ErrorContains(t, err, "no ACM Certificate matching domain (a.example.com)")
	_, err = c.invoke(getCertificateToken, object{})
	assert.ErrorContains(t, err, "one of domain, tags must be specified")

	pending, _ := c.pendingCertificate("a.example.com")
	_, err = c.invoke(getCertificateToken, by("a.example.com"))
	assert.ErrorContains(t, err, "no ACM Certificate", "pending certificates are not looked at")
	got := c.call(getCertificateToken, object{"domain": "a.example.com", "statuses": list("PENDING_VALIDATION")})
	assert.Equal(t, pending, got.str("arn"))

	arn := c.issuedCertificate("a.example.com")
	assert.Equal(t, arn, c.call(getCertificateToken, by("a.example.com")).str("arn"))
	c.issuedCertificate("a.example.com")
	_, err = c.invoke(getCertificateToken, by("a.example.com"))
	assert.ErrorContains(t, err, "multiple ACM Certificates matching domain (a.example.com)")
	assert.Equal(t, "ISSUED", c.call(getCertificateToken, object{"domain": "a.example.com", "mostRecent": true}).str("status"))
}
