package components

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/internal/fault"
)

// Type tokens of the components, as they appear in URNs and in Pulumi's state.
const (
	TokenNetwork               = "portico:index:Network"
	TokenCertifiedDomain       = "portico:index:CertifiedDomain"
	TokenSecuredALB            = "portico:index:SecuredALB"
	TokenServiceRoute          = "portico:index:ServiceRoute"
	TokenInstanceTarget        = "portico:index:InstanceTarget"
	TokenPrivateFargateService = "portico:index:PrivateFargateService"
	TokenOriginSecret          = "portico:index:OriginSecret"
	TokenCloudFrontFront       = "portico:index:CloudFrontFront"
	TokenTLSInstance           = "portico:index:TLSInstance"
	TokenWebAcl                = "portico:index:WebAcl"
	TokenAlarms                = "portico:index:Alarms"
	TokenDashboard             = "portico:index:Dashboard"
	TokenLogBucket             = "portico:index:LogBucket"
	TokenStaticContent         = "portico:index:StaticContent"
)

// tagged is what the fields of a struct with `pulumi` tags hold, by the tags. Fields
// that were not set are left out. A component among them is recorded by its type and
// name: its own inputs stand in its own place in the state, and its URN
// would bring whichever of its children exist by then as dependencies.
func tagged(args any) pulumi.Map {
	m := pulumi.Map{}
	v := reflect.Indirect(reflect.ValueOf(args))
	for i := range v.NumField() {
		tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("pulumi"), ",")
		if tag == "" || v.Field(i).IsZero() {
			continue
		}
		if in := inputOf(v.Field(i)); in != nil {
			m[tag] = in
		}
	}
	return m
}

// named is every resource of the SDK.
type named interface {
	PulumiResourceType() string
	PulumiResourceName() string
}

func inputOf(v reflect.Value) pulumi.Input {
	switch x := v.Interface().(type) {
	case named:
		return pulumi.String(x.PulumiResourceType() + "::" + x.PulumiResourceName())
	case pulumi.Input:
		return x
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return inputOf(v.Elem())
	case reflect.Struct:
		return tagged(v.Interface())
	case reflect.Slice:
		list := make(pulumi.Array, v.Len())
		for i := range list {
			list[i] = inputOf(v.Index(i))
		}
		return list
	case reflect.Map:
		m := pulumi.Map{}
		for _, k := range v.MapKeys() {
			m[k.String()] = inputOf(v.MapIndex(k))
		}
		return m
	default:
		return pulumi.Any(v.Interface())
	}
}

// isNil says whether there is no resource, or the pointer to it is nil.
func isNil(r pulumi.Resource) bool {
	v := reflect.ValueOf(r)
	return r == nil || v.Kind() == reflect.Pointer && v.IsNil()
}

// refuseBeside records the args that are given, other than those allowed, beside one
// with which nothing is made.
func refuseBeside(l *fault.List, one string, args any, allowed ...string) {
	v := reflect.ValueOf(args)
	for i := range v.NumField() {
		path, field := v.Type().Field(i).Tag.Get("pulumi"), v.Field(i)
		given := !field.IsZero()
		if kind := field.Kind(); kind == reflect.Slice || kind == reflect.Map {
			given = field.Len() > 0
		}
		if given && !slices.Contains(allowed, path) {
			l.Addf(path, "must not be given beside %s; leave out one of them", one)
		}
	}
}

// awaitable refuses what nothing can be made to wait for: of a component's children
// the SDK only knows those that it has got round to registering.
func awaitable(r pulumi.Resource) error {
	if isNil(r) {
		return errors.New("must be a resource, got nil; fields such as a route's Rule are set by Register")
	}
	if _, custom := r.(pulumi.CustomResource); custom {
		return nil
	}
	return fmt.Errorf("must be a single resource, got the component %s %q; name the one of its resources that comes last, "+
		"such as a route's Rule", r.PulumiResourceType(), r.PulumiResourceName())
}

// regionOf is the region that the provider works in, "" when that is not known yet.
func regionOf(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (string, error) {
	found, err := aws.GetRegion(ctx, nil, opts...)
	if err != nil {
		return "", lookupFailed(err, "the region")
	}
	return found.Name, nil
}

// fixedName is a name of its own in the account for what the provider does not name.
func fixedName(ctx *pulumi.Context, name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, strings.Join([]string{ctx.Project(), ctx.Stack(), name}, "-"))
}

// outsideUSEast1 is the provider's Region if it is known and not the one in which CloudFront
// has what is its own; otherwise "".
func outsideUSEast1(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (string, error) {
	region, err := regionOf(ctx, opts...)
	if region == awstable.CloudFrontRegion {
		return "", err
	}
	return region, err
}
