package controls

import "slices"

const (
	typeCertificate = "aws:acm/certificate:Certificate"
	typeZone        = "aws:route53/zone:Zone"
	typeQueryLog    = "aws:route53/queryLog:QueryLog"
	typeSecret      = "aws:secretsmanager/secret:Secret"
	typeRotation    = "aws:secretsmanager/secretRotation:SecretRotation"
	typePolicy      = "aws:iam/policy:Policy"
	typeTopic       = "aws:sns/topic:Topic"
	typeTopicPolicy = "aws:sns/topicPolicy:TopicPolicy"
)

// inlinePolicies are policies that belong to one identity.
var inlinePolicies = []string{"aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy"}

// smallKeys are the algorithms of RSA keys below 2,048 bits.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/acm-controls.html#acm-2
var smallKeys = []string{"RSA_1024"}

// others are the controls of services with one or two each, and cdk-nag's rules about
// instances, which Security Hub has no control for. Each one's page is Source.
var others = []Control{
	{
		ID: "ACM.1", Title: "Certificates are renewed in time",
		check: alone("certificate", func(c resource) string {
			// ACM renews what it validates by DNS by itself.
			// Sourced: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
			return unless(c.text("validationMethod") == "DNS", "does not renew itself")
		}, typeCertificate),
	},
	{
		ID: "ACM.2", Title: "RSA keys have 2,048 bits or more",
		check: alone("certificate", func(c resource) string {
			return unless(!slices.Contains(smallKeys, c.text("keyAlgorithm")), "has fewer")
		}, typeCertificate),
	},
	{
		ID: "Route53.2", Title: "Queries of public zones are logged",
		check: func(r *resources) Finding {
			var faults []string
			public := slices.DeleteFunc(r.types(typeZone), func(z resource) bool { return len(z.blocks("vpcs")) > 0 })
			if len(public) == 0 {
				return none("public zone")
			}
			for _, z := range public {
				if len(r.about(z, "zoneId", typeQueryLog)) == 0 {
					faults = append(faults, "zone "+z.label()+" logs none")
				}
			}
			return failing(faults)
		},
	},
	{
		ID: "IAM.21", Title: "Managed policies allow no service as a whole",
		check: eachPolicy("managed policy", "policy", "does", statement.wildcardOfAService, typePolicy),
	},
	{
		ID: "KMS.1", Title: "Managed policies do not decrypt with every key",
		check: eachPolicy("managed policy", "policy", "does", statement.decryptsEverything, typePolicy),
	},
	{
		ID: "KMS.2", Title: "Inline policies do not decrypt with every key",
		check: eachPolicy("inline policy", "policy", "does", statement.decryptsEverything, inlinePolicies...),
	},
	{
		ID: "SecretsManager.1", Title: "Secrets rotate by themselves",
		check: each("secret of Secrets Manager", func(r *resources, s resource) string {
			return unless(len(r.about(s, "secretId", typeRotation)) > 0, "does not")
		}, typeSecret),
	},
	{
		ID: "SNS.4", Title: "Topics are not open to the public",
		check: each("topic", func(r *resources, t resource) string {
			documents := []string{t.text("policy")}
			for _, p := range r.about(t, "arn", typeTopicPolicy) {
				documents = append(documents, p.text("policy"))
			}
			for _, document := range documents {
				p, _ := policyOf(document)
				if slices.ContainsFunc(p.Statement, func(s statement) bool {
					return s.Effect == "Allow" && s.everyone() && len(s.Condition) == 0
				}) {
					return "admits everyone"
				}
			}
			return ""
		}, typeTopic),
	},
	{
		ID: "AwsSolutions-EC28", Title: "Instances send metrics every minute",
		Why: "each metric is charged for",
		Set: "`tlsInstance.detailedMonitoring`, in a program `TLSInstanceArgs.DetailedMonitoring`",
		check: alone("instance", func(i resource) string {
			return unless(i.flag("monitoring"), "sends them every five")
		}, typeInstance),
	},
	{
		ID: "AwsSolutions-EC29", Title: "Instances are protected from termination",
		Why: "with it, a stack cannot be destroyed in one step, and a change that replaces the instance fails",
		Set: "`tlsInstance.terminationProtection`, in a program `TLSInstanceArgs.TerminationProtection`",
		check: alone("instance", func(i resource) string {
			return unless(i.flag("disableApiTermination"), "is not")
		}, typeInstance),
	},
}
