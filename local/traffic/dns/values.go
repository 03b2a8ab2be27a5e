package dns

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/miekg/dns"
)

// zoneFileValue is a value in the form of zone files, where names end in a dot.
func zoneFileValue(kind, value string) string {
	switch strings.ToUpper(kind) {
	case "CNAME":
		return dns.Fqdn(value)
	case "TXT":
		return decimalCodes(Text(value))
	}
	return value
}

// Text is the value of a TXT record in Route 53's form, in quotes. The provider takes
// values without them and adds the outer ones: `a" "b` is two strings.
// Sourced: https://www.pulumi.com/registry/packages/aws/api-docs/route53/record/
func Text(value string) string {
	if len(value) > 1 && strings.HasPrefix(value, `"`) && strings.HasSuffix(value, `"`) {
		return value
	}
	return `"` + value + `"`
}

// escape is a backslash with a character or its code.
var escape = regexp.MustCompile(`\\(?:[0-7]{3}|.)`)

// decimalCodes replaces codes of characters, which are octal at Route 53 and decimal
// in zone files.
// Sourced: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html,
// https://www.rfc-editor.org/rfc/rfc1035#section-5.1
func decimalCodes(value string) string {
	return escape.ReplaceAllStringFunc(value, func(e string) string {
		code, err := strconv.ParseUint(e[1:], 8, 8)
		if err != nil || len(e) < 4 {
			return e
		}
		return fmt.Sprintf(`\%03d`, code)
	})
}
