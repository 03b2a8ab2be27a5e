package ec2

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// freeAddress is an unpredictable address of a subnet that nothing has yet.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func freeAddress(t *core.Tx, subnet core.Object) (string, error) {
	block, err := netip.ParsePrefix(subnet.Str("cidrBlock"))
	if err != nil {
		return "", fmt.Errorf("reading the block of %s: %w", subnet.Str("id"), err)
	}
	size := 1 << (32 - block.Bits())
	ip := block.Addr()
	for range 4 + t.Serial()%(size-5) {
		ip = ip.Next()
	}
	for range size {
		if checkAddress(t, ip.String(), subnet) == nil {
			return ip.String(), nil
		}
		if ip = ip.Next(); !block.Contains(ip) {
			ip = block.Addr()
		}
	}
	return "", core.Refuse("InsufficientFreeAddressesInSubnet",
		"The specified subnet does not have enough free addresses to satisfy the request: %s", subnet.Str("id"))
}

// checkAddress requires an address to lie in a subnet, to be free, and not to be one
// of those that AWS reserves: the first four and the last.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html *sourced*
func checkAddress(t *core.Tx, ip string, subnet core.Object) error {
	block, err := netip.ParsePrefix(subnet.Str("cidrBlock"))
	if err != nil {
		return fmt.Errorf("reading the block of %s: %w", subnet.Str("id"), err)
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil || !block.Contains(addr) {
		return core.Refuse("InvalidParameterValue", "Address %s does not fall within the subnet's address range", ip)
	}
	fourBefore := addr.Prev().Prev().Prev().Prev()
	if !block.Contains(fourBefore) || !block.Contains(addr.Next()) {
		return core.Refuse("InvalidParameterValue", "Address %s is in subnet's reserved address range", ip)
	}
	holders := append(t.Where(NetworkInterfaceToken, "privateIp", ip), t.Where(NatGatewayToken, "privateIp", ip)...)
	if slices.ContainsFunc(holders, func(o core.Object) bool { return o.Str("subnetId") == subnet.Str("id") }) {
		return core.Refuse("InvalidIPAddress.InUse", "Address %s is in use.", ip)
	}
	return nil
}

// privateDNS is the name EC2 gives to a private address.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html *sourced*
func privateDNS(t *core.Tx, ip string) string {
	domain := t.Region() + ".compute.internal"
	if t.Region() == "us-east-1" {
		domain = "ec2.internal"
	}
	return "ip-" + strings.ReplaceAll(ip, ".", "-") + "." + domain
}

// shownAddress are the outputs that an instance or an Elastic IP has for a public
// address, "" for none.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html *sourced*
func shownAddress(t *core.Tx, ip string) core.Object {
	if ip == "" {
		return core.Object{"publicIp": "", "publicDns": ""}
	}
	domain := t.Region() + ".compute.amazonaws.com"
	if t.Region() == "us-east-1" {
		domain = "compute-1.amazonaws.com"
	}
	return core.Object{"publicIp": ip, "publicDns": "ec2-" + strings.ReplaceAll(ip, ".", "-") + "." + domain}
}

// publicIP is an address that nothing in the account has, in whatever Region. No host on
// the internet has it: the block is for benchmarks. ../../traffic takes its own addresses
// from the beginnings of 198.18.0.0/16 and 198.19.0.0/16.
// Source: https://www.rfc-editor.org/rfc/rfc2544 *sourced*
func publicIP(t *core.Tx) string {
	taken := map[string]bool{}
	for name := range region.Regions {
		for _, token := range []string{EipToken, InstanceToken} {
			for _, o := range t.In(name).All(token) {
				taken[o.Str("publicIp")] = true
			}
		}
	}
	ip := netip.MustParseAddr("198.18.128.1")
	for taken[ip.String()] {
		ip = ip.Next()
	}
	return ip.String()
}
