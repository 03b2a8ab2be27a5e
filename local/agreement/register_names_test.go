package agreement

import (
	"cmp"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/requestpath"
)

const certificateToken = "aws:acm/certificate:Certificate"

// certificate is the ARN of a certificate in the driver's Region: issued by ACM, or
// imported if ACM would not issue such a certificate.
func (r *registration) certificate(d *cloudtest.Driver, c requestpath.Certificate) (string, error) {
	c.Names = slices.Clone(c.Names)
	r.renames.hosts(c.Names)
	key, err := json.Marshal([]any{d == r.driver, c})
	if err != nil {
		return "", fmt.Errorf("reading a certificate: %w", err)
	}
	if arn, ok := r.certificates[string(key)]; ok {
		return arn, nil
	}
	issue := r.issued
	if c.Expired || c.Trust != "" || !slices.ContainsFunc(c.Names, issuable) || hasWildcards(r.plan) {
		issue = r.imported
	}
	arn, err := issue(d, c)
	r.certificates[string(key)] = arn
	return arn, err
}

// issuable says whether ACM could issue a certificate for a name: the name must be
// below a zone, which has two labels.
func issuable(name string) bool { return strings.Count(strings.TrimPrefix(name, "*."), ".") >= 1 }

// hasWildcards says whether a record is a wildcard. ACM's validation records are
// below the names of the certificate. Those names then exist, so that wildcards no
// longer match them, which would change a plan with wildcards.
// Sourced: https://www.rfc-editor.org/rfc/rfc4592#section-2.2.2
func hasWildcards(p *requestpath.Plan) bool {
	return slices.ContainsFunc(p.Records, func(r requestpath.Record) bool { return strings.HasPrefix(r.Name, "*.") })
}

// issued requests a certificate and validates its names.
func (r *registration) issued(d *cloudtest.Driver, c requestpath.Certificate) (string, error) {
	in := props{"domainName": c.Names[0], "validationMethod": "DNS"}
	if len(c.Names) > 1 {
		in["subjectAlternativeNames"] = c.Names[1:]
	}
	arn, state, err := r.createIn(d, certificateToken, c.Names[0], in)
	if err != nil {
		return "", err
	}
	options, _ := state["domainValidationOptions"].([]any)
	for _, o := range options {
		option, _ := o.(props)
		name := fmt.Sprint(option["resourceRecordName"])
		if r.listed[name] {
			continue
		}
		r.listed[name] = true
		zone, err := r.zone(name, false)
		if err != nil {
			return "", err
		}
		_, _, err = r.create(recordToken, "validation", props{
			"zoneId": zone, "name": name, "type": "CNAME", "ttl": 300, "records": []any{option["resourceRecordValue"]}})
		if err != nil {
			return "", err
		}
	}
	_, _, err = r.createIn(d, "aws:acm/certificateValidation:CertificateValidation", c.Names[0], props{"certificateArn": arn})
	return arn, err
}

// imported imports a certificate. One that has expired was imported a month ago.
func (r *registration) imported(d *cloudtest.Driver, c requestpath.Certificate) (string, error) {
	pair, err := r.authority.Certificate(pki.Spec{Names: c.Names, Expired: c.Expired, Trust: c.Trust})
	if err != nil {
		return "", err
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return "", fmt.Errorf("writing a private key: %w", err)
	}
	in := props{
		"certificateBody": encoded("CERTIFICATE", pair.Certificate[0]), "privateKey": encoded("PRIVATE KEY", key),
	}
	var chain string
	for _, raw := range pair.Certificate[1:] {
		chain += encoded("CERTIFICATE", raw)
	}
	if chain != "" {
		in["certificateChain"] = chain
	}
	if c.Expired {
		d = d.At(time.Now().AddDate(0, -1, 0))
	}
	arn, _, err := r.createIn(d, certificateToken, c.Names[0], in)
	return arn, err
}

func encoded(kind string, content []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
}

const (
	recordToken = "aws:route53/record:Record"
	seededZone  = "example.com"
)

// zone is the id of the hosted zone for a name, which is registered if there is none.
func (r *registration) zone(name string, private bool) (string, error) {
	apex := zoneOf(name)
	key := apex
	if private {
		key = "!" + apex
	}
	if id, ok := r.zones[key]; ok {
		return id, nil
	}
	find := r.newZone
	if apex == seededZone && !private {
		find = r.seeded
	}
	id, err := find(apex, private)
	r.zones[key] = id
	return id, err
}

// seeded is the id of the zone in every account's seed.
func (r *registration) seeded(apex string, _ bool) (string, error) {
	found, err := r.driver.Invoke("aws:route53/getZone:getZone", props{"name": apex})
	if err != nil {
		return "", fmt.Errorf("finding the seeded zone: %w", err)
	}
	return fmt.Sprint(found["zoneId"]), nil
}

func (r *registration) newZone(apex string, private bool) (string, error) {
	in := props{"name": apex}
	if private {
		in["vpcs"] = []any{props{"vpcId": r.vpc}}
	}
	id, _, err := r.create("aws:route53/zone:Zone", apex, in)
	return id, err
}

// records registers the records, starting with the targets of aliases.
func (r *registration) records() error {
	waiting := slices.Clone(r.plan.Records)
	for len(waiting) > 0 {
		i := slices.IndexFunc(waiting, func(candidate requestpath.Record) bool {
			return !slices.ContainsFunc(waiting, func(o requestpath.Record) bool {
				return candidate.Type != requestpath.RecordCNAME && sameName(o.Name, candidate.Alias)
			})
		})
		if i < 0 {
			return inexpressible("aliases of each other")
		}
		if err := r.record(waiting[i]); err != nil {
			return err
		}
		waiting = slices.Delete(waiting, i, i+1)
	}
	return nil
}

func (r *registration) record(rec requestpath.Record) error {
	zone, err := r.zone(rec.Name, rec.PrivateZone)
	if err != nil {
		return err
	}
	in := props{"zoneId": zone, "name": rec.Name, "type": cmp.Or(rec.Type, requestpath.RecordA)}
	switch {
	case rec.Alias != "" && rec.Type != requestpath.RecordCNAME:
		in["aliases"] = []any{r.alias(rec, zone)}
	case rec.Alias != "":
		in["ttl"], in["records"] = 60, []any{r.renames.host(rec.Alias)}
	default:
		addresses := slices.Clone(rec.Addresses)
		r.renames.hosts(addresses)
		in["ttl"], in["records"] = 60, addresses
	}
	_, _, err = r.create(recordToken, rec.Name, in)
	return err
}

// alias is the block of an alias record.
func (r *registration) alias(rec requestpath.Record, zone string) props {
	out := props{"name": r.renames.host(rec.Alias), "zoneId": zone, "evaluateTargetHealth": false}
	planned := strings.TrimPrefix(rec.Alias, "dualstack.")
	targets := slices.Clone(r.distributions)
	for _, b := range r.loadBalancers {
		targets = append(targets, b)
	}
	for _, t := range targets {
		if sameName(t.planned, planned) {
			out["zoneId"] = t.zone
		}
	}
	return out
}
