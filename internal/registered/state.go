package registered

import (
	"cmp"
	"strconv"
	"strings"
)

// object is a block of a resource's state. Its methods give the zero value for
// what is absent, of another type, or a Secret.
type object map[string]any

func (o object) str(key string) string { return textOf(o[key]) }

// textOf is a string, also one that was a secret.
func textOf(v any) string {
	switch s := v.(type) {
	case string:
		return s
	case SecretText:
		return string(s)
	}
	return ""
}

// has says that something is given, if it is an empty block.
func (o object) has(key string) bool {
	list, isList := o[key].([]any)
	return o[key] != nil && (!isList || len(list) > 0)
}

func (o object) flag(key string) bool {
	b, _ := o[key].(bool)
	return b
}

// num is a whole number, also of one written as text, as ports of redirects are.
func (o object) num(key string) int { return numberOf(o[key]) }

func numberOf(v any) int {
	switch n := v.(type) {
	case float64:
		return int(n)
	case int:
		return n
	case string, SecretText:
		i, _ := strconv.Atoi(textOf(n))
		return i
	}
	return 0
}

// block is a block, or the first of a list of blocks.
func (o object) block(key string) object {
	if all := o.blocks(key); len(all) > 0 {
		return all[0]
	}
	return nil
}

// blocks is a list of blocks, also a block alone.
func (o object) blocks(key string) []object {
	list, ok := o[key].([]any)
	if !ok && o[key] != nil {
		list = []any{o[key]}
	}
	var out []object
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func (o object) strs(key string) []string {
	list, _ := o[key].([]any)
	var out []string
	for _, e := range list {
		if s := textOf(e); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (o object) nums(key string) []int {
	list, _ := o[key].([]any)
	var out []int
	for _, e := range list {
		out = append(out, numberOf(e))
	}
	return out
}

// pluck is one property of each block or resource, where it is a text.
func pluck[T interface{ str(key string) string }](from []T, key string) []string {
	var out []string
	for _, o := range from {
		if s := o.str(key); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// secret says that the value is there and cannot be read.
func (o object) secret(key string) bool {
	_, ok := o[key].(Secret)
	return ok
}

// resource is a Resource as it is read here.
type resource struct {
	object
	kind, id, name string
}

// label is the resource's name in notes and errors.
func (r *resource) label() string {
	if r.name != "" && r.name != r.id {
		return r.kind + " " + r.id + " (" + r.name + ")"
	}
	return r.kind + " " + r.id
}

// is says whether the reference is to this resource.
func (r *resource) is(reference string) bool {
	return reference != "" && (r.id == reference || r.str("arn") == reference)
}

func (r *resource) region() string {
	if parts := strings.Split(cmp.Or(r.str("arn"), r.id), ":"); len(parts) > 3 {
		return parts[3]
	}
	return ""
}

// The types that are read in more than one place, without the modules' twins.
const (
	typeDistribution = "aws:cloudfront/distribution:Distribution"
	typeFunction     = "aws:cloudfront/function:Function"
	typeRecord       = "aws:route53/record:Record"
	typeZone         = "aws:route53/zone:Zone"
	typeLoadBalancer = "aws:lb/loadBalancer:LoadBalancer"
	typeAlarm        = "aws:cloudwatch/metricAlarm:MetricAlarm"
	typeListener     = "aws:lb/listener:Listener"
	typeListenerRule = "aws:lb/listenerRule:ListenerRule"
	typeTargetGroup  = "aws:lb/targetGroup:TargetGroup"
	typeASG          = "aws:autoscaling/group:Group"
	typeGroup        = "aws:ec2/securityGroup:SecurityGroup"
	typeDefaultGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	typeGroupRule    = "aws:ec2/securityGroupRule:SecurityGroupRule"
	typeIngress      = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	typeInstance     = "aws:ec2/instance:Instance"
	typeEip          = "aws:ec2/eip:Eip"
	typeParameter    = "aws:ssm/parameter:Parameter"
	typeInterface    = "aws:ec2/networkInterface:NetworkInterface"
	typeService      = "aws:ecs/service:Service"
	typeVPC          = "aws:ec2/vpc:Vpc"
	typeSubnet       = "aws:ec2/subnet:Subnet"
	typeEndpoint     = "aws:ec2/vpcEndpoint:VpcEndpoint"
)

// twins replaces modules whose resources are those of another one.
var twins = strings.NewReplacer(
	"aws:alb/", "aws:lb/", "aws:applicationloadbalancing/", "aws:lb/", "aws:elasticloadbalancingv2/", "aws:lb/",
)
