package awsrule_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name        string
		cpu, memory int
		wantErr     string
	}{
		{"smallest", 256, 512, ""},
		{"largest of a quarter", 256, 2048, ""},
		{"half with three", 512, 3072, ""},
		{"four with thirty", 4096, 30720, ""},
		{"eight steps by four", 8192, 20480, ""},
		{"sixteen steps by eight", 16384, 122880, ""},
		{"thirty-two", 32768, 249856, ""},
		{"too little", 512, 512, "with cpu 512 must be one of 1024, 2048, 3072, 4096 MiB, got 512; nearest valid pair: cpu 512, memory 1024"},
		{"between", 256, 1536, "with cpu 256 must be one of 512, 1024, 2048 MiB, got 1536; nearest valid pair: cpu 256, memory 2048"},
		{"too much", 256, 4096, "with cpu 256 must be one of 512, 1024, 2048 MiB, got 4096; nearest valid pair: cpu 512, memory 4096"},
		{"off step", 8192, 17408, "with cpu 8192 must be one of 16384, 20480, 24576, 28672, 32768, 36864, 40960, 45056, 49152, 53248, 57344, 61440 MiB, got 17408; nearest valid pair: cpu 8192, memory 20480"},
		{"odd cpu", 300, 512, "must go with a cpu of one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 units, got cpu 300 and memory 512; nearest valid pair: cpu 512, memory 1024"},
		{"gigabytes for MiB", 256, 1, "with cpu 256 must be one of 512, 1024, 2048 MiB, got 1; nearest valid pair: cpu 256, memory 512"},
		{"beyond", 65536, 512, "must go with a cpu of one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 units, got cpu 65536 and memory 512; nearest valid pair: cpu 32768, memory 249856"},
		{"negative", -1, -1, "must go with a cpu of one of 256, 512, 1024, 2048, 4096, 8192, 16384, 32768 units, got cpu -1 and memory -1; nearest valid pair: cpu 256, memory 512"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := awsrule.FargateSize(c.cpu, c.memory)
			if c.wantErr == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, c.wantErr)
		})
	}
}

func TestPairs(t *testing.T) {
	pairs := awstable.FargateSizes()
	// 3 + 4 + 7 + 13 + 23 + 12 + 12 + 3
	require.Len(t, pairs, 77)
	for _, p := range pairs {
		assert.NoError(t, awsrule.FargateSize(p.CPU, p.MemoryMiB), p.String())
		assert.Error(t, awsrule.FargateSize(p.CPU, p.MemoryMiB+1), p.String())
	}
}

// FuzzCheck: whatever is refused, the pair that the message names is valid.
func FuzzCheck(f *testing.F) {
	f.Add(256, 512)
	f.Add(1000, 3000)
	valid := map[string]bool{}
	for _, p := range awstable.FargateSizes() {
		valid[p.String()] = true
	}
	f.Fuzz(func(t *testing.T, cpu, memory int) {
		err := awsrule.FargateSize(cpu, memory)
		if err == nil {
			assert.True(t, valid[awstable.FargateSize{CPU: cpu, MemoryMiB: memory}.String()])
			return
		}
		_, named, found := strings.Cut(err.Error(), "nearest valid pair: ")
		assert.True(t, found && valid[named], err.Error())
	})
}
