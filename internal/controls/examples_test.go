package controls_test

import (
	"maps"

	"github.com/portico-iac/portico/internal/registered"
)

const (
	loadBalancer = "aws:lb/loadBalancer:LoadBalancer"
	listener     = "aws:lb/listener:Listener"
	targetGroup  = "aws:lb/targetGroup:TargetGroup"
	distribution = "aws:cloudfront/distribution:Distribution"
	definition   = "aws:ecs/taskDefinition:TaskDefinition"
	service      = "aws:ecs/service:Service"
)

func examples() map[string]example {
	all := map[string]example{}
	for _, some := range []map[string]example{
		ofLoadBalancers(), ofDistributions(), ofContainers(), ofInstances(), ofNetworks(), ofSecurityGroups(), ofBuckets(), ofOthers(),
	} {
		maps.Copy(all, some)
	}
	return all
}

// differ are examples of one resource each.
func differ(kind string, pass, fail state, reason string) example {
	return example{pass: [][]registered.Resource{set(of(kind, pass))}, fail: set(of(kind, fail)), reason: reason}
}

func ofLoadBalancers() map[string]example {
	https := of(listener, state{"loadBalancerArn": "id-loadbalancer", "protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"})
	redirecting := state{"loadBalancerArn": "id-loadbalancer", "protocol": "HTTP", "defaultActions": list(state{"type": "redirect", "redirect": state{"protocol": "HTTPS"}})}
	web := of(loadBalancer, state{"dropInvalidHeaderFields": true})
	return map[string]example{
		"ELB.1": {
			pass: [][]registered.Resource{set(web, https), set(web, of(listener, redirecting))},
			fail: set(web, https, of(listener, redirecting), of("aws:lb/listenerRule:ListenerRule", state{
				"listenerArn": "id-listener", "actions": list(state{"type": "forward"}),
			})),
			reason: "load balancer loadbalancer answers HTTP at listener listener",
		},
		"ELB.4": differ(loadBalancer, state{"dropInvalidHeaderFields": true}, state{}, "load balancer loadbalancer keeps them"),
		"ELB.5": differ(loadBalancer, state{"accessLogs": state{"enabled": true, "bucket": "logs"}}, state{"accessLogs": state{"enabled": false, "bucket": "logs"}},
			"load balancer loadbalancer writes none"),
		"ELB.6": differ(loadBalancer, state{"enableDeletionProtection": true}, state{"enableDeletionProtection": false}, "load balancer loadbalancer has none"),
		"ELB.12": {
			pass: [][]registered.Resource{set(web), set(of(loadBalancer, state{"desyncMitigationMode": "strictest"}))},
			fail: set(of(loadBalancer, state{"desyncMitigationMode": "monitor"})), reason: "load balancer loadbalancer has mode monitor",
		},
		"ELB.13": differ(loadBalancer, state{"subnets": list("a", "b")}, state{"subnets": list("a")}, "load balancer loadbalancer stands in one"),
		"ELB.16": {
			pass: [][]registered.Resource{set(web, of("aws:wafv2/webAclAssociation:WebAclAssociation", state{"resourceArn": "id-loadbalancer"}))},
			fail: set(web, of("aws:wafv2/webAclAssociation:WebAclAssociation", state{"resourceArn": "another"})), reason: "load balancer loadbalancer has none",
		},
		"ELB.17": {
			pass:   [][]registered.Resource{set(https)},
			fail:   set(of(listener, state{"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"})),
			reason: `listener listener has "ELBSecurityPolicy-2016-08"`,
		},
		"ELB.18": {pass: [][]registered.Resource{set(https)}, fail: set(https, of(listener, redirecting)), reason: "listener listener speaks HTTP"},
		"ELB.21": {
			pass: [][]registered.Resource{
				set(of(targetGroup, state{"healthCheck": state{"protocol": "HTTPS"}})),
				set(of(targetGroup, state{"targetType": "lambda"})),
			},
			fail: set(of(targetGroup, state{"protocol": "HTTPS", "healthCheck": state{"protocol": "HTTP"}})), reason: "target group targetgroup checks over HTTP",
		},
		"ELB.22": differ(targetGroup, state{"protocol": "HTTPS"}, state{"protocol": "HTTP"}, "target group targetgroup speaks HTTP"),
	}
}

func ofDistributions() map[string]example {
	s3 := func(more state) state {
		origin := state{"originId": "files", "domainName": "files.s3.amazonaws.com", "s3OriginConfig": state{}}
		maps.Copy(origin, more)
		return state{"origins": list(origin)}
	}
	custom := func(policy string, protocols ...any) state {
		return state{"origins": list(state{"originId": "web", "customOriginConfig": state{"originProtocolPolicy": policy, "originSslProtocols": protocols}})}
	}
	viewer := func(more state) state {
		certificate := state{"acmCertificateArn": "arn", "sslSupportMethod": "sni-only", "minimumProtocolVersion": "TLSv1.2_2021"}
		maps.Copy(certificate, more)
		return state{"viewerCertificate": certificate}
	}
	behaviour := func(policy string) state { return state{"viewerProtocolPolicy": policy} }
	return map[string]example{
		"CloudFront.1": differ(distribution, with(s3(nil), "defaultRootObject", "index.html"), s3(nil), "S3 origin files of distribution distribution has none"),
		"CloudFront.3": differ(distribution, state{"defaultCacheBehavior": behaviour("redirect-to-https")},
			state{"defaultCacheBehavior": behaviour("https-only"), "orderedCacheBehaviors": list(behaviour("allow-all"))},
			"distribution distribution answers HTTP"),
		"CloudFront.4": differ(distribution, state{"originGroups": list(state{"members": list(state{}, state{})})}, state{}, "distribution distribution has one origin"),
		"CloudFront.5": {
			pass:   [][]registered.Resource{set(of(distribution, state{"loggingConfig": state{"bucket": "logs.s3.amazonaws.com"}}))},
			fail:   set(of(distribution, state{}), of("aws:cloudwatch/logDeliverySource:LogDeliverySource", state{"resourceArn": "id-distribution"})),
			reason: "distribution distribution writes logs as standard logging v2, which the control does not see",
		},
		"CloudFront.6":  differ(distribution, state{"webAclId": "arn"}, state{"webAclId": ""}, "distribution distribution has none"),
		"CloudFront.7":  differ(distribution, viewer(nil), state{"viewerCertificate": state{"cloudfrontDefaultCertificate": true}}, "distribution distribution has CloudFront's"),
		"CloudFront.8":  differ(distribution, viewer(nil), viewer(state{"sslSupportMethod": "vip"}), `distribution distribution has method "vip"`),
		"CloudFront.9":  differ(distribution, custom("https-only"), custom("http-only"), "custom origin web of distribution distribution is asked over HTTP"),
		"CloudFront.10": differ(distribution, custom("https-only", "TLSv1.2"), custom("https-only", "TLSv1.2", "SSLv3"), "custom origin web of distribution distribution is asked with it"),
		"CloudFront.12": {
			pass: [][]registered.Resource{set(of(distribution, s3(nil)), of("aws:s3/bucketV2:BucketV2", state{"bucketDomainName": "files.s3.amazonaws.com"}))},
			fail: set(of(distribution, s3(nil))), reason: "S3 origin files of distribution distribution is not among the resources",
		},
		"CloudFront.13": differ(distribution, s3(state{"originAccessControlId": "E1"}), s3(nil), "S3 origin files of distribution distribution has none"),
		"CloudFront.15": differ(distribution, viewer(nil), viewer(state{"minimumProtocolVersion": "TLSv1.2_2019"}), `distribution distribution has "TLSv1.2_2019"`),
	}
}

func ofContainers() map[string]example {
	containers := func(all ...state) state {
		var list []any
		for i, more := range all {
			c := state{"name": []string{"app", "sidecar"}[i], "logConfiguration": state{"logDriver": "awslogs"}}
			maps.Copy(c, more)
			list = append(list, c)
		}
		return state{"containerDefinitions": asJSON(list), "networkMode": "awsvpc"}
	}
	// A sidecar is judged as the main container is.
	inContainer := func(pass, fail state, reason string) example {
		return differ(definition, containers(pass, pass), containers(pass, fail), "task definition taskdefinition has container sidecar, which "+reason)
	}
	volume := func(transit string) state {
		return state{"volumes": list(state{"name": "data", "efsVolumeConfiguration": state{"transitEncryption": transit}})}
	}
	insights := func(value string) state {
		return state{"settings": list(state{"name": "containerInsights", "value": value})}
	}
	public := func(is bool) state { return state{"networkConfiguration": state{"assignPublicIp": is}} }
	return map[string]example{
		"ECS.2":  differ(service, public(false), public(true), "service service gives them one"),
		"ECS.3":  differ(definition, containers(nil), state{"pidMode": "host"}, "task definition taskdefinition shares them"),
		"ECS.4":  inContainer(nil, state{"privileged": true}, "is privileged"),
		"ECS.5":  inContainer(state{"readonlyRootFilesystem": true}, nil, "may write to it"),
		"ECS.8":  inContainer(state{"environment": list(state{"name": "MODE"})}, state{"environment": list(state{"name": "DB_PASSWORD"})}, "has DB_PASSWORD in plain text"),
		"ECS.9":  inContainer(nil, state{"logConfiguration": nil}, "writes none"),
		"ECS.10": differ(service, state{"platformVersion": "LATEST"}, state{"platformVersion": "1.3.0"}, "service service runs on 1.3.0"),
		"ECS.12": differ("aws:ecs/cluster:Cluster", insights("enabled"), insights("disabled"), "cluster cluster has it off"),
		"ECS.16": differ("aws:ecs/taskSet:TaskSet", public(false), public(true), "task set taskset gives them one"),
		"ECS.17": differ(definition, containers(nil), state{"networkMode": "host"}, "task definition taskdefinition does"),
		"ECS.18": differ(definition, volume("ENABLED"), volume("DISABLED"), "volume data of task definition taskdefinition is not"),
		"ECS.20": inContainer(state{"user": "1000:1000"}, state{"user": "0:1000"}, "has no such user"),
	}
}
