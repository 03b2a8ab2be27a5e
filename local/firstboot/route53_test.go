package firstboot

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// DNS is where changes of records become visible, such as *dns.Zones. A zone is
// identified by its id, a record by its full name and type. Values are in Route 53's
// form: those of TXT records have quotes.
type DNS interface {
	Set(zoneID, name, recordType string, values []string) error
	Delete(zoneID, name, recordType string) error
}

// Route53Options configure the API.
type Route53Options struct {
	// Zones are the hosted zones of the account with their records. Default: none.
	Zones []Zone
	// DNS gets the changes. Default: none.
	DNS DNS
	// AccessKey is the access key id that requests must be signed with; others get
	// a 403. Required.
	AccessKey string
	// Allows says whether the policies of the caller allow a call; if not, the
	// answer is AccessDenied. Default: every call is allowed.
	Allows func(Call) (bool, error)
	// Pending is how often GetChange answers PENDING before INSYNC. DNS gets a
	// change when it, or a later one, is INSYNC. Default: 0, at once.
	Pending int
	// PageSize is the largest number of zones or records in one answer. Default: 0,
	// which is Route 53's own limit of 100 zones or 300 records.
	PageSize int
}

// Call is one call as IAM sees it, and how it was answered.
type Call struct {
	Action   string // "route53:ChangeResourceRecordSets"
	Resource string // an ARN, or "*"
	// Context maps the condition keys of the call to their values.
	Context map[string][]string
	// Code is the error code of a refusal, such as "AccessDenied"; "": the call was
	// answered. Allows is called before it is known.
	Code string
}

// Route53 is an http.Handler that implements Route 53's HTTP API for the hosted zones
// of a local AWS account, for programs that change records at run time, such as
// certbot. It is safe for concurrent use.
//
// It has the six actions of API version 2013-04-01 that find and change records, and
// simple routing. Anything else is refused. The access key of a request is checked,
// its signature is not.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53.html
type Route53 struct {
	options Route53Options

	mu      sync.Mutex
	zones   []*zone
	changes []*change
	calls   []Call
}

// NewRoute53 makes an API. It refuses options without an access key.
func NewRoute53(o Route53Options) (*Route53, error) {
	if o.AccessKey == "" {
		return nil, errors.New("AccessKey is required: the access key id that requests are signed with")
	}
	a := &Route53{options: o}
	for _, z := range o.Zones {
		a.zones = append(a.zones, newZone(z))
	}
	return a, nil
}

// Calls returns all calls so far with the right access key, in order.
func (a *Route53) Calls() []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Call(nil), a.calls...)
}

// Zones returns the hosted zones with their current records, in order of names and
// types.
func (a *Route53) Zones() []Zone {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []Zone
	for _, z := range a.zones {
		now := z.Zone
		now.Records = z.sorted()
		out = append(out, now)
	}
	return out
}

// route is one action: the pattern of its path, and what it does with the id in it.
type route struct {
	method, action string
	path           *regexp.Regexp
	resource       string // of the ARN, before the id; "" when the action takes none
	run            func(a *Route53, id string, r *http.Request, call *Call) (any, error)
}

const version = "/2013-04-01"

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
var routes = []route{
	{"GET", "ListHostedZones", form("/hostedzone/?"), "", (*Route53).listZones},
	{"GET", "ListHostedZonesByName", form("/hostedzonesbyname/?"), "", (*Route53).listZonesByName},
	{"GET", "GetHostedZone", form("/hostedzone/([^/]+)"), "hostedzone/", (*Route53).getZone},
	{"GET", "ListResourceRecordSets", form("/hostedzone/([^/]+)/rrset/?"), "hostedzone/", (*Route53).listRecords},
	{"POST", "ChangeResourceRecordSets", form("/hostedzone/([^/]+)/rrset/?"), "hostedzone/", (*Route53).changeRecords},
	{"GET", "GetChange", form("/change/([^/]+)"), "change/", (*Route53).getChange},
}

func form(path string) *regexp.Regexp { return regexp.MustCompile("^" + version + path + "$") }

// bodyLimit is how much of a request is read.
const bodyLimit = 1 << 20

// ServeHTTP answers one call. A slow caller does not block others.
func (a *Route53) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := a.authenticate(r); err != nil {
		writeError(w, err)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyLimit))
	if err != nil {
		writeError(w, refuse(http.StatusBadRequest, "MalformedInput", "The request body is not complete: %v", err))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer, err := a.call(r)
	if err != nil {
		writeError(w, err)
		return
	}
	writeXML(w, http.StatusOK, answer)
}

// call carries out a request and records it.
func (a *Route53) call(r *http.Request) (any, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, rt := range routes {
		m := rt.path.FindStringSubmatch(r.URL.Path)
		if m == nil || rt.method != r.Method {
			continue
		}
		call := Call{Action: "route53:" + rt.action, Resource: "*"}
		id := strings.Join(m[1:], "")
		if rt.resource != "" {
			call.Resource = "arn:aws:route53:::" + rt.resource + id
		}
		answer, err := rt.run(a, id, r, &call)
		if err != nil {
			call.Code = asFailure(err).code
		}
		a.calls = append(a.calls, call)
		return answer, err
	}
	return nil, refuse(http.StatusNotFound, "UnknownOperationException", "no such action here: %s %s", r.Method, r.URL.Path)
}

var credential = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/]+)/`)

// authenticate checks the access key that a request is signed with.
// https://docs.aws.amazon.com/Route53/latest/APIReference/CommonErrors.html
func (a *Route53) authenticate(r *http.Request) error {
	m := credential.FindStringSubmatch(r.Header.Get("Authorization"))
	switch {
	case m == nil:
		return refuse(http.StatusForbidden, "MissingAuthenticationToken", "Missing Authentication Token")
	case m[1] != a.options.AccessKey:
		return refuse(http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid.")
	}
	return nil
}

// authorize checks the caller's policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
func (a *Route53) authorize(call *Call) error {
	if a.options.Allows == nil {
		return nil
	}
	allowed, err := a.options.Allows(*call)
	if err != nil {
		return fmt.Errorf("evaluating the policy: %w", err)
	}
	if !allowed {
		return refuse(http.StatusForbidden, "AccessDenied",
			"User is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action",
			call.Action, call.Resource, call.Action)
	}
	return nil
}
