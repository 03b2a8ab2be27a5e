package cloud

import (
	"fmt"
	"reflect"
)

// area is what one AWS service contributes to the local AWS.
type area struct {
	kinds   []kind
	invokes []invoke
}

// areas lists everything the local AWS knows; what is not in it is refused as
// unsupported. One area per file family: ec2Area() of ec2.go and so on.
func areas() []area {
	return []area{
		acmArea(), autoscalingArea(), cloudfrontArea(), ec2Area(), ecsArea(), iamArea(), instanceArea(), lbArea(), logsArea(),
		randomArea(), regionArea(), route53Area(), ssmArea(),
	}
}

// An invoke is one function of the provider, for example
// aws:lb/getListener:getListener.
type invoke struct {
	// token is the Pulumi function.
	token string
	// inputs is the SDK's plain args type: reflect.TypeOf(lb.LookupListenerArgs{}).
	// Unknown properties, wrong kinds and missing required ones are refused by it.
	inputs reflect.Type
	// supported lists the inputs that run knows; others are refused as unsupported.
	// nil: every input of the type.
	supported []string
	// run looks at the account and returns the result, which has the property
	// names of the SDK's result type. It must change nothing.
	run func(tx *tx, in object) (object, error)
}

// catalog is the areas by token.
type catalog struct {
	kinds   map[string]*kind
	invokes map[string]*invoke
}

// newCatalog merges the areas; a token that two of them claim is a mistake of
// the program.
func newCatalog(areas []area) (*catalog, error) {
	c := &catalog{kinds: map[string]*kind{}, invokes: map[string]*invoke{}}
	for _, a := range areas {
		for _, k := range a.kinds {
			if _, taken := c.kinds[k.token]; taken {
				return nil, fmt.Errorf("the type %s is registered twice", k.token)
			}
			c.kinds[k.token] = &k
		}
		for _, i := range a.invokes {
			if _, taken := c.invokes[i.token]; taken {
				return nil, fmt.Errorf("the function %s is registered twice", i.token)
			}
			c.invokes[i.token] = &i
		}
	}
	return c, nil
}
