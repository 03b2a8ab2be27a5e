package function_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/edgefunction"
	"github.com/portico-iac/portico/local/traffic/function"
)

func compiled(t *testing.T, code string) *function.Function {
	t.Helper()
	f, err := function.Compile("f", code)
	require.NoError(t, err)
	return f
}

func asking(method, host, path, query string) function.Request {
	return function.Request{Method: method, Host: host, Path: path, Query: query, HasQuery: query != "", IP: "192.0.2.1", Header: http.Header{}}
}

func TestRedirectsOfPortico(t *testing.T) {
	toApex := edgefunction.Rules{Names: map[string]string{"www.example.com": "example.com"}}
	add, remove := edgefunction.Rules{TrailingSlash: edgefunction.AddSlash}, edgefunction.Rules{TrailingSlash: edgefunction.RemoveSlash}
	both := edgefunction.Rules{Names: map[string]string{"example.com": "www.example.com"}, TrailingSlash: edgefunction.RemoveSlash, SinglePage: "/index.html"}
	for name, tc := range map[string]struct {
		rules                     edgefunction.Rules
		method, host, path, query string
		status                    int
		location, uri             string
	}{
		"www":                   {toApex, "GET", "www.example.com", "/a/b", "x=1", 301, "https://example.com/a/b?x=1", ""},
		"WWW with a port":       {toApex, "GET", "WWW.example.com:443", "/", "", 301, "https://example.com/", ""},
		"a query as it came":    {toApex, "GET", "www.example.com", "/", "b=2&a=%20&b&2=x&1=y&", 301, "https://example.com/?b=2&a=%20&b&2=x&1=y&", ""},
		"a method that is kept": {toApex, "POST", "www.example.com", "/form", "", 308, "https://example.com/form", ""},
		"HEAD":                  {toApex, "HEAD", "www.example.com", "/", "", 301, "https://example.com/", ""},
		"the apex":              {toApex, "GET", "example.com", "/a/", "x=1", 0, "", "/a/"},
		"another name":          {toApex, "GET", "d1.cloudfront.net", "/", "", 0, "", "/"},
		"no slash yet":          {add, "GET", "example.com", "/docs", "x=1", 301, "https://example.com/docs/?x=1", ""},
		"a slash already":       {add, "GET", "example.com", "/docs/", "", 0, "", "/docs/"},
		"a file":                {add, "GET", "example.com", "/v1.0/app.js", "", 0, "", "/v1.0/app.js"},
		"below a dot":           {add, "GET", "example.com", "/v1.0/app", "", 301, "https://example.com/v1.0/app/", ""},
		"the root":              {add, "GET", "example.com", "/", "", 0, "", "/"},
		"a slash too many":      {remove, "GET", "example.com", "/docs/", "x=1", 301, "https://example.com/docs?x=1", ""},
		"several":               {remove, "GET", "example.com", "/docs///", "", 301, "https://example.com/docs", ""},
		"nothing but slashes":   {remove, "GET", "example.com", "//", "", 301, "https://example.com/", ""},
		"the root stays":        {remove, "GET", "example.com", "/", "", 0, "", "/"},
		"no other site":         {remove, "GET", "example.com", "//evil.example/", "", 301, "https://example.com//evil.example", ""},
		"challenges stay":       {add, "GET", "example.com", "/.well-known/acme-challenge/x", "", 0, "", "/.well-known/acme-challenge/x"},
		"and with a slash":      {remove, "GET", "example.com", "/.well-known/x/", "", 0, "", "/.well-known/x/"},
		"one redirect for both": {both, "GET", "example.com", "/a/", "x=1", 301, "https://www.example.com/a?x=1", ""},
		"a page":                {both, "GET", "www.example.com", "/shop/42", "", 0, "", "/index.html"},
		"the root of it":        {both, "GET", "www.example.com", "/", "", 0, "", "/"},
		"a file of it":          {both, "GET", "www.example.com", "/app.js", "", 0, "", "/app.js"},
		"what others look for":  {both, "GET", "www.example.com", "/.well-known/x", "", 0, "", "/.well-known/x"},
		"nothing that is to do": {edgefunction.Rules{}, "GET", "example.com", "/a/", "", 0, "", "/a/"},
	} {
		t.Run(name, func(t *testing.T) {
			in := asking(tc.method, tc.host, tc.path, tc.query)
			out, response, err := compiled(t, tc.rules.Code()).OnRequest(in)
			require.NoError(t, err)
			if tc.status == 0 {
				require.Nil(t, response)
				in.Path = tc.uri
				assert.Equal(t, in, out)
				return
			}
			require.NotNil(t, response)
			assert.Equal(t, tc.status, response.Status)
			assert.Equal(t, tc.location, response.Header.Get("Location"))
			assert.Equal(t, "max-age=3600", response.Header.Get("Cache-Control"))
		})
	}
}

// A function that changes nothing gives the request back as it came.
func TestARequestComesBackAsItWas(t *testing.T) {
	in := asking("GET", "example.com", "/a%20b", "x=1&y=%C3%A4&x=2&flag&2=b&1=a")
	in.Header = http.Header{
		"Accept": {"text/html", "*/*"}, "Cookie": {"a=1; b=x=y"}, "Content-Length": {"0"}, "X-Forwarded-Proto": {"https"},
		"Upgrade": {"websocket"}, "Connection": {"Upgrade"},
	}
	out, response, err := compiled(t, "function handler(event) { return event.request; }").OnRequest(in)
	require.NoError(t, err)
	assert.Nil(t, response)
	assert.Equal(t, in, out)
}

func TestWhatFunctionsChange(t *testing.T) {
	in := asking("GET", "example.com", "/", "a=1")
	in.Header.Set("Cookie", "session=1; other=2")
	out, response, err := compiled(t, `async function handler(event) {
		const request = event.request;
		request.uri = '/new' + request.uri;
		request.querystring['b'] = { value: '', multiValue: [{ value: '2' }, { value: '3' }] };
		request.headers['x-viewer'] = { value: event.viewer.ip + ' ' + event.context.eventType };
		delete request.cookies.other;
		return request;
	}`).OnRequest(in)
	require.NoError(t, err)
	assert.Nil(t, response)
	assert.Equal(t, "/new/", out.Path)
	assert.Equal(t, "a=1&b=2&b=3", out.Query)
	assert.Equal(t, "192.0.2.1 viewer-request", out.Header.Get("X-Viewer"))
	assert.Equal(t, "session=1", out.Header.Get("Cookie"))
}

func TestAnswersOfFunctions(t *testing.T) {
	_, response, err := compiled(t, `function handler(event) { return { statusCode: 401, statusDescription: 'Unauthorized',
		headers: { 'www-authenticate': { value: 'Basic' } }, cookies: { a: { value: '1', attributes: 'Secure; Path=/' } },
		body: { encoding: 'base64', data: 'bm8=' } }; }`).OnRequest(asking("GET", "example.com", "/", ""))
	require.NoError(t, err)
	assert.Equal(t, &function.Response{Status: 401, Body: "no",
		Header: http.Header{"Www-Authenticate": {"Basic"}, "Set-Cookie": {"a=1; Secure; Path=/"}}}, response)

	header := http.Header{"Content-Type": {"text/html"}, "Set-Cookie": {"a=1; HttpOnly"}}
	response, err = compiled(t, `function handler(event) { const response = event.response;
		response.headers['x-frame-options'] = { value: 'DENY' }; response.statusCode = 203; return response; }`).
		OnResponse(asking("GET", "example.com", "/", ""), function.Response{Status: 200, Header: header})
	require.NoError(t, err)
	assert.Equal(t, &function.Response{Status: 203,
		Header: http.Header{"Content-Type": {"text/html"}, "X-Frame-Options": {"DENY"}, "Set-Cookie": {"a=1; HttpOnly"}}}, response)
}

func TestFunctionsThatFail(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		want error
	}{
		"an exception":         {`throw new Error("no")`, function.ErrExecution},
		"an endless loop":      {`for (;;) {}`, function.ErrExecution},
		"a broken promise":     {`return Promise.reject("no")`, function.ErrExecution},
		"nothing":              {``, function.ErrValidation},
		"a text":               {`return "x"`, function.ErrValidation},
		"no slash":             {`event.request.uri = "a"; return event.request`, function.ErrValidation},
		"another host":         {`event.request.headers.host.value = "a"; return event.request`, function.ErrValidation},
		"another method":       {`event.request.method = "PUT"; return event.request`, function.ErrValidation},
		"a status of its own":  {`return { statusCode: 99 }`, function.ErrValidation},
		"a name in upper case": {`return { statusCode: 200, headers: { Location: { value: "/" } } }`, function.ErrValidation},
		"a header of AWS":      {`return { statusCode: 200, headers: { "x-cache": { value: "/" } } }`, function.ErrValidation},
		"two headers in one":   {`return { statusCode: 200, headers: { "x-a": { value: "a\r\nb: c" } } }`, function.ErrValidation},
		"no base64":            {`return { statusCode: 200, body: { encoding: "base64", data: "-" } }`, function.ErrValidation},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := compiled(t, "function handler(event) {"+tc.body+"}").OnRequest(asking("GET", "example.com", "/", ""))
			assert.ErrorIs(t, err, tc.want)
		})
	}
	_, _, err := compiled(t, "var x = 1;").OnRequest(asking("GET", "example.com", "/", ""))
	assert.ErrorIs(t, err, function.ErrExecution)
	_, err = function.Compile("f", "import cf from 'cloudfront';")
	assert.ErrorContains(t, err, "the code of the function f cannot be run here")
}
