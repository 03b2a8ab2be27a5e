package iampolicy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
)

const zoneARN = "arn:aws:route53:::hostedzone/Z0EXAMPLE"

// change is ChangeResourceRecordSets as certbot-dns-route53 calls it, one
// change in a batch, seen as IAM sees it.
func change(action, recordType string, names ...string) iampolicy.Call {
	return iampolicy.Call{
		Action:   "route53:ChangeResourceRecordSets",
		Resource: zoneARN,
		Context: map[string][]string{
			"route53:ChangeResourceRecordSetsNormalizedRecordNames": names,
			"route53:ChangeResourceRecordSetsRecordTypes":           {recordType},
			"route53:ChangeResourceRecordSetsActions":               {action},
		},
	}
}

func TestCertbotPolicyAgainstTheCallsOfCertbot(t *testing.T) {
	policy := render(t, iampolicy.Certbot("aws", "Z0EXAMPLE", []string{"origin.example.com"}))
	const challenge = "_acme-challenge.origin.example.com"
	otherZone := change("UPSERT", "TXT", challenge)
	otherZone.Resource = "arn:aws:route53:::hostedzone/Z0OTHER"
	for _, c := range []struct {
		name string
		call iampolicy.Call
		want bool
	}{
		{"finds the zone", iampolicy.Call{Action: "route53:ListHostedZones", Resource: "*"}, true},
		{"writes the challenge", change("UPSERT", "TXT", challenge), true},
		{"removes the challenge", change("DELETE", "TXT", challenge), true},
		{"waits for the change", iampolicy.Call{Action: "route53:GetChange", Resource: "arn:aws:route53:::change/C1"}, true},
		{"creates", change("CREATE", "TXT", challenge), false},
		{"the address of the origin", change("UPSERT", "A", "origin.example.com"), false},
		{"another type under the name", change("UPSERT", "CNAME", challenge), false},
		{"another name's challenge", change("UPSERT", "TXT", "_acme-challenge.www.example.com"), false},
		{"the apex's challenge", change("UPSERT", "TXT", "_acme-challenge.example.com"), false},
		{"another name in the same batch", change("UPSERT", "TXT", challenge, "example.com"), false},
		{"another zone", otherZone, false},
		{"reads records", iampolicy.Call{Action: "route53:ListResourceRecordSets", Resource: zoneARN}, false},
		{"deletes the zone", iampolicy.Call{Action: "route53:DeleteHostedZone", Resource: zoneARN}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := iampolicy.Allows([]string{policy}, c.call)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestCertbotPolicyInAnotherPartition(t *testing.T) {
	policy := render(t, iampolicy.Certbot("aws-cn", "Z0EXAMPLE", []string{"origin.example.com"}))
	assert.Contains(t, policy, "arn:aws-cn:route53:::hostedzone/Z0EXAMPLE")
	assert.Contains(t, policy, "arn:aws-cn:route53:::change/*")
	assert.NotContains(t, policy, "arn:aws:")
}

func TestChallengeNames(t *testing.T) {
	assert.Equal(t,
		[]string{"_acme-challenge.example.com", "_acme-challenge.www.example.com"},
		iampolicy.ChallengeNames([]string{"www.Example.com.", "*.example.com", "example.com"}))
}
