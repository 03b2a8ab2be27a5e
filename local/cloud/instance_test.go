package cloud

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newestImage is what the public parameter of an architecture points to.
func newestImage(architecture string) string {
	return al2023Image(testRegion, al2023Releases[len(al2023Releases)-1], architecture).id
}

// instanceInputs are those of a small Graviton instance in a seeded subnet.
func instanceInputs(more object) object {
	return object{"ami": newestImage("arm64"), "instanceType": "t4g.small", "subnetId": seedPublicA}.with(more)
}

func TestInstance(t *testing.T) {
	c := newTestCloud(t)
	group := c.aGroup(seedVpc, "web")
	id, state := c.create(instanceToken, "web", instanceInputs(object{"vpcSecurityGroupIds": list(group)}))
	assert.Equal(t, c.arnOf("ec2", "instance/"+id), state.str("arn"))
	assert.Equal(t, "running", state.str("instanceState"))
	assert.Equal(t, testRegion+"a", state.str("availabilityZone"))
	assert.Regexp(t, `^10\.20\.0\.\d+$`, state.str("privateIp"))
	assert.Empty(t, state.str("publicIp"), "the subnet gives none")
	assert.Equal(t, "required", state.object("metadataOptions").str("httpTokens"))
	assert.Equal(t, "unlimited", state.object("creditSpecification").str("cpuCredits"))

	assert.ErrorContains(t, c.tryDelete(securityGroupToken, group), "DependencyViolation")
	other := c.aGroup(seedVpc, "other")
	state = c.update(instanceToken, id, instanceInputs(object{"vpcSecurityGroupIds": list(other)}))
	assert.Equal(t, []string{other}, state.strs("vpcSecurityGroupIds"))
	assert.Equal(t, []string{other}, c.state(networkInterfaceToken, state.str("primaryNetworkInterfaceId")).strs("securityGroups"))

	c.delete(instanceToken, id)
	c.delete(securityGroupToken, group)
	c.delete(securityGroupToken, other)
	c.isSeed()
}

func TestInstanceWithDefaultGroup(t *testing.T) {
	c := newTestCloud(t)
	_, state := c.create(instanceToken, "web", instanceInputs(nil))
	assert.Equal(t, []string{seededDefaultGroup}, state.strs("vpcSecurityGroupIds"))
}

func TestInstanceChanges(t *testing.T) {
	c := newTestCloud(t)
	in := instanceInputs(object{"userData": "a", "rootBlockDevice": object{"volumeSize": 16, "encrypted": true, "volumeType": "gp3"}})
	id, _ := c.create(instanceToken, "web", in)
	tests := map[string]struct {
		in                object
		changed, replaces []string
	}{
		"user data":            {object{"userData": "b"}, []string{"userData"}, nil},
		"user data that tells": {object{"userData": "b", "userDataReplaceOnChange": true}, []string{"userData", "userDataReplaceOnChange"}, []string{"userData"}},
		"only the telling":     {object{"userDataReplaceOnChange": true}, []string{"userDataReplaceOnChange"}, nil},
		"size":                 {object{"instanceType": "t4g.medium"}, []string{"instanceType"}, nil},
		"processor":            {object{"instanceType": "t3.small"}, []string{"instanceType"}, []string{"instanceType"}},
		"image":                {object{"ami": "ami-1"}, []string{"ami"}, []string{"ami"}},
		"larger disk":          {object{"rootBlockDevice": object{"volumeSize": 32, "encrypted": true, "volumeType": "gp3"}}, []string{"rootBlockDevice"}, nil},
		"encryption":           {object{"rootBlockDevice": object{"volumeSize": 16, "encrypted": false, "volumeType": "gp3"}}, []string{"rootBlockDevice"}, []string{"rootBlockDevice"}},
		"protection":           {object{"disableApiTermination": true}, []string{"disableApiTermination"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.t = t
			got := c.changeOf(instanceToken, id, in.with(tt.in))
			assert.Equal(t, tt.changed, got.changed)
			assert.Equal(t, tt.replaces, got.replaces)
		})
	}
	c.t = t
	_, err := c.tryUpdate(instanceToken, id, in.with(object{"rootBlockDevice": object{"volumeSize": 10, "encrypted": true, "volumeType": "gp3"}}))
	assert.ErrorContains(t, err, "New size cannot be smaller than existing size")
}

func TestInstanceRefusals(t *testing.T) {
	c := newTestCloud(t)
	foreign := c.aGroup(c.aVpc(), "foreign")
	tests := map[string]struct {
		in  object
		why string
	}{
		"image":            {object{"ami": "ami-0"}, "InvalidAMIID.NotFound: The image id '[ami-0]' does not exist"},
		"image elsewhere":  {object{"ami": al2023Image("us-east-1", al2023Releases[0], "arm64").id}, "InvalidAMIID.NotFound"},
		"architecture":     {object{"ami": newestImage("x86_64")}, "InvalidParameterValue: The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64'"},
		"type":             {object{"instanceType": "t9.small"}, "Invalid value 't9.small' for InstanceType."},
		"subnet":           {object{"subnetId": "subnet-0"}, "InvalidSubnetID.NotFound"},
		"group":            {object{"vpcSecurityGroupIds": list("sg-0")}, "InvalidGroup.NotFound"},
		"group's network":  {object{"vpcSecurityGroupIds": list(foreign)}, "InvalidParameter: Security group " + foreign + " and subnet " + seedPublicA + " belong to different networks."},
		"six groups":       {object{"vpcSecurityGroupIds": list("1", "2", "3", "4", "5", "6")}, "SecurityGroupsPerInterfaceLimitExceeded"},
		"profile":          {object{"iamInstanceProfile": "none"}, "Invalid IAM Instance Profile name"},
		"zone":             {object{"availabilityZone": testRegion + "c"}, "does not match the subnet's"},
		"disk too small":   {object{"rootBlockDevice": object{"volumeSize": 4}}, "InvalidBlockDeviceMapping: Volume of size 4GB is smaller"},
		"disk type":        {object{"rootBlockDevice": object{"volumeType": "st1"}}, "rootBlockDevice.volumeType must be one of"},
		"throughput":       {object{"rootBlockDevice": object{"throughput": 200}}, "goes with volumeType gp3 only"},
		"disk too large":   {object{"rootBlockDevice": object{"volumeSize": 16385, "volumeType": "gp2"}}, "volumeSize must be 1-16384"},
		"gp3 too large":    {object{"rootBlockDevice": object{"volumeSize": 65537, "volumeType": "gp3"}}, "volumeSize must be 1-65536"},
		"gp3 too fast":     {object{"rootBlockDevice": object{"volumeSize": 16, "volumeType": "gp3", "iops": 8001}}, "must be at most 500 for each GiB"},
		"gp3 too wide":     {object{"rootBlockDevice": object{"volumeSize": 16, "volumeType": "gp3", "throughput": 751}}, "at most a quarter of iops"},
		"iops":             {object{"rootBlockDevice": object{"volumeType": "gp2", "iops": 200}}, "goes with volumeType gp3, io1 and io2"},
		"slow gp3":         {object{"rootBlockDevice": object{"volumeType": "gp3", "iops": 100}}, "iops must be 3000-80000"},
		"disk's key":       {object{"rootBlockDevice": object{"kmsKeyId": "k"}}, "kmsKeyId has no rules there"},
		"tokens":           {object{"metadataOptions": object{"httpTokens": "yes"}}, "metadataOptions.httpTokens must be one of optional, required"},
		"hops":             {object{"metadataOptions": object{"httpPutResponseHopLimit": 65}}, "1-64"},
		"user data":        {object{"userData": strings.Repeat("x", userDataLimit+1)}, "User data is limited to 16384 bytes"},
		"no base64":        {object{"userDataBase64": "%"}, "userDataBase64 must be base64"},
		"both":             {object{"userData": "a", "userDataBase64": "YQ=="}, "conflicts with userDataBase64"},
		"subnet and ENI":   {object{"networkInterfaces": []any{object{"deviceIndex": 0, "networkInterfaceId": "eni-0"}}}, "subnetId conflicts with networkInterfaces"},
		"private address":  {object{"privateIp": "10.20.0.1"}, "is in subnet's reserved address range"},
		"key":              {object{"keyName": "k"}, "unsupported"},
		"another's market": {object{"instanceMarketOptions": object{"marketType": "spot"}}, "unsupported"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.t = t
			c.refused(instanceToken, "web", instanceInputs(tt.in), tt.why)
		})
	}
	c.t = t
	c.refused(instanceToken, "web", instanceInputs(nil).without("subnetId"), "VPCIdNotSpecified")
	c.refused(instanceToken, "web", instanceInputs(nil).without("ami"), `"ami" is required`)
}

func TestUserDataCountsBeforeItIsEncoded(t *testing.T) {
	most := strings.Repeat("#", userDataLimit)
	encoded := base64.StdEncoding.EncodeToString([]byte(most))
	assert.Nil(t, userDataRule(object{"userData": most}))
	assert.Nil(t, userDataRule(object{"userDataBase64": encoded}))
	assert.Nil(t, userDataRule(object{"userData": encoded}), "encoded already")
	assert.Nil(t, userDataRule(object{"userData": unknown{}}))
	assert.NotNil(t, userDataRule(object{"userDataBase64": base64.StdEncoding.EncodeToString([]byte(most + "#"))}))
}

func TestArchitectureOf(t *testing.T) {
	for name, want := range map[string]string{
		"t4g.small": "arm64", "m7gd.large": "arm64", "c7gn.xlarge": "arm64", "t3.small": "x86_64", "m7i-flex.large": "x86_64", "t3a.nano": "x86_64",
	} {
		assert.Equal(t, want, architectureOf(name), name)
		assert.Nil(t, instanceTypeRule(object{"instanceType": name}))
	}
}

func TestInstanceProtection(t *testing.T) {
	c := newTestCloud(t)
	id, _ := c.create(instanceToken, "web", instanceInputs(object{"disableApiTermination": true}))
	assert.ErrorContains(t, c.tryDelete(instanceToken, id), "OperationNotPermitted: The instance '"+id+"' may not be terminated.")
	c.update(instanceToken, id, instanceInputs(object{"disableApiTermination": false}))
	c.delete(instanceToken, id)
	c.isSeed()
}

func TestInstancePublicAddress(t *testing.T) {
	c := newTestCloud(t)
	in := instanceInputs(object{"associatePublicIpAddress": true})
	id, state := c.create(instanceToken, "web", in)
	first := state.str("publicIp")
	require.NotEmpty(t, first)
	assert.Equal(t, publicDNS(testRegion, first), state.str("publicDns"))

	after := c.update(instanceToken, id, in.with(object{"tags": object{"a": "b"}}))
	assert.Equal(t, first, after.str("publicIp"))
	after = c.update(instanceToken, id, in.with(object{"userData": "x"}))
	assert.NotEqual(t, first, after.str("publicIp"), "a stopped instance loses its address")
}

func TestGetInstance(t *testing.T) {
	const token = "aws:ec2/getInstance:getInstance"
	c := newTestCloud(t)
	seeded := c.call(token, object{"instanceId": seedOpen})
	assert.Equal(t, []string{seedOpenGroup}, seeded.strs("vpcSecurityGroupIds"))
	assert.Equal(t, seedPublicA, seeded.str("subnetId"))
	assert.Equal(t, "203.0.113.80", seeded.str("publicIp"))

	id, state := c.create(instanceToken, "web", instanceInputs(object{"tags": object{"role": "origin"}, "userData": "s3cret"}))
	byTag := c.call(token, object{"instanceTags": object{"role": "origin"}})
	assert.Equal(t, id, byTag.str("id"))
	assert.Equal(t, state.str("privateIp"), byTag.str("privateIp"))
	assert.Equal(t, state.str("primaryNetworkInterfaceId"), byTag.str("networkInterfaceId"))
	assert.NotContains(t, byTag, "userData")
	filtered := c.call(token, object{"filters": []any{object{"name": "instance-type", "values": list("t4g.small")}}})
	assert.Equal(t, id, filtered.str("id"))

	_, err := c.invoke(token, object{"instanceId": "i-0"})
	assert.ErrorContains(t, err, "no matching EC2 instance found")
	_, err = c.invoke(token, object{})
	assert.ErrorContains(t, err, "multiple EC2 instances matched")
}

func TestGetAmi(t *testing.T) {
	const token = "aws:ec2/getAmi:getAmi"
	c := newTestCloud(t)
	filter := func(name, value string) object { return object{"name": name, "values": list(value)} }
	arm := []any{filter("name", "al2023-ami-2023.*"), filter("architecture", "arm64")}
	got := c.call(token, object{"owners": list("amazon"), "filters": arm, "mostRecent": true, "includeDeprecated": true})
	assert.Equal(t, newestImage("arm64"), got.str("id"))
	for why, in := range map[string]object{
		"returned no results":           {"owners": list("self"), "filters": arm, "mostRecent": true},
		"returned more than one result": {"owners": list("amazon"), "filters": arm},
		"The filter 'size' is invalid":  {"filters": []any{filter("size", "1")}},
	} {
		_, err := c.invoke(token, asObject(plain(in)))
		assert.ErrorContains(t, err, why)
	}
}
