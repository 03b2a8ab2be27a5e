package ec2_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/region"
)

// newestImage is what the public parameter of an architecture points to.
func newestImage(architecture string) string {
	return region.Al2023Image(cloudtest.Region, region.Al2023Releases[len(region.Al2023Releases)-1], architecture).ID
}

// instanceInputs are those of a small Graviton instance in a seeded subnet.
func instanceInputs(more core.Object) core.Object {
	return core.Object{"ami": newestImage("arm64"), "instanceType": "t4g.small", "subnetId": cloudtest.SeededSubnetA}.With(more)
}

func TestInstance(t *testing.T) {
	c := cloudtest.New(t)
	group := c.SecurityGroup(cloudtest.SeededVpc, "web")
	id, state := c.Create(ec2.InstanceToken, "web", instanceInputs(core.Object{"vpcSecurityGroupIds": core.List(group)}))
	assert.Equal(t, "arn:aws:ec2:ap-northeast-1:123456789012:instance/"+id, state.Str("arn"))
	assert.Equal(t, "running", state.Str("instanceState"))
	assert.Equal(t, cloudtest.Region+"a", state.Str("availabilityZone"))
	assert.Regexp(t, `^10\.20\.0\.\d+$`, state.Str("privateIp"))
	assert.Empty(t, state.Str("publicIp"), "the subnet gives none")
	assert.Equal(t, "required", state.Block("metadataOptions").Str("httpTokens"))
	assert.Equal(t, "unlimited", state.Block("creditSpecification").Str("cpuCredits"))

	assert.ErrorContains(t, c.TryDelete(ec2.SecurityGroupToken, group), "DependencyViolation")
	other := c.SecurityGroup(cloudtest.SeededVpc, "other")
	state = c.Update(ec2.InstanceToken, id, instanceInputs(core.Object{"vpcSecurityGroupIds": core.List(other)}))
	assert.Equal(t, []string{other}, state.Strs("vpcSecurityGroupIds"))
	assert.Equal(t, []string{other}, c.State(ec2.NetworkInterfaceToken, state.Str("primaryNetworkInterfaceId")).Strs("securityGroups"))

	c.Delete(ec2.InstanceToken, id)
	c.Delete(ec2.SecurityGroupToken, group)
	c.Delete(ec2.SecurityGroupToken, other)
	c.IsSeed()
}

func TestInstanceWithDefaultGroup(t *testing.T) {
	c := cloudtest.New(t)
	_, state := c.Create(ec2.InstanceToken, "web", instanceInputs(nil))
	assert.Equal(t, []string{cloudtest.SeededDefaultGroup}, state.Strs("vpcSecurityGroupIds"))
}

func TestInstanceChanges(t *testing.T) {
	c := cloudtest.New(t)
	in := instanceInputs(core.Object{"userData": "a", "rootBlockDevice": core.Object{"volumeSize": 16, "encrypted": true, "volumeType": "gp3"}})
	id, _ := c.Create(ec2.InstanceToken, "web", in)
	tests := map[string]struct {
		in                core.Object
		changed, replaces []string
	}{
		"user data":            {core.Object{"userData": "b"}, []string{"userData"}, nil},
		"user data that tells": {core.Object{"userData": "b", "userDataReplaceOnChange": true}, []string{"userData", "userDataReplaceOnChange"}, []string{"userData"}},
		"only the telling":     {core.Object{"userDataReplaceOnChange": true}, []string{"userDataReplaceOnChange"}, nil},
		"size":                 {core.Object{"instanceType": "t4g.medium"}, []string{"instanceType"}, nil},
		"processor":            {core.Object{"instanceType": "t3.small"}, []string{"instanceType"}, []string{"instanceType"}},
		"image":                {core.Object{"ami": "ami-1"}, []string{"ami"}, []string{"ami"}},
		"larger disk":          {core.Object{"rootBlockDevice": core.Object{"volumeSize": 32, "encrypted": true, "volumeType": "gp3"}}, []string{"rootBlockDevice"}, nil},
		"encryption":           {core.Object{"rootBlockDevice": core.Object{"volumeSize": 16, "encrypted": false, "volumeType": "gp3"}}, []string{"rootBlockDevice"}, []string{"rootBlockDevice"}},
		"protection":           {core.Object{"disableApiTermination": true}, []string{"disableApiTermination"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := c.ChangeOf(ec2.InstanceToken, id, in.With(tt.in))
			assert.Equal(t, tt.changed, got.Changed)
			assert.Equal(t, tt.replaces, got.Replaces)
		})
	}
	_, err := c.TryUpdate(ec2.InstanceToken, id, in.With(core.Object{"rootBlockDevice": core.Object{"volumeSize": 10, "encrypted": true, "volumeType": "gp3"}}))
	assert.ErrorContains(t, err, "New size cannot be smaller than existing size")
}

func TestInstanceRefusals(t *testing.T) {
	c := cloudtest.New(t)
	foreign := c.SecurityGroup(c.Vpc(), "foreign")
	tests := map[string]struct {
		in  core.Object
		why string
	}{
		"image":            {core.Object{"ami": "ami-0"}, "InvalidAMIID.NotFound: The image id '[ami-0]' does not exist"},
		"image elsewhere":  {core.Object{"ami": region.Al2023Image("us-east-1", region.Al2023Releases[0], "arm64").ID}, "InvalidAMIID.NotFound"},
		"architecture":     {core.Object{"ami": newestImage("x86_64")}, "InvalidParameterValue: The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64'"},
		"type":             {core.Object{"instanceType": "t9.small"}, "Invalid value 't9.small' for InstanceType."},
		"subnet":           {core.Object{"subnetId": "subnet-0"}, "InvalidSubnetID.NotFound"},
		"group":            {core.Object{"vpcSecurityGroupIds": core.List("sg-0")}, "InvalidGroup.NotFound"},
		"group's network":  {core.Object{"vpcSecurityGroupIds": core.List(foreign)}, "InvalidParameter: Security group " + foreign + " and subnet " + cloudtest.SeededSubnetA + " belong to different networks."},
		"profile":          {core.Object{"iamInstanceProfile": "none"}, "Invalid IAM Instance Profile name"},
		"zone":             {core.Object{"availabilityZone": cloudtest.Region + "c"}, "does not match the subnet's"},
		"disk too small":   {core.Object{"rootBlockDevice": core.Object{"volumeSize": 4}}, "InvalidBlockDeviceMapping: Volume of size 4GB is smaller"},
		"disk type":        {core.Object{"rootBlockDevice": core.Object{"volumeType": "st1"}}, "rootBlockDevice.volumeType must be one of"},
		"throughput":       {core.Object{"rootBlockDevice": core.Object{"throughput": 200}}, "goes with volumeType gp3 only"},
		"disk too large":   {core.Object{"rootBlockDevice": core.Object{"volumeSize": 16385, "volumeType": "gp2"}}, "volumeSize must be 1-16384"},
		"gp3 too large":    {core.Object{"rootBlockDevice": core.Object{"volumeSize": 65537, "volumeType": "gp3"}}, "volumeSize must be 1-65536"},
		"gp3 too fast":     {core.Object{"rootBlockDevice": core.Object{"volumeSize": 16, "volumeType": "gp3", "iops": 8001}}, "must be at most 500 for each GiB"},
		"gp3 too wide":     {core.Object{"rootBlockDevice": core.Object{"volumeSize": 16, "volumeType": "gp3", "throughput": 751}}, "at most a quarter of iops"},
		"iops":             {core.Object{"rootBlockDevice": core.Object{"volumeType": "gp2", "iops": 200}}, "goes with volumeType gp3, io1 and io2"},
		"slow gp3":         {core.Object{"rootBlockDevice": core.Object{"volumeType": "gp3", "iops": 100}}, "iops must be 3000-80000"},
		"disk's key":       {core.Object{"rootBlockDevice": core.Object{"kmsKeyId": "k"}}, `"rootBlockDevice.kmsKeyId" of aws:ec2/instance:Instance has no rules there`},
		"tokens":           {core.Object{"metadataOptions": core.Object{"httpTokens": "yes"}}, "metadataOptions.httpTokens must be one of optional, required"},
		"hops":             {core.Object{"metadataOptions": core.Object{"httpPutResponseHopLimit": 65}}, "1-64"},
		"user data":        {core.Object{"userData": strings.Repeat("x", 16*1024+1)}, "User data is limited to 16384 bytes"},
		"no base64":        {core.Object{"userDataBase64": "%"}, "userDataBase64 must be base64"},
		"both":             {core.Object{"userData": "a", "userDataBase64": "YQ=="}, "ConflictsWith: userData cannot be given together with userDataBase64"},
		"subnet and ENI":   {core.Object{"networkInterfaces": []any{core.Object{"deviceIndex": 0, "networkInterfaceId": "eni-0"}}}, "ConflictsWith: subnetId cannot be given together with networkInterfaces"},
		"private address":  {core.Object{"privateIp": "10.20.0.1"}, "is in subnet's reserved address range"},
		"key":              {core.Object{"keyName": "k"}, "unsupported"},
		"another's market": {core.Object{"instanceMarketOptions": core.Object{"marketType": "spot"}}, "unsupported"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.For(t).Refused(ec2.InstanceToken, "web", instanceInputs(tt.in), tt.why)
		})
	}
	var six []string
	for i := range 6 {
		six = append(six, c.SecurityGroup(cloudtest.SeededVpc, fmt.Sprintf("g%d", i)))
	}
	c.Refused(ec2.InstanceToken, "web", instanceInputs(core.Object{"vpcSecurityGroupIds": core.List(six...)}), "SecurityGroupsPerInterfaceLimitExceeded")
	c.Refused(ec2.InstanceToken, "web", instanceInputs(nil).Without("subnetId"), "VPCIdNotSpecified")
	c.Refused(ec2.InstanceToken, "web", instanceInputs(nil).Without("ami"), `"ami" is required`)
}

// Two inputs that exclude each other are one refusal.
func TestUserDataGivenTwice(t *testing.T) {
	got := cloudtest.New(t).FaultsOf(ec2.InstanceToken, instanceInputs(core.Object{"userData": "a", "userDataBase64": "YQ=="}))
	assert.NotContains(t, got, "must be base64")
}

func TestUserDataCountsBeforeItIsEncoded(t *testing.T) {
	c := cloudtest.New(t)
	most := strings.Repeat("#", 16*1024)
	encoded := base64.StdEncoding.EncodeToString([]byte(most))
	for name, tt := range map[string]struct {
		in   core.Object
		want string
	}{
		"plain":             {core.Object{"userData": most}, ""},
		"base64":            {core.Object{"userDataBase64": encoded}, ""},
		"encoded already":   {core.Object{"userData": encoded}, ""},
		"too much, encoded": {core.Object{"userDataBase64": base64.StdEncoding.EncodeToString([]byte(most + "#"))}, "User data is limited to 16384 bytes"},
	} {
		got := c.FaultsOf(ec2.InstanceToken, instanceInputs(tt.in))
		if tt.want == "" {
			assert.Empty(t, got, name)
			continue
		}
		assert.Contains(t, got, tt.want, name)
	}
}

// An image runs on the processors that it was made for, and on no others.
func TestArchitectures(t *testing.T) {
	c := cloudtest.New(t)
	for name, architecture := range map[string]string{
		"t4g.small": "arm64", "m7gd.large": "arm64", "c7gn.xlarge": "arm64", "t3.small": "x86_64", "m7i-flex.large": "x86_64", "t3a.nano": "x86_64",
	} {
		c.Create(ec2.InstanceToken, "web", instanceInputs(core.Object{"ami": newestImage(architecture), "instanceType": name}))
		for _, other := range region.Architectures {
			if other != architecture {
				c.Refused(ec2.InstanceToken, "web", instanceInputs(core.Object{"ami": newestImage(other), "instanceType": name}),
					"does not match the architecture")
			}
		}
	}
}

func TestInstanceProtection(t *testing.T) {
	c := cloudtest.New(t)
	id, _ := c.Create(ec2.InstanceToken, "web", instanceInputs(core.Object{"disableApiTermination": true}))
	assert.ErrorContains(t, c.TryDelete(ec2.InstanceToken, id), "OperationNotPermitted: The instance '"+id+"' may not be terminated.")
	c.Update(ec2.InstanceToken, id, instanceInputs(core.Object{"disableApiTermination": false}))
	c.Delete(ec2.InstanceToken, id)
	c.IsSeed()
}

func TestInstancePublicAddress(t *testing.T) {
	c := cloudtest.New(t)
	in := instanceInputs(core.Object{"associatePublicIpAddress": true})
	id, state := c.Create(ec2.InstanceToken, "web", in)
	first := state.Str("publicIp")
	require.NotEmpty(t, first)
	assert.Equal(t, "ec2-"+strings.ReplaceAll(first, ".", "-")+".ap-northeast-1.compute.amazonaws.com", state.Str("publicDns"))

	after := c.Update(ec2.InstanceToken, id, in.With(core.Object{"tags": core.Object{"a": "b"}}))
	assert.Equal(t, first, after.Str("publicIp"))
	after = c.Update(ec2.InstanceToken, id, in.With(core.Object{"userData": "x"}))
	assert.NotEqual(t, first, after.Str("publicIp"), "a stopped instance loses its address")
}

// What a stop may change is not known before: a preview does not show the address
// that the instance is about to lose.
func TestPreviewOfAStop(t *testing.T) {
	c := cloudtest.New(t)
	in := instanceInputs(core.Object{"associatePublicIpAddress": true, "userData": "a"})
	_, state := c.Create(ec2.InstanceToken, "web", in)
	k, err := c.Type(ec2.InstanceToken)
	require.NoError(t, err)
	for _, stops := range []core.Object{{"userData": "b"}, {"instanceType": "t4g.medium"}} {
		planned, err := c.PreviewUpdate(k, state, in, in.With(stops))
		require.NoError(t, err)
		assert.Equal(t, core.Unknown{}, planned["publicIp"], stops)
		assert.Equal(t, core.Unknown{}, planned["publicDns"], stops)
	}
	planned, err := c.PreviewUpdate(k, state, in, in.With(core.Object{"disableApiTermination": true}))
	require.NoError(t, err)
	assert.Equal(t, state.Str("publicIp"), planned.Str("publicIp"))
}

func TestGetInstance(t *testing.T) {
	const token = "aws:ec2/getInstance:getInstance"
	c := cloudtest.New(t)
	seeded := c.Call(token, core.Object{"instanceId": cloudtest.SeededOpenInstance})
	assert.Equal(t, []string{cloudtest.SeededOpenGroup}, seeded.Strs("vpcSecurityGroupIds"))
	assert.Equal(t, cloudtest.SeededSubnetA, seeded.Str("subnetId"))
	assert.Equal(t, "203.0.113.80", seeded.Str("publicIp"))

	id, state := c.Create(ec2.InstanceToken, "web", instanceInputs(core.Object{"tags": core.Object{"role": "origin"}, "userData": "s3cret"}))
	byTag := c.Call(token, core.Object{"instanceTags": core.Object{"role": "origin"}})
	assert.Equal(t, id, byTag.Str("id"))
	assert.Equal(t, state.Str("privateIp"), byTag.Str("privateIp"))
	assert.Equal(t, state.Str("primaryNetworkInterfaceId"), byTag.Str("networkInterfaceId"))
	assert.NotContains(t, byTag, "userData")
	filtered := c.Call(token, core.Object{"filters": []any{core.Object{"name": "instance-type", "values": core.List("t4g.small")}}})
	assert.Equal(t, id, filtered.Str("id"))

	_, err := c.TryCall(token, core.Object{"instanceId": "i-0"})
	assert.ErrorContains(t, err, "no matching EC2 instance found")
	_, err = c.TryCall(token, core.Object{})
	assert.ErrorContains(t, err, "multiple EC2 instances matched")
}

func TestGetAmi(t *testing.T) {
	const token = "aws:ec2/getAmi:getAmi"
	c := cloudtest.New(t)
	filter := func(name, value string) core.Object { return core.Object{"name": name, "values": core.List(value)} }
	arm := []any{filter("name", "al2023-ami-2023.*"), filter("architecture", "arm64")}
	got := c.Call(token, core.Object{"owners": core.List("amazon"), "filters": arm, "mostRecent": true, "includeDeprecated": true})
	assert.Equal(t, newestImage("arm64"), got.Str("id"))
	for why, in := range map[string]core.Object{
		"returned no results":           {"owners": core.List("self"), "filters": arm, "mostRecent": true},
		"returned more than one result": {"owners": core.List("amazon"), "filters": arm},
		"The filter 'size' is invalid":  {"filters": []any{filter("size", "1")}},
	} {
		_, err := c.TryCall(token, core.AsObject(core.Plain(in)))
		assert.ErrorContains(t, err, why)
	}
}
