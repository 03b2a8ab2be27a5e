package cloud

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/portico-iac/portico/internal/awstable"
)

// prefixList is a list of address blocks that AWS keeps.
type prefixList struct {
	id, name, family string
	// weight is what a reference to the list counts against the quota of a security
	// group, however many blocks are in it.
	weight int
	cidrs  []string
}

// prefixLists are those of AWS's lists that a request path needs. The blocks
// stand for CloudFront's and S3's: they are set aside for documentation.
// Source: https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
// *sourced* (names and weights; ids and blocks are inferred)
func prefixLists(region string) []prefixList {
	lists := []prefixList{
		{name: awstable.CloudFrontPrefixList, family: "IPv4", weight: awstable.CloudFrontPrefixListWeight, cidrs: []string{"198.51.100.0/24"}},
		{name: awstable.CloudFrontIPv6PrefixList, family: "IPv6", weight: awstable.CloudFrontPrefixListWeight, cidrs: []string{"2001:db8:c10d::/48"}},
		{name: "com.amazonaws." + region + ".s3", family: "IPv4", weight: 1, cidrs: []string{"192.0.2.0/25"}},
		{name: "com.amazonaws." + region + ".dynamodb", family: "IPv4", weight: 1, cidrs: []string{"192.0.2.128/25"}},
	}
	for i := range lists {
		sum := sha256.Sum256([]byte(region + "/" + lists[i].name))
		lists[i].id = "pl-" + hex.EncodeToString(sum[:])[:8]
	}
	return lists
}

// prefixListWith is the list that has an id or a name.
func prefixListWith(region, id, name string) (prefixList, bool) {
	for _, l := range prefixLists(region) {
		if (id != "" || name != "") && (id == "" || l.id == id) && (name == "" || l.name == name) {
			return l, true
		}
	}
	return prefixList{}, false
}

// PrefixList is a list of address blocks that AWS keeps.
type PrefixList struct {
	// ID is the one that security group rules name, Name what AWS calls it.
	ID, Name string
	// Family is "IPv4" or "IPv6".
	Family string
}

// PrefixLists are AWS's own prefix lists in a Region, as far as the local AWS has
// them.
func PrefixLists(region string) []PrefixList {
	var out []PrefixList
	for _, l := range prefixLists(region) {
		out = append(out, PrefixList{ID: l.id, Name: l.name, Family: l.family})
	}
	return out
}
