package ec2

import (
	"slices"

	"github.com/portico-iac/portico/internal/glob"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

func instanceInvokes() []core.Function {
	return []core.Function{
		{Token: "aws:ec2/getInstance:getInstance", Run: getInstance, Inputs: []string{"filters", "instanceId", "instanceTags"}},
		{Token: "aws:ec2/getAmi:getAmi", Run: getAmi, Inputs: []string{"filters", "includeDeprecated", "mostRecent", "owners"}},
	}
}

// getInstance looks a single instance up.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html *sourced*
func getInstance(t *core.Tx, in core.Object) (core.Object, error) {
	found, err := find(t, InstanceToken, core.Object{"filters": in["filters"], "tags": in["instanceTags"]})
	if id := in.Str("instanceId"); err == nil && id != "" {
		found = slices.DeleteFunc(found, func(o core.Object) bool { return o.Str("id") != id })
	}
	instance, err := theOnly(found, err, InstanceToken)
	if err != nil {
		return nil, err
	}
	blocks := core.Object{}
	for result, property := range map[string]string{
		"creditSpecifications": "creditSpecification", "maintenanceOptions": "maintenanceOptions",
		"metadataOptions": "metadataOptions", "rootBlockDevices": "rootBlockDevice",
	} {
		blocks[result] = []any{}
		if block := instance.Block(property); block != nil {
			blocks[result] = []any{map[string]any(block)}
		}
	}
	tags := map[string]any(core.Object{}.With(instance.Block("tags")))
	return instance.Without("creditSpecification", "rootBlockDevice", "tagsAll", "userData", "userDataBase64").With(blocks, core.Object{
		"instanceTags":       tags,
		"networkInterfaceId": instance.Str("primaryNetworkInterfaceId"),
		"tags":               tags,
	}), nil
}

// getAmi looks a single image of Amazon's up.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html *sourced*
func getAmi(t *core.Tx, in core.Object) (core.Object, error) {
	var found []region.Image
	for _, i := range region.ImagesOf(t.Region()) {
		ok, err := passesImageFilters(i, in.Blocks("filters"))
		if err != nil {
			return nil, err
		}
		if owners := in.Strs("owners"); ok && (len(owners) == 0 || slices.Contains(owners, "amazon")) {
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		return nil, core.Refuse("InvalidAMIID.NotFound", "Your query returned no results. Please change your search criteria and try again")
	}
	if len(found) > 1 && !in.Bool("mostRecent") {
		return nil, core.Refuse("InvalidParameterValue", "Your query returned more than one result. "+
			"Please try a more specific search criteria, or set `mostRecent` attribute to true")
	}
	newest := found[len(found)-1]
	return core.Object{
		"architecture": newest.Architecture, "arn": "arn:aws:ec2:" + t.Region() + "::image/" + newest.ID,
		"id": newest.ID, "imageId": newest.ID, "imageOwnerAlias": "amazon", "imageType": "machine",
		"name": newest.Name, "ownerId": "137112412989", "public": true, "rootDeviceName": "/dev/xvda",
		"rootDeviceType": "ebs", "state": "available", "virtualizationType": "hvm", "imdsSupport": "v2.0",
	}, nil
}

// passesImageFilters tells whether an image passes filters; values may hold * and ?.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html *sourced*
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html *sourced*, the wording inferred
func passesImageFilters(i region.Image, filters []core.Object) (bool, error) {
	properties := map[string]string{
		"architecture": i.Architecture, "image-id": i.ID, "name": i.Name, "owner-alias": "amazon",
		"root-device-type": "ebs", "state": "available", "virtualization-type": "hvm",
	}
	for _, f := range filters {
		actual, known := properties[f.Str("name")]
		if !known {
			return false, core.Refuse("InvalidParameterValue", "The filter '%s' is invalid", f.Str("name"))
		}
		if !slices.ContainsFunc(f.Strs("values"), func(v string) bool { return glob.Match(v, actual) }) {
			return false, nil
		}
	}
	return true, nil
}
