package cloud_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/cloud"
)

const (
	instanceType = "aws:ec2/instance:Instance"
	listenerType = "aws:lb/listener:Listener"
	taskType     = "aws:ecs/task:Task"
)

// readAs is the error of reading all resources of a type into a struct.
func readAs[T any](t *testing.T, token string) error {
	t.Helper()
	a, err := cloud.Seed()
	require.NoError(t, err)
	_, listErr := cloud.States[T](a, token)
	_, oneErr := cloud.StateOf[T](token, map[string]any{})
	assert.Equal(t, listErr, oneErr)
	_, again := cloud.States[T](a, token)
	assert.Equal(t, listErr, again, "the second time")
	return listErr
}

// Fields read the properties that they name, and properties without a field are
// left alone.
func TestStatesAreReadByName(t *testing.T) {
	a, err := cloud.Seed()
	require.NoError(t, err)
	got, err := cloud.States[struct {
		ID            string `json:"id"`
		InstanceState string
		Address       string `json:"privateIp"`
		Tags          map[string]string
	}](a, instanceType)
	require.NoError(t, err)
	require.Len(t, got, 2)
	for i, state := range a.All(instanceType) {
		assert.Equal(t, state["id"], got[i].ID)
		assert.Equal(t, state["privateIp"], got[i].Address)
		assert.Equal(t, "running", got[i].InstanceState)
		assert.NotEmpty(t, got[i].Tags["Name"])
	}
}

// A misspelt field is an error also when the account has no resource of the type.
func TestFieldsWithoutAPropertyAreRefused(t *testing.T) {
	type action struct{ Type, TargetGroup string }
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"a misspelt field": {readAs[struct{ InstanceSate string }](t, instanceType), `field InstanceSate: aws:ec2/instance:Instance has no property "instanceSate"`},
		"other capitals":   {readAs[struct{ PrivateIP string }](t, instanceType), `has no property "privateIP"`},
		"a misspelt tag": {readAs[struct {
			ID string `json:"ids"`
		}](t, instanceType), `has no property "ids"`},
		"nested, in a list":  {readAs[struct{ DefaultActions []action }](t, listenerType), `field TargetGroup: aws:lb/listener:Listener.defaultActions has no property "targetGroup"`},
		"nested, in a block": {readAs[struct{ MutualAuthentication struct{ Mod string } }](t, listenerType), `Listener.mutualAuthentication has no property "mod"`},
		"an id of a block": {readAs[struct {
			DefaultActions []struct {
				ID string `json:"id"`
			}
		}](t, listenerType), `defaultActions has no property "id"`},
		"in an embedded struct":   {readAs[struct{ DefaultActions []struct{ action } }](t, listenerType), `defaultActions has no property "targetGroup"`},
		"a struct for a string":   {readAs[struct{ Protocol struct{ Name string } }](t, listenerType), "Listener.protocol is no block"},
		"of what ECS itself runs": {readAs[struct{ Targets []struct{ Ports int } }](t, taskType), `Task.targets has no property "ports"`},
		"a type there is not":     {readAs[struct{}](t, "aws:ec2/instance:Instances"), "no resources of type aws:ec2/instance:Instances"},
	} {
		assert.ErrorContains(t, tc.err, tc.want, name)
	}
	assert.NoError(t, readAs[struct {
		Port                 *int
		DefaultActions       []struct{ Type, TargetGroupArn string }
		MutualAuthentication *struct{ Mode string }
	}](t, listenerType))
	assert.NoError(t, readAs[struct{ Conditions []map[string]json.RawMessage }](t, "aws:lb/listenerRule:ListenerRule"))
}

// A value of another kind than the field's is an error that names the resource.
func TestStatesOfAnotherKindAreRefused(t *testing.T) {
	_, err := cloud.StateOf[struct{ Port int }](listenerType, map[string]any{"id": "arn:l", "port": "443"})
	assert.ErrorContains(t, err, "reading aws:lb/listener:Listener arn:l")
}
