package awsrule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
)

func TestBucketRetention(t *testing.T) {
	for _, days := range []int{1, 90, 36500} {
		assert.NoError(t, awsrule.BucketRetention(days))
	}
	for _, days := range []int{-1, 0, 36501} {
		assert.ErrorContains(t, awsrule.BucketRetention(days), "must be 1-36500 days, got")
	}
}

func TestBucketName(t *testing.T) {
	for _, name := range []string{"abc", "logs.example.com", "a-1", strings.Repeat("a", 63)} {
		assert.NoError(t, awsrule.BucketName(name))
	}
	for name, want := range map[string]string{
		"":                      "3-63 lower-case letters",
		"ab":                    "3-63 lower-case letters",
		"Logs":                  "3-63 lower-case letters",
		"a..b":                  "3-63 lower-case letters",
		"-logs":                 "3-63 lower-case letters",
		strings.Repeat("a", 64): "3-63 lower-case letters",
		"arn:aws:s3:::logs":     `use "logs"`,
		"s3://logs":             `use "logs"`,
	} {
		assert.ErrorContains(t, awsrule.BucketName(name), want, name)
	}
}

func TestLogPrefix(t *testing.T) {
	assert.NoError(t, awsrule.LogPrefix("awslogs"))
	assert.ErrorContains(t, awsrule.LogPrefix("my-AWSLogs"), `got "my-AWSLogs"`)
}
