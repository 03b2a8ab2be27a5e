package stacks

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/components"
)

func viewerOutputs(cfg *Config) pulumi.Map {
	return pulumi.Map{
		"url":         pulumi.String("https://" + cfg.Domain.DomainName + "/"),
		"variant":     pulumi.String(cfg.Variant),
		"viewerNames": pulumi.ToStringArray(cfg.ViewerNames()),
	}
}

func networkOutputs(network *components.Network) pulumi.Map {
	return pulumi.Map{"vpcId": network.VpcId}
}

func albOutputs(alb *components.SecuredALB) pulumi.Map {
	return pulumi.Map{
		"loadBalancerArn":     alb.LoadBalancerArn,
		"loadBalancerDnsName": alb.DnsName,
		"listenerArn":         alb.ListenerArn,
		"albSecurityGroupId":  alb.SecurityGroupId,
	}
}

// outputs of several services are under their names.
func (t targets) outputs() pulumi.Map {
	if t.instance != nil {
		return pulumi.Map{"instanceId": t.instance.InstanceId}
	}
	if len(t.services) == 1 {
		return serviceOutputs(t.services[0])
	}
	all := pulumi.Map{}
	for _, s := range t.services {
		all[s.PulumiResourceName()] = serviceOutputs(s)
	}
	return pulumi.Map{"services": all}
}

func serviceOutputs(service *components.PrivateFargateService) pulumi.Map {
	return pulumi.Map{
		"clusterArn":             service.ClusterArn,
		"serviceName":            service.ServiceName,
		"taskDefinitionArn":      service.TaskDefinitionArn,
		"logGroupName":           service.LogGroupName,
		"serviceSecurityGroupId": service.SecurityGroupId,
		"targetGroupArn":         service.Route.TargetGroupArn,
	}
}

func frontOutputs(front *components.CloudFrontFront, originDomainName string) pulumi.Map {
	return pulumi.Map{
		"distributionId":         front.DistributionId,
		"distributionDomainName": front.DomainName,
		"originDomainName":       pulumi.String(originDomainName),
	}
}

func merged(parts ...pulumi.Map) pulumi.Map {
	all := pulumi.Map{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}
