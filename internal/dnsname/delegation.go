package dnsname

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
)

// Resolver is the part of a net.Resolver that asks for name servers.
type Resolver interface {
	LookupNS(ctx context.Context, name string) ([]*net.NS, error)
}

// Undelegated says how public DNS contradicts that the zone is served by these name
// servers, and what that leads to; "" if it does not, or if it cannot be asked. Names
// that RFC 2606 reserves are never in public DNS, so they are not asked for.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-new-domain.html
func Undelegated(ctx context.Context, dns Resolver, zone string, servers []string) string {
	if len(servers) == 0 || reserved(zone) {
		return ""
	}
	found, err := dns.LookupNS(ctx, zone+".")
	var failed *net.DNSError
	if err != nil && (!errors.As(err, &failed) || !failed.IsNotFound) {
		return ""
	}
	names := make([]string, len(found))
	for i, server := range found {
		names[i] = hostName(server.Host)
		if slices.ContainsFunc(servers, func(s string) bool { return hostName(s) == names[i] }) {
			return ""
		}
	}
	public := "public DNS has no name servers for it"
	if len(names) > 0 {
		public = "public DNS has " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("hosted zone %q is not delegated to its name servers, %s: %s. Certificates for its names cannot be validated "+
		"and nobody finds its records; have these name servers entered where the domain, or the zone above it, is managed",
		zone, strings.Join(servers, ", "), public)
}

func hostName(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }

// reserved says whether the name is one that nobody can have in public DNS.
// https://www.rfc-editor.org/rfc/rfc2606
func reserved(name string) bool {
	return slices.ContainsFunc([]string{
		"test", "example", "invalid", "localhost", "example.com", "example.net", "example.org",
	}, func(r string) bool { return name == r || strings.HasSuffix(name, "."+r) })
}
