package core

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A record is found by a string at a path, as it is now and in whatever block or
// list: what was there before, and what is absent, is not found.
func TestRecordsAreFoundByWhatTheyHold(t *testing.T) {
	rules := &table{records: map[string]Object{}}
	put := func(id, group string, targets ...string) {
		var actions []any
		for _, arn := range targets {
			actions = append(actions, map[string]any{"targetGroupArn": arn})
		}
		state := Object{"id": id, "actions": actions}
		if group != "" {
			state["groupId"] = group
		}
		rules.put(id, state)
	}
	put("b", "g1", "t1", "t2")
	put("a", "g1", "t2")
	put("c", "")
	assert.Equal(t, []string{"a", "b"}, rules.where("groupId", "g1"), "in the order of ids")
	assert.Empty(t, rules.where("groupId", ""), "an absent property holds no empty string")
	assert.Equal(t, []string{"a", "b"}, rules.where("actions.targetGroupArn", "t2"))

	put("a", "g2", "t3")
	rules.put("b", nil)
	put("d", "g1")
	assert.Equal(t, []string{"d"}, rules.where("groupId", "g1"))
	assert.Equal(t, []string{"a"}, rules.where("groupId", "g2"))
	assert.Empty(t, rules.where("actions.targetGroupArn", "t2"))
	assert.Equal(t, []string{"a"}, rules.where("actions.targetGroupArn", "t3"))
}

// What failed leaves no trace in what is found either.
func TestUndoneChangesAreNotFound(t *testing.T) {
	a := &Account{ID: "1"}
	a.put("aws:x/y:Y", "r", "kept", Object{"id": "kept", "name": "n"})
	found := func() []string { return a.tables[tableKey{"aws:x/y:Y", "r"}].where("name", "n") }
	assert.Equal(t, []string{"kept"}, found())
	err := NewMemory(a).Transact(func(c *Change) error {
		c.put("aws:x/y:Y", "r", "made", Object{"id": "made", "name": "n"})
		c.put("aws:x/y:Y", "r", "kept", Object{"id": "kept", "name": "other"})
		c.put("aws:x/y:Y", "r", "kept", nil)
		a.serial++
		return Refuse("Throttling", "later")
	})
	assert.Error(t, err)
	assert.Equal(t, []string{"kept"}, found())
	assert.Zero(t, a.serial)
}
