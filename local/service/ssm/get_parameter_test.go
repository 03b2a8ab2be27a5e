package ssm_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
	"github.com/portico-iac/portico/local/service/ssm"
)

const (
	getParameterToken = "aws:ssm/getParameter:getParameter"
	al2023Parameter   = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
)

func TestGetParameterOfImages(t *testing.T) {
	c := cloudtest.New(t)
	seen := map[string]bool{}
	for _, name := range []string{"ap-northeast-1", "us-east-1"} {
		for _, arch := range region.Architectures {
			got := c.InRegion(name).Call(getParameterToken, core.Object{"name": al2023Parameter + arch})
			ami, ok := region.FindImage(name, got.Str("value"))
			require.True(t, ok)
			assert.Equal(t, arch, ami.Architecture)
			assert.Equal(t, got.Str("value"), got.Str("insecureValue"))
			assert.False(t, seen[ami.ID], "%s occurs twice", ami.ID)
			seen[ami.ID] = true
		}
	}
	_, err := c.TryCall(getParameterToken, core.Object{"name": al2023Parameter + "riscv"})
	assert.ErrorContains(t, err, "ParameterNotFound")
}

func TestGetParameterChangesWithTheAccount(t *testing.T) {
	c := cloudtest.New(t)
	name := al2023Parameter + "arm64"
	before := c.Call(getParameterToken, core.Object{"name": name}).Str("value")

	older := region.Al2023Image(cloudtest.Region, region.Al2023Releases[0], "arm64").ID
	require.NotEqual(t, before, older)
	c.Change(func(t *core.Tx) {
		t.Set(ssm.ParameterToken, name, core.Object{"value": older, "type": "String", "version": 2.0})
	})
	after := c.Call(getParameterToken, core.Object{"name": name})
	assert.Equal(t, older, after.Str("value"))
	assert.Equal(t, 2, after.Int("version"))
}

func TestGetParameterHidesSecureStrings(t *testing.T) {
	c := cloudtest.New(t)
	c.Change(func(t *core.Tx) {
		t.Set(ssm.ParameterToken, "/own", core.Object{"value": "hush", "type": "SecureString", "version": 1.0})
	})
	got := c.Call(getParameterToken, core.Object{"name": "/own"})
	assert.Equal(t, "hush", got.Str("value"))
	assert.Empty(t, got.Str("insecureValue"))
}
