package firstboot

import (
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// change is an accepted batch.
type change struct {
	info    changeInfoXML
	zoneID  string
	steps   []step
	pending int
	shown   bool // DNS has it
}

// step is one change of a batch, with names as Route 53 stores them.
type step struct {
	action string
	record Record
}

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
func (a *Route53) changeRecords(id string, r *http.Request, call *Call) (any, error) {
	comment, steps, err := readBatch(r.Body)
	if err != nil {
		return nil, err
	}
	call.Context = conditionKeys(steps)
	if err := a.authorize(call); err != nil {
		return nil, err
	}
	z, err := a.find(id)
	if err != nil {
		return nil, err
	}
	records, err := z.after(steps)
	if err != nil {
		return nil, err
	}
	z.records = records
	c := &change{zoneID: z.ID, steps: steps, pending: a.options.Pending, info: changeInfoXML{
		ID: fmt.Sprintf("/change/C%013d", len(a.changes)+1), Status: "PENDING",
		SubmittedAt: time.Now().UTC().Format(time.RFC3339), Comment: comment,
	}}
	a.changes = append(a.changes, c)
	if c.pending == 0 {
		err = a.show(c)
	}
	// The answer to a change is always PENDING, even if it is INSYNC at once.
	info := c.info
	info.Status = "PENDING"
	return changeRecordsXML{Namespace: namespace, ChangeInfo: info}, err
}

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
func (a *Route53) getChange(id string, _ *http.Request, call *Call) (any, error) {
	if err := a.authorize(call); err != nil {
		return nil, err
	}
	for _, c := range a.changes {
		if c.info.ID != "/change/"+id {
			continue
		}
		if c.pending > 0 {
			c.pending--
		} else if err := a.show(c); err != nil {
			return nil, err
		}
		return getChangeXML{Namespace: namespace, ChangeInfo: c.info}, nil
	}
	return nil, refuse(http.StatusNotFound, "NoSuchChange", "A change with the ID %s does not exist", id)
}

// show applies a change, and those before it, to DNS.
func (a *Route53) show(last *change) error {
	for _, c := range a.changes {
		if !c.shown {
			if err := a.publish(c); err != nil {
				return fmt.Errorf("changing the DNS: %w", err)
			}
			c.shown, c.info.Status, c.pending = true, "INSYNC", 0
		}
		if c == last {
			break
		}
	}
	return nil
}

func (a *Route53) publish(c *change) error {
	if a.options.DNS == nil {
		return nil
	}
	for _, s := range c.steps {
		var err error
		if s.action == "DELETE" {
			err = a.options.DNS.Delete(c.zoneID, s.record.Name, s.record.Type)
		} else {
			err = a.options.DNS.Set(c.zoneID, s.record.Name, s.record.Type, s.record.Values)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readBatch reads a batch and refuses what the API's schema does not allow.
func readBatch(body io.Reader) (comment string, steps []step, err error) {
	var in changeRequestXML
	if err := xml.NewDecoder(body).Decode(&in); err != nil {
		return "", nil, refuse(http.StatusBadRequest, "MalformedInput", "The request body is not valid XML: %v", err)
	}
	if len(in.ChangeBatch.Changes) == 0 {
		return "", nil, refuse(http.StatusBadRequest, "InvalidInput", "1 validation error detected: "+
			"Value '[]' at 'changeBatch.changes' failed to satisfy constraint: Member must have length greater than or equal to 1")
	}
	for _, c := range in.ChangeBatch.Changes {
		set := c.ResourceRecordSet
		if !slices.Contains([]string{"CREATE", "UPSERT", "DELETE"}, c.Action) {
			return "", nil, refuse(http.StatusBadRequest, "InvalidInput", "1 validation error detected: Value '%s' at "+
				"'changeBatch.changes.member.action' failed to satisfy constraint: Member must satisfy enum value set: [CREATE, DELETE, UPSERT]", c.Action)
		}
		if set.SetIdentifier != "" || set.AliasTarget != nil {
			return "", nil, refuse(http.StatusBadRequest, "InvalidInput", "only simple records with values can be changed here, got an alias or a routing policy")
		}
		rec := Record{Name: absolute(strings.ReplaceAll(set.Name, `\052`, "*")), Type: set.Type}
		if set.TTL == nil || len(set.ResourceRecords) == 0 {
			return "", nil, refuse(http.StatusBadRequest, "InvalidInput", "Invalid request: Expected exactly one of [AliasTarget, "+
				"all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with "+
				"[Action=%s, Name=%s, Type=%s, SetIdentifier=null]", c.Action, rec.Name, rec.Type)
		}
		rec.TTL = *set.TTL
		for _, v := range set.ResourceRecords {
			rec.Values = append(rec.Values, v.Value)
		}
		steps = append(steps, step{c.Action, rec})
	}
	return in.ChangeBatch.Comment, steps, nil
}

// conditionKeys are the condition keys by which policies can restrict changes.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
func conditionKeys(steps []step) map[string][]string {
	out := map[string][]string{}
	add := func(key, value string) {
		key = "route53:ChangeResourceRecordSets" + key
		if !slices.Contains(out[key], value) {
			out[key] = append(out[key], value)
		}
	}
	for _, s := range steps {
		add("NormalizedRecordNames", normalized(s.record.Name))
		add("RecordTypes", s.record.Type)
		add("Actions", s.action)
	}
	return out
}

// normalized is a name in the form of condition keys: in lower case, without the
// final dot, and with characters other than a-z, 0-9, - _ . escaped.
func normalized(name string) string {
	var b strings.Builder
	for _, c := range []byte(strings.TrimSuffix(name, ".")) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-_.", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\%03o`, c)
		}
	}
	return b.String()
}

// after is the zone's records after all steps: a batch is applied as a whole or not
// at all, and its errors are reported together.
func (z *zone) after(steps []step) (map[key]Record, error) {
	records := maps.Clone(z.records)
	var wrong []string
	for _, s := range steps {
		if problem := z.problem(records, s); problem != "" {
			wrong = append(wrong, problem)
			continue
		}
		if s.action == "DELETE" {
			delete(records, s.record.key())
		} else {
			records[s.record.key()] = s.record
		}
	}
	if len(wrong) > 0 {
		return nil, refuse(http.StatusBadRequest, "InvalidChangeBatch", "[%s]", strings.Join(wrong, ", "))
	}
	return records, nil
}
