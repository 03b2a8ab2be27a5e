package cloud

import (
	"strings"
	"sync"
	"time"
)

// Driver is the provider in this process, on an account in memory: Check and
// Create as the engine would call them, without an engine. One driver may be used
// by several goroutines.
type Driver struct {
	account *memory
	region  string
	catalog *catalog
}

// sharedCatalog is built once: drivers come by the thousand.
var sharedCatalog = sync.OnceValues(func() (*catalog, error) { return newCatalog(areas()) })

// NewDriver is a provider for a Region, for example "ap-northeast-1", on a freshly
// seeded account. A Region that the local AWS does not have is an error.
func NewDriver(region string) (*Driver, error) {
	c, err := sharedCatalog()
	if err != nil {
		return nil, err
	}
	p := &provider{pkg: "aws"}
	if _, faults := p.checkConfig(object{"region": region}); len(faults) > 0 {
		return nil, joinFaults("pulumi:providers:aws", faults)
	}
	account, err := Seed()
	if err != nil {
		return nil, err
	}
	return &Driver{account: &memory{account: account}, region: region, catalog: c}, nil
}

// In is a provider for another Region on the same account. A Region that the local
// AWS does not have has no zones, so that nothing can be placed there.
func (d *Driver) In(region string) *Driver {
	return &Driver{account: d.account, region: region, catalog: d.catalog}
}

// Account is the account as it is now, and as later calls will change it: who
// reads it while another goroutine creates has to see to it.
func (d *Driver) Account() *Account { return d.account.account }

// Create checks the inputs of a resource and makes it, as the engine does: with
// an automatic name where the type has one, with defaults, and with every rule of
// AWS. token is the Pulumi type, name the logical name. It returns the id and the
// full state; the error is the check's or AWS's, and then nothing has changed. The
// state must not be changed.
func (d *Driver) Create(token, name string, inputs map[string]any) (id string, state map[string]any, err error) {
	pkg, _, _ := strings.Cut(token, ":")
	p := &provider{pkg: pkg, catalog: d.catalog, store: d.account, region: d.region, clock: time.Now}
	k, err := p.kind(token)
	if err != nil {
		return "", nil, err
	}
	checked, faults := p.check(k, name, nil, asObject(plain(inputs)), []byte(name))
	if len(faults) > 0 {
		return "", nil, joinFaults(token, faults)
	}
	return p.create(k, checked)
}
