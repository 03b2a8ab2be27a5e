package account

import "github.com/portico-iac/portico/internal/awstable"

// VPCOrigin is CloudFront's way to a load balancer or an instance inside a VPC.
type VPCOrigin struct {
	ID     string `json:"id"`
	Config struct {
		ARN                  string `json:"arn"`
		HTTPPort             int    `json:"httpPort"`
		HTTPSPort            int    `json:"httpsPort"`
		OriginProtocolPolicy string
		OriginSSLProtocols   struct{ Items []string } `json:"originSslProtocols"`
	} `json:"vpcOriginEndpointConfig"`
}

// VPCOriginConfig is which VPC origin an origin of a distribution uses, and how.
type VPCOriginConfig struct {
	VPCOriginID            string `json:"vpcOriginId"`
	OriginReadTimeout      int
	OriginKeepaliveTimeout int
}

// SecurityGroup is a security group.
type SecurityGroup struct {
	ID    string `json:"id"`
	VPCID string `json:"vpcId"`
	Name  string
}

// VPCOriginGroup is the id of the security group that CloudFront's connections to the VPC
// origins of a VPC come from; "" if there is none.
func (r *Resources) VPCOriginGroup(vpc string) string {
	g, _ := find(r.SecurityGroups, func(g SecurityGroup) bool { return g.VPCID == vpc && g.Name == awstable.VPCOriginGroup })
	return g.ID
}
