package registered

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// ReadServers reads a file of what servers answer: JSON, by instance id, the
// instance's Name tag or ECS service name. An error names the field, as in
// app.listeners[0].protocol, the value, and what would be allowed. NameServers
// checks the names.
func ReadServers(raw []byte) (map[string]Server, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, errors.New(`it is empty: write {} or what servers answer, such as {"NAME": {"listeners": [{"port": 80}]}}`)
	}
	if err := checkShape(raw); err != nil {
		return nil, err
	}
	var servers map[string]Server
	if err := json.Unmarshal(raw, &servers); err != nil {
		return nil, errors.New("it does not say what servers answer")
	}
	for _, name := range slices.Sorted(maps.Keys(servers)) {
		if err := checkPorts(field(name, "listeners"), servers[name].Listeners); err != nil {
			return nil, err
		}
	}
	return servers, nil
}

func checkPorts(at string, listeners []requestpath.ServerListener) error {
	seen := map[int]bool{}
	for i, l := range listeners {
		if l.Port == 0 {
			return fmt.Errorf("%s[%d].port: it is missing: a listener needs a port, 1-65535", at, i)
		}
		if seen[l.Port] {
			return fmt.Errorf("%s[%d].port: %d is listened on twice: keep one listener for each port", at, i, l.Port)
		}
		seen[l.Port] = true
	}
	return nil
}

// CheckServers is the check of ReadServers for servers that come from no file.
func CheckServers(servers map[string]Server) error {
	if servers == nil {
		return nil
	}
	raw, err := json.Marshal(servers)
	if err != nil {
		return err
	}
	_, err = ReadServers(raw)
	return err
}

// NameServers has every entry under the name that the resources know: instance
// ids, Name tags, names of ECS services, and what target groups refer to. A service
// may be called without what Pulumi adds, as app for app-0cba81f, when it is the
// only such one. An error says which names there are.
func NameServers(servers map[string]Server, resources []Resource, o Options) (map[string]Server, error) {
	if len(servers) == 0 {
		return servers, nil
	}
	o.Servers = nil
	m, err := Read(resources, o)
	if err != nil {
		return nil, err
	}
	out := map[string]Server{}
	for _, key := range slices.Sorted(maps.Keys(servers)) {
		name, err := m.serverNamed(key)
		if err != nil {
			return nil, err
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("%s: it is the server that another entry is about too, %s: keep one of the two", key, name)
		}
		out[name] = servers[key]
	}
	return out, nil
}

func (m *Model) serverNamed(key string) (string, error) {
	other := func(service string) bool { return key == "" || withoutSuffix(service) != key }
	meant := slices.DeleteFunc(slices.Clone(m.services), other)
	switch {
	case slices.Contains(m.servers, key):
		return key, nil
	case len(meant) == 1:
		return meant[0], nil
	case len(meant) > 1:
		return "", fmt.Errorf("%s: several ECS services have that name without Pulumi's suffix: name one of %s", key, strings.Join(meant, ", "))
	}
	there := "there are " + strings.Join(m.servers, ", ")
	if len(m.servers) == 0 {
		there = "there is no server at all"
	}
	return "", fmt.Errorf("%s: no instance has that id or Name tag and no ECS service that name: %s", key, there)
}

// suffixDigits is how many random digits Pulumi adds to a name.
// Sourced: https://www.pulumi.com/docs/iac/concepts/resources/names/
const suffixDigits = 7

// withoutSuffix is the name before what Pulumi adds, "" when it has added nothing.
func withoutSuffix(name string) string {
	i := len(name) - suffixDigits - 1
	if i < 1 || name[i] != '-' || strings.Trim(name[i+1:], "0123456789abcdef") != "" {
		return ""
	}
	return name[:i]
}

// serverNames are Model.servers and Model.services.
func (r *reader) serverNames() (all, services []string) {
	for _, i := range r.all[typeInstance] {
		all = append(append(all, i.id), nameTags(i.object)...)
	}
	for _, s := range r.Plan.Servers {
		all = append(all, s.Name)
	}
	services = present(pluck(r.all[typeService], "name"))
	return present(append(all, services...)), services
}
