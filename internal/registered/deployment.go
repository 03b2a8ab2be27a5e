package registered

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// FromDeployment reads what `pulumi stack export` prints, or the deployment alone
// that is in it. Resources that are about to be deleted are left out.
//
// Pulumi encrypts a whole list when there is a secret in it: all origins of a
// distribution, all conditions of a rule. Read then goes by what is likely, and
// its notes say so. With --show-secrets everything can be read; values are
// replaced in the plan all the same.
func FromDeployment(raw []byte) ([]Resource, error) {
	var export struct {
		Version    int
		Deployment *deployment
		deployment // the file may be the inner part alone
	}
	var syntax *json.SyntaxError
	switch err := json.Unmarshal(raw, &export); {
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, errors.New("it is empty: let `pulumi stack export` write it")
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("it is not JSON, which `pulumi stack export` prints: %w", err)
	case err != nil:
		return nil, errors.New("it is JSON of something else than `pulumi stack export` prints")
	}
	inner := &export.deployment
	if export.Deployment != nil {
		inner = export.Deployment
		if export.Version < 3 {
			return nil, fmt.Errorf("version %d of a deployment is too old: let a Pulumi CLI of 2019 or later export it", export.Version)
		}
	}
	if inner.Resources == nil {
		return nil, errors.New("it has no resources: it is not what `pulumi stack export` prints")
	}
	var out []Resource
	for _, r := range inner.Resources {
		urn := strings.Split(r.URN, "::")
		if r.Custom && !r.Delete && !strings.HasPrefix(r.Type, "pulumi:") {
			out = append(out, Resource{Type: r.Type, ID: r.ID, Name: urn[len(urn)-1], State: r.state()})
		}
	}
	return out, nil
}

type deployment struct {
	Resources []deployed `json:"resources"`
}

// deployed is a resource of a deployment.
type deployed struct {
	URN, ID, Type   string
	Custom, Delete  bool
	Inputs, Outputs map[string]any
}

// state is what the provider returned. What of it cannot be read may be readable
// among the inputs, and user data is a digest in what the provider returns.
func (d deployed) state() map[string]any {
	state := map[string]any{}
	for key, value := range d.Outputs {
		state[key] = plain(value, false)
	}
	for _, key := range slices.Sorted(maps.Keys(d.Inputs)) {
		value := plain(d.Inputs[key], false)
		_, encrypted := value.(Secret)
		_, hidden := state[key].(Secret)
		if state[key] == nil || hidden && !encrypted || strings.HasPrefix(key, "userData") {
			state[key] = value
		}
	}
	return state
}

// Marks in a deployment.
// Sourced: https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig
const (
	signature       = "4dabf18193072939515e22adb298388d"
	secretSignature = "1b47061264138c4ac30d75fd1eb44270"
	masked          = "[secret]"
	notKnown        = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

// plain is a value of a deployment without Pulumi's marks. secret says that it stands
// inside a secret.
func plain(v any, secret bool) any {
	switch v := v.(type) {
	case string:
		switch {
		case v == masked:
			return Secret{}
		case v == notKnown:
			return nil
		case secret:
			return SecretText(v)
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plain(e, secret)
		}
		return out
	case map[string]any:
		if v[signature] == secretSignature {
			return opened(v)
		}
		out := map[string]any{}
		for key, e := range v {
			out[key] = plain(e, secret)
		}
		return out
	}
	return v
}

// opened is a secret: readable when it was exported so.
func opened(secret map[string]any) any {
	text, ok := secret["plaintext"].(string)
	var value any
	if !ok || json.Unmarshal([]byte(text), &value) != nil {
		return Secret{}
	}
	return plain(value, true)
}
