package stacks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
)

// Config is the configuration of a ready stack. Each field is one key of the
// `portico:` namespace, named by its `pulumi` tag; the objects are the arguments of
// components, field by field. A component that one of them refers to is the stack's
// own and no field of the configuration.
type Config struct {
	// Variant of the stack: alb, cloudfront-alb, cloudfront-ec2 or alb-ec2. A stack keeps its variant: another one
	// needs a stack of its own. Required.
	Variant string `pulumi:"variant"`

	// Domain is the names that viewers use, and the certificate for them.
	// domainName and hostedZone are required.
	Domain components.CertifiedDomainArgs `pulumi:"domain"`

	// OriginDomain is the certificate of the load balancer behind CloudFront, and the
	// name that CloudFront connects to. Default: origin. before Domain's
	// domainName, in the same zone.
	OriginDomain components.CertifiedDomainArgs `pulumi:"originDomain"`

	// Network is the VPC. Default: one of its own with one NAT gateway.
	Network components.NetworkArgs `pulumi:"network"`

	// Services are the Fargate services behind the load balancer, told apart by
	// their routes. Default: one that shows nginx's page.
	Services []ServiceConfig `pulumi:"services"`

	// InstanceTarget is an EC2 instance that exists already and serves HTTPS. It
	// takes the place of Services, and needs network.existing.
	InstanceTarget *components.InstanceTargetArgs `pulumi:"instanceTarget"`

	// LoadBalancer is the Application Load Balancer. Default: its own defaults.
	LoadBalancer components.SecuredALBArgs `pulumi:"loadBalancer"`

	// CloudFront is the distribution. Default: its own defaults.
	CloudFront components.CloudFrontFrontArgs `pulumi:"cloudFront"`

	// OriginSecret is the header that the load balancer asks of CloudFront. Default:
	// its own defaults.
	OriginSecret components.OriginSecretArgs `pulumi:"originSecret"`

	// TLSInstance is the EC2 instance that CloudFront connects to. Default: its own
	// defaults, with originDomainName origin. before Domain's domainName.
	TLSInstance components.TLSInstanceArgs `pulumi:"tlsInstance"`

	// PathCheck is what to do about requests that would fail, "refuse" or "warn",
	// wherever a component has no pathCheck of its own. Default: "refuse".
	PathCheck string `pulumi:"pathCheck"`

	// given are the keys that are set.
	given map[string]bool
}

// ServiceConfig is one Fargate service.
type ServiceConfig struct {
	// Name of the service, unique in the stack. It is part of its resources' URNs: a
	// change replaces them. Default: "app" for the only one.
	Name string `pulumi:"name"`

	components.PrivateFargateServiceArgs
}

// Parse reads a configuration; get returns the value of a key of the `portico:`
// namespace, JSON for an object, "" when it is not set. secret says whether a key
// has a part that is secret: such a value is nowhere repeated, and the environment
// of services stays secret. All faults are reported at once.
func Parse(get func(key string) string, secret func(key string) bool) (*Config, error) {
	faults := fault.ForConfig()
	cfg := &Config{given: map[string]bool{}}
	for _, f := range fieldsOf(cfg) {
		text := strings.TrimSpace(get(f.name))
		if text == "" || text == "{}" || text == "[]" { // Pulumi.yaml's defaults
			continue
		}
		cfg.given[f.name] = true
		var value any = text
		if isStructured(f.value) {
			decoder := json.NewDecoder(strings.NewReader(text))
			decoder.UseNumber()
			if err := decoder.Decode(&value); err != nil {
				faults.Addf(key(f.name), "must be %s: use pulumi config set --path '%s'", kindOf(f.value.Type()), key(f.name)+".FIELD")
				continue
			}
		}
		d := decoder{faults: faults, secret: secret(f.name)}
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

// hideEnvironment makes secrets of the services' environment: of which part of an
// object is secret, Pulumi tells a program nothing.
func (c *Config) hideEnvironment() {
	for _, s := range c.Services {
		for name, value := range s.Environment {
			s.Environment[name] = pulumi.ToSecret(value).(pulumi.StringOutput)
		}
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

// checkUse refuses what the variant does not use, or sets itself: it would look
// configured and have no effect.
func (c *Config) checkUse(faults *fault.List) {
	for name := range c.given {
		var users []string
		for _, v := range variants {
			if slices.Contains(v.uses, name) {
				users = append(users, v.name)
			}
		}
		if !c.uses(name) {
			faults.Addf(key(name), "is not used by variant %s (only by %s): remove it", c.Variant, strings.Join(users, ", "))
		}
	}
	if c.given["instanceTarget"] && c.given["services"] {
		faults.Addf("portico:services", "must not be set beside portico:instanceTarget, whose instance answers in place of the services: remove one of the two")
	}
	if c.InstanceTarget != nil && c.Network.Existing == nil && c.uses("instanceTarget") {
		faults.Addf("portico:network.existing", "is required with portico:instanceTarget: the load balancer stands in the instance's VPC")
	}
	if dnsname.IsWildcard(c.Domain.DomainName) {
		faults.Addf("portico:domain.domainName", "must be a host name, got the wildcard %q: name a host here, and the wildcard among subjectAlternativeNames", c.Domain.DomainName)
	}
	if c.PathCheck != "" {
		faults.Check("portico:pathCheck", awsrule.OneOf(c.PathCheck, components.PathCheckRefuse, components.PathCheckWarn))
	}
	names := map[string]bool{}
	for i := range c.Services {
		s := &c.Services[i]
		if s.Name == "" && len(c.Services) == 1 {
			s.Name = nameTarget
		}
		if names[s.Name] && s.Name != "" {
			faults.Addf(fmt.Sprintf("portico:services[%d].name", i), "must be unique, got %q again", s.Name)
		}
		names[s.Name] = true
	}
}

// uses says whether the variant reads a key.
func (c *Config) uses(name string) bool {
	return slices.ContainsFunc(variants, func(v variant) bool { return v.name == c.Variant && slices.Contains(v.uses, name) })
}

// ViewerNames are the names that viewers use: the domain name first.
func (c *Config) ViewerNames() []string {
	return append([]string{c.Domain.DomainName}, c.Domain.SubjectAlternativeNames...)
}
