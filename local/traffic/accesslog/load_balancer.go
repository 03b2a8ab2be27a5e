package accesslog

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Unknown is a time of a request that did not get so far.
const Unknown time.Duration = -1

// Request is an entry of a load balancer's access log.
type Request struct {
	// Type is http, https, h2, grpcs, ws or wss.
	Type string
	// Created is when the request came, At when it was answered.
	Created, At time.Time
	// LoadBalancer is its name, ID what its ARN ends with: app/name/number.
	LoadBalancer, ID string
	Client           netip.AddrPort
	// Target is invalid when none was chosen.
	Target netip.AddrPort
	// The three parts of the time that the request took; Unknown from the part on in
	// which it failed.
	RequestTime, TargetTime, ResponseTime time.Duration
	// Status is the answer's, 460 when the client left before there was one. TargetStatus
	// is 0 when the target did not answer.
	Status, TargetStatus int
	Received, Sent       int64
	// Method, URL and Version are those of the request line. Default: it could not be read.
	Method, URL, Version string
	UserAgent            string
	Cipher, TLS          string
	TargetGroupARN       string
	Trace                string
	SNI, CertificateARN  string
	// Rule is the priority of the rule, 0 for the default action, or "-".
	Rule string
	// Action is forward, redirect or fixed-response, after "waf," when a web ACL was asked;
	// waf when it blocked the request, or empty.
	Action, RedirectURL string
	Connection          string
	// Node is the address of the load balancer at which the request came.
	Node netip.Addr
}

// Line writes the 34 fields of an entry.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
// (that a target which could not be reached is named is inferred)
func (r Request) Line() Line {
	target, code := none, none
	if r.Target.IsValid() {
		target = r.Target.String()
	}
	if r.TargetStatus != 0 {
		code = strconv.Itoa(r.TargetStatus)
	}
	request := orNone(r.Method) + " " + orNone(r.URL) + " " + orNone(r.Version)
	return Line{LoadBalancerRequests, r.LoadBalancer, strings.Join([]string{
		r.Type, stamp(r.At), r.ID, r.Client.String(), target,
		part(r.RequestTime), part(r.TargetTime), part(r.ResponseTime),
		strconv.Itoa(r.Status), code, strconv.FormatInt(r.Received, 10), strconv.FormatInt(r.Sent, 10),
		quoted(request), quoted(r.UserAgent), orNone(r.Cipher), orNone(r.TLS), orNone(r.TargetGroupARN),
		quoted(r.Trace), quoted(r.SNI), quoted(r.CertificateARN), orNone(r.Rule), stamp(r.Created),
		quoted(r.Action), quoted(r.RedirectURL), quoted(""), // error_reason: of authentication, Lambda and WAF
		quoted(target), quoted(code), quoted(""), quoted(""), // classification and its reason
		r.Connection, quoted(""), quoted(""), quoted(""), // transformed host, URI and status
		r.Node.String(),
	}, " ")}
}

// part writes one of the three times, -1 when the request did not get so far.
func part(d time.Duration) string {
	if d < 0 {
		return "-1"
	}
	return seconds(d)
}

// quoted writes a value in double quotes. Quotes, backslashes and what is not printable
// ASCII are escaped, so that a client cannot forge a line.
// Inferred: AWS documents quotes alone
func quoted(value string) string {
	return strconv.QuoteToASCII(orNone(value))
}

// Connection is an entry of a load balancer's connection log.
type Connection struct {
	At           time.Time
	LoadBalancer string // its name
	ID           string // what its ARN ends with
	Client       netip.AddrPort
	Port         int // the listener's
	// TLS and Cipher are what was agreed on, Handshake how long that took. Default: the
	// listener speaks no TLS, or the handshake failed.
	TLS, Cipher, KeyExchange string
	Handshake                time.Duration
	// Status is Success, Failed: and a code, or empty when the listener speaks no TLS.
	Status     string
	Connection string
	Node       netip.Addr
}

// Values of Connection.Status. Every failure that is not about a client's certificate
// has the second one.
const (
	HandshakeDone   = "Success"
	HandshakeFailed = "Failed:UnmappedConnectionError"
)

// Line writes the 15 fields of an entry. The load balancers here ask for no certificate
// of a client.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
// (that a connection without TLS has no status is inferred)
func (c Connection) Line() Line {
	latency := none
	if c.Status == HandshakeDone {
		latency = seconds(c.Handshake)
	}
	return Line{LoadBalancerConnections, c.LoadBalancer, strings.Join([]string{
		stamp(c.At), c.Client.Addr().String(), strconv.Itoa(int(c.Client.Port())), strconv.Itoa(c.Port),
		orNone(c.TLS), orNone(c.Cipher), latency,
		quoted(""), none, none, // subject, validity and number of a client's certificate
		orNone(c.Status), c.Connection, orNone(c.KeyExchange), c.ID, c.Node.String(),
	}, " ")}
}
