package componentstest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/portico-iac/portico/internal/awstable"
)

// lookup is one call of a provider function, in the region of its provider.
type lookup struct {
	engine *engine
	region string
	args   resource.PropertyMap
}

func (l lookup) arg(path string) string { return text(l.args, path) }

// invokes are the provider functions that are answered without WithInvoke.
var invokes = map[string]func(lookup) (object, error){
	"aws:index/getRegion:getRegion":                       always(getRegion),
	"aws:index/getAvailabilityZones:getAvailabilityZones": always(getAvailabilityZones),
	"aws:index/getCallerIdentity:getCallerIdentity": always(func(lookup) object {
		return object{"id": AccountID, "accountId": AccountID, "userId": "AIDAEXAMPLE", "arn": global("iam", "user/test")}
	}),
	"aws:index/getPartition:getPartition": always(func(lookup) object {
		return object{"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}
	}),
	"aws:route53/getZone:getZone":                       getZone,
	"aws:s3/getBucket:getBucket":                        always(getBucket),
	"aws:ec2/getManagedPrefixList:getManagedPrefixList": getManagedPrefixList,
	"aws:ssm/getParameter:getParameter":                 getParameter,
	"aws:ssm/getInstances:getInstances":                 getManagedInstances,
	"aws:ec2/getAmi:getAmi":                             byID("filters[0].values[0]", imageKind, "WithImage"),
	"aws:lb/getListener:getListener":                    always(getListener),
	"aws:lb/getLoadBalancer:getLoadBalancer":            always(getLoadBalancer),
	"aws:ec2/getSubnet:getSubnet":                       getSubnet,
	"aws:ec2/getSecurityGroup:getSecurityGroup":         always(getSecurityGroup),
	"aws:ec2/getSecurityGroups:getSecurityGroups":       always(getSecurityGroups),
	"aws:ec2/getInternetGateway:getInternetGateway":     always(getInternetGateway),
	"aws:ec2/getRouteTable:getRouteTable":               byID("subnetId", routesKind, "WithVpc"),
	"aws:ec2/getInstance:getInstance":                   getInstance,
	"aws:ecs/getService:getService":                     getService,

	"aws:ec2/getVpcEndpointService:getVpcEndpointService":       always(getVpcEndpointService),
	"aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": always(getInstanceTypeOfferings),

	"aws:vpc/getSecurityGroupRules:getSecurityGroupRules": getSecurityGroupRules,
	"aws:vpc/getSecurityGroupRule:getSecurityGroupRule":   byID("securityGroupRuleId", ruleKind, "WithInstance"),
}

// always is for a function that finds something whatever it is asked.
func always(answer func(lookup) object) func(lookup) (object, error) {
	return func(l lookup) (object, error) { return answer(l), nil }
}

func getRegion(l lookup) object {
	name := cmp.Or(l.arg("name"), l.region)
	return object{"id": name, "name": name, "endpoint": "ec2." + name + ".amazonaws.com", "description": name}
}

// getAvailabilityZones gives the zones that an account sees in Tokyo and in Virginia,
// and three in any other region, without those that are excluded. They come in no
// useful order.
func getAvailabilityZones(l lookup) object {
	excludedIDs, excludedNames := texts(l.args, "excludeZoneIds"), texts(l.args, "excludeNames")
	var names, ids []any
	for _, zone := range zonesOf(l.region) {
		if !slices.Contains(excludedIDs, zone.id) && !slices.Contains(excludedNames, zone.name) {
			names, ids = append(names, zone.name), append(ids, zone.id)
		}
	}
	return object{"id": l.region, "names": names, "zoneIds": ids, "groupNames": []any{l.region}}
}

type availabilityZone struct{ name, id string }

func zonesOf(region string) []availabilityZone {
	zones := []string{"c1", "a2", "b3"} // the letter, and the number of the id
	prefix := region + "-az"
	switch region {
	case "ap-northeast-1":
		zones, prefix = []string{"d2", "a4", "b3", "c1"}, "apne1-az"
	case "us-east-1":
		zones, prefix = []string{"f5", "b2", "d6", "a1", "c4", "e3"}, "use1-az"
	}
	all := make([]availabilityZone, len(zones))
	for i, z := range zones {
		all[i] = availabilityZone{region + z[:1], prefix + z[1:]}
	}
	return all
}

// zoneID is the id of a zone of which the name is known, "" if there is no such zone.
func zoneID(name string) string {
	for _, zone := range zonesOf(name[:max(len(name)-1, 0)]) {
		if zone.name == name {
			return zone.id
		}
	}
	return ""
}

// getVpcEndpointService finds any service, in every zone.
func getVpcEndpointService(l lookup) object {
	name := l.arg("serviceName")
	return object{
		"id": name, "serviceName": name, "serviceType": cmp.Or(l.arg("serviceType"), "Interface"), "region": l.region,
		"availabilityZones": zoneNames(l.region), "owner": "amazon",
	}
}

// getInstanceTypeOfferings offers every type that is asked for in every zone.
func getInstanceTypeOfferings(l lookup) object {
	var types, kinds, locations []any
	for _, instanceType := range texts(l.args, "filters[0].values") {
		for _, name := range zoneNames(l.region) {
			types, kinds, locations = append(types, instanceType), append(kinds, "availability-zone"), append(locations, name)
		}
	}
	return object{"id": l.region, "instanceTypes": types, "locationTypes": kinds, "locations": locations}
}

func zoneNames(region string) (names []any) {
	for _, z := range zonesOf(region) {
		names = append(names, z.name)
	}
	return names
}

// ZoneID is the id of the hosted zone of a name given to WithHostedZone.
func ZoneID(name string) string {
	return "Z" + strings.ToUpper(digits("zone "+strings.TrimSuffix(name, "."), 13))
}

func getZone(l lookup) (object, error) {
	name, id := strings.TrimSuffix(l.arg("name"), "."), l.arg("zoneId")
	i := slices.IndexFunc(l.engine.settings.zones, func(zone string) bool {
		return zone == name || ZoneID(zone) == id
	})
	if i < 0 {
		return nil, fmt.Errorf("no matching Route 53 Hosted Zone found")
	}
	zone := l.engine.settings.zones[i]
	id = ZoneID(zone)
	return object{
		"id": id, "zoneId": id, "name": zone, "privateZone": false, "arn": "arn:aws:route53:::hostedzone/" + id,
		"nameServers": []any{}, // nothing to ask public DNS about
	}, nil
}

func prefixListID(region, name string) string { return "pl-" + digits(region+" "+name, 8) }

func getManagedPrefixList(l lookup) (object, error) {
	name := l.arg("name")
	var weight int
	switch name {
	case awstable.CloudFrontPrefixList, awstable.CloudFrontIPv6PrefixList:
		weight = awstable.CloudFrontPrefixListWeight
	case "com.amazonaws." + l.region + ".s3", "com.amazonaws." + l.region + ".dynamodb":
		weight = 1
	default:
		return nil, fmt.Errorf("no matching EC2 Managed Prefix List found: %q", name)
	}
	id, family := prefixListID(l.region, name), "IPv4"
	if strings.Contains(name, ".ipv6.") {
		family = "IPv6"
	}
	return object{
		"id": id, "name": name, "maxEntries": weight, "addressFamily": family, "ownerId": "AWS", "version": 1,
		"arn": "arn:aws:ec2:" + l.region + ":aws:prefix-list/" + id,
	}, nil
}

// getParameter knows the public parameters that name machine images.
func getParameter(l lookup) (object, error) {
	name := l.arg("name")
	if !strings.HasPrefix(name, "/aws/service/ami-") {
		return nil, fmt.Errorf("couldn't find SSM parameter %q", name)
	}
	ami := "ami-" + digits(l.region+name, 17)
	return object{
		"id": name, "name": name, "type": "String", "value": ami, "insecureValue": ami, "version": 1,
		"arn": "arn:aws:ssm:" + l.region + "::parameter" + name,
	}, nil
}

// getService finds the services that the program registered. They run what they were
// given; answer with another taskDefinition by WithInvoke to test a rollback.
func getService(l lookup) (object, error) {
	l.engine.mu.Lock()
	defer l.engine.mu.Unlock()
	name, cluster := l.arg("serviceName"), l.arg("clusterArn")
	for _, r := range l.engine.resources {
		if r.Type == "aws:ecs/service:Service" && text(r.Outputs, "name") == name && text(r.Outputs, "cluster") == cluster {
			arn := text(r.Outputs, "arn")
			return object{
				"id": arn, "arn": arn, "serviceName": name, "clusterArn": cluster, "taskDefinition": text(r.Outputs, "taskDefinition"),
				"desiredCount": r.Output("desiredCount"), "launchType": r.Output("launchType"), "schedulingStrategy": "REPLICA",
				"availabilityZoneRebalancing": r.Output("availabilityZoneRebalancing"),
			}, nil
		}
	}
	return nil, fmt.Errorf("service with name %q in cluster %q not found", name, cluster)
}

// getManagedInstances finds every instance asked for by its id registered with Systems
// Manager.
func getManagedInstances(l lookup) (object, error) {
	if l.arg("filters[0].name") != "InstanceIds" {
		return nil, fmt.Errorf("instances are found by InstanceIds only")
	}
	id := l.arg("filters[0].values[0]")
	return object{"id": l.region, "ids": []any{id}}, nil
}

// getListener finds any ARN: an HTTPS listener on a load balancer whose ARN
// getLoadBalancer finds in turn.
func getListener(l lookup) object {
	arn := l.arg("arn")
	loadBalancer := strings.Replace(arn, ":listener/", ":loadbalancer/", 1)
	if i := strings.LastIndex(loadBalancer, "/"); strings.Count(loadBalancer, "/") > 3 {
		loadBalancer = loadBalancer[:i]
	}
	return object{
		"id": arn, "arn": arn, "loadBalancerArn": loadBalancer, "port": 443, "protocol": "HTTPS",
		"sslPolicy":      awstable.RecommendedLoadBalancerPolicy,
		"certificateArn": "arn:aws:acm:" + l.region + ":" + AccountID + ":certificate/" + digits(arn, 16),
	}
}

// getBucket finds any name, in the region of the provider.
func getBucket(l lookup) object {
	name := l.arg("bucket")
	return object{
		"id": name, "bucket": name, "arn": "arn:aws:s3:::" + name, "region": l.region,
		"bucketDomainName": name + ".s3.amazonaws.com", "bucketRegionalDomainName": name + ".s3." + l.region + ".amazonaws.com",
	}
}

// foundSubnet is how the ids of the subnets of load balancers begin that getLoadBalancer
// finds.
const foundSubnet = "subnet-0e1b"

// getLoadBalancer finds any ARN: an internet-facing application load balancer
// with one security group.
func getLoadBalancer(l lookup) object {
	arn := l.arg("arn")
	name := "found"
	if parts := strings.Split(arn, "/"); len(parts) > 2 {
		name = parts[2]
	}
	return object{
		"id": arn, "arn": arn, "arnSuffix": arnSuffix(arn), "name": name, "internal": false, "loadBalancerType": "application",
		"dnsName": name + "-" + digits(arn, 10) + "." + l.region + ".elb.amazonaws.com",
		"zoneId":  loadBalancerZone(l.region), "ipAddressType": "ipv4",
		"vpcId":          "vpc-" + digits(arn, 17),
		"securityGroups": []any{"sg-" + digits(arn, 17)},
		"subnets":        []any{foundSubnet + digits(arn+"a", 13), foundSubnet + digits(arn+"c", 13)},
	}
}
