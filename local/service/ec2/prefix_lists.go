package ec2

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/portico-iac/portico/internal/awstable"
)

// PrefixList is a list of address blocks that AWS maintains.
type PrefixList struct {
	ID, Name string
	Family   string // "IPv4" or "IPv6"
	// Weight is how many rules of a security group's quota a reference to the list uses,
	// however many blocks are in it.
	Weight int
	CIDRs  []string
}

// PrefixLists are the lists that a request path needs, in one Region. Their blocks are
// from the ranges for documentation.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html *sourced* (names and weights; ids and blocks are inferred)
func PrefixLists(region string) []PrefixList {
	lists := []PrefixList{
		{Name: awstable.CloudFrontPrefixList, Family: "IPv4", Weight: awstable.CloudFrontPrefixListWeight, CIDRs: []string{"198.51.100.0/24"}},
		{Name: awstable.CloudFrontIPv6PrefixList, Family: "IPv6", Weight: awstable.CloudFrontPrefixListWeight, CIDRs: []string{"2001:db8:c10d::/48"}},
		{Name: "com.amazonaws." + region + ".s3", Family: "IPv4", Weight: 1, CIDRs: []string{"192.0.2.0/25"}},
		{Name: "com.amazonaws." + region + ".dynamodb", Family: "IPv4", Weight: 1, CIDRs: []string{"192.0.2.128/25"}},
	}
	for i := range lists {
		sum := sha256.Sum256([]byte(region + "/" + lists[i].Name))
		lists[i].ID = "pl-" + hex.EncodeToString(sum[:])[:8]
	}
	return lists
}

// PrefixListWith is the list with an id or a name, "" for any.
func PrefixListWith(region, id, name string) (PrefixList, bool) {
	for _, l := range PrefixLists(region) {
		if (id != "" || name != "") && (id == "" || l.ID == id) && (name == "" || l.Name == name) {
			return l, true
		}
	}
	return PrefixList{}, false
}
