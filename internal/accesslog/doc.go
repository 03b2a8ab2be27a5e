// Package accesslog reads lines of AWS's access logs, the access log and connection log
// of an Application Load Balancer and the access log of a CloudFront distribution, and
// says which hop answered, why, and the fix. What a line leaves open it does not guess.
//
// The local AWS writes such lines in local/traffic/accesslog. That package and this one
// share nothing on purpose: each is written from AWS's documentation, so that a mistake
// in one of them shows.
package accesslog

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Formats of a line.
const (
	FormatAccess     = "load balancer access log"
	FormatConnection = "load balancer connection log"
	FormatCloudFront = "CloudFront access log"
)

// Line is one line of a log.
type Line struct {
	// Format is one of the constants.
	Format string
	// fields are the values by AWS's names of the fields, without those that are "-".
	fields map[string]string
}

// accessFields are the fields of a load balancer's access log, in order. Lines of before
// a field was added end earlier; the first 29 are in all that are read.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
var accessFields = strings.Fields("type time elb client:port target:port request_processing_time target_processing_time " +
	"response_processing_time elb_status_code target_status_code received_bytes sent_bytes request user_agent ssl_cipher " +
	"ssl_protocol target_group_arn trace_id domain_name chosen_cert_arn matched_rule_priority request_creation_time " +
	"actions_executed redirect_url error_reason target:port_list target_status_code_list classification classification_reason " +
	"conn_trace_id transformed_host transformed_uri request_transform_status ip_address")

// connectionFields are those of a connection log; the first 12 are in all lines.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
var connectionFields = strings.Fields("timestamp client_ip client_port listener_port tls_protocol tls_cipher tls_handshake_latency " +
	"leaf_client_cert_subject leaf_client_cert_validity leaf_client_cert_serial_number tls_verify_status conn_trace_id " +
	"tls_keyexchange elb ip_address")

// cloudFrontFields are those of a distribution's access log, unless a #Fields line names
// others.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
var cloudFrontFields = strings.Fields("date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) " +
	"cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken " +
	"x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields " +
	"c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end")

// How many fields a line has at least.
const (
	leastAccess     = 29
	leastConnection = 12
)

// accessTypes are the values of the first field of an access log's line.
var accessTypes = []string{"http", "https", "h2", "grpcs", "ws", "wss"}

// Reader reads lines. A #Fields line of CloudFront's tells it the fields of those that
// follow. The zero value is ready to use.
type Reader struct{ fields []string }

// Read reads a line. It is false for a blank one and for one that begins with #.
func (r *Reader) Read(text string) (Line, bool, error) {
	text = strings.TrimRight(text, "\r\n")
	if names, ok := strings.CutPrefix(text, "#Fields:"); ok {
		r.fields = strings.Fields(names)
	}
	if strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#") {
		return Line{}, false, nil
	}
	line, err := r.read(text)
	if err != nil {
		err = fmt.Errorf("%w; %s", err, expected)
	}
	return line, true, err
}

// expected says what can be read.
var expected = fmt.Sprintf("expected a line of an Application Load Balancer's access log (%d to %d fields: "+
	"https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 ...), of its connection log "+
	"(%d to %d fields: 2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 ...), or of CloudFront's standard log "+
	"(%d fields with tabs between, 2019-12-04 21:02:31 LAX1 392 ..., those of a #Fields line before it, or JSON)",
	leastAccess, len(accessFields), leastConnection, len(connectionFields), len(cloudFrontFields))

func (r *Reader) read(text string) (Line, error) {
	switch {
	case strings.HasPrefix(text, "{"):
		return readJSON(text)
	case strings.Contains(text, "\t"):
		return r.readCloudFront(strings.Split(text, "\t"))
	}
	fields, err := split(text)
	if err != nil {
		return Line{}, err
	}
	switch {
	case slices.Contains(accessTypes, fields[0]):
		return named(FormatAccess, accessFields, leastAccess, fields)
	case isTime(fields[0]) && len(fields) > 1 && isAddress(fields[1]):
		return named(FormatConnection, connectionFields, leastConnection, fields)
	case strings.Count(text, " ") > 20 && len(fields[0]) == len(time.DateOnly) && isTime(fields[0]+"T00:00:00Z"):
		return Line{}, errors.New("the line has spaces where the log of CloudFront has tabs")
	}
	return Line{}, errors.New("the line is of no format that is known")
}

// named gives the fields of a line their names. Fields that AWS adds later are left out.
func named(format string, names []string, least int, values []string) (Line, error) {
	if len(values) < least {
		return Line{}, fmt.Errorf("the line begins as one of a %s and has %d fields: it is cut off", format, len(values))
	}
	l := Line{format, map[string]string{}}
	for i, value := range values[:min(len(values), len(names))] {
		l.set(names[i], value)
	}
	return l, l.check()
}

// set keeps a value that is one. Control characters would reach the terminal.
func (l Line) set(name, value string) {
	value = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, value)
	if value != "-" && value != "" {
		l.fields[name] = value
	}
}

func (r *Reader) readCloudFront(values []string) (Line, error) {
	names := r.fields
	if names == nil {
		names = cloudFrontFields
	}
	if len(values) < len(names) || r.fields != nil && len(values) > len(names) {
		return Line{}, fmt.Errorf("the line has tabs and %d fields, not %d", len(values), len(names))
	}
	return named(FormatCloudFront, names, len(names), values)
}

// readJSON reads a line of CloudFront's standard logging v2 in the format JSON, which has
// the same names.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
func readJSON(text string) (Line, error) {
	var values map[string]any
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return Line{}, fmt.Errorf("the line begins as JSON and is none: %w", err)
	}
	l := Line{FormatCloudFront, map[string]string{}}
	for name, value := range values {
		l.set(name, fmt.Sprint(value))
	}
	return l, l.check()
}

// split splits a line at its spaces outside of quotes. A quote ends at the last
// mark before a space: AWS does not say whether marks inside are escaped.
func split(text string) ([]string, error) {
	var out []string
	for rest := text; rest != ""; {
		field, after, err := next(rest)
		if err != nil {
			return nil, err
		}
		out = append(out, field)
		rest = strings.TrimLeft(after, " ")
	}
	return out, nil
}

// next is the first field of a text, and what follows it.
func next(text string) (field, rest string, err error) {
	if text[0] != '"' {
		field, rest, _ = strings.Cut(text, " ")
		return field, rest, nil
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '"' && (i+1 == len(text) || text[i+1] == ' '):
			return unescaped.Replace(text[1:i]), text[i+1:], nil
		}
	}
	return "", "", errors.New("the line ends within a quoted field: it is cut off")
}

var unescaped = strings.NewReplacer(`\"`, `"`, `\\`, `\`)

func isTime(text string) bool {
	_, err := time.Parse(time.RFC3339Nano, text)
	return err == nil
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}
