package stacks_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/stacks"
)

// Ids of the instance that the tests adopt, closed and open, and of its network.
const (
	closedInstance = "i-0c105ed0000000001"
	openInstance   = "i-00be000000000000a"
	groupOfClosed  = "sg-0c105ed0000000001"
	groupOfOpen    = "sg-00be000000000000a"
	ruleOfOpen     = "sgr-00be00000000000a"
)

// minimal is the least configuration with which each variant comes up.
func minimal(variant string) map[string]string {
	config := map[string]string{
		"portico:variant": variant, "portico:domain.domainName": "app.example.com", "portico:domain.hostedZone.name": "example.com",
	}
	if variant == stacks.VariantALBEC2 {
		maps.Copy(config, adopted())
	}
	return config
}

// adopted is an instance that exists, and its network.
func adopted() map[string]string {
	return map[string]string{
		"portico:instanceTarget.instanceId":        closedInstance,
		"portico:network.existing.vpcId":           "vpc-0123456789abcdef0",
		"portico:network.existing.publicSubnetIds": `["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]`,
	}
}

func with(base map[string]string, pairs ...string) map[string]string {
	merged := maps.Clone(base)
	for i := 0; i < len(pairs); i += 2 {
		merged["portico:"+pairs[i]] = pairs[i+1]
		if strings.HasPrefix(pairs[i], "services[0]") && merged["portico:services[0].image"] == "" {
			merged["portico:services[0].image"] = "public.ecr.aws/nginx/nginx:stable"
		}
	}
	return merged
}

func without(base map[string]string, keys ...string) map[string]string {
	less := maps.Clone(base)
	for _, key := range keys {
		delete(less, "portico:"+key)
	}
	return less
}

// options run a program as the stack with this configuration.
func options(t *testing.T, config map[string]string) []componentstest.Option {
	t.Helper()
	return []componentstest.Option{
		componentstest.WithConfig(structured(t, config)),
		componentstest.WithHostedZone("example.com"),
		componentstest.WithInvoke("aws:s3/getBucket:getBucket", func(args resource.PropertyMap) (resource.PropertyMap, error) {
			region := "ap-northeast-1"
			if args["bucket"].StringValue() == "logs-of-europe" {
				region = "eu-west-1"
			}
			return resource.PropertyMap{"region": resource.NewProperty(region)}, nil
		}),
		componentstest.WithVpc("vpc-0123456789abcdef0",
			componentstest.Subnet{ID: "subnet-0123456789abcdef0", Zone: "ap-northeast-1a", CidrBlock: "10.1.0.0/24", Public: true},
			componentstest.Subnet{ID: "subnet-0123456789abcdef1", Zone: "ap-northeast-1c", CidrBlock: "10.1.1.0/24", Public: true},
			componentstest.Subnet{ID: "subnet-0123456789abcdef2", Zone: "ap-northeast-1a", CidrBlock: "10.1.2.0/24"},
			componentstest.Subnet{ID: "subnet-0123456789abcdef3", Zone: "ap-northeast-1c", CidrBlock: "10.1.3.0/24"},
			componentstest.Subnet{ID: "subnet-0123456789abcdef4", Zone: "ap-northeast-1d", CidrBlock: "10.1.4.0/24"},
		),
		componentstest.WithVpc("vpc-0123456789abcdef1",
			componentstest.Subnet{ID: "subnet-0123456789abcdef8", Zone: "ap-northeast-1a", CidrBlock: "10.2.0.0/24"}),
		componentstest.WithVpc("vpc-0123456789abcdef0",
			componentstest.Subnet{ID: "subnet-0123456789abcdef9", Zone: "ap-northeast-1d", CidrBlock: "10.1.9.0/24"}),
		componentstest.WithInstance(
			componentstest.Instance{ID: "i-0stopped", State: "stopped", Groups: []componentstest.Group{{ID: groupOfClosed}}},
			componentstest.Instance{ID: "i-0elsewhere", SubnetID: "subnet-0123456789abcdef8", Groups: []componentstest.Group{{ID: groupOfClosed}}},
			componentstest.Instance{ID: "i-0otherzone", SubnetID: "subnet-0123456789abcdef9", Groups: []componentstest.Group{{ID: groupOfClosed}}},
			componentstest.Instance{ID: "i-0peers", Groups: []componentstest.Group{{
				ID: "sg-0peers", Rules: []componentstest.Rule{{ID: "sgr-0peers", FromPort: 443, ToPort: 443, GroupID: "sg-0other"}},
			}}},
			componentstest.Instance{ID: closedInstance, Groups: []componentstest.Group{{ID: groupOfClosed}}},
			componentstest.Instance{ID: openInstance, Groups: []componentstest.Group{{
				ID: groupOfOpen, Rules: []componentstest.Rule{{ID: ruleOfOpen, FromPort: 443, ToPort: 443, CidrIpv4: "0.0.0.0/0"}},
			}}},
		),
	}
}

func deploy(t *testing.T, config map[string]string) *componentstest.Graph {
	t.Helper()
	return componentstest.Deploy(t, stacks.Program, options(t, config)...)
}

func parse(t *testing.T, config map[string]string) *stacks.Config {
	t.Helper()
	cfg, err := tryParse(t, config)
	require.NoError(t, err)
	return cfg
}

func tryParse(t *testing.T, config map[string]string) (*stacks.Config, error) {
	t.Helper()
	values := structured(t, config)
	return stacks.Parse(func(key string) string { return values["portico:"+key] }, func(string) bool { return false })
}

// structured is the configuration as a program reads it, of one that is written as
// pulumi config set --path takes it.
func structured(t *testing.T, flat map[string]string) map[string]string {
	t.Helper()
	all := config.Map{}
	for path, text := range flat {
		value := config.NewValue(text)
		if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
			value = config.NewObjectValue(text)
		}
		require.NoError(t, all.Set(config.MustParseKey(path), value, true))
	}
	values, err := all.Decrypt(config.NopDecrypter)
	require.NoError(t, err)
	read := map[string]string{}
	for key, text := range values {
		read[key.String()] = text
	}
	return read
}

func pairs(config map[string]string) []string {
	var list []string
	for key, value := range config {
		list = append(list, strings.TrimPrefix(key, "portico:"), value)
	}
	return list
}
