package account_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/traffic/account"
)

// Every field of every struct names a property that exists, also of types of which
// the account has no resource.
func TestReadAnAccountWithoutResources(t *testing.T) {
	r, err := account.Read(&core.Account{})
	require.NoError(t, err)
	assert.Equal(t, &account.Resources{}, r)
}

func TestReadTheSeed(t *testing.T) {
	seed, err := core.Seed()
	require.NoError(t, err)
	r, err := account.Read(seed)
	require.NoError(t, err)
	assert.Len(t, r.Instances, 5)
	assert.Len(t, r.VPCs, 3)
	assert.Len(t, r.NATGateways, 2)
	assert.NotEmpty(t, r.Routes)
	assert.NotEmpty(t, r.IngressRules)
	assert.NotEmpty(t, r.Records)
	assert.NotEmpty(t, r.CloudFrontLists)
	assert.NotEmpty(t, r.CloudFrontIPv6Lists)

	s, ok := r.Subnet("subnet-05eed00000000000a")
	require.True(t, ok)
	assert.Equal(t, "ap-northeast-1a", s.AvailabilityZone)
	assert.True(t, s.Contains(netip.MustParseAddr("10.20.0.7")))
	assert.False(t, s.Contains(netip.MustParseAddr("10.21.0.7")))
	_, ok = r.Instance("i-none")
	assert.False(t, ok)
	_, ok = r.TargetGroup("arn:none")
	assert.False(t, ok)
}
