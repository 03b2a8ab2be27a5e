package core

import (
	"encoding/json"
	"reflect"
)

// SameJSON tells whether two texts are the same JSON document, whatever their
// spaces and the order of their keys, as the real provider compares policies.
func SameJSON(was, is any) bool {
	a, aErr := document(was)
	b, bErr := document(is)
	return aErr == nil && bErr == nil && reflect.DeepEqual(a, b)
}

func document(v any) (out any, err error) {
	text, _ := v.(string)
	err = json.Unmarshal([]byte(text), &out)
	return out, err
}
