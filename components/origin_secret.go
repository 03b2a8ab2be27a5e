package components

import (
	"cmp"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/requestpath"
)

const (
	defaultSecretLength  = 48
	defaultSecretVersion = "1"

	// A load balancer compares header values of at most 128 characters, and without
	// regard to case: 32 letters and digits are still 165 bits.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
	minSecretLength = 32
	maxSecretLength = 128

	maxSecretVersion = 16
)

var secretVersion = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$`)

// OriginSecretArgs configures an OriginSecret. All fields are optional.
type OriginSecretArgs struct {
	// HeaderName is the header that carries the secret. CloudFront reserves some
	// names. After a change, requests are rejected until both the origin and the
	// distribution use the new name. Default: "X-Origin-Verify".
	// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
	HeaderName string `pulumi:"headerName"`
	// Length of the value in characters, 32-128. It applies to versions that are
	// generated from then on; existing ones keep their length. Default: 48.
	Length int `pulumi:"length"`
	// Version names the value that the distribution sends: letters, digits and
	// hyphens, at most 16 characters. A new version generates a new value.
	// Default: "1".
	Version string `pulumi:"version"`
	// PreviousVersion names a value that the origin accepts as well, during a
	// rotation. Default: none.
	PreviousVersion string `pulumi:"previousVersion"`
}

// OriginSecret is a random value that a distribution sends to its origin in a
// header, so that the origin can tell it from anybody else's distribution. Hand
// it to both sides. The value consists of letters and digits only and is secret
// wherever Pulumi keeps it.
//
// It is rotated by two updates, without an outage: the first sets Version to a
// new name and PreviousVersion to the old one, which makes the origin accept both
// values and the distribution send the new one; the second, once the distribution
// is deployed, drops PreviousVersion.
type OriginSecret struct {
	pulumi.ResourceState

	// Value is what the distribution sends. It is secret.
	Value pulumi.StringOutput `pulumi:"value"`
	// AcceptedValues are what the origin accepts: Value, then the previous one if
	// there is one. They are secret.
	AcceptedValues pulumi.StringArrayOutput `pulumi:"acceptedValues"`

	// Passwords generate AcceptedValues, in the same order. Register makes them.
	Passwords []*random.RandomPassword

	planned
	args OriginSecretArgs
}

// HeaderName is the name of the header that carries the secret.
func (s *OriginSecret) HeaderName() string { return s.args.HeaderName }

func (a OriginSecretArgs) withDefaults() OriginSecretArgs {
	a.HeaderName = cmp.Or(a.HeaderName, awsrule.DefaultSecretHeader)
	a.Length = cmp.Or(a.Length, defaultSecretLength)
	a.Version = cmp.Or(a.Version, defaultSecretVersion)
	return a
}

func (a OriginSecretArgs) validate(l *fault.List) {
	l.Check("headerName", awsrule.SecretHeader(a.HeaderName))
	l.Check("length", awsrule.Between(a.Length, minSecretLength, maxSecretLength, "characters"))
	l.Check("version", checkSecretVersion(a.Version))
	if a.PreviousVersion != "" {
		l.Check("previousVersion", checkSecretVersion(a.PreviousVersion))
	}
	if a.PreviousVersion == a.Version {
		l.Addf("previousVersion", "must differ from version, got %q for both; give the new value a new version", a.Version)
	}
}

func checkSecretVersion(version string) error {
	if len(version) > maxSecretVersion || !secretVersion.MatchString(version) {
		return fmt.Errorf("must be 1-%d letters, digits and hyphens without a hyphen at either edge, got %q",
			maxSecretVersion, version)
	}
	return nil
}

// NewOriginSecret makes an OriginSecret. Nil args make one with all defaults.
func NewOriginSecret(
	ctx *pulumi.Context, name string, args *OriginSecretArgs, opts ...pulumi.ResourceOption,
) (*OriginSecret, error) {
	return construct(ctx, PlanOriginSecret, name, args, opts)
}

// PlanOriginSecret is the first half of NewOriginSecret.
func PlanOriginSecret(name string, args *OriginSecretArgs) (*OriginSecret, error) {
	s := &OriginSecret{planned: planned{component: "OriginSecret", name: name}}
	s.args = cmp.Or(args, &OriginSecretArgs{}).withDefaults()
	return s, s.validate(s.args.validate)
}

// Register is the second half of NewOriginSecret.
func (s *OriginSecret) Register(ctx *pulumi.Context, opts ...pulumi.ResourceOption) error {
	return s.register(ctx, TokenOriginSecret, s.args, s, opts, s.generate)
}

// required is the header that a server wants, with versions for their values; nil of no
// secret.
func (s *OriginSecret) required() *requestpath.RequiredHeader {
	if s == nil {
		return nil
	}
	return &requestpath.RequiredHeader{Name: s.HeaderName(), Values: s.versions()}
}

// generate makes the value of each version. Special characters are left out: `*` and
// `?` would be wildcards to a load balancer's rule. The length of a value that exists
// is let be, since a change would replace it while it is in use.
func (s *OriginSecret) generate(ctx *pulumi.Context) error {
	var accepted pulumi.StringArray
	for _, version := range s.versions() {
		password, err := random.NewRandomPassword(ctx, version, &random.RandomPasswordArgs{
			Length:  pulumi.Int(s.args.Length),
			Special: pulumi.Bool(false),
		}, pulumi.Parent(s), pulumi.IgnoreChanges([]string{"length"}))
		if err != nil {
			return err
		}
		s.Passwords = append(s.Passwords, password)
		accepted = append(accepted, pulumi.ToSecret(password.Result).(pulumi.StringOutput))
	}
	s.Value = accepted[0].ToStringOutput()
	s.AcceptedValues = pulumi.ToSecret(accepted).(pulumi.StringArrayOutput)
	return nil
}

// versions name the values that the origin accepts, the one that is sent first; of no
// secret, none.
func (s *OriginSecret) versions() []string {
	if s == nil {
		return nil
	}
	names := []string{s.name + "-" + s.args.Version}
	if s.args.PreviousVersion != "" {
		names = append(names, s.name+"-"+s.args.PreviousVersion)
	}
	return names
}
