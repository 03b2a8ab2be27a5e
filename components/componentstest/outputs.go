package componentstest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/portico-iac/portico/internal/awstable"
)

// place is where a resource is made. The id is set when it exists already.
type place struct{ region, urn, name, id string }

// hash is n hex digits that differ by URN, so that two runs give the same ids.
func (p place) hash(n int) string { return digits(p.urn, n) }

func digits(of string, n int) string {
	sum := sha256.Sum256([]byte(of))
	return hex.EncodeToString(sum[:])[:n]
}

// object is properties as plain Go values: what resource.NewPropertyMapFromMap
// takes.
type object = map[string]any

// kind says how resources of one type are identified, and what else AWS adds.
// In arn, {id}, {name} and {region} stand for those of the resource. Without
// prefix, the id is the ARN, or the physical name if idIsName is set.
type kind struct {
	prefix   string
	arn      string
	named    bool
	idIsName bool
	more     func(in resource.PropertyMap, id string, p place) object
}

// regional and global shorten the ARNs in the table below.
func regional(service, rest string) string {
	return "arn:aws:" + service + ":{region}:" + AccountID + ":" + rest
}

func global(service, rest string) string {
	return "arn:aws:" + service + "::" + AccountID + ":" + rest
}

var kinds = map[string]kind{
	"aws:ec2/vpc:Vpc":                                           {prefix: "vpc-", arn: regional("ec2", "vpc/{id}"), more: vpc},
	"aws:ec2/subnet:Subnet":                                     {prefix: "subnet-", arn: regional("ec2", "subnet/{id}")},
	"aws:ec2/internetGateway:InternetGateway":                   {prefix: "igw-", arn: regional("ec2", "internet-gateway/{id}")},
	"aws:ec2/natGateway:NatGateway":                             {prefix: "nat-", more: publicAddress},
	"aws:ec2/eip:Eip":                                           {prefix: "eipalloc-", more: elasticIP},
	"aws:ec2/eipAssociation:EipAssociation":                     {prefix: "eipassoc-"},
	"aws:ec2/routeTable:RouteTable":                             {prefix: "rtb-", arn: regional("ec2", "route-table/{id}")},
	"aws:ec2/route:Route":                                       {prefix: "r-"},
	"aws:ec2/routeTableAssociation:RouteTableAssociation":       {prefix: "rtbassoc-"},
	"aws:ec2/vpcEndpoint:VpcEndpoint":                           {prefix: "vpce-", arn: regional("ec2", "vpc-endpoint/{id}"), more: vpcEndpoint},
	"aws:ec2/securityGroup:SecurityGroup":                       {prefix: "sg-", arn: regional("ec2", "security-group/{id}"), named: true},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":         {prefix: "sg-", arn: regional("ec2", "security-group/{id}")},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {prefix: "sgr-", arn: regional("ec2", "security-group-rule/{id}"), more: rule},
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":   {prefix: "sgr-", arn: regional("ec2", "security-group-rule/{id}"), more: rule},
	"aws:ec2/networkInterface:NetworkInterface":                 {prefix: "eni-", arn: regional("ec2", "network-interface/{id}"), more: privateAddress},
	"aws:ec2/instance:Instance":                                 {prefix: "i-", arn: regional("ec2", "instance/{id}"), more: privateAddress},

	"aws:acm/certificate:Certificate":                     {arn: regional("acm", "certificate/{hash}"), more: certificate},
	"aws:acm/certificateValidation:CertificateValidation": {prefix: "2026-01-01 00:00:00 +0000 UTC "},
	"aws:route53/record:Record":                           {prefix: "record-", more: record},
	"aws:cloudfront/distribution:Distribution":            {prefix: "E", arn: global("cloudfront", "distribution/{id}"), more: distribution},

	"aws:cloudfront/originAccessControl:OriginAccessControl": {
		prefix: "E", arn: global("cloudfront", "origin-access-control/{id}"), named: true,
	},

	"aws:lb/loadBalancer:LoadBalancer":                   {arn: regional("elasticloadbalancing", "loadbalancer/app/{name}/{hash}"), named: true, more: loadBalancer},
	"aws:lb/listener:Listener":                           {arn: regional("elasticloadbalancing", "listener/app/{hash}/{hash}")},
	"aws:lb/listenerRule:ListenerRule":                   {arn: regional("elasticloadbalancing", "listener-rule/app/{hash}/{hash}/{hash}")},
	"aws:lb/listenerCertificate:ListenerCertificate":     {prefix: "listenercert-"},
	"aws:lb/targetGroup:TargetGroup":                     {arn: regional("elasticloadbalancing", "targetgroup/{name}/{hash}"), named: true, more: targetGroup},
	"aws:lb/targetGroupAttachment:TargetGroupAttachment": {prefix: "tgattach-"},

	"aws:ecs/cluster:Cluster":                                   {arn: regional("ecs", "cluster/{name}"), named: true},
	"aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": {prefix: "capacity-"},
	"aws:ecs/service:Service":                                   {arn: regional("ecs", "service/{hash}/{name}"), named: true},
	"aws:ecs/taskDefinition:TaskDefinition":                     {prefix: "task-", arn: regional("ecs", "task-definition/{name}:1"), more: taskDefinition},
	"aws:appautoscaling/target:Target":                          {prefix: "target-", arn: regional("application-autoscaling", "scalable-target/{hash}")},
	"aws:appautoscaling/scheduledAction:ScheduledAction": {
		prefix: "schedule-", arn: regional("autoscaling", "scheduledAction:{hash}"), named: true,
	},
	"aws:appautoscaling/policy:Policy": {prefix: "policy-", arn: regional("autoscaling", "scalingPolicy:{hash}"), named: true},

	"aws:iam/role:Role":                                            {arn: global("iam", "role/{name}"), named: true, idIsName: true},
	"aws:iam/policy:Policy":                                        {arn: global("iam", "policy/{name}"), named: true},
	"aws:iam/instanceProfile:InstanceProfile":                      {arn: global("iam", "instance-profile/{name}"), named: true, idIsName: true},
	"aws:iam/rolePolicy:RolePolicy":                                {prefix: "rolepolicy-", named: true},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":            {prefix: "attachment-"},
	"aws:ssm/parameter:Parameter":                                  {arn: regional("ssm", "parameter/{name}"), named: true, idIsName: true, more: parameter},
	"aws:ssm/association:Association":                              {arn: regional("ssm", "association/{id}"), prefix: "association-"},
	"aws:cloudwatch/metricAlarm:MetricAlarm":                       {arn: regional("cloudwatch", "alarm:{name}"), named: true, idIsName: true},
	"aws:cloudwatch/eventRule:EventRule":                           {arn: regional("events", "rule/{name}"), named: true, idIsName: true},
	"aws:cloudwatch/logDeliverySource:LogDeliverySource":           {arn: regional("logs", "delivery-source:{name}"), named: true, idIsName: true},
	"aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {arn: regional("logs", "delivery-destination:{name}"), named: true, idIsName: true},
	"aws:cloudwatch/logDelivery:LogDelivery":                       {arn: regional("logs", "delivery:{hash}")},
	"aws:ec2/flowLog:FlowLog":                                      {prefix: "fl-", arn: regional("ec2", "vpc-flow-log/{id}")},
	"aws:s3/bucketV2:BucketV2":                                     {arn: "arn:aws:s3:::{name}", idIsName: true, more: bucket},
	"aws:sns/topic:Topic":                                          {arn: regional("sns", "{name}"), named: true},
	"aws:cloudwatch/logGroup:LogGroup":                             {arn: regional("logs", "log-group:{name}"), named: true, idIsName: true},

	"random:index/randomPassword:RandomPassword": {prefix: "none", more: randomPassword},
}

// computedOutputs makes up the id of a resource and what AWS would add to its
// inputs. A type that is not in the table gets an id, and an ARN if it is one
// of AWS.
func computedOutputs(token string, in resource.PropertyMap, p place) (string, resource.PropertyMap) {
	k, ok := kinds[token]
	if !ok {
		k = kind{prefix: p.name + "-"}
		if service, isAws := strings.CutPrefix(token, "aws:"); isAws {
			service, _, _ = strings.Cut(service, "/")
			k.arn = regional(service, "{id}")
		}
	}
	name := cmp.Or(text(in, "name"), p.name+"-"+p.hash(7))
	fill := func(pattern, id string) string {
		return strings.NewReplacer("{region}", p.region, "{name}", name, "{hash}", p.hash(16), "{id}", id).Replace(pattern)
	}
	id := k.prefix + p.hash(17)
	switch {
	case p.id != "":
		id = p.id
	case k.idIsName:
		id = name
	case k.prefix == "":
		id = fill(k.arn, "")
	}
	out := object{}
	if k.arn != "" {
		out["arn"] = fill(k.arn, id)
	}
	if k.named {
		out["name"] = name
	}
	if k.more != nil {
		maps.Copy(out, k.more(in, id, p))
	}
	return id, resource.NewPropertyMapFromMap(out)
}

// text is a string input, "" when it was not given.
func text(in resource.PropertyMap, path string) string {
	s, _ := at(in, path).(string)
	return s
}

// texts are the strings of a list input.
func texts(in resource.PropertyMap, path string) []string {
	var out []string
	list, _ := at(in, path).([]any)
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func vpc(_ resource.PropertyMap, _ string, p place) object {
	return object{
		"defaultSecurityGroupId": "sg-" + digits(p.urn+" default", 17),
		"mainRouteTableId":       "rtb-" + digits(p.urn+" main", 17),
		"defaultRouteTableId":    "rtb-" + digits(p.urn+" main", 17),
		"defaultNetworkAclId":    "acl-" + digits(p.urn+" default", 17),
		"ownerId":                AccountID,
	}
}

// address is an IPv4 address that differs by URN.
func address(first string, p place) string {
	sum := sha256.Sum256([]byte(p.urn))
	return fmt.Sprintf("%s.%d.%d", first, sum[0], sum[1])
}

// publicAddress is in the range reserved for benchmarks (RFC 2544).
func publicAddress(_ resource.PropertyMap, _ string, p place) object {
	return object{"publicIp": address("198.18", p)}
}

func privateAddress(_ resource.PropertyMap, _ string, p place) object {
	return object{"privateIp": address("10.0", p), "primaryNetworkInterfaceId": "eni-" + p.hash(17)}
}

func elasticIP(_ resource.PropertyMap, id string, p place) object {
	return object{"allocationId": id, "publicIp": address("198.18", p)}
}

func vpcEndpoint(in resource.PropertyMap, _ string, p place) object {
	if text(in, "vpcEndpointType") == "Interface" {
		return object{"state": "available"}
	}
	return object{"state": "available", "prefixListId": prefixListID(p.region, text(in, "serviceName"))}
}

func rule(_ resource.PropertyMap, id string, _ place) object {
	return object{"securityGroupRuleId": id}
}

// certificate gives validation options in an order of its own: AWS returns a
// set. A name and its wildcard have the same record.
func certificate(in resource.PropertyMap, _ string, _ place) object {
	domains := []string{text(in, "domainName")}
	if sans, ok := at(in, "subjectAlternativeNames").([]any); ok {
		for _, san := range sans {
			domains = append(domains, fmt.Sprint(san))
		}
	}
	slices.SortFunc(domains, func(a, b string) int { return cmp.Compare(digits(a, 16), digits(b, 16)) })
	var options []any
	for _, domain := range slices.Compact(domains) {
		base := strings.TrimPrefix(domain, "*.")
		options = append(options, object{
			"domainName":          domain,
			"resourceRecordName":  "_" + digits("name "+base, 32) + "." + base + ".",
			"resourceRecordType":  "CNAME",
			"resourceRecordValue": "_" + digits("value "+base, 32) + ".acm-validations.aws.",
		})
	}
	return object{"domainValidationOptions": options, "status": "PENDING_VALIDATION"}
}

func record(in resource.PropertyMap, _ string, _ place) object {
	return object{"fqdn": strings.TrimSuffix(text(in, "name"), ".")}
}

func bucket(_ resource.PropertyMap, id string, p place) object {
	return object{
		"bucket": id, "region": p.region,
		"bucketDomainName": id + ".s3.amazonaws.com", "bucketRegionalDomainName": id + ".s3." + p.region + ".amazonaws.com",
	}
}

func distribution(_ resource.PropertyMap, _ string, p place) object {
	return object{
		"domainName":   "d" + p.hash(13) + ".cloudfront.net",
		"hostedZoneId": awstable.CloudFrontHostedZone,
		"status":       "Deployed",
	}
}

// arnSuffix is how CloudWatch names a load balancer or a target group.
func arnSuffix(arn string) string {
	return strings.TrimPrefix(arn[strings.LastIndex(arn, ":")+1:], "loadbalancer/")
}

func targetGroup(_ resource.PropertyMap, arn string, _ place) object {
	return object{"arnSuffix": arnSuffix(arn)}
}

func loadBalancer(_ resource.PropertyMap, arn string, p place) object {
	return object{
		"dnsName":   p.name + "-" + p.hash(10) + "." + p.region + ".elb.amazonaws.com",
		"zoneId":    loadBalancerZone(p.region),
		"arnSuffix": arnSuffix(arn),
	}
}

// loadBalancerZone is the hosted zone of a region's load balancers, made up where it is
// not known.
func loadBalancerZone(region string) string {
	return cmp.Or(awstable.LoadBalancerZones[region], "Z"+strings.ToUpper(digits(region, 13)))
}

func taskDefinition(in resource.PropertyMap, _ string, p place) object {
	family := cmp.Or(text(in, "family"), p.name)
	without := fmt.Sprintf("arn:aws:ecs:%s:%s:task-definition/%s", p.region, AccountID, family)
	return object{"family": family, "revision": 1, "arnWithoutRevision": without, "arn": without + ":1"}
}

// randomPassword is long enough, made of letters and digits, and secret.
func randomPassword(in resource.PropertyMap, _ string, p place) object {
	length, _ := at(in, "length").(int)
	var b strings.Builder
	for i := 0; b.Len() < length; i++ {
		b.WriteString(digits(fmt.Sprint(p.urn, i), 64))
	}
	return object{
		"result":     resource.MakeSecret(resource.NewProperty(b.String()[:length])),
		"bcryptHash": resource.MakeSecret(resource.NewProperty("$2a$10$" + p.hash(53))),
	}
}

func parameter(resource.PropertyMap, string, place) object { return object{"version": 1} }
