package stacks

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
)

// Config is the configuration of a ready stack. Each field is one key of the
// `portico:` namespace, named by its `pulumi` tag. The objects are the arguments
// of components, field by field. Arguments that refer to another component are
// set by the stack and are not part of the configuration.
type Config struct {
	// Variant of the stack: alb, cloudfront-alb, cloudfront-ec2, alb-ec2 or
	// cloudfront-vpc-alb. It cannot be changed: another variant needs a new stack. Required.
	Variant string `pulumi:"variant"`

	// Domain is the names that viewers use, and their certificate. domainName and
	// hostedZone are required.
	Domain components.CertifiedDomainArgs `pulumi:"domain"`

	// OriginDomain is the name that CloudFront connects to, and the load
	// balancer's certificate. Default: "origin." before Domain's domainName, in
	// the same hosted zone.
	OriginDomain components.CertifiedDomainArgs `pulumi:"originDomain"`

	// Network is the VPC. Default: a new one with one NAT gateway.
	Network components.NetworkArgs `pulumi:"network"`

	// Services are the Fargate services behind the load balancer, each with its
	// own hosts or paths. Default: one service that shows nginx's welcome page.
	Services []ServiceConfig `pulumi:"services"`

	// InstanceTarget is an existing EC2 instance that serves HTTPS. It replaces
	// Services, and requires network.existing.
	InstanceTarget *components.InstanceTargetArgs `pulumi:"instanceTarget"`

	// LoadBalancer is the Application Load Balancer. Default: the defaults of its
	// fields.
	LoadBalancer components.SecuredALBArgs `pulumi:"loadBalancer"`

	// CloudFront is the distribution. Default: the defaults of its fields.
	CloudFront components.CloudFrontFrontArgs `pulumi:"cloudFront"`

	// StaticContent is the bucket with files that the distribution serves beside the service.
	// It is made, with the defaults of its fields, as soon as servedBy or failover of a behavior
	// in cloudFront asks for static-content. Default: none.
	StaticContent components.StaticContentArgs `pulumi:"staticContent"`

	// OriginSecret is the header that CloudFront sends and the load balancer or the
	// instance requires. Default: the defaults of its fields.
	OriginSecret components.OriginSecretArgs `pulumi:"originSecret"`

	// TLSInstance is the EC2 instance that CloudFront connects to. Default: the
	// defaults of its fields, with "origin." before Domain's domainName as
	// originDomainName.
	TLSInstance components.TLSInstanceArgs `pulumi:"tlsInstance"`

	// LogBucket is the bucket for access and connection logs of the load balancer, standard
	// logs of the distribution and flow logs of a VPC that the stack makes: retentionDays
	// makes one, existing adopts one. The stack sets its sources. Default: none; nothing of
	// that is logged.
	LogBucket components.LogBucketArgs `pulumi:"logBucket"`

	// Alarms are CloudWatch alarms on everything in the stack that a request passes
	// through, and whom they tell: emails or topicArns. With a distribution there are
	// some in us-east-1 as well. Default: none.
	Alarms components.AlarmsArgs `pulumi:"alarms"`

	// Dashboard makes a CloudWatch dashboard of the stack, hop by hop. Default: false.
	Dashboard bool `pulumi:"dashboard"`

	// Hardening "fsbp" turns on what AWS Foundational Security Best Practices ask for and
	// what can be turned on without further information; docs/controls.md lists it and what
	// it costs. What another key says goes before. Default: "", nothing is turned on.
	Hardening string `pulumi:"hardening"`

	// WebAcl is the AWS WAF web ACL in front of the viewers: at the distribution, in
	// us-east-1, or at the load balancer of a variant without one. Default: none.
	WebAcl components.WebAclArgs `pulumi:"webAcl"`

	// PathCheck is what to do about requests that would fail, "refuse" or "warn",
	// in every component without a pathCheck of its own. Default: "refuse".
	PathCheck string `pulumi:"pathCheck"`

	// given has the keys that are set, and fields the paths of all fields that are.
	given, fields map[string]bool
}

// ServiceConfig is one Fargate service.
type ServiceConfig struct {
	// Name of the service, unique in the stack. It is part of the URNs of the
	// service's resources, so a change replaces them. Default: "app" if it is the
	// only service.
	Name string `pulumi:"name"`

	components.PrivateFargateServiceArgs
}

// Parse decodes a configuration and reports all its faults at once. get returns
// the value of a key of the `portico:` namespace: JSON for an object or a list,
// "" if it is not set. secret reports whether part of a key's value is secret.
// Errors do not repeat such a value, and the environment of services with a
// secret stays secret.
func Parse(get func(key string) string, secret func(key string) bool) (*Config, error) {
	faults := fault.ForConfig()
	cfg := &Config{given: map[string]bool{}, fields: map[string]bool{}}
	for _, f := range fieldsOf(cfg) {
		text := strings.TrimSpace(get(f.name))
		isBool := f.value.Kind() == reflect.Bool
		if text == "" || text == "{}" || text == "[]" || isBool && text == "false" { // Pulumi.yaml's defaults
			continue
		}
		cfg.given[f.name] = true
		var value any = text
		if isBool && text == "true" {
			value = true
		}
		if isStructured(f.value) {
			decoder := json.NewDecoder(strings.NewReader(text))
			decoder.UseNumber()
			if err := decoder.Decode(&value); err != nil {
				faults.Addf(key(f.name), "must be %s, got %s; set its fields: pulumi config set --path '%s'", kindOf(f.value.Type()), shown(text, secret(f.name)), fieldOf(f))
				continue
			}
		}
		d := decoder{faults: faults, secret: secret(f.name), given: cfg.fields}
		d.decode(key(f.name), value, f.value)
	}
	if !slices.Contains(Variants(), cfg.Variant) {
		faults.Addf("portico:variant", "must be one of %s, got %q", strings.Join(Variants(), ", "), cfg.Variant)
		return nil, faults.Err()
	}
	cfg.checkUse(faults)
	if secret("services") {
		cfg.hideEnvironment()
	}
	return cfg, faults.Err()
}

// shown is a value as an error repeats it.
func shown(text string, secret bool) string {
	if secret {
		return "something else, which may be secret"
	}
	return strconv.Quote(text)
}

// fieldOf is the path of a field of a structured value.
func fieldOf(f field) string {
	if f.value.Kind() == reflect.Slice {
		return fault.Index(key(f.name), 0) + ".FIELD"
	}
	return key(f.name) + ".FIELD"
}

// hideEnvironment makes the environment of the services, their sidecars and migrations
// secret as a whole, because Pulumi does not tell a program which part of an object is secret.
func (c *Config) hideEnvironment() {
	for _, s := range c.Services {
		hide(s.Environment)
		for _, sidecar := range s.Sidecars {
			hide(sidecar.Environment)
		}
		if s.Migration != nil {
			hide(s.Migration.Environment)
		}
	}
}

func hide(environment map[string]pulumi.StringInput) {
	for name, value := range environment {
		environment[name] = pulumi.ToSecret(value).(pulumi.StringOutput)
	}
}

// Keys lists the keys of the `portico:` namespace.
func Keys() []string {
	var names []string
	for _, f := range fieldsOf(&Config{}) {
		names = append(names, f.name)
	}
	return names
}

func key(name string) string { return "portico:" + name }

// checkUse refuses what the variant does not use: it would have no effect.
func (c *Config) checkUse(faults *fault.List) {
	uses := c.variant().uses
	for _, name := range slices.Sorted(maps.Keys(c.given)) {
		if slices.Contains(uses, name) {
			continue
		}
		var users []string
		for _, v := range variants {
			if slices.Contains(v.uses, name) {
				users = append(users, v.name)
			}
		}
		faults.Addf(key(name), "is not used by variant %s (only by %s): remove it", c.Variant, strings.Join(users, ", "))
	}
	if c.given["instanceTarget"] && c.given["services"] {
		faults.Addf("portico:services", "must not be set beside portico:instanceTarget, whose instance answers in place of the services: remove one of the two")
	}
	if c.InstanceTarget != nil && c.Network.Existing == nil && slices.Contains(uses, "instanceTarget") {
		faults.Addf("portico:network.existing", "is required with portico:instanceTarget: the load balancer stands in the instance's VPC")
	}
	if dnsname.IsWildcard(c.Domain.DomainName) {
		faults.Addf("portico:domain.domainName", "must be a host name, got the wildcard %q: name a host here, and the wildcard among subjectAlternativeNames", c.Domain.DomainName)
	}
	if c.PathCheck != "" {
		faults.Check("portico:pathCheck", awsrule.OneOf(c.PathCheck, components.PathCheckRefuse, components.PathCheckWarn))
	}
	if c.Hardening != "" {
		faults.Check("portico:hardening", awsrule.OneOf(c.Hardening, HardeningFSBP))
	}
	names := map[string]bool{}
	for i := range c.Services {
		s, path := &c.Services[i], fault.Index(key("services"), i)+".name"
		switch {
		case s.Name == "" && len(c.Services) == 1:
			s.Name = nameTarget
		case s.Name == "":
			faults.Addf(path, "is required: services are told apart by their names")
		case names[s.Name]:
			faults.Addf(path, "must be unique, got %q again", s.Name)
		}
		names[s.Name] = true
	}
}

// ViewerNames returns the names that viewers use, domainName first.
func (c *Config) ViewerNames() []string {
	return append([]string{c.Domain.DomainName}, c.Domain.SubjectAlternativeNames...)
}
