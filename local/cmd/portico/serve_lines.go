package main

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// curls returns command lines for every request of the plan that can be sent from
// the internet, each with the expected answer, and the names that they request.
func (v *serving) curls(plan requestpath.Plan) (lines, asked []string) {
	for _, result := range requestpath.Check(plan) {
		r := result.Request
		if r.From.Kind != "" && r.From.Kind != requestpath.FromInternet {
			continue // curl counts as a viewer on the internet
		}
		loopback, ok := v.loopback(r)
		if !ok {
			continue
		}
		first := result.Chain.Ways[0].Outcome
		lines = append(lines, "# "+result.Name+": "+promise(first), v.curl(r, first, loopback), "")
		if name := r.Name; !slices.Contains(asked, name) && !isAddress(name) {
			asked = append(asked, name)
		}
	}
	return lines, asked
}

func isAddress(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil
}

// loopback is the address on this machine to which a request has to connect.
func (v *serving) loopback(r requestpath.Request) (netip.AddrPort, bool) {
	name := cmp.Or(r.ConnectTo, r.Name)
	address, err := netip.ParseAddr(name)
	if err != nil {
		found, ok := v.world.Resolve(name, false, false)
		if !ok || len(found) == 0 {
			return netip.AddrPort{}, false
		}
		address = found[0]
	}
	return v.world.Network().Loopback(netip.AddrPortFrom(address, uint16(portOf(r))), false)
}

func portOf(r requestpath.Request) int {
	if r.Scheme == requestpath.SchemeHTTP {
		return cmp.Or(r.Port, 80)
	}
	return cmp.Or(r.Port, 443)
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
	words := []string{"curl", "-i"}
	if o.Status == 0 {
		words = append(words, "-m", "3")
	}
	if r.Scheme != requestpath.SchemeHTTP {
		words = append(words, "--http2")
		if r.IgnoreCertificate {
			words = append(words, "-k")
		} else {
			words = append(words, "--cacert", quoted(v.rootFile()))
		}
	}
	if r.Host != "" && r.Host != r.Name {
		words = append(words, "-H", quoted("Host: "+r.Host))
	}
	for _, h := range r.Headers {
		words = append(words, "-H", quoted(h.Name+": "+h.Value))
	}
	from := net.JoinHostPort(r.Name, strconv.Itoa(portOf(r)))
	words = append(words, "--connect-to", quoted(from+":"+loopback.String()), quoted(r.URL()))
	return "  " + strings.Join(words, " ")
}

// quoted is a word with quotes where the shell needs them.
func quoted(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_./:=@%+,", c)
	}
	if strings.IndexFunc(word, func(c rune) bool { return !plain(c) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func dig(server, name string) string {
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return "dig " + name
	}
	return "dig @" + host + " -p " + port + " " + name
}
