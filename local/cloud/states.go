package cloud

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// States are the states of all resources of a type, in the order of All, read into
// a struct. Each field, also of nested blocks, reads the property that its json tag
// names; without a tag, the one of its own name with a small first letter. A field
// that names no property of the type is an error, whether or not the account has
// such a resource.
func States[T any](a *Account, token string) ([]T, error) {
	if err := checkFields(reflect.TypeFor[T](), token); err != nil {
		return nil, err
	}
	var out []T
	for _, state := range a.All(token) {
		one, err := StateOf[T](token, state)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// StateOf reads one state of a type as States does.
func StateOf[T any](token string, state map[string]any) (T, error) {
	var out T
	if err := checkFields(reflect.TypeFor[T](), token); err != nil {
		return out, err
	}
	raw, err := json.Marshal(state)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return out, fmt.Errorf("reading %s %v: %w", token, state["id"], err)
	}
	return out, nil
}

// checkedFields holds the result of checkFields by what was checked.
var checkedFields sync.Map // of fieldCheck to error

type fieldCheck struct {
	into  reflect.Type
	token string
}

// checkFields is that each field of a struct names a property of a resource type.
func checkFields(into reflect.Type, token string) error {
	key := fieldCheck{into, token}
	if result, ok := checkedFields.Load(key); ok {
		err, _ := result.(error)
		return err
	}
	state, err := stateType(token)
	if err == nil {
		err = namesProperties(into, state, token)
	}
	checkedFields.Store(key, err)
	return err
}

// allKinds is the catalog of everything the local AWS knows.
var allKinds = sync.OnceValues(func() (*catalog, error) { return newCatalog(areas()) })

// stateType is the struct that has the properties of a resource type as fields.
func stateType(token string) (reflect.Type, error) {
	if token == ecsTaskToken {
		return reflect.TypeFor[ecsTask](), nil
	}
	known, err := allKinds()
	if err != nil {
		return nil, err
	}
	k, ok := known.kinds[token]
	if !ok {
		return nil, fmt.Errorf("the local AWS has no resources of type %s", token)
	}
	return k.state, nil
}

// ecsTask is what the local AWS keeps of a task, which no program registers.
type ecsTask struct {
	ARN              string   `pulumi:"arn"`
	Service          string   `pulumi:"service"`
	TaskDefinition   string   `pulumi:"taskDefinition"`
	NetworkInterface string   `pulumi:"networkInterface"`
	SubnetID         string   `pulumi:"subnetId"`
	PrivateIP        string   `pulumi:"privateIp"`
	SecurityGroups   []string `pulumi:"securityGroups"`
	Targets          []struct {
		TargetGroupARN string `pulumi:"targetGroupArn"`
		Port           int    `pulumi:"port"`
	} `pulumi:"targets"`
	StartedAs int `pulumi:"startedAs"`
}

// namesProperties is that each field of a struct names a field of one of the SDK's.
// Values that are no structs are left to the decoder.
func namesProperties(into, sdk reflect.Type, at string) error {
	into, sdk = element(into), element(sdk)
	if into.Kind() != reflect.Struct {
		return nil
	}
	if sdk.Kind() != reflect.Struct {
		return fmt.Errorf("%s is no block: it cannot be read into a struct", at)
	}
	properties := fieldsOf(sdk)
	for i := range into.NumField() {
		field := into.Field(i)
		if field.Anonymous {
			if err := namesProperties(field.Type, sdk, at); err != nil {
				return err
			}
			continue
		}
		name := propertyName(field)
		if name == "id" && !strings.Contains(at, ".") {
			continue // every resource has one
		}
		property, ok := properties[name]
		if !ok {
			return fmt.Errorf("field %s: %s has no property %q; correct the field's name or its json tag", field.Name, at, name)
		}
		if err := namesProperties(field.Type, property.Type, at+"."+name); err != nil {
			return err
		}
	}
	return nil
}

// propertyName is the property that a field reads.
func propertyName(field reflect.StructField) string {
	if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
		return name
	}
	return strings.ToLower(field.Name[:1]) + field.Name[1:]
}

// element is the type of the values in lists, behind pointers and in outputs.
func element(t reflect.Type) reflect.Type {
	for {
		if output, ok := reflect.Zero(t).Interface().(interface{ ElementType() reflect.Type }); ok {
			t = output.ElementType()
			continue
		}
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice:
			t = t.Elem()
		default:
			return t
		}
	}
}
