package iampolicy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
)

func TestStaticContentAgainstTheCallsOfDistributions(t *testing.T) {
	const front, bucket, own = "cloudfront.amazonaws.com", "arn:aws:s3:::site", "arn:aws:cloudfront::123456789012:distribution/E1"
	policy, err := iampolicy.StaticContent(bucket, own).JSON()
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		service, action, resource, source, tls string
		want                                   bool
	}{
		"a file":                       {front, "s3:GetObject", bucket + "/assets/a.css", own, "true", true},
		"the list":                     {front, "s3:ListBucket", bucket, own, "true", true},
		"a file, another distribution": {front, "s3:GetObject", bucket + "/assets/a.css", own + "2", "true", false},
		"a file without TLS":           {front, "s3:GetObject", bucket + "/assets/a.css", own, "false", false},
		"a file to be written":         {front, "s3:PutObject", bucket + "/assets/a.css", own, "true", false},
		"a file of another bucket":     {front, "s3:GetObject", bucket + "2/a.css", own, "true", false},
		"another service":              {"logging.s3.amazonaws.com", "s3:GetObject", bucket + "/a.css", own, "true", false},
	} {
		t.Run(name, func(t *testing.T) {
			may, err := iampolicy.Allows([]string{about(t, policy, tt.service)}, iampolicy.Call{
				Action: tt.action, Resource: tt.resource,
				Context: map[string][]string{"aws:SourceArn": {tt.source}, "aws:SecureTransport": {tt.tls}},
			})
			require.NoError(t, err)
			assert.Equal(t, tt.want, may)
		})
	}
}
