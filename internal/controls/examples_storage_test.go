package controls_test

import "github.com/portico-iac/portico/internal/registered"

const bucket = "aws:s3/bucketV2:BucketV2"

func ofBuckets() map[string]example {
	logs := of(bucket, nil)
	setting := func(kind string, s state) registered.Resource {
		return of(kind, with(s, "bucket", "id-bucketv2"))
	}
	block := state{"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true}
	const own = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	blocked := example{
		pass: [][]registered.Resource{set(logs, setting(own, block))},
		fail: set(logs, setting(own, with(block, "blockPublicPolicy", false))), reason: "bucket bucketv2 does not block the public",
	}
	policy := func(statement state) registered.Resource {
		return setting("aws:s3/bucketPolicy:BucketPolicy", state{"policy": asJSON(state{"Statement": list(statement)})})
	}
	tls := func(action string) registered.Resource {
		return policy(state{"Effect": "Deny", "Principal": "*", "Action": action, "Condition": state{"Bool": state{"aws:SecureTransport": "false"}}})
	}
	ownership := func(owner string) registered.Resource {
		return setting("aws:s3/bucketOwnershipControls:BucketOwnershipControls", state{"rule": state{"objectOwnership": owner}})
	}
	lifecycle := func(status string) registered.Resource {
		return setting("aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", state{"rules": list(state{"status": status})})
	}
	return map[string]example{
		"S3.1": {
			pass: [][]registered.Resource{set(logs, of("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", block))},
			fail: set(logs, setting(own, block)), reason: "none of the resources sets it",
		},
		"S3.2": blocked, "S3.3": blocked, "S3.8": blocked,
		"S3.5": {
			pass: [][]registered.Resource{set(logs, tls("s3:*"))}, fail: set(logs, tls("s3:GetObject")), reason: "bucket bucketv2 takes them",
		},
		"S3.6": {
			pass: [][]registered.Resource{
				set(logs), set(logs, tls("s3:*")),
				set(logs, policy(state{"Effect": "Allow", "Principal": state{"Service": "delivery.logs.amazonaws.com"}, "Action": "s3:PutObject"})),
			},
			fail:   set(logs, policy(state{"Effect": "Allow", "Principal": state{"AWS": "arn:aws:iam::999999999999:root"}, "Action": list("s3:Put*")})),
			reason: "bucket bucketv2 lets them",
		},
		"S3.9": {
			pass: [][]registered.Resource{set(logs, setting("aws:s3/bucketLoggingV2:BucketLoggingV2", state{"targetBucket": "other"}))},
			fail: set(logs), reason: "bucket bucketv2 does not",
		},
		"S3.12": {
			pass: [][]registered.Resource{set(logs, ownership("BucketOwnerEnforced"))},
			fail: set(logs, ownership("ObjectWriter")), reason: "bucket bucketv2 has them",
		},
		"S3.13": {
			pass: [][]registered.Resource{set(logs, lifecycle("Enabled"))}, fail: set(logs, lifecycle("Disabled")), reason: "bucket bucketv2 has none",
		},
	}
}

func ofOthers() map[string]example {
	counted := state{"visibilityConfig": state{"cloudwatchMetricsEnabled": true}, "rules": list(state{"visibilityConfig": state{"cloudwatchMetricsEnabled": true}})}
	allowing := func(action, on string) state {
		return state{"policy": asJSON(state{"Statement": state{"Effect": "Allow", "Action": action, "Resource": on}})}
	}
	topic := func(condition state) state {
		return state{"policy": asJSON(state{"Statement": list(state{"Effect": "Allow", "Principal": state{"AWS": "*"}, "Action": "SNS:Publish", "Condition": condition})})}
	}
	key := func(algorithm string) state { return state{"keyAlgorithm": algorithm} }
	const (
		acl         = "aws:wafv2/webAcl:WebAcl"
		certificate = "aws:acm/certificate:Certificate"
		managed     = "aws:iam/policy:Policy"
		inline      = "aws:iam/rolePolicy:RolePolicy"
		zone        = "aws:route53/zone:Zone"
	)
	secret := of("aws:secretsmanager/secret:Secret", nil)
	return map[string]example{
		"WAF.10": differ(acl, counted, state{"rules": list()}, "web ACL webacl has none"),
		"WAF.12": differ(acl, counted, with(counted, "rules", list(state{"visibilityConfig": state{"cloudwatchMetricsEnabled": false}})), "web ACL webacl has some that do not"),
		"ACM.1":  differ(certificate, state{"validationMethod": "DNS"}, state{"certificateBody": "-----BEGIN"}, "certificate certificate does not renew itself"),
		"ACM.2":  differ(certificate, key("RSA_2048"), key("RSA_1024"), "certificate certificate has fewer"),
		"Route53.2": {
			pass: [][]registered.Resource{set(of(zone, nil), of("aws:route53/queryLog:QueryLog", state{"zoneId": "id-zone"}))},
			fail: set(of(zone, nil)), reason: "zone zone logs none",
		},
		"IAM.21": differ(managed, allowing("s3:Get*", "*"), allowing("s3:*", "arn:aws:s3:::mine"), "managed policy policy does"),
		"KMS.1":  differ(managed, allowing("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/k"), allowing("kms:*", "*"), "managed policy policy does"),
		"KMS.2":  differ(inline, allowing("s3:*", "*"), allowing("kms:Decrypt", "arn:aws:kms:*:123456789012:key/*"), "inline policy rolepolicy does"),
		"SecretsManager.1": {
			pass: [][]registered.Resource{set(secret, of("aws:secretsmanager/secretRotation:SecretRotation", state{"secretId": "id-secret"}))},
			fail: set(secret), reason: "secret of Secrets Manager secret does not",
		},
		"AwsSolutions-EC28": differ(instance, state{"monitoring": true}, state{}, "instance instance sends them every five"),
		"AwsSolutions-EC29": differ(instance, state{"disableApiTermination": true}, state{}, "instance instance is not"),
		"SNS.4":             differ("aws:sns/topic:Topic", topic(state{"StringEquals": state{"AWS:SourceOwner": "123456789012"}}), topic(nil), "topic topic admits everyone"),
	}
}
