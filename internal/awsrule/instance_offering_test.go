package awsrule

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTypeOffered(t *testing.T) {
	assert.NoError(t, TypeOffered("t4g.small", "xx-north-1a", "first public subnet", []string{"xx-north-1a", "xx-north-1b"}))
	assert.EqualError(t, TypeOffered("t4g.small", "xx-north-1c", "first public subnet", []string{"xx-north-1a", "xx-north-1b"}),
		`must be a type that xx-north-1c has, the zone of the first public subnet, got "t4g.small"; `+
			"use another type, or put a subnet in one of [xx-north-1a xx-north-1b] first")
	assert.EqualError(t, TypeOffered("t4g.small", "xx-north-1c", "first public subnet", nil), `must be a type that the region has, got "t4g.small"; use another type`)
}
