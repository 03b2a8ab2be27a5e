package fault_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/fault"
)

func TestListNamesSubjectAndPath(t *testing.T) {
	l := fault.New("SecuredALB", "web")
	assert.NoError(t, l.Err())
	l.Addf(fault.Index("listeners", 0)+".port", "must be 1-65535, got %d", 70000)
	l.Check("idleTimeoutSeconds", nil)
	l.Check("", errors.New("args are required"))
	assert.EqualError(t, l.Err(),
		"SecuredALB \"web\": listeners[0].port: must be 1-65535, got 70000\nSecuredALB \"web\": args are required")
}

func TestForConfigNamesTheKeyAlone(t *testing.T) {
	l := fault.ForConfig()
	l.Addf("portico:variant", "is required")
	assert.EqualError(t, l.Err(), "portico:variant: is required")
}

func TestErrKeepsTheCause(t *testing.T) {
	cause := errors.New("no such zone")
	l := fault.New("CertifiedDomain", "www")
	l.Check("hostedZone", cause)
	assert.ErrorIs(t, l.Err(), cause)
}

func TestNamesArePutInPlaceOfWhatTheyKnow(t *testing.T) {
	names := fault.Names(func(f fault.Fault) string {
		if f.Name == "web" {
			return "portico:loadBalancer." + f.Path
		}
		return ""
	})
	l := fault.New("SecuredALB", "web").NamedBy(names)
	assert.NoError(t, l.Err())
	l.Addf("idleTimeoutSeconds", "must be 1-4000 s, got 5000")
	l.Join(fault.New("Network", "net").Err())
	other := fault.New("Network", "net")
	other.Addf("cidrBlock", "must stay")
	l.Join(other.Err())
	assert.EqualError(t, l.Err(), "portico:loadBalancer.idleTimeoutSeconds: must be 1-4000 s, got 5000\nNetwork \"net\": cidrBlock: must stay")
}
