package acm

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestValidationRecordsDeriveFromAccountAndName(t *testing.T) {
	record := func(account, domain string) [2]string {
		name, value := validationRecord(account, domain)
		return [2]string{name, value}
	}
	first := record("123456789012", "example.com")
	assert.Equal(t, first, record("123456789012", "*.example.com"))
	for _, other := range [][2]string{record("123456789012", "www.example.com"), record("210987654321", "example.com")} {
		assert.NotEqual(t, first[0], other[0])
		assert.NotEqual(t, first[1], other[1])
	}
}
