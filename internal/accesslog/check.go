package accesslog

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// get is the value of a field, "" when there is none.
func (l Line) get(name string) string { return l.fields[name] }

// status is the number in a field, 0 when there is none.
func (l Line) status(name string) int {
	n, _ := strconv.Atoi(l.get(name)) // check has read it
	return n
}

// check refuses values that the rest relies on.
func (l Line) check() error {
	switch l.Format {
	case FormatAccess:
		return l.checkAll(map[string]func(string) bool{
			"time": isTime, "client:port": isAddressPort, "target:port": orNone(isAddressPort), "elb_status_code": isStatus,
			"target_status_code": orNone(isStatus), "request_processing_time": isSeconds, "target_processing_time": isSeconds,
			"request": func(v string) bool { return len(strings.Fields(v)) >= 3 },
		})
	case FormatConnection:
		return l.checkAll(map[string]func(string) bool{"listener_port": isPort, "client_port": isPort})
	}
	return l.checkAll(map[string]func(string) bool{
		"sc-status": isStatus, "cs-method": isGiven, "x-edge-result-type": isGiven, "c-ip": orNone(isAddress),
	})
}

func (l Line) checkAll(fits map[string]func(string) bool) error {
	for _, name := range slices.Sorted(maps.Keys(fits)) {
		if value := l.get(name); !fits[name](value) {
			return fmt.Errorf("the line begins as one of a %s, and its field %s cannot be %q", l.Format, name, value)
		}
	}
	return nil
}

func orNone(fits func(string) bool) func(string) bool {
	return func(value string) bool { return value == "" || fits(value) }
}

func isGiven(value string) bool { return value != "" }

func isAddressPort(value string) bool {
	_, ok := addressOf(value)
	return ok
}

// addressOf reads an address and port, also of IPv6 without brackets.
func addressOf(value string) (netip.Addr, bool) {
	if at, err := netip.ParseAddrPort(value); err == nil {
		return at.Addr(), true
	}
	i := strings.LastIndex(value, ":")
	if i < 0 || !isPort(value[i+1:]) {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(value[:i])
	return a, err == nil
}

func isPort(value string) bool {
	n, err := strconv.Atoi(value)
	return err == nil && n > 0 && n < 1<<16
}

func isStatus(value string) bool {
	n, err := strconv.Atoi(value)
	return err == nil && len(value) == 3 && n >= 0
}

func isSeconds(value string) bool {
	_, err := strconv.ParseFloat(value, 64)
	return err == nil
}

// started says that a part of the request's time has begun: it is not -1.
func (l Line) started(name string) bool { return !strings.HasPrefix(l.get(name), "-1") }

// request is the method and URL of a line of an access log; nil when the load balancer
// could not read them.
func (l Line) request() (method string, at *url.URL) {
	words := strings.Fields(l.get("request"))
	method, text := words[0], strings.Join(words[1:len(words)-1], "%20")
	at, err := url.Parse(text)
	if err != nil || at.Hostname() == "" {
		return method, nil
	}
	return method, at
}

// loadBalancer is the name in the id of a load balancer: app/name/number.
func (l Line) loadBalancer() string {
	parts := strings.Split(l.get("elb"), "/")
	if len(parts) != 3 {
		return l.get("elb")
	}
	return parts[1]
}

// decoded is a field of CloudFront's, which are percent-encoded.
func (l Line) decoded(name string) string {
	value := l.get(name)
	if text, err := url.PathUnescape(value); err == nil {
		return text
	}
	return value
}
