package ec2

import (
	"net/netip"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// eipType is an Elastic IP. It may be released while an instance or an interface
// has it: the provider takes it away from there by itself.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html *sourced*
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html *sourced* (on deletion)
func eipType() core.Type {
	return core.Type{
		Token:  EipToken,
		Inputs: []string{"domain", "instance", "networkInterface", "tags"},
		Keeps:  []string{"domain", "instance", "networkInterface"},
		ID:     "eipalloc-{hex17}",
		ARN:    "ec2:elastic-ip/{id}",
		Fills: unassigned.With(core.Object{
			"allocationId":       "{id}",
			"carrierIp":          "",
			"customerOwnedIp":    "",
			"domain":             "vpc",
			"networkBorderGroup": "{region}",
			"publicIpv4Pool":     "amazon",
			"vpc":                true,
		}),
		References: []core.Reference{
			{Input: "instance", To: []string{InstanceToken}, Code: "InvalidInstanceID.NotFound", Loose: true},
			{Input: "networkInterface", To: []string{NetworkInterfaceToken}, Code: "InvalidNetworkInterfaceID.NotFound", Loose: true},
		},
		InUse: "InvalidIPAddress.InUse",
		// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html *sourced*
		Quotas:     []core.Quota{{Most: 5, Code: "AddressLimitExceeded", Message: "The maximum number of addresses has been reached."}},
		Recomputes: map[string][]string{"instance": unassigned.Keys(), "networkInterface": unassigned.Keys()},
		Rules: []core.Rule{
			core.OneOf("InvalidParameterValue", "domain", "vpc"),
			// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
			core.NotBoth("InvalidParameterCombination", "instance", "networkInterface"),
		},
		Create: func(t *core.Tx, id string, in core.Object) (core.Object, error) {
			ip := publicIP(t)
			out := core.Object{"publicIp": ip, "publicDns": publicDNS(t.Region(), ip)}
			assigned, err := assignEip(t, id, out, in)
			return out.With(assigned), err
		},
		Update: assignEip,
		Delete: func(t *core.Tx, _ string, state core.Object) error {
			disassociate(t, state.Str("networkInterface"))
			return nil
		},
	}
}

// unassigned are the outputs of an Elastic IP that is not associated.
var unassigned = core.Object{"associationId": "", "instance": "", "networkInterface": "", "privateDns": "", "privateIp": ""}

// assignEip gives an address to the instance or interface that the inputs name,
// and takes it from where it was. Another address that was there goes, and stays
// allocated.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html *sourced*
func assignEip(t *core.Tx, _ string, old, in core.Object) (core.Object, error) {
	if in.Str("instance") == old.Str("instance") && in.Str("networkInterface") == old.Str("networkInterface") ||
		in.Str("instance") == "" && in.Str("networkInterface") == "" {
		return nil, nil
	}
	eni := interfaceFor(t, in.Str("instance"), in.Str("networkInterface"))
	if eni.Str("id") == old.Str("networkInterface") {
		return nil, nil
	}
	if err := reachable(t, eni); err != nil {
		return nil, err
	}
	disassociate(t, old.Str("networkInterface"))
	disassociate(t, eni.Str("id"))
	return assignment(t, t.NewID("eipassoc"), eni, old.Str("publicIp")), nil
}

// vpcOfAddress is the VPC in which an Elastic IP is associated; "" when it is not.
func vpcOfAddress(t *core.Tx, eip core.Object) string {
	eni, _ := t.Get(NetworkInterfaceToken, eip.Str("networkInterface"))
	return vpcOf(t, eni.Str("subnetId"))
}

// unassociated refuses an address that is associated already.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html *sourced*
func unassociated(eip core.Object) error {
	if eip.Str("associationId") != "" {
		return core.Refuse("Resource.AlreadyAssociated", "Elastic IP address [%s] is already associated", eip.Str("id"))
	}
	return nil
}

// publicIP is an address that nothing in the account has, in whatever Region. The
// block is the second half of one set aside for benchmarks, so that nothing on the
// internet answers to it; ../../traffic takes its own addresses from the beginnings
// of 198.18.0.0/16 and 198.19.0.0/16. It has 32,766 addresses.
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

// dashed is an address the way it stands in a DNS name.
func dashed(ip string) string { return strings.ReplaceAll(ip, ".", "-") }
