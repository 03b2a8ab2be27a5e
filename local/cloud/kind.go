package cloud

import "reflect"

// A kind is one resource type of the local AWS: what its inputs may be, what a
// change of each does, and what AWS itself does on create, read, update and
// delete. Kinds are registered in kinds.go; a type without a kind is refused.
type kind struct {
	// token is the Pulumi type, for example "aws:lb/targetGroup:TargetGroup".
	token string
	// inputs is the SDK's plain args type: lb.TargetGroupArgs{}.ElementType().
	// Unknown properties, wrong kinds and missing required ones are refused by it.
	inputs reflect.Type
	// state is the SDK's resource type: reflect.TypeOf(lb.TargetGroup{}). Every
	// output a kind returns must be one of its properties.
	state reflect.Type
	// global kinds live in no Region (IAM, Route 53, CloudFront).
	global bool
	// autoname is nil where the type has no name of its own.
	autoname *autoname
	// required names inputs that must be given though the SDK's type cannot tell
	// (slices and maps).
	required []string
	// changes says for every top-level input (and, as "block.field", for nested ones
	// that differ from their block) what its change does. It is the list of
	// supported inputs as well: an input that is not in it is refused as unsupported.
	// Facts come from the real provider's schema; those that are not in it are
	// marked inferred.
	changes map[string]change
	// defaults are values the real provider's schema puts in place of an input
	// that is not given. They appear in the outputs.
	defaults object
	// keeps names inputs that AWS chooses when they are not given, and that keep
	// their value when they are taken away: that is no change.
	keeps []string
	// rules are checked on the inputs and defaults alone, at preview too; a value
	// that is not known yet reads as absent (object.str, .num ...), though object.has
	// tells that it was given.
	rules []rule
	// create makes the resource and returns its id and its outputs beyond the
	// inputs. It may look at the account and must check every reference. in is the
	// inputs with the defaults, all known; it must not be changed. The caller stores
	// inputs, outputs, "id" and "tagsAll" as the state.
	create func(tx *tx, in object) (id string, out object, err error)
	// update changes the resource in place: old is its full state, in the new
	// inputs. It returns the outputs that changed beyond the inputs. nil: storing the
	// new inputs is all there is to it.
	update func(tx *tx, id string, old, in object) (out object, err error)
	// remove deletes what create made; the record itself is dropped by the caller.
	// nil: nothing can be in the way.
	remove func(tx *tx, id string, state object) error
	// overrides, where what a change does depends on more than the one input (or
	// where two values mean the same), says so for top-level inputs that differ: 0
	// stands for no change at all. Both arguments are inputs with the defaults. nil:
	// changes says it all.
	overrides func(old, in object) map[string]change
	// stateless kinds live in Pulumi's state alone, like a random password: the
	// account has no record of them.
	stateless bool
}

// change is what a changed input does to a resource.
type change int

const (
	updates        change = iota + 1 // in place
	replaces                         // a new resource in its stead
	updatesSetOnly                   // in place, and the order of its elements means nothing
	replacesSet                      // replaces, and the order of its elements means nothing
)

// autoname is how the real provider names a resource that was given no name:
// logical name, hyphen, 7 hex digits; what is longer than maxLength is refused.
type autoname struct {
	property  string
	maxLength int
}

// rule is one rule of AWS (or of the provider's schema) on the inputs alone. It
// returns nil when the rule does not apply or is kept.
type rule func(in object) *refusal

// A refusal is AWS, or the provider's schema, saying no.
type refusal struct {
	code     string // AWS's error code, for example "DuplicateListener"; "" of the schema's
	property string // the input it is about; "" when it is about several
	message  string // in AWS's words where they are known
}

// Error has the form the real provider shows: the code, where there is one, then
// the message.
func (r *refusal) Error() string {
	if r.code == "" {
		return r.message
	}
	return r.code + ": " + r.message
}
