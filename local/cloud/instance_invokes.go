package cloud

import (
	"reflect"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"

	"github.com/portico-iac/portico/internal/glob"
)

func instanceInvokes() []invoke {
	return []invoke{
		{token: "aws:ec2/getInstance:getInstance", run: getInstance,
			inputs: reflect.TypeOf(ec2.LookupInstanceArgs{}), supported: []string{"filters", "instanceId", "instanceTags"}},
		{token: "aws:ec2/getAmi:getAmi", run: getAmi,
			inputs: reflect.TypeOf(ec2.LookupAmiArgs{}), supported: []string{"filters", "includeDeprecated", "mostRecent", "owners"}},
	}
}

// getInstance looks a single instance up.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
// *sourced*
func getInstance(t *tx, in object) (object, error) {
	found, err := t.find(instanceToken, object{"filters": in["filters"], "tags": in["instanceTags"]})
	if id := in.str("instanceId"); err == nil && id != "" {
		found = slices.DeleteFunc(found, func(o object) bool { return o.str("id") != id })
	}
	instance, err := theOnly(found, err, instanceToken)
	if err != nil {
		return nil, err
	}
	blocks := object{}
	for result, property := range map[string]string{
		"creditSpecifications": "creditSpecification", "maintenanceOptions": "maintenanceOptions",
		"metadataOptions": "metadataOptions", "rootBlockDevices": "rootBlockDevice",
	} {
		blocks[result] = []any{}
		if block := instance.object(property); block != nil {
			blocks[result] = []any{map[string]any(block)}
		}
	}
	return instance.without("creditSpecification", "rootBlockDevice", "tagsAll", "userData", "userDataBase64").with(blocks, object{
		"instanceTags":       orElse(instance["tags"], map[string]any{}),
		"networkInterfaceId": instance.str("primaryNetworkInterfaceId"),
		"tags":               orElse(instance["tags"], map[string]any{}),
	}), nil
}

// getAmi looks a single image of Amazon's up.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
// *sourced*
func getAmi(t *tx, in object) (object, error) {
	var found []image
	for _, i := range imagesOf(t.region) {
		ok, err := i.passes(in.objects("filters"))
		if err != nil {
			return nil, err
		}
		if owners := in.strs("owners"); ok && (len(owners) == 0 || slices.Contains(owners, "amazon")) {
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		return nil, refuse("InvalidAMIID.NotFound", "Your query returned no results. Please change your search criteria and try again")
	}
	if len(found) > 1 && !in.boolean("mostRecent") {
		return nil, refuse("InvalidParameterValue", "Your query returned more than one result. "+
			"Please try a more specific search criteria, or set `mostRecent` attribute to true")
	}
	newest := found[len(found)-1]
	return object{
		"architecture": newest.architecture, "arn": "arn:aws:ec2:" + t.region + "::image/" + newest.id,
		"id": newest.id, "imageId": newest.id, "imageOwnerAlias": "amazon", "imageType": "machine",
		"name": newest.name, "ownerId": "137112412989", "public": true, "rootDeviceName": "/dev/xvda",
		"rootDeviceType": "ebs", "state": "available", "virtualizationType": "hvm", "imdsSupport": "v2.0",
	}, nil
}

// passes tells whether an image passes filters; values may hold * and ?.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
// *sourced*
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html
// *sourced*, the wording inferred
func (i image) passes(filters []object) (bool, error) {
	properties := map[string]string{
		"architecture": i.architecture, "image-id": i.id, "name": i.name, "owner-alias": "amazon",
		"root-device-type": "ebs", "state": "available", "virtualization-type": "hvm",
	}
	for _, f := range filters {
		actual, known := properties[f.str("name")]
		if !known {
			return false, refuse("InvalidParameterValue", "The filter '%s' is invalid", f.str("name"))
		}
		if !slices.ContainsFunc(f.strs("values"), func(v string) bool { return glob.Match(v, actual) }) {
			return false, nil
		}
	}
	return true, nil
}
