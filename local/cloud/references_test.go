package cloud

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// refersTo are the inputs that name something else, with what AWS says when it is
// not there. A new kind, or a new input of an old one, has to be added.
var refersTo = map[string]map[string]string{
	certificateValidationToken: {
		"certificateArn":        "ResourceNotFoundException",
		"validationRecordFqdns": "missing web.example.net DNS validation record",
	},
	defaultSecurityGroupToken: {"vpcId": "InvalidVpcID.NotFound"},
	distributionToken: {
		"defaultCacheBehavior.cachePolicyId":            "NoSuchCachePolicy",
		"defaultCacheBehavior.originRequestPolicyId":    "NoSuchOriginRequestPolicy",
		"defaultCacheBehavior.responseHeadersPolicyId":  "NoSuchResponseHeadersPolicy",
		"defaultCacheBehavior.targetOriginId":           "NoSuchOrigin",
		"orderedCacheBehaviors.cachePolicyId":           "NoSuchCachePolicy",
		"orderedCacheBehaviors.originRequestPolicyId":   "NoSuchOriginRequestPolicy",
		"orderedCacheBehaviors.responseHeadersPolicyId": "NoSuchResponseHeadersPolicy",
		"orderedCacheBehaviors.targetOriginId":          "NoSuchOrigin",
		"viewerCertificate.acmCertificateArn":           "InvalidViewerCertificate",
	},
	ecsDefinitionToken: {"executionRoleArn": "ClientException", "taskRoleArn": "ClientException"},
	ecsServiceToken: {
		"cluster":                             "ClusterNotFoundException",
		"loadBalancers.targetGroupArn":        "InvalidParameterException",
		"networkConfiguration.securityGroups": "InvalidParameterException",
		"networkConfiguration.subnets":        "InvalidParameterException",
		"taskDefinition":                      "ClientException",
	},
	egressRuleToken: {
		"prefixListId":              "InvalidPrefixListID.NotFound",
		"referencedSecurityGroupId": "InvalidGroup.NotFound",
		"securityGroupId":           "InvalidGroup.NotFound",
	},
	eipAssociationToken: {
		"allocationId":       "InvalidAllocationID.NotFound",
		"instanceId":         "InvalidInstanceID.NotFound",
		"networkInterfaceId": "InvalidNetworkInterfaceID.NotFound",
	},
	eipToken: {"instance": "InvalidInstanceID.NotFound", "networkInterface": "InvalidNetworkInterfaceID.NotFound"},
	groupAttachmentToken: {
		"networkInterfaceId": "InvalidNetworkInterfaceID.NotFound",
		"securityGroupId":    "InvalidGroup.NotFound",
	},
	iamAttachmentToken: {"policyArn": "NoSuchEntity", "role": "NoSuchEntity"},
	iamProfileToken:    {"role": "NoSuchEntity"},
	iamRolePolicyToken: {"role": "NoSuchEntity"},
	ingressRuleToken: {
		"prefixListId":              "InvalidPrefixListID.NotFound",
		"referencedSecurityGroupId": "InvalidGroup.NotFound",
		"securityGroupId":           "InvalidGroup.NotFound",
	},
	instanceToken: {
		"availabilityZone":                     "InvalidParameterValue",
		"ami":                                  "InvalidAMIID.NotFound",
		"iamInstanceProfile":                   "InvalidParameterValue",
		"networkInterfaces.networkInterfaceId": "InvalidNetworkInterfaceID.NotFound",
		"subnetId":                             "InvalidSubnetID.NotFound",
		"vpcSecurityGroupIds":                  "InvalidGroup.NotFound",
	},
	internetGatewayToken:     {"vpcId": "InvalidVpcID.NotFound"},
	listenerCertificateToken: {"certificateArn": "CertificateNotFound", "listenerArn": "ListenerNotFound"},
	listenerRuleToken: {
		"actions.forward.targetGroups.arn": "TargetGroupNotFound",
		"actions.targetGroupArn":           "TargetGroupNotFound",
		"listenerArn":                      "ListenerNotFound",
	},
	listenerToken: {
		"certificateArn": "CertificateNotFound",
		"defaultActions.forward.targetGroups.arn": "TargetGroupNotFound",
		"defaultActions.targetGroupArn":           "TargetGroupNotFound",
		"loadBalancerArn":                         "LoadBalancerNotFound",
	},
	loadBalancerToken:     {"securityGroups": "InvalidSecurityGroup", "subnets": "SubnetNotFound"},
	natGatewayToken:       {"allocationId": "InvalidAllocationID.NotFound", "subnetId": "InvalidSubnetID.NotFound"},
	networkInterfaceToken: {"securityGroups": "InvalidGroup.NotFound", "subnetId": "InvalidSubnetID.NotFound"},
	recordToken: {
		"aliases.zoneId": "InvalidChangeBatch",
		"zoneId":         "NoSuchHostedZone",
		"aliases.name":   "InvalidChangeBatch",
	},
	routeTableAssociationToken: {"routeTableId": "InvalidRouteTableID.NotFound", "subnetId": "InvalidSubnetID.NotFound"},
	routeTableToken:            {"vpcId": "InvalidVpcID.NotFound"},
	routeToken: {
		"gatewayId":    "InvalidInternetGatewayID.NotFound",
		"natGatewayId": "InvalidNatGatewayID.NotFound",
		"routeTableId": "InvalidRouteTableID.NotFound",
	},
	scalingPolicyToken:         {"resourceId": "ObjectNotFoundException"},
	scalingTargetToken:         {"resourceId": "ValidationException"},
	securityGroupToken:         {"vpcId": "InvalidVpcID.NotFound"},
	subnetToken:                {"vpcId": "InvalidVpcID.NotFound", "availabilityZone": "InvalidParameterValue"},
	targetGroupAttachmentToken: {"targetGroupArn": "TargetGroupNotFound", "targetId": "InvalidTarget"},
	targetGroupToken:           {"vpcId": "ValidationError"},
	vpcEndpointToken: {
		"routeTableIds":    "InvalidRouteTableId.NotFound",
		"securityGroupIds": "InvalidGroup.NotFound",
		"subnetIds":        "InvalidSubnetId.NotFound",
		"vpcId":            "InvalidVpcID.NotFound",
		"serviceName":      "InvalidServiceName",
	},
	zoneToken: {"vpcs.vpcId": "InvalidVPCId"},
}

// refersToNothing are inputs that look like references and are none, and why.
var refersToNothing = map[string]string{
	distributionToken + " origins.originId": "it is what others name",
	distributionToken + " webAclId":         "web ACLs have no rules here: its form is checked",
}

// looksLikeReference is the name of an input that names something else.
var looksLikeReference = regexp.MustCompile(
	`(?i)(Ids?|Arns?|Fqdns)$|^(ami|arn|availabilityZone|cluster|iamInstanceProfile|instance|networkInterface|role|securityGroups|serviceName|subnets|taskDefinition)$`)

// alsoRefer are inputs for references that the samples do not have.
func (s samples) alsoRefer() []sample {
	instance := instanceInputs(object{"vpcSecurityGroupIds": list(seedOpenGroup), "availabilityZone": testRegion + "a"})
	forward := object{"type": "forward", "forward": object{"targetGroups": []any{object{"arn": s.id(targetGroupToken)}}}}
	balancer := s.all[loadBalancerToken].state
	return []sample{
		{token: eipToken, in: object{"instance": seedClosed}},
		{token: eipToken, in: object{"networkInterface": s.id(networkInterfaceToken)}},
		{token: eipAssociationToken, in: object{"allocationId": s.id(eipToken), "instanceId": seedClosed}},
		{token: instanceToken, in: instance},
		{token: routeToken, in: object{
			"routeTableId": s.id(routeTableToken), "destinationCidrBlock": "198.51.100.0/24", "natGatewayId": s.id(natGatewayToken)}},
		{token: vpcEndpointToken, in: object{
			"vpcId": seedVpc, "serviceName": "com.amazonaws." + testRegion + ".s3", "routeTableIds": list(s.id(routeTableToken))}},
		{token: egressRuleToken, in: object{
			"securityGroupId": s.id(securityGroupToken), "prefixListId": prefixLists(testRegion)[0].id, "ipProtocol": "-1"}},
		{token: ingressRuleToken, in: object{
			"securityGroupId": s.id(securityGroupToken), "prefixListId": prefixLists(testRegion)[0].id, "ipProtocol": "-1"}},
		{token: listenerToken, in: object{
			"loadBalancerArn": s.id(loadBalancerToken), "port": 81.0, "defaultActions": []any{forward}}},
		{token: listenerRuleToken, in: object{
			"listenerArn": s.id(listenerToken), "actions": []any{forward}, "conditions": []any{pathCondition("/")}}},
		{token: certificateValidationToken, in: object{
			"certificateArn":        s.id(certificateToken),
			"validationRecordFqdns": list(s.all[recordToken].state.str("fqdn")),
		}},
		{token: distributionToken, in: distributionInputs(object{
			"defaultCacheBehavior":  behaviorInputs(object{"responseHeadersPolicyId": responseHeadersPolicies[0].id}),
			"orderedCacheBehaviors": []any{behaviorInputs(object{"pathPattern": "/a", "responseHeadersPolicyId": responseHeadersPolicies[0].id})},
		})},
		{token: zoneToken, in: object{"name": "example.net", "vpcs": []any{object{"vpcId": seedVpc}}}},
		{token: recordToken, in: aliasInputs("alias", balancer.str("dnsName"), balancer.str("zoneId"), nil)},
	}
}

// What is not there cannot be referred to, by any input of any kind.
func TestReferencesMustExist(t *testing.T) {
	s := newSamples(t)
	var tested []string
	for _, from := range append(s.sorted(), s.alsoRefer()...) {
		for _, d := range dangling("", map[string]any(asObject(plain(from.in)))) {
			name, code := from.token+" "+d.path, refersTo[from.token][d.path]
			if code == "" || slices.Contains(tested, name) {
				continue
			}
			tested = append(tested, name)
			s.apart(func(c *testCloud) {
				c.change(func(t *tx) { t.drop(from.token, from.id) })
				_, _, err := c.tryCreate(from.token, "dangling", asObject(d.in))
				assert.ErrorContains(t, err, code, "%s = %s", name, d.value)
			})
		}
	}
	var all []string
	for token, inputs := range refersTo {
		for path := range inputs {
			all = append(all, token+" "+path)
		}
	}
	assert.ElementsMatch(t, all, tested, "each is tried")
}

// A dangle is the inputs of a sample in which one string, at a path, names
// nothing.
type dangle struct {
	path, value string
	in          any
}

// dangling are all variants of a value in which one string names nothing.
func dangling(path string, v any) (out []dangle) {
	switch v := v.(type) {
	case string:
		return []dangle{{path, v + "0", v + "0"}}
	case []any:
		for i, e := range v {
			for _, d := range dangling(path, e) {
				out = append(out, dangle{d.path, d.value, replaced(v, i, d.in)})
			}
		}
	case map[string]any:
		for key, e := range v {
			for _, d := range dangling(join(path, key), e) {
				changed := maps.Clone(v)
				changed[key] = d.in
				out = append(out, dangle{d.path, d.value, changed})
			}
		}
	}
	return out
}

// Every input that looks like a reference is accounted for.
func TestReferencesAreKnown(t *testing.T) {
	for token, k := range newTestCloud(t).catalog.kinds {
		for path := range k.changes {
			if field, ok := fieldsOf(k.inputs)[path]; ok {
				for _, found := range referencesIn(k, path, field.Type) {
					refers, refersNot := refersTo[token][found] != "", refersToNothing[token+" "+found] != ""
					assert.NotEqual(t, refers, refersNot, "%s %s: refers to something, or to nothing", token, found)
				}
			}
		}
	}
}

// referencesIn are the paths of the inputs of a kind, blocks and all, that look
// like references.
func referencesIn(k *kind, path string, of reflect.Type) (out []string) {
	if block := blockType(of); block != nil {
		for name, field := range fieldsOf(block) {
			if !refusesField(k, path, name) {
				out = append(out, referencesIn(k, path+"."+name, field.Type)...)
			}
		}
		return out
	}
	if looksLikeReference.MatchString(path[strings.LastIndex(path, ".")+1:]) {
		return []string{path}
	}
	return nil
}
