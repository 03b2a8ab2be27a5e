package s3_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/s3"
)

// serviceMay is what the policy of a new bucket lets a service put below logs/, in a
// context of account 123456789012.
func serviceMay(t *testing.T, policy, service string) (may bool, err error) {
	t.Helper()
	c := cloudtest.New(t)
	bucket, state := c.Create(s3.BucketToken, "x", core.Object{"bucket": "portico-logs"})
	if policy != "" {
		c.Create(s3.PolicyToken, "x", core.Object{"bucket": bucket, "policy": policy})
	}
	c.Change(func(tx *core.Tx) {
		may, err = s3.ServiceMay(tx.In("us-east-1"), state, service, iampolicy.Call{
			Action: "s3:PutObject", Resource: "arn:aws:s3:::portico-logs/logs/a",
			Context: map[string][]string{"aws:SourceAccount": {"123456789012"}},
		})
	})
	return may, err
}

func TestWhatAServiceMay(t *testing.T) {
	const (
		service = "delivery.logs.amazonaws.com"
		objects = `"Action":"s3:PutObject","Resource":"arn:aws:s3:::portico-logs/*"`
		let     = `{"Effect":"Allow","Principal":{"Service":"` + service + `"},` + objects + `}`
	)
	own := func(account string) string {
		return `{"Effect":"Allow","Principal":{"Service":["a.amazonaws.com","` + service + `"]},` + objects +
			`,"Condition":{"StringEquals":{"aws:SourceAccount":"` + account + `"}}}`
	}
	for name, tt := range map[string]struct {
		statements string
		want       bool
	}{
		"allowed":                {let, true},
		"another service":        {`{"Effect":"Allow","Principal":{"Service":"a.amazonaws.com"},` + objects + `}`, false},
		"an account":             {`{"Effect":"Allow","Principal":{"AWS":"123456789012"},` + objects + `}`, false},
		"another folder":         {`{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::portico-logs/other/*"}`, false},
		"another action":         {`{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::portico-logs/*"}`, false},
		"for its account":        {own("123456789012"), true},
		"for another account":    {own("210987654321"), false},
		"denied":                 {let + `,{"Effect":"Deny","Principal":"*",` + objects + `}`, false},
		"denied without TLS":     {let + `,{"Effect":"Deny","Principal":{"AWS":"*"},` + objects + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, true},
		"denied to all but some": {let + `,{"Effect":"Deny","NotPrincipal":{"Service":"a.amazonaws.com"},` + objects + `}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			may, err := serviceMay(t, `{"Version":"2012-10-17","Statement":[`+tt.statements+`]}`, service)
			require.NoError(t, err)
			assert.Equal(t, tt.want, may)
		})
	}
	may, err := serviceMay(t, "", service)
	require.NoError(t, err)
	assert.False(t, may, "a bucket without a policy")
	_, err = serviceMay(t, `{"Statement":[{"Effect":"Allow","Principal":{"Service":"`+service+`"},`+objects+
		`,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`, service)
	assert.ErrorContains(t, err, `unsupported by the local AWS: the policy of bucket portico-logs: condition operator "IpAddress" is not supported`)
}

func TestGetBucket(t *testing.T) {
	c := cloudtest.New(t)
	c.InRegion("us-east-1").Create(s3.BucketToken, "x", core.Object{"bucket": "portico-logs"})
	found := c.Call("aws:s3/getBucket:getBucket", core.Object{"bucket": "portico-logs"})
	assert.Equal(t, "us-east-1", found.Str("region"))
	assert.Equal(t, "arn:aws:s3:::portico-logs", found.Str("arn"))
	_, err := c.TryCall("aws:s3/getBucket:getBucket", core.Object{"bucket": "nobody"})
	assert.ErrorContains(t, err, "reading S3 Bucket (nobody): couldn't find resource")
}
