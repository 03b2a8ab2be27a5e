package cloudtest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/cloud"
	"github.com/portico-iac/portico/local/core"
)

// Driver is the provider on an account in memory, without the engine: where Cloud fails
// a test, it returns an error. Several goroutines may use one.
type Driver struct {
	aws     core.Provider
	account *core.Account
}

// NewDriver is a provider for a Region, for example "ap-northeast-1", on a freshly
// seeded account. A Region that the local AWS does not have is an error.
func NewDriver(region string) (*Driver, error) {
	catalog, err := cloud.Catalog()
	if err != nil {
		return nil, err
	}
	account, err := core.Seed()
	if err != nil {
		return nil, err
	}
	d := &Driver{core.Provider{Package: "aws", Catalog: catalog, Store: core.NewMemory(account), Clock: time.Now}, account}
	return d, d.aws.Configure(core.Object{"region": region})
}

// In is a provider for another Region on the same account. A Region that the local
// AWS does not have has no zones, so that nothing can be placed there.
func (d *Driver) In(region string) *Driver {
	other := *d
	other.aws.Region = region
	return &other
}

// At is a provider on the same account at a given time, for what has grown old
// since: a certificate that was imported when it was still valid.
func (d *Driver) At(now time.Time) *Driver {
	other := *d
	other.aws.Clock = func() time.Time { return now }
	return &other
}

// Account is the account as it is now, and as later calls will change it. A
// goroutine that reads it while another one changes it must synchronise with it.
func (d *Driver) Account() *core.Account { return d.account }

// Create checks the inputs of a resource and makes it, as the engine does: with
// an automatic name where the type has one, with defaults, and with every rule of
// AWS. token is the Pulumi type, name the logical name. It returns the id and the
// full state; the error is the check's or AWS's, and then nothing has changed. The
// state must not be changed.
func (d *Driver) Create(token, name string, inputs map[string]any) (id string, state map[string]any, err error) {
	p := d.provider(token)
	k, err := p.Type(token)
	if err != nil {
		return "", nil, err
	}
	checked, faults := p.Check(k, name, nil, core.AsObject(core.Plain(inputs)), []byte(name))
	if len(faults) > 0 {
		return "", nil, core.JoinRefusals(token, faults)
	}
	return p.Create(k, checked)
}

// Update checks new inputs of a live resource, all of them, and changes it in
// place. It returns the new full state; the error is the check's or AWS's, or says
// that the change needs a new resource, and then nothing has changed.
func (d *Driver) Update(token, id string, inputs map[string]any) (state map[string]any, err error) {
	p := d.provider(token)
	k, err := p.Type(token)
	if err != nil {
		return nil, err
	}
	old, live, ok, err := p.Read(k, id, nil, nil)
	if err != nil || !ok {
		return nil, errors.Join(err, fmt.Errorf("updating %s: there is no %s", token, id))
	}
	checked, faults := p.Check(k, id, live, core.AsObject(core.Plain(inputs)), []byte(id))
	if len(faults) > 0 {
		return nil, core.JoinRefusals(token, faults)
	}
	if by := k.Diff(live, checked).Replaces; len(by) > 0 {
		return nil, fmt.Errorf("updating %s %s: another %s needs a new resource", token, id, strings.Join(by, ", "))
	}
	return p.Update(k, id, old, live, checked)
}

// Change runs do on the account, as something outside of Pulumi would change it.
func (d *Driver) Change(do func(*core.Tx)) error {
	return d.aws.Change(do)
}

// Invoke calls a function, for example "aws:route53/getZone:getZone", and returns
// its result. It changes nothing.
func (d *Driver) Invoke(token string, args map[string]any) (map[string]any, error) {
	return d.provider(token).Invoke(token, core.AsObject(core.Plain(args)))
}

// provider is the one that a token belongs to.
func (d *Driver) provider(token string) *core.Provider {
	p := d.aws
	p.Package = packageOf(token)
	return &p
}
