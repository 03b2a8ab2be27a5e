package main

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// curls are command lines for every request of the plan that can be sent from
// the internet, with what it is to get, and the names that they ask for.
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

// loopback is where a request has to connect to on this machine.
func (v *serving) loopback(r requestpath.Request) (netip.AddrPort, bool) {
	name := r.ConnectTo
	if name == "" {
		name = r.Name
	}
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
	switch {
	case r.Port != 0:
		return r.Port
	case r.Scheme == requestpath.SchemeHTTP:
		return 80
	}
	return 443
}

// promise is what curl will show.
func promise(o requestpath.Outcome) string {
	switch {
	case o.Reason == requestpath.Timeout:
		return "dropped, nothing comes back (curl's exit code 28)"
	case o.Reason == requestpath.Refused:
		return "refused (curl's exit code 7)"
	case o.Status == 0:
		return string(o.Reason)
	case o.Location != "":
		return fmt.Sprintf("%d to %s", o.Status, o.Location)
	}
	return fmt.Sprintf("%d by %s %s", o.Status, o.By, o.ByName)
}

// curl is one command line, which can be pasted as it is.
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
	host := r.Name
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		host = "[" + host + "]"
	}
	words = append(words, "--connect-to", quoted(host+":"+strconv.Itoa(portOf(r))+":"+loopback.String()), quoted(r.URL()))
	return "  " + strings.Join(words, " ")
}

// quoted is a word that the shell takes as it is.
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
