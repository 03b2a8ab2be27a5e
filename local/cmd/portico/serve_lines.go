package main

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// curls returns command lines for every request of the plan that can be sent from
// the internet, each with the expected answer, and the names that they request.
func (v *serving) curls(plan requestpath.Plan) (lines, asked []string) {
	for _, result := range requestpath.Check(plan) {
		trace := result.Chain.Traces[0]
		r := trace.Request
		if r.From.Kind != requestpath.FromInternet {
			continue // curl counts as a viewer on the internet
		}
		loopback, ok := v.loopback(r)
		if !ok {
			continue
		}
		lines = append(lines, "# "+result.Name+": "+promise(trace.Outcome), v.curl(r, trace.Outcome, loopback), "")
		if _, err := netip.ParseAddr(r.Name); err != nil && !slices.Contains(asked, r.Name) {
			asked = append(asked, r.Name)
		}
	}
	return lines, asked
}

// loopback is the address on this machine to which a request has to connect.
func (v *serving) loopback(r requestpath.Request) (netip.AddrPort, bool) {
	address, err := netip.ParseAddr(r.ConnectTo)
	if err != nil {
		found, ok := v.world.Resolve(r.ConnectTo, false, false)
		if !ok || len(found) == 0 {
			return netip.AddrPort{}, false
		}
		address = found[0]
	}
	return v.world.Network().Loopback(netip.AddrPortFrom(address, uint16(r.Port)), false)
}

// promise says what curl will show.
func promise(o requestpath.Outcome) string {
	switch {
	case o.Reason == requestpath.Timeout:
		return "dropped, no answer (curl's exit code 28)"
	case o.Reason == requestpath.Refused:
		return "refused (curl's exit code 7)"
	case o.Status == 0:
		return string(o.Reason)
	case o.Location != "":
		return fmt.Sprintf("%d to %s", o.Status, o.Location)
	}
	return fmt.Sprintf("%d by %s %s", o.Status, o.By, o.ByName)
}

// curl is one command line, quoted for the shell.
func (v *serving) curl(r requestpath.Request, o requestpath.Outcome, loopback netip.AddrPort) string {
	words := []string{"curl", "-i", "--noproxy", quoted("*")} // a proxy of the shell would not find the loopback
	if o.Status == 0 {
		words = append(words, "-m", "3")
	}
	if r.Scheme != requestpath.SchemeHTTP {
		words = append(words, "--http2")
		if r.IgnoreCertificate {
			words = append(words, "-k")
		} else {
			words = append(words, "--cacert", quoted(v.file(rootFile)))
		}
	}
	if r.Host != r.Name {
		words = append(words, "-H", quoted("Host: "+r.Host))
	}
	for _, h := range r.Headers {
		words = append(words, "-H", quoted(h.Name+": "+h.Value))
	}
	from := net.JoinHostPort(r.Name, strconv.Itoa(r.Port))
	words = append(words, "--connect-to", quoted(from+":"+loopback.String()), quoted(r.URL()))
	return "  " + strings.Join(words, " ")
}

var plainWord = regexp.MustCompile(`^[\w./:=@%+,-]*$`)

// quoted is a word with quotes where the shell needs them.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
