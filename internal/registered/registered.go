// Package registered makes the plan of a request path, for package [requestpath],
// from registered resources: those of an account, or of a deployment as
// `pulumi stack export` prints it. It reads nothing else, whoever wrote the program.
package registered

import (
	"fmt"
	"time"

	"github.com/portico-iac/portico/requestpath"
)

// Resource is one registered resource.
type Resource struct {
	// Type is the Pulumi type, such as aws:lb/loadBalancer:LoadBalancer.
	Type string
	// ID is the one that the provider gave it.
	ID string
	// Name is the logical one, if there is a program behind it.
	Name string
	// State is what the provider returns, inputs and outputs: string, float64,
	// bool, []any and map[string]any; Secret and SecretText for secrets.
	State map[string]any
}

// Kind is the resource's type, in one form for the types that the provider has under
// several names.
func (r Resource) Kind() string { return twins.Replace(r.Type) }

// Secret stands in a State for a value that is there and cannot be read.
type Secret struct{}

// SecretText is a secret value in a State that can be read, and must not be shown.
type SecretText string

// Server is what a container or an instance answers, which no resource says.
type Server struct {
	Listeners []requestpath.ServerListener `json:"listeners,omitempty"`
	// Health is that of requestpath.Target, for every registration: "", Unhealthy or
	// Draining.
	Health string `json:"health,omitempty"`
}

// Options say what resources leave open.
type Options struct {
	// Servers are what servers answer, by instance id, the instance's Name tag or
	// ECS service name. Default: what their target groups ask for, with 200.
	Servers map[string]Server
	// Objects are the keys of all objects in buckets that the resources do not have, by the
	// bucket's name. Default: a bucket of a deployment has whatever is asked for.
	Objects map[string][]string
	// OriginFacing are the ids of CloudFront's origin-facing prefix list, which
	// differ by Region. Default: what a prefix list of an ingress rule is, unless
	// it is registered, an endpoint's, or its description names another one; a
	// note says so.
	OriginFacing []string
	// Live says that the resources are all that there is now: every task that runs
	// is among them (aws:ecs/task:Task), and what a certificate says about its end
	// is true. Default: false, as in a deployment: a service has the tasks that it
	// desires, and ACM has renewed its own certificates.
	Live bool
	// Uploaded says that objects are uploaded by something else even if the resources are all
	// that there is: every key is then taken to exist. Default: false.
	Uploaded bool
	// Now decides which certificates have expired. Default: the time.
	Now time.Time
}

// Note names something that the plan does not describe, or describes from what
// is likely.
type Note struct {
	// Resource is the type and id of the resource, Property the path in its state.
	Resource string `json:"resource"`
	Property string `json:"property,omitempty"`
	Text     string `json:"text"`
	// Names are DNS names and addresses of something that is left out: what the
	// plan predicts for a request that meets one of them is not to be relied on.
	Names []string `json:"names,omitempty"`
	// Path is the path pattern of the behaviour that the note is about, "default" for the
	// default one. Default: all.
	Path string `json:"path,omitempty"`

	// unsure says that what it is about may change the outcome of a request.
	unsure bool
}

func (n Note) String() string {
	if n.Property == "" {
		return fmt.Sprintf("%s: %s", n.Resource, n.Text)
	}
	return fmt.Sprintf("%s: %s: %s", n.Resource, n.Property, n.Text)
}
