//go:build firstboot

package firstboot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/iampolicy"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/firstboot"
)

// instance is a registered TLSInstance.
type instance struct {
	parameters string // the assignments in its user data
	script     string // first-boot.sh in its user data
	start      string // the command by which systemd starts that
	policies   []string
	ready      string // the script of its association
	secret     string // the accepted values of its secret, "" without one
	parameter  string // the ARN of the parameter that holds them
}

// registered finds the one instance of an account that has a first boot.
func registered(t *testing.T, account *core.Account) instance {
	t.Helper()
	var found []map[string]any
	for _, state := range account.All("aws:ec2/instance:Instance") {
		if data, _ := state["userData"].(string); strings.Contains(data, "export PORTICO_") {
			found = append(found, state)
		}
	}
	require.Len(t, found, 1)
	data := found[0]["userData"].(string)
	associations := account.All("aws:ssm/association:Association")
	require.Len(t, associations, 1)
	i := instance{
		ready:      associations[0]["parameters"].(map[string]any)["commands"].(string),
		parameters: between(t, data, "\n\nexport ", "\nPORTICO_REGION=", "export "),
		script:     between(t, data, "<<'END_OF_FIRST_BOOT'\n", "END_OF_FIRST_BOOT\n", ""),
		start:      between(t, data, "ExecStart=/bin/bash ", "\n", "/bin/bash "),
		policies:   policiesOf(t, account, found[0]["iamInstanceProfile"].(string)),
	}
	for _, p := range account.All("aws:ssm/parameter:Parameter") {
		i.parameter, i.secret = p["arn"].(string), p["value"].(string)
	}
	return i
}

func between(t *testing.T, text, begin, end, prefix string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, begin)
	require.True(t, found, "no %q in the user data", begin)
	part, _, found := strings.Cut(rest, end)
	require.True(t, found, "no %q in the user data", end)
	return prefix + part
}

// policiesOf are the policies in the role of an instance profile.
func policiesOf(t *testing.T, account *core.Account, profile string) (policies []string) {
	t.Helper()
	for _, p := range account.All("aws:iam/instanceProfile:InstanceProfile") {
		for _, policy := range account.All("aws:iam/rolePolicy:RolePolicy") {
			if p["name"] == profile && policy["role"] == p["role"] {
				policies = append(policies, policy["policy"].(string))
			}
		}
	}
	require.NotEmpty(t, policies)
	return policies
}

// may says whether the policies of the instance's role allow a call.
func (i instance) may(call firstboot.Call) (bool, error) {
	return iampolicy.Allows(i.policies, iampolicy.Call{Action: call.Action, Resource: call.Resource, Context: call.Context})
}
