// Package firstboot writes the user data of a TLS origin: a thin bootstrap that
// installs packages, and a script that sets up nginx and its certificate and
// can be run in any folder.
package firstboot

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/awstable"
)

// Script is first-boot.sh: what an instance does when its packages are
// installed. Its head says which parameters it takes.
//
//go:embed first-boot.sh
var Script string

//go:embed bootstrap.sh
var bootstrap string

//go:embed ready.sh
var ready string

// comment is a line that holds nothing else; "#!" names an interpreter.
var comment = regexp.MustCompile(`(?m)^[ \t]*#([^!\n].*)?\n`)

// MaxUserData is the most bytes that user data may have, before base64.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
const MaxUserData = 16384

// Params is what the instance is told.
type Params struct {
	CertificateNames []string
	AcmeDirectoryURL string
	AcmeEmail        string // "" for an account without an address
	AppPort          int    // 0 for a page of nginx's own
	// OriginDomainName is the dimension of the metric CertificateDaysLeft.
	OriginDomainName string
	// SecretParameter is the ARN of the parameter with the values that are accepted in
	// the header SecretHeader; "" to answer everybody.
	SecretParameter, SecretHeader string
}

// What the instance reports to CloudWatch twice a day, with the dimension Origin.
const (
	MetricNamespace = "Portico/TLSInstance"
	MetricName      = "CertificateDaysLeft"
	MetricDimension = "Origin"
)

// MaxParameterARN stands in for the ARN of a parameter that is not made yet.
var MaxParameterARN = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/" + strings.Repeat("x", awsrule.MaxComponent+len("-secret-1234567"))

// Ready is a script that ends when the instance serves, with the given version of the
// secret's parameter or a newer one, and fails with the reason if it does not within
// the given number of seconds.
func Ready(seconds, version int) string {
	return strings.NewReplacer("@SECONDS@", strconv.Itoa(seconds), "@VERSION@", strconv.Itoa(version)).Replace(ready)
}

// UserData is the shell script that cloud-init runs at first boot, without its
// comments. Values are quoted, whatever they hold. More than MaxUserData bytes are
// refused.
func (p Params) UserData() (string, error) {
	text := strings.NewReplacer(
		"@PARAMETERS@", p.exports(),
		"@FIRST_BOOT@", strings.TrimSuffix(comment.ReplaceAllString(Script, ""), "\n"),
	).Replace(comment.ReplaceAllString(bootstrap, ""))
	if len(text) > MaxUserData {
		names := strings.Join(p.CertificateNames, ",")
		return "", fmt.Errorf("must make user data of at most %d bytes, got %d, of which the %d names on the certificate are %d; "+
			"use fewer names, or a wildcard for many", MaxUserData, len(text), len(p.CertificateNames), len(names))
	}
	return text, nil
}

// exports is the assignments of all parameters. The paths of log and pid file
// are where the nginx package's log rotation looks for them.
func (p Params) exports() string {
	lines := []string{
		assign("CERTIFICATE_NAMES", strings.Join(p.CertificateNames, ",")),
		assign("PREFIX", "/opt/portico"),
		assign("ACME_URL", p.AcmeDirectoryURL),
		assign("ACME_EMAIL", p.AcmeEmail),
		assign("HTTPS_PORT", strconv.Itoa(awstable.HTTPSPort)),
		assign("APP_PORT", strconv.Itoa(p.AppPort)),
		assign("ORIGIN", p.OriginDomainName),
		assign("SECRET_PARAMETER", p.SecretParameter),
		assign("SECRET_HEADER", p.SecretHeader),
		assign("LOG_DIR", "/var/log/nginx"),
		assign("PID_FILE", "/run/nginx.pid"),
		assign("UNIT_DIR", "/etc/systemd/system"),
	}
	return strings.Join(lines, "\n")
}

func assign(name, value string) string { return "export PORTICO_" + name + "=" + quote(value) }

// quote makes one shell word of value: within single quotes nothing is special
// but the single quote.
func quote(value string) string {
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}
