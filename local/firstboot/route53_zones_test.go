package firstboot

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Zone is one hosted zone.
type Zone struct {
	ID      string // "Z0123456789"
	Name    string // "example.com", with or without the dot at the end
	Private bool
	Records []Record
}

// Record is one record set with simple routing: values with a time to live in
// seconds, or an alias.
type Record struct {
	Name   string // full name, with or without the dot at the end
	Type   string // "TXT"
	TTL    int64
	Values []string // as Route 53 has them: those of TXT records in quotes
	Alias  *Alias
}

// Alias is what an alias record points to.
type Alias struct {
	ZoneID               string
	Name                 string
	EvaluateTargetHealth bool
}

// key identifies a record.
type key struct{ name, typ string }

func (r Record) key() key { return key{r.Name, r.Type} }

type zone struct {
	Zone
	records map[key]Record
}

func newZone(z Zone) *zone {
	out := &zone{Zone: z, records: map[key]Record{}}
	out.Name = absolute(z.Name)
	for _, r := range z.Records {
		r.Name = absolute(r.Name)
		out.records[r.key()] = r
	}
	return out
}

// absolute is a name as Route 53 stores it: in lower case, with a final dot.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
func absolute(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) + "." }

// compareNames is the order of names in answers: by labels, starting with the last.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
func compareNames(a, b string) int {
	x, y := strings.Split(absolute(a), "."), strings.Split(absolute(b), ".")
	slices.Reverse(x)
	slices.Reverse(y)
	return slices.Compare(x, y)
}

// find is the zone with an id, which may have the prefix "/hostedzone/".
func (a *Route53) find(id string) (*zone, error) {
	for _, z := range a.zones {
		if z.ID == id {
			return z, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "NoSuchHostedZone", "No hosted zone found with ID: %s", id)
}

func (z *zone) xml() zoneXML {
	out := zoneXML{ID: "/hostedzone/" + z.ID, Name: z.Name, CallerReference: z.ID, RecordCount: len(z.records)}
	out.Config.PrivateZone = z.Private
	return out
}

// page is the number of items in an answer: as requested, but at most the limit.
func (a *Route53) page(query url.Values, limit int) (int, error) {
	if a.options.PageSize > 0 {
		limit = a.options.PageSize
	}
	asked := query.Get("maxitems")
	if asked == "" {
		return limit, nil
	}
	n, err := strconv.Atoi(asked)
	if err != nil || n < 1 {
		return 0, refuse(http.StatusBadRequest, "InvalidInput", "maxitems must be a number of at least 1, got %q", asked)
	}
	return min(n, limit), nil
}

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZones.html
func (a *Route53) listZones(_ string, r *http.Request, call *Call) (any, error) {
	if err := a.authorize(call); err != nil {
		return nil, err
	}
	size, err := a.page(r.URL.Query(), 100)
	if err != nil {
		return nil, err
	}
	zones := slices.SortedFunc(slices.Values(a.zones), func(x, y *zone) int { return cmp.Compare(x.ID, y.ID) })
	out := listZonesXML{Namespace: namespace, Marker: r.URL.Query().Get("marker"), MaxItems: size}
	if out.Marker != "" {
		from := slices.IndexFunc(zones, func(z *zone) bool { return z.ID == out.Marker })
		if from < 0 {
			return nil, refuse(http.StatusBadRequest, "InvalidInput", "no hosted zone for marker %q", out.Marker)
		}
		zones = zones[from:]
	}
	if len(zones) > size {
		out.IsTruncated, out.NextMarker = true, zones[size].ID
		zones = zones[:size]
	}
	for _, z := range zones {
		out.HostedZones = append(out.HostedZones, z.xml())
	}
	return out, nil
}

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
func (a *Route53) listZonesByName(_ string, r *http.Request, call *Call) (any, error) {
	if err := a.authorize(call); err != nil {
		return nil, err
	}
	query := r.URL.Query()
	size, err := a.page(query, 100)
	if err != nil {
		return nil, err
	}
	out := listByNameXML{
		Namespace: namespace, DNSName: query.Get("dnsname"), HostedZoneID: query.Get("hostedzoneid"), MaxItems: size,
	}
	first := &zone{Zone: Zone{Name: absolute(out.DNSName), ID: out.HostedZoneID}}
	byName := func(x, y *zone) int { return cmp.Or(compareNames(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) }
	for _, z := range slices.SortedFunc(slices.Values(a.zones), byName) {
		switch {
		case out.DNSName != "" && byName(z, first) < 0:
		case len(out.HostedZones) < size:
			out.HostedZones = append(out.HostedZones, z.xml())
		case !out.IsTruncated:
			out.IsTruncated, out.NextDNSName, out.NextHostedZoneID = true, z.Name, z.ID
		}
	}
	return out, nil
}

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html
func (a *Route53) getZone(id string, _ *http.Request, call *Call) (any, error) {
	if err := a.authorize(call); err != nil {
		return nil, err
	}
	z, err := a.find(id)
	if err != nil {
		return nil, err
	}
	return getZoneXML{Namespace: namespace, HostedZone: z.xml()}, nil
}

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
func (a *Route53) listRecords(id string, r *http.Request, call *Call) (any, error) {
	if err := a.authorize(call); err != nil {
		return nil, err
	}
	z, err := a.find(id)
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	size, err := a.page(query, 300)
	if err != nil {
		return nil, err
	}
	name, typ := query.Get("name"), query.Get("type")
	if typ != "" && name == "" {
		return nil, refuse(http.StatusBadRequest, "InvalidInput", "The input is not valid: type without name")
	}
	out := listRecordsXML{Namespace: namespace, MaxItems: size}
	for _, rec := range z.sorted() {
		before := name != "" && cmp.Or(compareNames(rec.Name, name), cmp.Compare(rec.Type, typ)) < 0
		switch {
		case before:
		case len(out.ResourceRecordSets) < size:
			out.ResourceRecordSets = append(out.ResourceRecordSets, rec.xml())
		case !out.IsTruncated:
			out.IsTruncated, out.NextRecordName, out.NextRecordType = true, rec.Name, rec.Type
		}
	}
	return out, nil
}

func (z *zone) sorted() []Record {
	var out []Record
	for _, r := range z.records {
		out = append(out, r)
	}
	slices.SortFunc(out, func(x, y Record) int {
		return cmp.Or(compareNames(x.Name, y.Name), cmp.Compare(x.Type, y.Type))
	})
	return out
}

func (r Record) xml() recordXML {
	// A star is stored and returned escaped.
	out := recordXML{Name: strings.ReplaceAll(r.Name, "*", `\052`), Type: r.Type}
	if r.Alias != nil {
		out.AliasTarget = &aliasXML{r.Alias.ZoneID, absolute(r.Alias.Name), r.Alias.EvaluateTargetHealth}
		return out
	}
	out.TTL = &r.TTL
	for _, v := range r.Values {
		out.ResourceRecords = append(out.ResourceRecords, valueXML{v})
	}
	return out
}
