package acm

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestValidationRecordsDeriveFromAccountAndName(t *testing.T) {
	record := validationRecord("123456789012", "example.com")
	assert.Equal(t, record, validationRecord("123456789012", "*.example.com"))
	assert.NotEqual(t, record, validationRecord("123456789012", "www.example.com"))
	assert.NotEqual(t, record, validationRecord("210987654321", "example.com"))
}
