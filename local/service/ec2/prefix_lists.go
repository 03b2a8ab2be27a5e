package ec2

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/portico-iac/portico/internal/awstable"
)

// PrefixList is a list of address blocks that AWS maintains.
type PrefixList struct {
	// ID is the one that security group rules name, Name what AWS calls it.
	ID, Name string
	// Family is "IPv4" or "IPv6".
	Family string
	// Weight is what a reference to the list counts against the quota of a security
	// group, however many blocks are in it.
	Weight int
	CIDRs  []string
}

// PrefixLists are those of AWS's lists that a request path needs, in one Region.
// The blocks stand for CloudFront's, S3's and DynamoDB's: they are set aside for
// documentation.
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

// PrefixListWith is the list that has an id or a name.
func PrefixListWith(region, id, name string) (PrefixList, bool) {
	for _, l := range PrefixLists(region) {
		if (id != "" || name != "") && (id == "" || l.ID == id) && (name == "" || l.Name == name) {
			return l, true
		}
	}
	return PrefixList{}, false
}
