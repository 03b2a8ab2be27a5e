package awsrule_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/internal/awsrule"
)

func TestInstance(t *testing.T) {
	assert.NoError(t, awsrule.InstanceID("i-0123456789abcdef0"))
	assert.EqualError(t, awsrule.InstanceID("web-1"), `must be the id of an EC2 instance such as i-0123456789abcdef0, got "web-1"`)
	assert.NoError(t, awsrule.InstanceState("running"))
	assert.NoError(t, awsrule.InstanceState("pending"))
	assert.EqualError(t, awsrule.InstanceState("stopped"),
		"must be an instance that runs, got one that is stopped: the load balancer would not use it, and viewers would get 503; start it")
	assert.EqualError(t, awsrule.InstanceState("terminated"), "must be an instance that can run, got one that is terminated")
}

func TestInstancePlace(t *testing.T) {
	assert.NoError(t, awsrule.InstanceVPC("vpc-1", "vpc-1"))
	assert.ErrorContains(t, awsrule.InstanceVPC("vpc-2", "vpc-1"), "must be an instance in the load balancer's VPC, vpc-1, got one in vpc-2")
	assert.NoError(t, awsrule.InstanceZone("c", []string{"a", "c"}))
	assert.ErrorContains(t, awsrule.InstanceZone("d", []string{"a", "c"}), "must be an instance in one of the load balancer's zones, a, c, got one in d")
}

func TestGroupsAdmitted(t *testing.T) {
	assert.Equal(t, []string{"sg-2"}, awsrule.GroupsAdmitted([]awsrule.SecurityGroupRule{
		{Protocol: "tcp", FromPort: 443, ToPort: 443, FromGroup: "sg-2"}, {Protocol: "-1", FromGroup: "sg-2"},
		{Protocol: "tcp", FromPort: 22, ToPort: 22, FromGroup: "sg-3"}, {Protocol: "-1", Addresses: "10.0.0.0/8"},
	}, 443))
}

func TestInstanceGroup(t *testing.T) {
	tests := []struct {
		name, wanted  string
		groups        []string
		want, wantErr string
	}{
		{"the only one", "", []string{"sg-1"}, "sg-1", ""},
		{"the wanted one", "sg-2", []string{"sg-1", "sg-2"}, "sg-2", ""},
		{"not the instance's", "sg-3", []string{"sg-1", "sg-2"}, "", `must be one of the instance's groups, sg-1, sg-2, got "sg-3"`},
		{"several", "", []string{"sg-1", "sg-2"}, "", "is required: choose one of the instance's groups, sg-1, sg-2"},
		{"none", "", nil, "", "is required: no security group"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := awsrule.InstanceGroup(tt.wanted, tt.groups)
			assertErrorContains(t, err, tt.wantErr)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestOpenIngress(t *testing.T) {
	rule := func(protocol string, from, to int, addresses, group string) awsrule.SecurityGroupRule {
		return awsrule.SecurityGroupRule{
			ID: "sgr-1", GroupID: "sg-1", Protocol: protocol, FromPort: from, ToPort: to, Addresses: addresses, FromGroup: group,
		}
	}
	const everyone = "must be reached on port 443 through the load balancer only, but these rules admit others, who would get 200 from the instance itself: " +
		`sgr-1 of sg-1 (0.0.0.0/0); remove them, or set openIngress to "warn"`
	tests := []struct {
		name                   string
		give                   awsrule.SecurityGroupRule
		wantAddresses, wantErr string
	}{
		{"the port", rule("tcp", 443, 443, "0.0.0.0/0", ""), everyone, ""},
		{"a range around the port", rule("tcp", 400, 500, "0.0.0.0/0", ""), everyone, ""},
		{"TCP by number", rule("6", 443, 443, "0.0.0.0/0", ""), everyone, ""},
		{"all protocols", rule("-1", -1, -1, "0.0.0.0/0", ""), everyone, ""},
		{"another port", rule("tcp", 22, 22, "0.0.0.0/0", ""), "", ""},
		{"a range below the port", rule("tcp", 400, 442, "0.0.0.0/0", ""), "", ""},
		{"another protocol", rule("udp", 443, 443, "0.0.0.0/0", ""), "", ""},
		{"a prefix list", rule("tcp", 443, 443, "pl-1", ""), "sgr-1 of sg-1 (pl-1)", ""},
		{"the load balancer's group", rule("tcp", 443, 443, "", "sg-alb"), "", ""},
		{"another group", rule("tcp", 443, 443, "", "sg-2"), "", "sgr-1 of sg-1 (sg-2)"},
		{"its own group", rule("-1", -1, -1, "", "sg-1"), "", "sgr-1 of sg-1 (sg-1)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules := []awsrule.SecurityGroupRule{tt.give}
			assertErrorContains(t, awsrule.OpenToAddresses(rules, 443), tt.wantAddresses)
			assertErrorContains(t, awsrule.OpenToGroups(rules, 443, func(group string) bool { return group == "sg-alb" }), tt.wantErr)
		})
	}
}

func TestOpenIngressNamesEveryRuleInOrder(t *testing.T) {
	err := awsrule.OpenToAddresses([]awsrule.SecurityGroupRule{
		{ID: "sgr-2", GroupID: "sg-1", Protocol: "-1", Addresses: "::/0"},
		{ID: "sgr-1", GroupID: "sg-1", Protocol: "-1", Addresses: "0.0.0.0/0"},
	}, 443)
	assert.ErrorContains(t, err, "sgr-1 of sg-1 (0.0.0.0/0), sgr-2 of sg-1 (::/0)")
}
