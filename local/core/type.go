package core

// Type is one resource type of the local AWS, as data that the core checks and
// carries out. schema.json says which properties it has, facts.json which are
// required, which changes replace it and in which lists the order means nothing.
type Type struct {
	// Token is the Pulumi type, such as "aws:lb/targetGroup:TargetGroup".
	Token string
	// Global types have no Region (IAM, Route 53, CloudFront).
	Global bool
	// Home is the only Region in which there are resources of the type; "" for any. Create
	// refuses another one.
	Home string
	// Stateless types, like a random password, exist in Pulumi's state alone.
	Stateless bool

	// Inputs are the inputs that have rules here, fields of blocks as "block.field";
	// others are refused as unsupported. A block without listed fields is supported whole.
	Inputs []string
	// Name says how a name is made where the program gives none; nil: the type has none.
	Name *Autoname
	// Defaults are the values of the real provider's schema for inputs not given.
	Defaults Object
	// Keeps are the inputs that AWS chooses when they are not given: taking one away
	// changes nothing.
	Keeps []string
	// Fills are outputs, and values of inputs that were not given, as AWS sets them
	// on every new resource. Texts are forms, as of ID, and may name {id} too.
	Fills Object

	// ID is the form of the id: text with {hex17} for that many new hex digits, {name}
	// for an input, {account}, {region} and {now}. Default: the ARN is the id.
	ID string
	// ARN is the form of the ARN after the account: "ec2:vpc/{id}" is
	// arn:aws:ec2:REGION:ACCOUNT:vpc/ID. Default: no output arn.
	ARN string

	// References are the inputs that name other resources.
	References []Reference
	// InUse is the code with which AWS refuses to delete a resource that the
	// reference of another one holds.
	InUse string
	// FreeToDelete says why a type has no InUse.
	FreeToDelete string
	Unique       []Unique
	Quotas       []Quota
	// Recomputes are the outputs that the change of an input, or of AnyInput, makes
	// anew. They are unknown at preview.
	Recomputes map[string][]string

	// Rules are checked on the inputs with the defaults, at preview too.
	Rules []Rule
	// Rejects are AWS's own rules about unsupported inputs; their faults are reported beside
	// "unsupported". They get the inputs alone.
	Rejects []Rule
	// Replaces, where what a change does depends on more than the one input, says
	// which of the inputs that differ replace the resource after all. Both arguments
	// are inputs with the defaults.
	Replaces func(old, in Object) []string
	// Reverts are the inputs that AWS may leave at another value than it was given, such
	// as the revision of a service whose deployment was rolled back. What an update changes
	// about them is told from the state, as the real provider does.
	Reverts []string
	// Same compares inputs of which two different texts may mean the same, such as
	// policy documents.
	Same map[string]func(was, is any) bool

	// Apply stands in place of Create and Update where both do the same.
	Apply func(t *Tx, id string, in Object) (out Object, err error)
	// Create makes what AWS makes beyond the record of the resource, and returns the
	// outputs beyond inputs, ARN and Fills. in is the inputs with the defaults, all
	// known; it must not be changed.
	Create func(t *Tx, id string, in Object) (out Object, err error)
	// NewID makes the id where it has no form that ID can say; nil: see ID.
	NewID func(t *Tx, in Object) (string, error)
	// Update changes the resource in place: old is its full state, in the new inputs.
	// It returns the outputs that changed beyond the inputs.
	Update func(t *Tx, id string, old, in Object) (out Object, err error)
	// Delete takes away what Create made; the record itself is dropped by the core.
	Delete func(t *Tx, id string, state Object) error
}

// AnyInput stands in Recomputes for whatever input changes.
const AnyInput = "*"

// Reference is an input that names another resource.
type Reference struct {
	// Input is the dotted path of the input.
	Input string
	// To are the types that it may name.
	To []string
	// By is the property of those types that it holds. Default: their id.
	By string
	// Code is AWS's error code when there is none.
	Code string
	// Loose references do not keep what they name from being deleted.
	Loose bool
	// Cascades: the resource is deleted together with what it names.
	Cascades bool
	// Exists finds what is no resource of the account: a managed prefix list, an image.
	Exists func(t *Tx, value string) bool
	// Message is what AWS says when there is none. Default: a sentence of ours.
	Message func(t *Tx, value string) string
}

// Unique are inputs whose values, taken together, only one resource of a type has.
type Unique struct {
	// Inputs are dotted paths. The first is of a string, or of a list of strings, of which
	// no other resource may have any.
	Inputs []string
	Code   string
	// Message is AWS's words, with {input} for the value of an input.
	Message string
}

// Quota is how many resources of a type a new account may have in a Region.
type Quota struct {
	Most    int
	Per     string // an input: only resources with the same value there count
	Code    string
	Message string
}

// Service is what one AWS service contributes to the local AWS.
type Service struct {
	Types     []Type
	Functions []Function
}

// Function is one function of the provider, such as aws:lb/getListener:getListener.
type Function struct {
	Token string
	// Inputs are the arguments that have rules here; nil: all.
	Inputs []string
	// Run looks at the account and returns the result. It must change nothing.
	Run func(t *Tx, in Object) (Object, error)
}
