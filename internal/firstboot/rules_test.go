package firstboot_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/firstboot"
)

func TestRules(t *testing.T) {
	for _, c := range []struct {
		name    string
		err     error
		wantErr string
	}{
		{"directory", firstboot.AcmeDirectoryURL(firstboot.LetsEncrypt), ""},
		{"staging", firstboot.AcmeDirectoryURL(firstboot.LetsEncryptStaging), ""},
		{"a directory of one's own", firstboot.AcmeDirectoryURL("https://localhost:14000/dir"), ""},
		{"image that runs", firstboot.ImageRuns("ami-1", "arm64", "t4g.small"), ""},
		{"image of the other architecture", firstboot.ImageRuns("ami-1", "arm64", "t3.small"),
			`must be an image for x86_64, which t3.small is, got "ami-1" for arm64`},
		{"no directory", firstboot.AcmeDirectoryURL(""), `got ""`},
		{"directory without TLS", firstboot.AcmeDirectoryURL("http://localhost/dir"), `got "http://localhost/dir"`},
		{"directory without host", firstboot.AcmeDirectoryURL("https:///dir"), "must be the https address"},
		{"directory with a space", firstboot.AcmeDirectoryURL("https://host/a b"), "must be the https address"},
		{"directory with a password", firstboot.AcmeDirectoryURL("https://u:p@host/"), "must be the https address"},
		{"address", firstboot.AcmeEmail("admin@example.com"), ""},
		{"no address", firstboot.AcmeEmail(""), ""},
		{"half an address", firstboot.AcmeEmail("admin"), `got "admin"`},
		{"address with a newline", firstboot.AcmeEmail("a@b.c\nx"), "must be an e-mail address"},
		{"no application", firstboot.AppPort(0), ""},
		{"application", firstboot.AppPort(8080), ""},
		{"application on nginx's port", firstboot.AppPort(443), "viewers would get 502"},
		{"application beyond", firstboot.AppPort(65536), "must be 1-65535, got 65536"},
		{"a hundred names", firstboot.NameCount(100), ""},
		{"more names", firstboot.NameCount(101), "must be at most 100 names, what Let's Encrypt puts on one certificate, got 101"},
		{"smallest volume", firstboot.RootVolume(8), ""},
		{"shortest wait", firstboot.ReadyTimeout(60), ""},
		{"longest wait", firstboot.ReadyTimeout(172500), ""},
		{"longer wait", firstboot.ReadyTimeout(172501), "must be 60-172500 s, got 172501"},
		{"parameter", firstboot.ParameterName("origin"), ""},
		{"parameter of AWS", firstboot.ParameterName("Aws-origin"), `name must not begin with "aws" or "ssm"`},
		{"parameter of Systems Manager", firstboot.ParameterName("ssm"), `got "ssm"`},
		{"too small a volume", firstboot.RootVolume(7), "must be 8-16384 GiB, got 7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.wantErr == "" {
				assert.NoError(t, c.err)
				return
			}
			assert.ErrorContains(t, c.err, c.wantErr)
		})
	}
}

func TestImageParameter(t *testing.T) {
	const prefix = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
	for of, arch := range map[string]string{
		"t4g.small": "arm64", "m7gd.large": "arm64", "c8gn.metal-24xl": "arm64", "im4gn.2xlarge": "arm64",
		"is4gen.medium": "arm64", "g5g.xlarge": "arm64", "a1.large": "arm64",
		"t3.micro": "x86_64", "t3a.nano": "x86_64", "m7i-flex.large": "x86_64", "g4dn.xlarge": "x86_64",
		"gr6.4xlarge": "x86_64", "u-6tb1.56xlarge": "x86_64", "u7i-12tb.224xlarge": "x86_64",
	} {
		t.Run(of, func(t *testing.T) {
			got, err := firstboot.ImageParameter(of)
			assert.NoError(t, err)
			assert.Equal(t, prefix+arch, got)
		})
	}
	for _, of := range []string{"", "t4g", "t4g.", ".small", "t4g small", "T4G.small", "t4g.tiny", "mac2.metal", "t4g.small\n"} {
		t.Run("refuses "+of, func(t *testing.T) {
			_, err := firstboot.ImageParameter(of)
			assert.ErrorContains(t, err, `such as "t4g.small"`)
		})
	}
}
