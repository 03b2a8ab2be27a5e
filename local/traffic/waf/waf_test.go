package waf_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/waf"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// asked is the web ACL of a JSON text: a list of rules, or a whole web ACL.
func asked(t *testing.T, text string) *waf.ACL {
	t.Helper()
	r := &account.Resources{WebACLs: []account.WebACL{{ARN: "arn:acl"}}, IPSets: []account.IPSet{{
		ARN: "arn:set", Addresses: []string{"192.0.2.0/24", "2001:db8::/32"},
	}}}
	var into any = &r.WebACLs[0]
	if strings.HasPrefix(text, "[") {
		into = &r.WebACLs[0].Rules
	}
	require.NoError(t, json.Unmarshal([]byte(text), into))
	r.WebACLs[0].ARN = "arn:acl"
	return waf.All(r, wire.Clock{Second: time.Millisecond})["arn:acl"]
}

// rule is a rule that blocks what meets a statement.
func rule(statement string) string {
	return `[{"name":"r","action":{"block":{}},"statement":{` + statement + `}}]`
}

func text(field, constraint, search string, transformations ...string) string {
	var list []string
	for _, kind := range transformations {
		list = append(list, `{"priority":`+string(rune('9'-len(list)))+`,"type":"`+kind+`"}`)
	}
	return `"byteMatchStatement":{"fieldToMatch":{` + field + `},"positionalConstraint":"` + constraint + `","searchString":"` + search +
		`","textTransformations":[` + strings.Join(list, ",") + `]}`
}

func size(field, operator, bytes string) string {
	return `"sizeConstraintStatement":{"fieldToMatch":{` + field + `},"comparisonOperator":"` + operator + `","size":` + bytes + `}`
}

const (
	path, query, method = `"uriPath":{}`, `"queryString":{}`, `"method":{}`
	agent, team         = `"singleHeader":{"name":"user-agent"}`, `"singleHeader":{"name":"X-Team"}`
	body, bodyMatch     = `"body":{}`, `"body":{"oversizeHandling":"MATCH"}`
	bodyNoMatch         = `"body":{"oversizeHandling":"NO_MATCH"}`
	managed             = `"managedRuleGroupStatement":{"name":"AWSManagedRulesCommonRuleSet"`
)

func get(url string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, url, nil)
	r.Header.Set("User-Agent", "a test")
	return r
}

// post has a body of some bytes, whose length is not said if it is chunked.
func post(bytes int, chunked bool) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", bytes)))
	if chunked {
		r.ContentLength = -1
	}
	return r
}

func TestStatements(t *testing.T) {
	viewer := wire.Internet()
	japan := viewer
	japan.Country = "JP"
	office := wire.Source{Address: netip.MustParseAddr("192.0.2.9")}
	agentless := get("/")
	agentless.Header.Del("User-Agent")
	for name, tt := range map[string]struct {
		statement string
		request   *http.Request
		from      wire.Source
		blocked   bool
	}{
		"begins":                       {text(path, "STARTS_WITH", "/admin"), get("/admin/x"), viewer, true},
		"begins otherwise":             {text(path, "STARTS_WITH", "/admin"), get("/x/admin"), viewer, false},
		"exactly":                      {text(path, "EXACTLY", "/admin"), get("/admin"), viewer, true},
		"more":                         {text(path, "EXACTLY", "/admin"), get("/admin/"), viewer, false},
		"ends":                         {text(path, "ENDS_WITH", ".php"), get("/a.php"), viewer, true},
		"contains":                     {text(path, "CONTAINS", "dm"), get("/admin"), viewer, true},
		"a word":                       {text(path, "CONTAINS_WORD", "php"), get("/aphp/b.php"), viewer, true},
		"no word":                      {text(path, "CONTAINS_WORD", "php"), get("/aphp/php2"), viewer, false},
		"the path without the query":   {text(path, "ENDS_WITH", "b"), get("/a?b"), viewer, false},
		"lower case":                   {text(path, "CONTAINS", "admin", "LOWERCASE"), get("/ADMIN"), viewer, true},
		"decoded":                      {text(path, "CONTAINS", "/admin", "NONE", "URL_DECODE"), get("/%61dmin"), viewer, true},
		"in the order of priority":     {text(path, "CONTAINS", "/Admin", "URL_DECODE", "LOWERCASE"), get("/%41dmin"), viewer, true},
		"no code":                      {text(path, "CONTAINS", "%zz", "URL_DECODE"), get("/a?%zz"), viewer, false},
		"not decoded":                  {text(path, "CONTAINS", "/admin"), get("/%61dmin"), viewer, false},
		"another transformation":       {text(path, "CONTAINS", "/", "CMD_LINE"), get("/"), viewer, false},
		"not another one either":       {`"notStatement":{"statements":[{` + text(path, "CONTAINS", "/", "CMD_LINE") + `}]}`, get("/"), viewer, false},
		"the query":                    {text(query, "CONTAINS", "debug"), get("/?debug=1"), viewer, true},
		"a code in the query":          {text(query, "EXACTLY", "%zz", "URL_DECODE"), get("/?%zz"), viewer, true},
		"the method":                   {text(method, "EXACTLY", "GET"), get("/"), viewer, true},
		"the host":                     {text(`"singleHeader":{"name":"Host"}`, "EXACTLY", "example.com"), get("http://example.com/"), viewer, true},
		"a header":                     {text(agent, "CONTAINS", "test"), get("/"), viewer, true},
		"no such header":               {text(team, "CONTAINS", ""), get("/"), viewer, false},
		"no such header, negated":      {`"notStatement":{"statements":[{` + size(agent, "GE", "0") + `}]}`, agentless, viewer, true},
		"cookies":                      {text(`"cookies":{}`, "CONTAINS", ""), get("/"), viewer, false},
		"the text of a body":           {text(body, "CONTAINS", "x"), post(3, false), viewer, false},
		"the text of no body":          {text(body, "EXACTLY", ""), get("/"), viewer, true},
		"the text of a larger body":    {text(bodyMatch, "CONTAINS", "y"), post(9000, false), viewer, true},
		"equal":                        {size(path, "EQ", "9"), get("/logo.jpg"), viewer, true},
		"not equal":                    {size(path, "NE", "9"), get("/logo.jpg"), viewer, false},
		"at least":                     {size(path, "GE", "9"), get("/logo.jpg"), viewer, true},
		"more than":                    {size(path, "GT", "9"), get("/logo.jpg"), viewer, false},
		"at most":                      {size(query, "LE", "0"), get("/logo.jpg"), viewer, true},
		"less than":                    {size(query, "LT", "0"), get("/logo.jpg"), viewer, false},
		"a body":                       {size(body, "GT", "8000"), post(8001, false), viewer, true},
		"a body of unknown length":     {size(body, "GT", "8000"), post(8001, true), viewer, true},
		"never more than is inspected": {size(body, "GT", "8192"), post(9000, false), viewer, false},
		"never more of unknown length": {size(body, "GT", "8192"), post(9000, true), viewer, false},
		"more is a match":              {size(bodyMatch, "GT", "100000"), post(9000, true), viewer, true},
		"more is no match":             {size(bodyNoMatch, "GT", "1"), post(9000, true), viewer, false},
		"a country":                    {`"geoMatchStatement":{"countryCodes":["KP","JP"]}`, get("/"), japan, true},
		"another country":              {`"geoMatchStatement":{"countryCodes":["KP"]}`, get("/"), japan, false},
		"no country is known":          {`"notStatement":{"statements":[{"geoMatchStatement":{"countryCodes":["KP"]}}]}`, get("/"), viewer, false},
		"a country of a header":        {`"geoMatchStatement":{"countryCodes":["JP"],"forwardedIpConfig":{"headerName":"X"}}`, get("/"), japan, false},
		"an address":                   {`"ipSetReferenceStatement":{"arn":"arn:set"}`, get("/"), office, true},
		"another address":              {`"ipSetReferenceStatement":{"arn":"arn:set"}`, get("/"), viewer, false},
		"a lost set":                   {`"notStatement":{"statements":[{"ipSetReferenceStatement":{"arn":"arn:lost"}}]}`, get("/"), viewer, false},
		"all":                          {`"andStatement":{"statements":[{` + text(path, "CONTAINS", "a") + `},{` + text(path, "CONTAINS", "b") + `}]}`, get("/ab"), viewer, true},
		"not all":                      {`"andStatement":{"statements":[{` + text(path, "CONTAINS", "a") + `},{` + text(path, "CONTAINS", "b") + `}]}`, get("/a"), viewer, false},
		"one":                          {`"orStatement":{"statements":[{` + text(path, "CONTAINS", "a") + `},{` + text(path, "CONTAINS", "b") + `}]}`, get("/a"), viewer, true},
		"another kind":                 {`"sqliMatchStatement":{}`, get("/"), viewer, false},
		"a label":                      {`"labelMatchStatement":{"key":"a","scope":"LABEL"}`, get("/"), viewer, false},
	} {
		t.Run(name, func(t *testing.T) {
			block := asked(t, rule(tt.statement)).Ask(tt.request, tt.from)
			assert.Equal(t, tt.blocked, block != nil)
			if tt.request.Body != nil {
				left, err := io.ReadAll(tt.request.Body)
				require.NoError(t, err)
				assert.True(t, tt.request.ContentLength < 0 || len(left) == int(tt.request.ContentLength), "the body is still there")
				assert.NotContains(t, string(left), "y")
			}
		})
	}
}

// A body of unknown length is passed on as it came.
func TestTheBodyIsPutBack(t *testing.T) {
	r := post(20_000, true)
	require.Nil(t, asked(t, rule(size(body, "EQ", "1"))).Ask(r, wire.Internet()))
	left, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	assert.Len(t, left, 20_000)
}

func TestManagedRules(t *testing.T) {
	group := func(override, more string) string {
		return `[{"name":"g","overrideAction":{"` + override + `":{}},"statement":{` + managed + more + `}}}]`
	}
	agentless := get("/")
	agentless.Header.Del("User-Agent")
	cookies := get("/")
	cookies.Header.Set("Cookie", strings.Repeat("c", 10241))
	excluded := `,"ruleActionOverrides":[{"name":"NoUserAgent_HEADER","actionToUse":{"count":{}}}]`
	kept := `,"ruleActionOverrides":[{"name":"NoUserAgent_HEADER","actionToUse":{"block":{}}}]`
	narrowed := `,"scopeDownStatement":{` + text(path, "STARTS_WITH", "/app") + `}`
	for name, tt := range map[string]struct {
		rules   string
		request *http.Request
		blocked bool
	}{
		"an ordinary request":         {group("none", ""), get("/"), false},
		"no User-Agent":               {group("none", ""), agentless, true},
		"no User-Agent, counted":      {group("count", ""), agentless, false},
		"no User-Agent, overridden":   {group("none", excluded), agentless, false},
		"no User-Agent, kept":         {group("none", kept), agentless, true},
		"no User-Agent, elsewhere":    {group("none", narrowed), agentless, false},
		"of a version of its own":     {group("none", `,"version":"Version_1.4"`), agentless, false},
		"a long query":                {group("none", ""), get("/?" + strings.Repeat("q", 2049)), true},
		"a query that is not":         {group("none", ""), get("/?" + strings.Repeat("q", 2048)), false},
		"a long path":                 {group("none", ""), get("/" + strings.Repeat("p", 1024)), true},
		"a path that is not":          {group("none", ""), get("/" + strings.Repeat("p", 1023)), false},
		"long cookies":                {group("none", ""), cookies, true},
		"another group":               {strings.Replace(group("none", ""), "Common", "Other", 1), agentless, false},
		"a large body":                {group("none", ""), withAgent(post(8193, true)), true},
		"a body that is not so large": {group("none", ""), withAgent(post(8192, true)), false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.blocked, asked(t, tt.rules).Ask(tt.request, wire.Internet()) != nil)
		})
	}
}

func withAgent(r *http.Request) *http.Request {
	r.Header.Set("User-Agent", "a test")
	return r
}

func TestTheFirstRuleByPriorityDecides(t *testing.T) {
	a := asked(t, `{"defaultAction":{"block":{}},"rules":[
		{"name":"late","priority":9,"action":{"block":{}},"statement":{`+text(path, "STARTS_WITH", "/")+`}},
		{"name":"counts","priority":0,"action":{"count":{}},"statement":{`+text(path, "STARTS_WITH", "/")+`}},
		{"name":"puzzles","priority":1,"action":{"captcha":{}},"statement":{`+text(path, "STARTS_WITH", "/")+`}},
		{"name":"allows","priority":2,"action":{"allow":{}},"statement":{`+text(path, "EXACTLY", "/open")+`}}]}`)
	assert.Nil(t, a.Ask(get("/open"), wire.Internet()))
	assert.Equal(t, "late", a.Ask(get("/x"), wire.Internet()).Rule)
	assert.Equal(t, "default", asked(t, `{"defaultAction":{"block":{}}}`).Ask(get("/"), wire.Internet()).Rule)
	assert.Nil(t, asked(t, `{"defaultAction":{"block":{}},"ruleJson":"[]"}`).Ask(get("/"), wire.Internet()), "rules as JSON are not carried")
	var none *waf.ACL
	assert.Nil(t, none.Ask(get("/"), wire.Internet()))
}

func TestCustomResponses(t *testing.T) {
	a := asked(t, `{"defaultAction":{"block":{"customResponse":{"responseCode":418,"customResponseBodyKey":"tea","responseHeaders":[{"name":"X-Pot","value":"short"}]}}},
		"customResponseBodies":[{"key":"other"},{"key":"tea","content":"{}","contentType":"APPLICATION_JSON"}]}`)
	assert.Equal(t, &waf.Block{
		Rule: "default", Status: 418, Header: http.Header{"X-Pot": {"short"}}, ContentType: "application/json", Body: "{}",
	}, a.Ask(get("/"), wire.Internet()))
}

// What a distribution has inspected is up to its web ACL.
func TestBodyLimits(t *testing.T) {
	rules := `"rules":` + rule(size(body, "GT", "16000"))
	for config, blocked := range map[string]bool{
		`{"scope":"REGIONAL",` + rules + `}`:   false,
		`{"scope":"CLOUDFRONT",` + rules + `}`: true,
	} {
		assert.Equal(t, blocked, asked(t, config).Ask(post(20_000, false), wire.Internet()) != nil, config)
	}
	more := `"associationConfig":{"requestBodies":[{"cloudfronts":[{"defaultSizeInspectionLimit":"KB_32"}]}]},`
	large := strings.Replace(rules, "16000", "30000", 1)
	assert.NotNil(t, asked(t, `{"scope":"CLOUDFRONT",`+more+large+`}`).Ask(post(31_000, true), wire.Internet()))
	assert.Nil(t, asked(t, `{"scope":"CLOUDFRONT",`+large+`}`).Ask(post(31_000, true), wire.Internet()))
}

func TestRates(t *testing.T) {
	limit := func(more string) *waf.ACL {
		return asked(t, rule(`"rateBasedStatement":{"limit":10,`+more+`"evaluationWindowSec":60}`))
	}
	other := wire.Internet()
	other.Address = netip.MustParseAddr("203.0.113.99")
	sent := func(a *waf.ACL, from wire.Source, url string, n int) (blocked int) {
		for range n {
			if a.Ask(get(url), from) != nil {
				blocked++
			}
		}
		return blocked
	}
	a := limit("")
	assert.Equal(t, 2, sent(a, wire.Internet(), "/", 12))
	assert.Zero(t, sent(a, other, "/", 10), "each sender is counted by itself")
	time.Sleep(70 * time.Millisecond)
	assert.Zero(t, sent(a, wire.Internet(), "/", 10), "a window later")
	a = limit(`"aggregateKeyType":"CONSTANT",`)
	assert.Equal(t, 2, sent(a, wire.Internet(), "/", 6)+sent(a, other, "/", 6))
	a = limit(`"scopeDownStatement":{` + text(path, "EXACTLY", "/login") + `},`)
	assert.Zero(t, sent(a, wire.Internet(), "/", 12))
	assert.Equal(t, 2, sent(a, wire.Internet(), "/login", 12))
	assert.Zero(t, sent(limit(`"aggregateKeyType":"CUSTOM_KEYS",`), wire.Internet(), "/", 12), "is not carried")
}
