package cloud

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// blockFields are the fields of blocks that the kinds know. A field that an SDK
// of the future has besides is either refused or, once there are facts and rules,
// comes in here.
var blockFields = map[string]string{
	"aws:acm/certificate:Certificate options":                                                                 "certificateTransparencyLoggingPreference",
	"aws:appautoscaling/policy:Policy targetTrackingScalingPolicyConfiguration":                               "disableScaleIn predefinedMetricSpecification scaleInCooldown scaleOutCooldown targetValue",
	"aws:appautoscaling/policy:Policy targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification": "predefinedMetricType resourceLabel",
	"aws:cloudfront/distribution:Distribution customErrorResponses":                                           "errorCachingMinTtl errorCode responseCode responsePagePath",
	"aws:cloudfront/distribution:Distribution defaultCacheBehavior":                                           "allowedMethods cachePolicyId cachedMethods compress grpcConfig originRequestPolicyId responseHeadersPolicyId targetOriginId viewerProtocolPolicy",
	"aws:cloudfront/distribution:Distribution defaultCacheBehavior.grpcConfig":                                "enabled",
	"aws:cloudfront/distribution:Distribution orderedCacheBehaviors":                                          "allowedMethods cachePolicyId cachedMethods compress grpcConfig originRequestPolicyId pathPattern responseHeadersPolicyId targetOriginId viewerProtocolPolicy",
	"aws:cloudfront/distribution:Distribution orderedCacheBehaviors.grpcConfig":                               "enabled",
	"aws:cloudfront/distribution:Distribution origins":                                                        "connectionAttempts connectionTimeout customHeaders customOriginConfig domainName originId originPath",
	"aws:cloudfront/distribution:Distribution origins.customHeaders":                                          "name value",
	"aws:cloudfront/distribution:Distribution origins.customOriginConfig":                                     "httpPort httpsPort originKeepaliveTimeout originProtocolPolicy originReadTimeout originSslProtocols",
	"aws:cloudfront/distribution:Distribution restrictions":                                                   "geoRestriction",
	"aws:cloudfront/distribution:Distribution restrictions.geoRestriction":                                    "locations restrictionType",
	"aws:cloudfront/distribution:Distribution viewerCertificate":                                              "acmCertificateArn cloudfrontDefaultCertificate minimumProtocolVersion sslSupportMethod",
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup egress":                                                "",
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup ingress":                                               "",
	"aws:ec2/instance:Instance creditSpecification":                                                           "cpuCredits",
	"aws:ec2/instance:Instance maintenanceOptions":                                                            "autoRecovery",
	"aws:ec2/instance:Instance metadataOptions":                                                               "httpEndpoint httpProtocolIpv6 httpPutResponseHopLimit httpTokens instanceMetadataTags",
	"aws:ec2/instance:Instance networkInterfaces":                                                             "deviceIndex networkInterfaceId",
	"aws:ec2/instance:Instance rootBlockDevice":                                                               "deleteOnTermination encrypted iops tags throughput volumeSize volumeType",
	"aws:ecs/cluster:Cluster settings":                                                                        "name value",
	"aws:ecs/service:Service deploymentCircuitBreaker":                                                        "enable rollback",
	"aws:ecs/service:Service loadBalancers":                                                                   "containerName containerPort targetGroupArn",
	"aws:ecs/service:Service networkConfiguration":                                                            "assignPublicIp securityGroups subnets",
	"aws:ecs/taskDefinition:TaskDefinition ephemeralStorage":                                                  "sizeInGib",
	"aws:ecs/taskDefinition:TaskDefinition runtimePlatform":                                                   "cpuArchitecture operatingSystemFamily",
	"aws:lb/listener:Listener defaultActions":                                                                 "fixedResponse forward order redirect targetGroupArn type",
	"aws:lb/listener:Listener defaultActions.fixedResponse":                                                   "contentType messageBody statusCode",
	"aws:lb/listener:Listener defaultActions.forward":                                                         "stickiness targetGroups",
	"aws:lb/listener:Listener defaultActions.forward.stickiness":                                              "duration enabled",
	"aws:lb/listener:Listener defaultActions.forward.targetGroups":                                            "arn weight",
	"aws:lb/listener:Listener defaultActions.redirect":                                                        "host path port protocol query statusCode",
	"aws:lb/listenerRule:ListenerRule actions":                                                                "fixedResponse forward order redirect targetGroupArn type",
	"aws:lb/listenerRule:ListenerRule actions.fixedResponse":                                                  "contentType messageBody statusCode",
	"aws:lb/listenerRule:ListenerRule actions.forward":                                                        "stickiness targetGroups",
	"aws:lb/listenerRule:ListenerRule actions.forward.stickiness":                                             "duration enabled",
	"aws:lb/listenerRule:ListenerRule actions.forward.targetGroups":                                           "arn weight",
	"aws:lb/listenerRule:ListenerRule actions.redirect":                                                       "host path port protocol query statusCode",
	"aws:lb/listenerRule:ListenerRule conditions":                                                             "hostHeader httpHeader httpRequestMethod pathPattern queryStrings sourceIp",
	"aws:lb/listenerRule:ListenerRule conditions.hostHeader":                                                  "values",
	"aws:lb/listenerRule:ListenerRule conditions.httpHeader":                                                  "httpHeaderName values",
	"aws:lb/listenerRule:ListenerRule conditions.httpRequestMethod":                                           "values",
	"aws:lb/listenerRule:ListenerRule conditions.pathPattern":                                                 "values",
	"aws:lb/listenerRule:ListenerRule conditions.queryStrings":                                                "key value",
	"aws:lb/listenerRule:ListenerRule conditions.sourceIp":                                                    "values",
	"aws:lb/targetGroup:TargetGroup healthCheck":                                                              "enabled healthyThreshold interval matcher path port protocol timeout unhealthyThreshold",
	"aws:lb/targetGroup:TargetGroup stickiness":                                                               "cookieDuration cookieName enabled type",
	"aws:route53/record:Record aliases":                                                                       "evaluateTargetHealth name zoneId",
	"aws:route53/zone:Zone vpcs":                                                                              "vpcId vpcRegion",
}

// What nobody has facts for is refused in blocks too.
func TestFieldsOfBlocksAreKnown(t *testing.T) {
	got := map[string]string{}
	for _, k := range newTestCloud(t).catalog.kinds {
		for path := range k.changes {
			if field, ok := fieldsOf(k.inputs)[path]; ok {
				noteFields(got, k, path, field.Type)
			}
		}
	}
	assert.Equal(t, blockFields, got)
}

// noteFields notes which fields of a block, and of the blocks in it, a kind does
// not refuse.
func noteFields(got map[string]string, k *kind, path string, of reflect.Type) {
	block := blockType(of)
	if block == nil {
		return
	}
	var known []string
	for name, field := range fieldsOf(block) {
		if !refusesField(k, path, name) {
			known = append(known, name)
			noteFields(got, k, path+"."+name, field.Type)
		}
	}
	slices.Sort(known)
	got[k.token+" "+path] = strings.Join(known, " ")
}
