package cloud

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// tx is one transaction on the account, seen from the Region of one provider
// instance. Nobody else sees the account meanwhile, and nothing of it is kept
// when the operation fails.
type tx struct {
	account   *Account
	catalog   *catalog
	region    string // of the provider instance
	accountID string
	clock     func() time.Time
}

// in is the same transaction seen from another Region.
func (t *tx) in(region string) *tx {
	other := *t
	other.region = region
	return &other
}

// regionOf is where records of a type live, seen from this transaction.
func (t *tx) regionOf(token string) string {
	if k, ok := t.catalog.kinds[token]; ok && k.global {
		return globalRegion
	}
	return t.region
}

// get is the full state (inputs, outputs and "id") of a live resource of this
// Region, or of a global one. It must not be changed: see set.
func (t *tx) get(token, id string) (object, bool) {
	return t.account.get(token, t.regionOf(token), id)
}

// mustExist is get for a reference: what is not there is refused with AWS's
// code, for example InvalidVpcID.NotFound.
func (t *tx) mustExist(token, id, code string) (object, error) {
	state, ok := t.get(token, id)
	if !ok {
		return nil, refuse(code, "the %s '%s' does not exist", noun(token), id)
	}
	return state, nil
}

// byArn finds the live resource with an ARN, in whatever Region it is: the
// caller checks the Region where it matters.
func (t *tx) byArn(arn string) (token string, state object, ok bool) {
	for token, regions := range t.account.Resources {
		for _, records := range regions {
			for _, state := range records {
				if arn != "" && state.str("arn") == arn {
					return token, state, true
				}
			}
		}
	}
	return "", nil, false
}

// all are the resources of a type in this Region, in id order.
func (t *tx) all(token string) []object {
	records := t.account.Resources[token][t.regionOf(token)]
	var out []object
	for _, id := range slices.Sorted(maps.Keys(records)) {
		out = append(out, records[id])
	}
	return out
}

// where are the resources of a type whose property has a value, in id order. A
// list has it when one of its elements does.
func (t *tx) where(token, property, value string) []object {
	return slices.DeleteFunc(t.all(token), func(o object) bool {
		return o.str(property) != value && !slices.Contains(o.strs(property), value)
	})
}

// inUse refuses the deletion of what a resource of another type still refers to
// by one of its properties, with AWS's code; nil when nothing does.
func (t *tx) inUse(code, what string, by string, property, value string) error {
	users := t.where(by, property, value)
	if len(users) == 0 {
		return nil
	}
	return refuse(code, "%s has a dependent object and cannot be deleted: the %s '%s' uses it",
		what, noun(by), users[0].str("id"))
}

// set stores the state of another resource than the one the operation is about:
// one that AWS makes, or changes, along with it.
func (t *tx) set(token, id string, state object) {
	t.account.put(token, t.regionOf(token), id, state.with(object{"id": id}))
}

// drop removes another resource than the one the operation is about.
func (t *tx) drop(token, id string) {
	t.account.drop(token, t.regionOf(token), id)
}

// newID is a new id as EC2 makes them: the prefix, a hyphen and 17 hex digits.
func (t *tx) newID(prefix string) string { return prefix + "-" + t.hex(17) }

// hex are n new hex digits, at most 64, that no other call returned.
func (t *tx) hex(n int) string {
	t.account.Serial++
	sum := sha256.Sum256([]byte(t.accountID + "/" + strconv.Itoa(t.account.Serial)))
	return hex.EncodeToString(sum[:])[:n]
}

// arn is the name of a resource of this Region; services without Regions have none
// in their ARNs.
func (t *tx) arn(service, resource string) string {
	region := t.region
	if slices.Contains([]string{"iam", "cloudfront", "route53"}, service) {
		region = ""
	}
	account := t.accountID
	if service == "route53" { // arn:aws:route53:::hostedzone/Z1
		account = ""
	}
	return strings.Join([]string{"arn", "aws", service, region, account, resource}, ":")
}

// now is the time of the operation, in UTC and whole seconds.
func (t *tx) now() time.Time { return t.clock().UTC().Truncate(time.Second) }

// refuse is AWS saying no: its error code, and why.
func refuse(code, format string, a ...any) error {
	return &refusal{code: code, message: fmt.Sprintf(format, a...)}
}

// noun is a type in words: "aws:ec2/securityGroup:SecurityGroup" is a security group.
func noun(token string) string {
	name := token[strings.LastIndex(token, ":")+1:]
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// plain is v as it is after a round trip through JSON, the form in which an
// account is read, so that values of one meaning compare equal.
func plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		return v
	}
	return out
}
