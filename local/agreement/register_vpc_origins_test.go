package agreement

import (
	"fmt"

	"github.com/portico-iac/portico/requestpath"
)

// addVPCOrigins registers one for each origin that is reached through one, and then the rules
// that name the group which CloudFront has made in the VPC with the first of them.
func (r *registration) addVPCOrigins() error {
	for _, e := range r.plan.Distributions {
		for _, o := range e.Origins {
			if o.VPCOrigin == "" {
				continue
			}
			if err := r.addVPCOrigin(e.Name+"-"+o.ID, o); err != nil {
				return err
			}
		}
	}
	if len(r.serviceRules) == 0 {
		return nil
	}
	found, err := r.driver.Invoke("aws:ec2/getSecurityGroup:getSecurityGroup", props{"vpcId": r.vpc, "name": requestpath.VPCOriginGroup})
	if err != nil {
		return inexpressible("a rule names CloudFront's group, which comes with a VPC origin alone")
	}
	for _, rule := range r.serviceRules {
		rule.in["referencedSecurityGroupId"] = found["id"]
		if _, _, err := r.create(rule.token, rule.name, rule.in); err != nil {
			return err
		}
	}
	return nil
}

func (r *registration) addVPCOrigin(name string, o requestpath.Origin) error {
	arn, ok := r.arns[o.VPCOrigin]
	if !ok {
		return inexpressible("a VPC origin leads to %s, which is no load balancer and no instance of the plan", o.VPCOrigin)
	}
	origin, _ := r.origin(o)["customOriginConfig"].(props)
	id, _, err := r.create("aws:cloudfront/vpcOrigin:VpcOrigin", name, props{"vpcOriginEndpointConfig": props{
		"arn": arn, "name": name, "httpPort": origin["httpPort"], "httpsPort": origin["httpsPort"],
		"originProtocolPolicy": origin["originProtocolPolicy"],
		"originSslProtocols":   props{"items": origin["originSslProtocols"], "quantity": max(len(o.SSLProtocols), 1)},
	}})
	r.vpcOrigins[name] = id
	return err
}

// throughVPC are the inputs of an origin with a VPC origin in place of its own settings.
func (r *registration) throughVPC(distribution string, o requestpath.Origin, in props) props {
	config, _ := in["customOriginConfig"].(props)
	delete(in, "customOriginConfig")
	in["vpcOriginConfig"] = props{
		"vpcOriginId": fmt.Sprint(r.vpcOrigins[distribution+"-"+o.ID]), "originReadTimeout": config["originReadTimeout"],
		"originKeepaliveTimeout": config["originKeepaliveTimeout"],
	}
	return in
}

// serviceRule is a rule that names CloudFront's group.
type serviceRule struct {
	token, name string
	in          props
}
