package ec2

import (
	"slices"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

func instanceInvokes() []core.Function {
	return []core.Function{
		{Token: "aws:ec2/getInstance:getInstance", Run: getInstance, Inputs: []string{"filters", "instanceId", "instanceTags"}},
		{Token: "aws:ec2/getAmi:getAmi", Run: getAmi, Inputs: []string{"filters", "includeDeprecated", "mostRecent", "owners"}},
		{
			Token: "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", Run: getInstanceTypeOfferings,
			Inputs: []string{"filters", "locationType"},
		},
	}
}

// getInstance looks up one instance.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html *sourced*
func getInstance(t *core.Tx, in core.Object) (core.Object, error) {
	by := in.With(core.Object{"id": in["instanceId"], "tags": in["instanceTags"]})
	instance, err := findOne(InstanceToken, t.All(InstanceToken), by, "id")
	if err != nil {
		return nil, err
	}
	instance = instanceFills.With(instance)
	blocks := core.Object{}
	for result, property := range map[string]string{
		"creditSpecifications": "creditSpecification", "enclaveOptions": "enclaveOptions",
		"maintenanceOptions": "maintenanceOptions", "metadataOptions": "metadataOptions",
		"privateDnsNameOptions": "privateDnsNameOptions", "rootBlockDevices": "rootBlockDevice",
	} {
		blocks[result] = listOf(instance.Block(property))
	}
	tags := map[string]any(core.Object{}.With(instance.Block("tags")))
	return instance.Without("creditSpecification", "rootBlockDevice", "tagsAll", "userData", "userDataBase64").With(blocks, core.Object{
		"instanceTags":       tags,
		"networkInterfaceId": instance.Str("primaryNetworkInterfaceId"),
		"tags":               tags,
	}), nil
}

// getAmi looks up one of Amazon's images.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html *sourced*
func getAmi(t *core.Tx, in core.Object) (core.Object, error) {
	var images []core.Object
	for _, i := range region.ImagesOf(t.Region()) {
		images = append(images, core.Object{
			"architecture": i.Architecture, "arn": "arn:aws:ec2:" + t.Region() + "::image/" + i.ID,
			"id": i.ID, "imageId": i.ID, "imageOwnerAlias": "amazon", "imageType": "machine",
			"name": i.Name, "ownerId": "137112412989", "public": true, "rootDeviceName": "/dev/xvda",
			"rootDeviceType": "ebs", "state": "available", "virtualizationType": "hvm", "imdsSupport": "v2.0",
		})
	}
	found, err := find(image, images, in)
	if err != nil {
		return nil, err
	}
	owners := in.Strs("owners")
	if len(found) == 0 || len(owners) > 0 && !slices.Contains(owners, "amazon") {
		return nil, core.Refuse("InvalidAMIID.NotFound", "Your query returned no results. Please change your search criteria and try again")
	}
	if len(found) > 1 && !in.Bool("mostRecent") {
		return nil, core.Refuse("InvalidParameterValue", "Your query returned more than one result. "+
			"Please try a more specific search criteria, or set `mostRecent` attribute to true")
	}
	return found[len(found)-1], nil
}
