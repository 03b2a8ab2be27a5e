package controls

import "slices"

const (
	typeInstance       = "aws:ec2/instance:Instance"
	typeEip            = "aws:ec2/eip:Eip"
	typeEipAssociation = "aws:ec2/eipAssociation:EipAssociation"
	typeInterface      = "aws:ec2/networkInterface:NetworkInterface"
	typeEncryption     = "aws:ebs/encryptionByDefault:EncryptionByDefault"
)

// instances are the controls of EC2 instances, their volumes and interfaces.
// Sourced: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html
var instances = []Control{
	{
		ID: "EC2.3", Title: "Attached volumes are encrypted",
		check: alone("instance", func(i resource) string {
			for _, v := range slices.Concat(i.blocks("rootBlockDevice"), i.blocks("ebsBlockDevices")) {
				if !v.flag("encrypted") {
					return "has a volume that is not"
				}
			}
			return unless(len(i.blocks("rootBlockDevice")) > 0, "has a root volume that is not")
		}, typeInstance),
	},
	{
		ID: "EC2.7", CIS: "6.1.1", Title: "New volumes are encrypted by default",
		Why: "it is a setting of the account and the Region, for everything in them; the instance's own volume is encrypted in any case",
		Set: "`aws ec2 enable-ebs-encryption-by-default`",
		check: accountSetting("instance", []string{typeInstance}, typeEncryption, func(e resource) bool {
			return e.at("enabled") != false
		}),
	},
	{
		ID: "EC2.8", CIS: "6.7", Title: "Instance metadata by IMDSv2 alone",
		check: alone("instance", func(i resource) string {
			return unless(i.text("metadataOptions", "httpTokens") == "required", "takes IMDSv1")
		}, typeInstance),
	},
	{
		ID: "EC2.9", Title: "Instances have no public IPv4 address",
		Why: "CloudFront reaches a `TLSInstance` by its public address, where its security group admits CloudFront alone",
		Set: "nothing: variant `cloudfront-alb` has private targets",
		check: each("instance", func(r *resources, i resource) string {
			return unless(!hasPublicAddress(r, i), "has one")
		}, typeInstance),
	},
	{
		ID: "EC2.17", Title: "Instances have one network interface",
		check: alone("instance", func(i resource) string {
			return unless(len(i.blocks("networkInterfaces")) < 2, "has several")
		}, typeInstance),
	},
	{
		ID: "EC2.180", Title: "Interfaces check source and destination",
		check: alone("interface", func(i resource) string {
			return unless(i.at("sourceDestCheck") != false, "does not")
		}, typeInterface),
	},
}

func hasPublicAddress(r *resources, i resource) bool {
	if i.flag("associatePublicIpAddress") ||
		len(r.about(i, "instance", typeEip)) > 0 || len(r.about(i, "instanceId", typeEipAssociation)) > 0 {
		return true
	}
	for _, attached := range i.blocks("networkInterfaces") {
		own := resource{id: attached.text("networkInterfaceId")}
		if len(r.about(own, "networkInterface", typeEip)) > 0 || len(r.about(own, "networkInterfaceId", typeEipAssociation)) > 0 {
			return true
		}
	}
	return false
}
