package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const getParameterToken = "aws:ssm/getParameter:getParameter"

func TestGetParameterOfImages(t *testing.T) {
	c := newTestCloud(t)
	seen := map[string]bool{}
	for _, region := range []string{"ap-northeast-1", "us-east-1"} {
		for _, arch := range architectures {
			got := c.inRegion(region).call(getParameterToken, object{"name": al2023Parameter + arch})
			ami, err := findImage(region, got.str("value"))
			require.NoError(t, err)
			assert.Equal(t, arch, ami.architecture)
			assert.Equal(t, got.str("value"), got.str("insecureValue"))
			assert.False(t, seen[ami.id], "%s occurs twice", ami.id)
			seen[ami.id] = true
		}
	}
	_, err := c.invoke(getParameterToken, object{"name": al2023Parameter + "riscv"})
	assert.ErrorContains(t, err, "ParameterNotFound")
}

func TestGetParameterChangesWithTheAccount(t *testing.T) {
	c := newTestCloud(t)
	name := al2023Parameter + "arm64"
	before := c.call(getParameterToken, object{"name": name}).str("value")

	older := al2023Image(testRegion, al2023Releases[0], "arm64").id
	require.NotEqual(t, before, older)
	require.NoError(t, c.transact(func(t *tx) error {
		t.set(ssmParameterToken, name, object{"value": older, "type": "String", "version": 2.0})
		return nil
	}))
	after := c.call(getParameterToken, object{"name": name})
	assert.Equal(t, older, after.str("value"))
	assert.Equal(t, 2, after.integer("version"))
}

func TestGetParameterHidesSecureStrings(t *testing.T) {
	c := newTestCloud(t)
	require.NoError(t, c.transact(func(t *tx) error {
		t.set(ssmParameterToken, "/own", object{"value": "hush", "type": "SecureString", "version": 1.0})
		return nil
	}))
	got := c.call(getParameterToken, object{"name": "/own"})
	assert.Equal(t, "hush", got.str("value"))
	assert.Empty(t, got.str("insecureValue"))
}
