package core

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No message of a check repeats a value: it might be a secret.
func TestChecksKeepSecrets(t *testing.T) {
	const secret = "hunter2"
	block := fields{"values": "[string]", "count": "int!", "any": "any"}
	for _, bad := range []Object{
		{"values": secret, "count": 1.0},
		{"values": List(secret), "count": secret},
		{"values": []any{map[string]any{"a": secret}}, "count": 1.0},
		{"valuse": secret, "count": 1.0},
		{"any": List(secret), "count": 1.0},
	} {
		faults := conformBlock(block, map[string]any(bad), "")
		require.NotEmpty(t, faults)
		assert.NotContains(t, JoinRefusals("x", faults).Error(), secret)
	}
	assert.Empty(t, conformBlock(block, map[string]any{"values": List(secret), "count": 1.0, "any": secret}, ""))
	assert.Len(t, conformBlock(block, map[string]any{"count": 1.5}, ""), 1, "a whole number")
	assert.Equal(t, []*Refusal{Missing("count")}, conformBlock(block, map[string]any{}, ""))
}

// A struct that reads a state has to name properties of the type.
func TestMisspeltFieldsOfStatesAreFound(t *testing.T) {
	a, err := Seed()
	require.NoError(t, err)
	const token = "aws:lb/targetGroup:TargetGroup"
	state := map[string]any{"id": "g", "vpcId": "vpc-1", "healthCheck": map[string]any{"path": "/up"}}
	a.put(token, "ap-northeast-1", "g", state)

	type good struct {
		ID, VpcID   string
		HealthCheck struct{ Path string }
	}
	read, err := States[good](a, token)
	require.NoError(t, err)
	require.Len(t, read, 1)
	assert.Equal(t, "vpc-1", read[0].VpcID)
	assert.Equal(t, "/up", read[0].HealthCheck.Path)

	type misspelt struct{ VpcName string }
	_, err = States[misspelt](a, token)
	assert.ErrorContains(t, err, "has no property that the field VpcName of core.misspelt would read")
	type nested struct{ HealthCheck struct{ Pfad string } }
	_, err = StateOf[nested](token, state)
	assert.ErrorContains(t, err, "the field Pfad")
	type tagged struct {
		VPC string `json:"vpcIdd"`
	}
	_, err = StateOf[tagged](token, state)
	assert.ErrorContains(t, err, "the field VPC")
	_, err = StateOf[good]("aws:nothing/x:X", state)
	assert.ErrorContains(t, err, "unsupported")
}
