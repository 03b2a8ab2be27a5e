package cloud

import "slices"

// createInstance launches an instance.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
// *sourced*, the wording inferred
func createInstance(t *tx, in object) (string, object, error) {
	ami, err := checkInstance(t, in)
	if err != nil {
		return "", nil, err
	}
	if err := checkRootSize(in, ami); err != nil {
		return "", nil, err
	}
	id := t.newID("i")
	eni, err := primaryInterface(t, id, in)
	if err != nil {
		return "", nil, err
	}
	subnet, _ := t.get(subnetToken, eni.str("subnetId"))
	if zone := in.str("availabilityZone"); zone != "" && zone != subnet.str("availabilityZone") {
		return "", nil, refuse("InvalidParameterValue", "The availability zone %s does not match the subnet's %s",
			zone, subnet.str("availabilityZone"))
	}
	out := instanceOutputs(t, id, in).with(object{
		"availabilityZone":          subnet.str("availabilityZone"),
		"primaryNetworkInterfaceId": eni.str("id"),
		"privateDns":                privateDNS(t.region, eni.str("privateIp")),
		"privateIp":                 eni.str("privateIp"),
		"subnetId":                  eni.str("subnetId"),
		"vpcSecurityGroupIds":       eni["securityGroups"],
	}, instancePublicAddress(t, eni, subnet, in))
	return id, out, nil
}

// checkInstance checks what an instance refers to and returns its image.
func checkInstance(t *tx, in object) (image, error) {
	ami, err := findImage(t.region, in.str("ami"))
	if err != nil {
		return image{}, err
	}
	if err := checkArchitecture(in.str("instanceType"), ami); err != nil {
		return image{}, err
	}
	return ami, checkInstanceProfile(t, in)
}

// checkInstanceProfile refuses an instance profile that does not exist.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
// *sourced*
func checkInstanceProfile(t *tx, in object) error {
	name := in.str("iamInstanceProfile")
	if _, ok := t.get(iamProfileToken, name); name != "" && !ok {
		return refuse("InvalidParameterValue",
			"Value (%s) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", name)
	}
	return nil
}

// checkRootSize is that the root volume holds the image.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EbsBlockDevice.html
// *sourced*
func checkRootSize(in object, ami image) error {
	size, given := in.object("rootBlockDevice").num("volumeSize")
	if given && int(size) < ami.rootGiB {
		return refuse("InvalidBlockDeviceMapping",
			"Volume of size %dGB is smaller than snapshot of the image, expect size >= %dGB", int(size), ami.rootGiB)
	}
	return nil
}

// instanceOutputs are the outputs that do not depend on the network. Blocks that
// were not given show what AWS chose.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
// *sourced*
func instanceOutputs(t *tx, id string, in object) object {
	chosen := object{
		"creditSpecification":               nil,
		"disableApiStop":                    false,
		"disableApiTermination":             false,
		"ebsOptimized":                      false,
		"iamInstanceProfile":                "",
		"instanceInitiatedShutdownBehavior": "stop",
		"maintenanceOptions":                map[string]any{"autoRecovery": "default"},
		"metadataOptions": map[string]any{ // what Amazon Linux 2023 asks for
			"httpEndpoint": "enabled", "httpProtocolIpv6": "disabled", "httpPutResponseHopLimit": 2.0,
			"httpTokens": "required", "instanceMetadataTags": "disabled",
		},
		"monitoring":        false,
		"networkInterfaces": []any{},
		"rootBlockDevice": map[string]any{
			"deleteOnTermination": true, "deviceName": "/dev/xvda", "encrypted": false, "iops": 3000.0,
			"throughput": 125.0, "volumeSize": 8.0, "volumeType": "gp3", "volumeId": t.newID("vol"),
		},
	}
	if credits, ok := burstable(in.str("instanceType")); ok {
		chosen["creditSpecification"] = map[string]any{"cpuCredits": credits}
	}
	for key := range chosen {
		if in.has(key) {
			delete(chosen, key)
		}
	}
	return chosen.with(object{
		"arn":                              t.arn("ec2", "instance/"+id),
		"capacityReservationSpecification": map[string]any{"capacityReservationPreference": "open"},
		"ebsBlockDevices":                  []any{},
		"enclaveOptions":                   map[string]any{"enabled": false},
		"ephemeralBlockDevices":            []any{},
		"hostId":                           "",
		"hostResourceGroupArn":             "",
		"instanceLifecycle":                "",
		"instanceState":                    "running",
		"ipv6AddressCount":                 0.0,
		"ipv6Addresses":                    []any{},
		"keyName":                          "",
		"outpostArn":                       "",
		"passwordData":                     "",
		"placementGroup":                   "",
		"placementPartitionNumber":         0.0,
		"privateDnsNameOptions": map[string]any{
			"enableResourceNameDnsARecord": false, "enableResourceNameDnsAaaaRecord": false, "hostnameType": "ip-name",
		},
		"secondaryPrivateIps":   []any{},
		"securityGroups":        []any{},
		"spotInstanceRequestId": "",
		"tenancy":               "default",
	})
}

// updateInstance changes an instance in place. Another type, other user data
// stop and start it, which costs it a public address that is no Elastic IP.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html
// *sourced*
func updateInstance(t *tx, _ string, old, in object) (object, error) {
	if !same(in["iamInstanceProfile"], old["iamInstanceProfile"], false) {
		if err := checkInstanceProfile(t, in); err != nil {
			return nil, err
		}
	}
	if err := checkVolumeGrows(old, in); err != nil {
		return nil, err
	}
	if in.has("vpcSecurityGroupIds") {
		subnet, _ := t.get(subnetToken, old.str("subnetId"))
		if err := checkGroups(t, in.strs("vpcSecurityGroupIds"), subnet); err != nil {
			return nil, err
		}
		wearGroups(t, old.str("primaryNetworkInterfaceId"), in.strs("vpcSecurityGroupIds"))
	}
	if !restarts(old, in) || old.str("publicIp") == "" || hasElasticIP(t, old.str("primaryNetworkInterfaceId")) {
		return nil, nil
	}
	ip := t.publicIP()
	return object{"publicIp": ip, "publicDns": publicDNS(t.region, ip)}, nil
}

// restarts tells whether a change needs the instance to be stopped.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
// *sourced*
func restarts(old, in object) bool {
	return slices.ContainsFunc([]string{"instanceType", "userData", "userDataBase64"}, func(p string) bool {
		return in.has(p) && !same(old[p], in[p], false)
	})
}

// checkVolumeGrows is that a volume can grow but not shrink.
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html
// *sourced*
func checkVolumeGrows(old, in object) error {
	was, _ := old.object("rootBlockDevice").num("volumeSize")
	if is, given := in.object("rootBlockDevice").num("volumeSize"); given && is < was {
		return refuse("InvalidParameterValue", "New size cannot be smaller than existing size: %v < %v", is, was)
	}
	return nil
}

// removeInstance terminates an instance unless it is protected. The interface
// that came with it goes; one that was given to it stays.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
// *sourced*
func removeInstance(t *tx, id string, state object) error {
	if state.boolean("disableApiTermination") {
		return refuse("OperationNotPermitted", "The instance '%s' may not be terminated. "+
			"Modify its 'disableApiTermination' instance attribute and try again.", id)
	}
	primary := state.str("primaryNetworkInterfaceId")
	eni, _ := t.get(networkInterfaceToken, primary)
	if len(state.objects("networkInterfaces")) > 0 {
		t.set(networkInterfaceToken, primary, eni.with(object{"attachments": []any{}}))
		for _, eip := range t.where(eipToken, "networkInterface", primary) {
			t.set(eipToken, eip.str("id"), eip.with(object{"instance": ""}))
		}
		return nil
	}
	disassociate(t, primary)
	t.drop(networkInterfaceToken, primary)
	return nil
}
