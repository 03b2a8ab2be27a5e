package firstboot

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
)

const (
	// LetsEncrypt is the ACME directory of Let's Encrypt, whose certificates
	// CloudFront trusts.
	LetsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

	// LetsEncryptStaging is the one to try things out with: it has no tight rate
	// limits, and nobody trusts its certificates; viewers get 502.
	LetsEncryptStaging = "https://acme-staging-v02.api.letsencrypt.org/directory"

	// maxNames is the most names on a certificate of Let's Encrypt.
	// https://letsencrypt.org/docs/rate-limits/
	maxNames = 100
)

// AcmeDirectoryURL refuses what is not the HTTPS address of an ACME directory.
// https://datatracker.ietf.org/doc/html/rfc8555#section-6.1
func AcmeDirectoryURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || hasSpace.MatchString(address) {
		return fmt.Errorf("must be the https address of an ACME directory such as %q, got %q", LetsEncrypt, address)
	}
	return nil
}

var (
	hasSpace = regexp.MustCompile(`[\s[:cntrl:]]`)
)

// AcmeEmail refuses what is not an e-mail address; "" is an account without
// one.
func AcmeEmail(email string) error {
	if email == "" || awsrule.EmailAddress(email) == nil {
		return nil
	}
	return fmt.Errorf("must be an e-mail address such as %q, or empty, got %q", "admin@example.com", email)
}

// AppPort refuses a port that the application cannot have; 0 is none.
func AppPort(port int) error {
	if port == awstable.HTTPSPort {
		return fmt.Errorf("must not be %d, where nginx listens; viewers would get 502: let the application listen on another port", port)
	}
	if port == 0 {
		return nil
	}
	return awsrule.Between(port, 1, 65535, "")
}

// NameCount refuses more names than one certificate holds.
func NameCount(names int) error {
	if names > maxNames {
		return fmt.Errorf("must be at most %d names, what Let's Encrypt puts on one certificate, got %d; use a wildcard", maxNames, names)
	}
	return nil
}

// RootVolume refuses a size, in GiB, that a gp3 volume cannot have, or that the
// image of Amazon Linux 2023 does not fit on.
// https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
func RootVolume(gib int) error { return awsrule.Between(gib, 8, 16384, "GiB") }

// longestWait is the longest that a command of Systems Manager may run, in seconds,
// less the time in which an instance registers and reports.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html#aws-runShellScript
const longestWait = 172800 - ReportSeconds

// ReportSeconds is the time in which an instance registers with Systems Manager, and
// the end of a command reaches whoever waits for it.
const ReportSeconds = 300

// ReadyTimeout refuses what a first boot cannot be waited for, in seconds.
func ReadyTimeout(seconds int) error { return awsrule.Between(seconds, 60, longestWait, "s") }

// ParameterName refuses the beginnings of a parameter's name that AWS keeps for itself.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
func ParameterName(name string) error {
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, "aws") || strings.HasPrefix(lower, "ssm") {
		return fmt.Errorf(`name must not begin with "aws" or "ssm" when there is an originSecret, got %q; `+
			"AWS refuses such names for the parameter that holds it", name)
	}
	return nil
}
