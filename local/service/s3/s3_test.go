package s3_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/s3"
)

// policy is a bucket's policy with one statement.
func policy(statement string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + statement + `}]}`
}

// readable lets somebody read the objects of a bucket.
func readable(bucket, principal string) string {
	return policy(`"Principal":` + principal + `,"Action":"s3:GetObject","Resource":"arn:aws:s3:::` + bucket + `/*"`)
}

func TestBucket(t *testing.T) {
	c := cloudtest.New(t)
	id, state := c.Create(s3.BucketToken, "Logs", core.Object{})
	assert.Regexp(t, `^logs-[0-9a-f]{7}$`, id)
	assert.Equal(t, "arn:aws:s3:::"+id, state.Str("arn"))
	assert.Equal(t, id+".s3.ap-northeast-1.amazonaws.com", state.Str("bucketRegionalDomainName"))
	assert.Equal(t, "Z2M4EHUR26P7ZW", state.Str("hostedZoneId"))

	c.Refused(s3.BucketToken, "x", core.Object{"bucket": id}, "BucketAlreadyOwnedByYou")
	c.InRegion("us-east-1").Refused(s3.BucketToken, "x", core.Object{"bucket": id}, "BucketAlreadyOwnedByYou")
	assert.Equal(t, []string{"bucket"}, c.ChangeOf(s3.BucketToken, id, core.Object{"bucket": "other"}).Replaces)
	c.Update(s3.BucketToken, id, core.Object{"forceDestroy": true})

	setting := core.Object{"bucket": id, "rule": core.Object{"objectOwnership": "ObjectWriter"}}
	c.Create(s3.OwnershipControlsToken, "x", setting)
	c.Refused(s3.OwnershipControlsToken, "y", setting, "is taken")
	c.Delete(s3.BucketToken, id)
	assert.Nil(t, c.State(s3.OwnershipControlsToken, id), "the settings of a bucket go with it")
	c.IsSeed()
}

func TestNamesOfBuckets(t *testing.T) {
	c := cloudtest.New(t)
	for name, fine := range map[string]bool{
		"abc": true, "a.b-c": true, "1-2": true, strings.Repeat("a", 63): true, "192.168.5.4.example": true,
		"ab": false, strings.Repeat("a", 64): false, "Abc": false, "a_b": false, "a..b": false, "-ab": false, "ab-": false,
		"192.168.5.4": false, "xn--abc": false, "sthree-abc": false, "abc-s3alias": false, "abc--x-s3": false,
	} {
		got := c.FaultsOf(s3.BucketToken, core.Object{"bucket": name})
		assert.Equal(t, !fine, strings.Contains(got, "InvalidBucketName"), "%s: %s", name, got)
	}
}

func TestSettingsNeedTheirBucket(t *testing.T) {
	c := cloudtest.New(t)
	for token, in := range map[string]core.Object{
		s3.PublicAccessBlockToken: {},
		s3.OwnershipControlsToken: {"rule": core.Object{"objectOwnership": "ObjectWriter"}},
		s3.PolicyToken:            {"policy": readable("nobody", `{"AWS":"123456789012"}`)},
	} {
		c.Refused(token, "x", in.With(core.Object{"bucket": "nobody"}), "NoSuchBucket: The specified bucket does not exist")
	}
}

func TestRulesOfSettings(t *testing.T) {
	c := cloudtest.New(t)
	encrypted := func(more core.Object) core.Object {
		return core.Object{"rules": []any{core.Object{"applyServerSideEncryptionByDefault": more}}}
	}
	rules := func(rules ...any) core.Object { return core.Object{"rules": rules} }
	expiring := func(more core.Object) core.Object {
		return core.Object{"id": "old", "status": "Enabled", "expiration": core.Object{"days": 90}}.With(more)
	}
	for name, tc := range map[string]struct {
		token string
		in    core.Object
		want  string
	}{
		"AES256":              {s3.EncryptionToken, encrypted(core.Object{"sseAlgorithm": "AES256"}), ""},
		"KMS":                 {s3.EncryptionToken, encrypted(core.Object{"sseAlgorithm": "aws:kms:dsse", "kmsMasterKeyId": "alias/a"}), ""},
		"algorithm":           {s3.EncryptionToken, encrypted(core.Object{"sseAlgorithm": "AES128"}), "sseAlgorithm must be one of AES256, aws:kms, aws:kms:dsse"},
		"key without KMS":     {s3.EncryptionToken, encrypted(core.Object{"sseAlgorithm": "AES256", "kmsMasterKeyId": "alias/a"}), "kmsMasterKeyId cannot be given with sseAlgorithm AES256"},
		"form of key":         {s3.EncryptionToken, encrypted(core.Object{"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "my key"}), "KMS.NotFoundException"},
		"two encryptions":     {s3.EncryptionToken, rules(core.Object{"bucketKeyEnabled": true}, core.Object{"bucketKeyEnabled": true}), "rules must be at most 1, got 2"},
		"another's bucket":    {s3.EncryptionToken, encrypted(core.Object{"sseAlgorithm": "AES256"}).With(core.Object{"expectedBucketOwner": "1"}), "unsupported"},
		"ownership":           {s3.OwnershipControlsToken, core.Object{"rule": core.Object{"objectOwnership": "Me"}}, "objectOwnership must be one of"},
		"expiring":            {s3.LifecycleToken, rules(expiring(nil)), ""},
		"status":              {s3.LifecycleToken, rules(expiring(core.Object{"status": "On"})), "status must be one of Enabled, Disabled"},
		"same id":             {s3.LifecycleToken, rules(expiring(nil), expiring(nil)), `rules.id must differ, got "old" twice`},
		"long id":             {s3.LifecycleToken, rules(expiring(core.Object{"id": strings.Repeat("a", 256)})), "at most 255"},
		"no action":           {s3.LifecycleToken, rules(expiring(nil).Without("expiration")), "rules[0].expiration: InvalidRequest: At least one action needs to be specified in a rule"},
		"no days":             {s3.LifecycleToken, rules(expiring(core.Object{"expiration": core.Object{"days": 0}})), "rules[0].expiration.days must be 1-"},
		"transition":          {s3.LifecycleToken, rules(expiring(core.Object{"transitions": []any{core.Object{"storageClass": "GLACIER"}}})), "unsupported"},
		"policy":              {s3.PolicyToken, core.Object{"policy": readable("b", `"*"`)}, ""},
		"no JSON":             {s3.PolicyToken, core.Object{"policy": "{"}, "MalformedPolicy: This policy contains invalid Json"},
		"nobody":              {s3.PolicyToken, core.Object{"policy": policy(`"Action":"s3:*","Resource":"arn:aws:s3:::b"`)}, "Missing required field Principal"},
		"of another service":  {s3.PolicyToken, core.Object{"policy": policy(`"Principal":"*","Action":"sns:*","Resource":"arn:aws:s3:::b"`)}, "Policy has invalid action"},
		"long policy":         {s3.PolicyToken, core.Object{"policy": readable("b", `"*"`) + strings.Repeat(" ", 20*1024)}, "PolicyTooLarge"},
		"block without rules": {s3.PublicAccessBlockToken, core.Object{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.For(t).FaultsOf(tc.token, tc.in.With(core.Object{"bucket": "b"}))
			if tc.want == "" {
				assert.Empty(t, got)
			}
			assert.Contains(t, got, tc.want)
		})
	}
}

// A policy is about its bucket, and a new bucket blocks public ones until it says
// otherwise.
func TestPolicies(t *testing.T) {
	c := cloudtest.New(t)
	bucket, _ := c.Create(s3.BucketToken, "site", core.Object{})
	for _, anyone := range []string{`"*"`, `{"AWS":"*"}`, `{"AWS":["123456789012","*"]}`} {
		c.Refused(s3.PolicyToken, "x", core.Object{"bucket": bucket, "policy": readable(bucket, anyone)}, "AccessDenied")
	}
	for _, resource := range []string{"*", "arn:aws:s3:::another/*", "arn:aws:s3:::*"} {
		foreign := policy(`"Principal":{"AWS":"123456789012"},"Action":"s3:*","Resource":"` + resource + `"`)
		c.Refused(s3.PolicyToken, "x", core.Object{"bucket": bucket, "policy": foreign}, "MalformedPolicy: Policy has invalid resource")
	}
	conditional := fmt.Sprintf(`"Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*",`+
		`"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`, bucket)
	id, _ := c.Create(s3.PolicyToken, "p", core.Object{"bucket": bucket, "policy": policy(conditional)})
	spaced := core.Object{"bucket": bucket, "policy": " " + policy(conditional)}
	assert.Empty(t, c.ChangeOf(s3.PolicyToken, id, spaced).Changed, "the same JSON, written differently")

	public := core.Object{"bucket": bucket, "policy": readable(bucket, `"*"`)}
	_, err := c.TryUpdate(s3.PolicyToken, id, public)
	assert.ErrorContains(t, err, "prevented by the BlockPublicPolicy setting")
	block, _ := c.Create(s3.PublicAccessBlockToken, "open", core.Object{"bucket": bucket})
	c.Update(s3.PolicyToken, id, public)
	c.Update(s3.PublicAccessBlockToken, block, core.Object{"bucket": bucket, "blockPublicPolicy": true})
	_, err = c.TryUpdate(s3.PolicyToken, id, public.With(core.Object{"policy": readable(bucket, `{"AWS":"*"}`)}))
	assert.ErrorContains(t, err, "AccessDenied")
}
