package components

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A failed lookup is told in AWS's words, without what the engine puts around them.
func TestAFailedLookupSaysWhatAWSAnswered(t *testing.T) {
	for given, want := range map[string]string{
		"rpc error: code = Unknown desc = invocation of aws:ec2/getInstance:getInstance returned an error: " +
			"invoking aws:ec2/getInstance:getInstance: no matching EC2 instance found": "no matching EC2 instance found",
		"invocation of aws:route53/getZone:getZone returned an error: 1 error occurred:\n\t* no matching Route 53 Hosted Zone found\n\n": "no matching Route 53 Hosted Zone found",
		"no credentials": "no credentials",
	} {
		cause := errors.New(given)
		err := lookupFailed(cause, "instance %q", "i-1")
		assert.EqualError(t, err, `looking up instance "i-1": `+want)
		assert.ErrorIs(t, err, cause)
	}
}
