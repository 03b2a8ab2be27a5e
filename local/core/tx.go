package core

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Tx is one operation on the account, seen from the Region of one provider
// instance. It runs alone, and nothing of it is kept when it fails.
type Tx struct {
	change  *Change
	catalog *Catalog
	region  string
	clock   func() time.Time
}

// Region is the Region of the provider instance.
func (t *Tx) Region() string { return t.region }

// AccountID is the account's twelve digits.
func (t *Tx) AccountID() string { return t.change.account.ID }

// In is the same operation seen from another Region.
func (t *Tx) In(region string) *Tx {
	other := *t
	other.region = region
	return &other
}

// Warn says something about the operation if it succeeds, such as the event of an ECS
// service whose deployment has failed. It must not contain a secret.
func (t *Tx) Warn(message string) { t.change.warnings = append(t.change.warnings, message) }

// regionOf is where records of a type are, seen from this operation.
func (t *Tx) regionOf(token string) string {
	k, ok := t.catalog.types[token]
	switch {
	case ok && k.Global:
		return globalRegion
	case ok && k.Home != "":
		return k.Home
	}
	return t.region
}

// Get is the full state (inputs, outputs and "id") of a resource of this Region,
// or of a global one. It must not be changed: see Set.
func (t *Tx) Get(token, id string) (Object, bool) {
	return t.change.account.get(token, t.regionOf(token), id)
}

// MustExist is Get where AWS refuses what is not there, with a code.
func (t *Tx) MustExist(token, id, code string) (Object, error) {
	state, ok := t.Get(token, id)
	if !ok {
		return nil, Refuse(code, "the %s '%s' does not exist", Noun(token), id)
	}
	return state, nil
}

// All are the resources of a type in this Region, in the order of their ids.
func (t *Tx) All(token string) []Object {
	if records := t.table(token); records != nil {
		return records.sorted()
	}
	return nil
}

// Count is how many resources of a type there are in this Region.
func (t *Tx) Count(token string) int {
	if records := t.table(token); records != nil {
		return len(records.records)
	}
	return 0
}

// Where are the resources of a type that hold a string at a dotted path, in lists
// and blocks too, in the order of their ids.
func (t *Tx) Where(token, path, value string) []Object {
	records := t.table(token)
	if records == nil {
		return nil
	}
	var out []Object
	for _, id := range records.where(path, value) {
		out = append(out, records.records[id])
	}
	return out
}

// ByARN finds the resource with an ARN in whatever Region.
func (t *Tx) ByARN(arn string) (token string, state Object, ok bool) {
	if arn == "" {
		return "", nil, false
	}
	for key, records := range t.change.account.tables {
		if ids := records.where("arn", arn); len(ids) > 0 {
			return key.token, records.records[ids[0]], true
		}
	}
	return "", nil, false
}

func (t *Tx) table(token string) *table {
	return t.change.account.tables[tableKey{token, t.regionOf(token)}]
}

// Set stores the state of another resource than the one the operation is about.
func (t *Tx) Set(token, id string, state Object) {
	t.change.put(token, t.regionOf(token), id, state.With(Object{"id": id}))
}

// Drop removes another resource than the one the operation is about.
func (t *Tx) Drop(token, id string) {
	t.change.put(token, t.regionOf(token), id, nil)
}

// NewID is a new id as EC2 makes them: the prefix, a hyphen and 17 hex digits.
func (t *Tx) NewID(prefix string) string { return prefix + "-" + t.Hex(17) }

// Hex are n new hex digits, at most 64, that no other call returned.
func (t *Tx) Hex(n int) string {
	sum := sha256.Sum256([]byte(t.AccountID() + "/" + strconv.Itoa(t.Serial())))
	return hex.EncodeToString(sum[:])[:n]
}

// Serial is a number that no other call returned.
func (t *Tx) Serial() int {
	t.change.account.serial++
	return t.change.account.serial
}

// ARN is the ARN of a resource of this account and Region. Services without
// Regions have none in their ARNs, and Route 53's name no account either.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html *sourced*
func (t *Tx) ARN(service, resource string) string {
	region, account := t.region, t.AccountID()
	if slices.Contains([]string{"iam", "cloudfront", "route53"}, service) {
		region = ""
	}
	if service == "route53" || service == "s3" {
		region, account = "", ""
	}
	return strings.Join([]string{"arn", "aws", service, region, account, resource}, ":")
}

// Now is the time of the operation, in UTC and whole seconds.
func (t *Tx) Now() time.Time { return t.clock().UTC().Truncate(time.Second) }
