package stacks

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/fault"
	"github.com/portico-iac/portico/internal/pathplan"
)

// Config is the typed configuration of a stack. The `config` tag of a field is
// its key in the `portico:` namespace; Keys tells what each means, its default
// and which variants read it.
type Config struct {
	Variant                  string   `config:"variant"`
	DomainName               string   `config:"domainName"`
	AlternateNames           []string `config:"alternateNames"`
	HostedZoneName           string   `config:"hostedZoneName"`
	HostedZoneID             string   `config:"hostedZoneId"`
	OverwriteExistingRecords bool     `config:"overwriteExistingRecords"`
	OverwriteValidation      bool     `config:"overwriteValidationRecords"`
	CertificateArn           string   `config:"certificateArn"`
	CloudFrontCertificateArn string   `config:"cloudFrontCertificateArn"`
	SecurityGroupRuleQuota   int      `config:"securityGroupRuleQuota"`
	PathCheck                string   `config:"pathCheck"`

	Network  NetworkConfig
	Balancer BalancerConfig
	Service  ServiceConfig
	Target   TargetConfig
	Instance InstanceConfig
	Front    FrontConfig
	Origin   OriginInstanceConfig
}

// NetworkConfig is the network a stack makes, or the one it finds.
type NetworkConfig struct {
	VpcCidrBlock            string   `config:"vpcCidrBlock"`
	AvailabilityZones       []string `config:"availabilityZones"`
	Nat                     string   `config:"nat"`
	InterfaceEndpoints      []string `config:"interfaceEndpoints"`
	VpcID                   string   `config:"vpcId"`
	PublicSubnetIDs         []string `config:"publicSubnetIds"`
	PrivateSubnetIDs        []string `config:"privateSubnetIds"`
	PrivateEgress           string   `config:"privateEgress"`
	EndpointSecurityGroupID string   `config:"endpointSecurityGroupId"`
	S3PrefixListID          string   `config:"s3PrefixListId"`
}

// BalancerConfig is the load balancer.
type BalancerConfig struct {
	AllowedCidrs       []string `config:"allowedCidrs"`
	DualStack          bool     `config:"dualStack"`
	SslPolicy          string   `config:"sslPolicy"`
	IdleTimeoutSeconds int      `config:"idleTimeoutSeconds"`
	DeletionProtection bool     `config:"deletionProtection"`
}

// ServiceConfig is the Fargate service.
type ServiceConfig struct {
	Image              string            `config:"image"`
	ContainerPort      int               `config:"containerPort"`
	CPU                int               `config:"cpu"`
	Memory             int               `config:"memory"`
	Architecture       string            `config:"architecture"`
	DesiredCount       int               `config:"desiredCount"`
	MinCount           int               `config:"minCount"`
	MaxCount           int               `config:"maxCount"`
	TargetCPUPercent   int               `config:"targetCpuPercent"`
	Environment        map[string]string `config:"environment"`
	Secrets            map[string]string `config:"secrets"`
	ClusterArn         string            `config:"clusterArn"`
	LogRetentionDays   int               `config:"logRetentionDays"`
	WaitForSteadyState bool              `config:"waitForSteadyState"`
	ZoneRebalancing    bool              `config:"availabilityZoneRebalancing"`

	HealthCheckGracePeriodSeconds int `config:"healthCheckGracePeriodSeconds"`

	// EnvironmentIsSecret says that portico:environment was set with --secret.
	EnvironmentIsSecret bool
}

// TargetConfig is the way from the balancer to its targets.
type TargetConfig struct {
	Protocol                   string `config:"targetProtocol"`
	ProtocolVersion            string `config:"targetProtocolVersion"`
	HealthCheckPath            string `config:"healthCheckPath"`
	HealthCheckMatcher         string `config:"healthCheckMatcher"`
	DeregistrationDelaySeconds int    `config:"deregistrationDelaySeconds"`
}

// InstanceConfig is the instance that exists already.
type InstanceConfig struct {
	ID              string `config:"instanceId"`
	SecurityGroupID string `config:"instanceSecurityGroupId"`
	Port            int    `config:"instancePort"`
	OpenIngress     string `config:"openIngress"`
}

// FrontConfig is the distribution and its origin.
type FrontConfig struct {
	OriginDomainName            string `config:"originDomainName"`
	ForwardHostHeader           bool   `config:"forwardHostHeader"`
	OriginSecretHeader          string `config:"originSecretHeader"`
	OriginSecretVersion         string `config:"originSecretVersion"`
	OriginSecretPreviousVersion string `config:"originSecretPreviousVersion"`
	OriginReadTimeoutSeconds    int    `config:"originReadTimeoutSeconds"`
	DefaultRootObject           string `config:"defaultRootObject"`
	MinimumViewerTLSVersion     string `config:"minimumViewerTlsVersion"`
	PriceClass                  string `config:"priceClass"`
	WebACLArn                   string `config:"webAclArn"`
}

// OriginInstanceConfig is the instance that ends TLS itself.
type OriginInstanceConfig struct {
	CertificatePattern string `config:"certificatePattern"`
	AcmeDirectoryURL   string `config:"acmeDirectoryUrl"`
	AcmeEmail          string `config:"acmeEmail"`
	InstanceType       string `config:"instanceType"`
	AmiID              string `config:"amiId"`
	RootVolumeGiB      int    `config:"rootVolumeGiB"`
	AppPort            int    `config:"appPort"`
}

// Parse reads and checks a configuration; get returns the value of a key of the
// `portico:` namespace, "" when it is not set. All faults are reported at once,
// each with its key, value and fix.
func Parse(get func(key string) string) (*Config, error) {
	faults := fault.ForConfig()
	cfg := &Config{Variant: get("variant")}
	if !slices.Contains(Variants(), cfg.Variant) {
		faults.Addf("portico:variant", "must be one of %s, got %q", strings.Join(Variants(), ", "), cfg.Variant)
		return nil, faults.Err()
	}
	values := map[string]string{}
	for _, key := range keys {
		values[key.Name] = strings.TrimSpace(get(key.Name))
		if isSet(key, values[key.Name]) {
			faults.Check("portico:"+key.Name, applies(key, cfg.Variant, get("instanceId") != ""))
		}
		if values[key.Name] == "" && key.Default != nil {
			values[key.Name] = *key.Default
		}
	}
	decode(reflect.ValueOf(cfg).Elem(), values, faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return cfg, nil
}

// isSet says whether a value is a setting: Pulumi fills in the defaults.
func isSet(key Key, value string) bool {
	return value != "" && (key.Default == nil || value != *key.Default)
}

// applies refuses a key that a variant, or the variant with an instance that
// exists or without one, does not read: it would look configured and have no
// effect.
func applies(key Key, variant string, adoptsInstance bool) error {
	switch {
	case !slices.Contains(key.Variants, variant):
		return fmt.Errorf("is not used by variant %s (only by %s): remove it", variant, strings.Join(key.Variants, ", "))
	case adoptsInstance && slices.Equal(key.Variants, withTasks):
		return errors.New("is for tasks, and portico:instanceId names an instance that takes their place: remove one of the two")
	case !adoptsInstance && slices.Equal(key.Variants, anInstance):
		return errors.New("is for an instance that exists already: set portico:instanceId too, or remove it")
	}
	return nil
}

// decode sets the tagged fields of a struct, and of the structs in it.
func decode(v reflect.Value, values map[string]string, faults *fault.List) {
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Struct {
			decode(v.Field(i), values, faults)
			continue
		}
		if key := v.Type().Field(i).Tag.Get("config"); key != "" {
			faults.Check("portico:"+key, decodeValue(v.Field(i), values[key]))
		}
	}
}

func decodeValue(field reflect.Value, value string) error {
	switch field.Interface().(type) {
	case string:
		field.SetString(value)
	case []string:
		field.Set(reflect.ValueOf(splitList(value)))
	case bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("must be true or false, got %q", value)
		}
		field.SetBool(b)
	case int:
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("must be a whole number, got %q", value)
		}
		field.SetInt(int64(n))
	case map[string]string:
		if value == "" {
			return nil
		}
		m := map[string]string{}
		if err := json.Unmarshal([]byte(value), &m); err != nil {
			// The value may hold secrets, and so may the decoder's error.
			return fmt.Errorf(`must be a JSON object of strings, for example {"NAME":"value"}; the value given is not`)
		}
		field.Set(reflect.ValueOf(m))
	}
	return nil
}

// splitList cuts a comma-separated list and drops blanks around its elements.
func splitList(value string) []string {
	var list []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// withDefaults fills what depends on other keys.
func (c *Config) withDefaults() {
	if c.Service.Image == "" {
		c.Service.Image = "public.ecr.aws/nginx/nginx:stable"
	}
	c.PathCheck = cmp.Or(c.PathCheck, pathplan.Refuse)
	if c.Front.OriginDomainName == "" {
		c.Front.OriginDomainName = "origin." + c.DomainName
	}
}

// ViewerNames are the names viewers use: the domain name first.
func (c *Config) ViewerNames() []string {
	return append([]string{c.DomainName}, c.AlternateNames...)
}
