package controls_test

import "github.com/portico-iac/portico/internal/registered"

const (
	instance = "aws:ec2/instance:Instance"
	vpc      = "aws:ec2/vpc:Vpc"
	group    = "aws:ec2/securityGroup:SecurityGroup"
	ingress  = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
)

func ofInstances() map[string]example {
	volume := func(encrypted bool) state { return state{"rootBlockDevice": state{"encrypted": encrypted}} }
	tokens := func(mode string) state { return state{"metadataOptions": state{"httpTokens": mode}} }
	onInterface := state{"networkInterfaces": list(state{"networkInterfaceId": "eni-1"})}
	return map[string]example{
		"EC2.3": differ(instance, volume(true), with(volume(true), "ebsBlockDevices", list(state{"encrypted": false})), "instance instance has a volume that is not"),
		"EC2.7": {
			pass: [][]registered.Resource{set(of(instance, nil), of("aws:ebs/encryptionByDefault:EncryptionByDefault", state{"enabled": true}))},
			fail: set(of(instance, nil)), reason: "none of the resources sets it",
		},
		"EC2.8": differ(instance, tokens("required"), tokens("optional"), "instance instance takes IMDSv1"),
		"EC2.9": {
			pass:   [][]registered.Resource{set(of(instance, onInterface), of("aws:ec2/eipAssociation:EipAssociation", state{"networkInterfaceId": "eni-2"}))},
			fail:   set(of(instance, onInterface), of("aws:ec2/eipAssociation:EipAssociation", state{"networkInterfaceId": "eni-1"})),
			reason: "instance instance has one",
		},
		"EC2.17":  differ(instance, onInterface, state{"networkInterfaces": list(state{}, state{})}, "instance instance has several"),
		"EC2.180": differ("aws:ec2/networkInterface:NetworkInterface", state{}, state{"sourceDestCheck": false}, "interface networkinterface does not"),
	}
}

func ofNetworks() map[string]example {
	network := of(vpc, nil)
	defaultGroup := func(s state) registered.Resource {
		return of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", with(s, "vpcId", "id-vpc"))
	}
	flowLog := func(traffic string) registered.Resource {
		return of("aws:ec2/flowLog:FlowLog", state{"vpcId": "id-vpc", "trafficType": traffic})
	}
	endpoint := func(name string) example {
		of := func(kind string) registered.Resource {
			return of("aws:ec2/vpcEndpoint:VpcEndpoint", state{"vpcId": "id-vpc", "vpcEndpointType": kind, "serviceName": "com.amazonaws.us-east-1." + name})
		}
		return example{pass: [][]registered.Resource{set(network, of("Interface"))}, fail: set(network, of("Gateway")), reason: "VPC vpc has none"}
	}
	entry := func(protocol string, from, to float64) state {
		return state{"subnetIds": list("subnet-1"), "ingress": list(state{"protocol": protocol, "action": "allow", "cidrBlock": "0.0.0.0/0", "fromPort": from, "toPort": to})}
	}
	const acl = "aws:ec2/networkAcl:NetworkAcl"
	return map[string]example{
		"EC2.2": {
			pass: [][]registered.Resource{set(network, defaultGroup(state{}))},
			fail: set(network, defaultGroup(state{"egress": list(state{"protocol": "-1"})})), reason: "VPC vpc leaves it open",
		},
		"EC2.6": {
			pass: [][]registered.Resource{set(network, flowLog("ALL")), set(network, flowLog("REJECT"))},
			fail: set(network, flowLog("ACCEPT")), reason: "VPC vpc has none",
		},
		"EC2.15": differ("aws:ec2/subnet:Subnet", state{"mapPublicIpOnLaunch": false}, state{"mapPublicIpOnLaunch": true}, "subnet subnet assigns them"),
		"EC2.16": differ(acl, state{"subnetIds": list("subnet-1")}, state{"subnetIds": list()}, "network ACL networkacl is of no subnet"),
		"EC2.21": {
			pass: [][]registered.Resource{
				set(of(acl, entry("tcp", 443, 443))),
				set(of(acl, entry("udp", 0, 65535))),
				set(of(acl, nil), of("aws:ec2/networkAclRule:NetworkAclRule", state{
					"networkAclId": "id-networkacl", "egress": true, "ruleAction": "allow", "cidrBlock": "0.0.0.0/0", "protocol": "-1",
				})),
			},
			fail: set(of(acl, entry("-1", 0, 0))), reason: "network ACL networkacl admits everyone",
		},
		"EC2.172": {
			pass: [][]registered.Resource{set(network, of("aws:vpc/blockPublicAccessOptions:BlockPublicAccessOptions", state{"internetGatewayBlockMode": "block-ingress"}))},
			fail: set(network), reason: "none of the resources sets it",
		},
		"EC2.10": endpoint("ec2"), "EC2.55": endpoint("ecr.api"), "EC2.56": endpoint("ecr.dkr"),
		"EC2.57": endpoint("ssm"), "EC2.58": endpoint("ssm-contacts"), "EC2.60": endpoint("ssm-incidents"),
	}
}

func ofSecurityGroups() map[string]example {
	rule := func(range4, range6, protocol string, from, to float64) registered.Resource {
		return of(ingress, state{
			"securityGroupId": "id-securitygroup", "cidrIpv4": range4, "cidrIpv6": range6, "ipProtocol": protocol, "fromPort": from, "toPort": to,
		})
	}
	own := of(group, nil)
	web := set(own, rule("0.0.0.0/0", "", "tcp", 443, 443))
	inline := func(from, to float64) []registered.Resource {
		return set(of(group, state{"ingress": list(state{"protocol": "tcp", "fromPort": from, "toPort": to, "cidrBlocks": list("0.0.0.0/0")})}))
	}
	return map[string]example{
		"EC2.18": {
			pass: [][]registered.Resource{web, set(own, rule("10.0.0.0/8", "", "tcp", 22, 22)), inline(80, 80)},
			fail: set(own, rule("", "::/0", "tcp", 80, 443)), reason: "security group securitygroup admits everyone on tcp 80-443",
		},
		"EC2.19": {
			pass: [][]registered.Resource{web, inline(9999, 9999)},
			fail: inline(8000, 8100), reason: "security group securitygroup admits everyone on tcp 8000-8100",
		},
		"EC2.53": {
			pass: [][]registered.Resource{web, set(own, rule("", "::/0", "tcp", 22, 22))},
			fail: set(own, of("aws:ec2/securityGroupRule:SecurityGroupRule", state{
				"securityGroupId": "id-securitygroup", "type": "ingress", "protocol": "-1", "fromPort": 0.0, "toPort": 0.0, "cidrBlocks": list("0.0.0.0/0"),
			})),
			reason: "security group securitygroup admits everyone on -1 0",
		},
		"EC2.54": {
			pass: [][]registered.Resource{web, set(own, rule("0.0.0.0/0", "", "tcp", 22, 22))},
			fail: set(own, rule("", "::/0", "udp", 3389, 3389)), reason: "security group securitygroup admits everyone on udp 3389",
		},
	}
}
