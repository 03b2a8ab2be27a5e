package function

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// readOnly are the headers of requests that a function sees and cannot change, as it
// cannot change Host.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
var readOnly = []string{"Content-Length", "Transfer-Encoding", "Via"}

// IsHidden reports whether a function neither sees nor can set a header.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
func IsHidden(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(hidden, name) || slices.ContainsFunc(hiddenPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

var (
	hidden = []string{
		"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "trailer", "upgrade",
		"x-amzn-auth", "x-amzn-cf-billing", "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile",
		"x-amzn-header-count", "x-amzn-header-order", "x-amzn-lambda-integration-tag", "x-amzn-requestid", "x-cache",
		"x-forwarded-proto", "x-real-ip",
	}
	hiddenPrefixes = []string{"x-accel-", "x-amz-cf-", "x-edge-"}
)

func invalid(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrValidation, fmt.Sprintf(format, a...))
}

// requestOf reads the request that a function returned.
func requestOf(vm *goja.Runtime, result *goja.Object, in Request) (Request, error) {
	out := in
	out.Path = textOf(result.Get("uri"))
	if !strings.HasPrefix(out.Path, "/") {
		return in, invalid("its uri is %q, which does not begin with a slash", out.Path)
	}
	if textOf(result.Get("method")) != in.Method {
		return in, invalid("it changed the method")
	}
	out.Query, out.HasQuery = queryOfResult(vm, result, in)
	header, host, err := headersOf(vm, result.Get("headers"))
	if err != nil {
		return in, err
	}
	if !strings.EqualFold(host, in.Host) {
		return in, invalid("it changed the header host, which is read-only")
	}
	for _, name := range readOnly {
		if !slices.Equal(header.Values(name), in.Header.Values(name)) {
			return in, invalid("it changed the header %s, which is read-only", strings.ToLower(name))
		}
	}
	for name, values := range in.Header {
		if IsHidden(name) {
			header[name] = values
		}
	}
	var cookies []string
	each(vm, result.Get("cookies"), func(name, value string, _ *goja.Object) { cookies = append(cookies, name+"="+value) })
	if len(cookies) > 0 {
		header.Set("Cookie", strings.Join(cookies, "; "))
	}
	out.Header = header
	return out, nil
}

// queryOfResult is the query of the request that a function returned: as it came, if the
// function left it alone.
func queryOfResult(vm *goja.Runtime, result *goja.Object, in Request) (query string, has bool) {
	value := result.Get("querystring")
	if text, is := exported(value).(string); is {
		return text, text != ""
	}
	if before := deeply(vm, queryOf(in.Query)); same(vm, before, value) {
		return in.Query, in.HasQuery
	}
	var pairs []string
	each(vm, value, func(name, value string, _ *goja.Object) {
		if value != "" {
			name += "=" + value
		}
		pairs = append(pairs, name)
	})
	return strings.Join(pairs, "&"), len(pairs) > 0
}

// same reports whether two values are the same in JSON.
func same(vm *goja.Runtime, a, b goja.Value) bool {
	object, _ := vm.Get("JSON").(*goja.Object)
	stringify, _ := goja.AssertFunction(object.Get("stringify"))
	first, errA := stringify(object, a)
	second, errB := stringify(object, b)
	return errA == nil && errB == nil && first.String() == second.String()
}

// responseOf reads the response that a function returned.
func responseOf(vm *goja.Runtime, result *goja.Object) (*Response, error) {
	status := int(result.Get("statusCode").ToInteger())
	if status < 200 || status > 599 {
		return nil, invalid("its statusCode is %d", status)
	}
	header, _, err := headersOf(vm, result.Get("headers"))
	if err != nil {
		return nil, err
	}
	each(vm, result.Get("cookies"), func(name, value string, cookie *goja.Object) {
		line := name + "=" + value
		if attributes := textOf(cookie.Get("attributes")); attributes != "" {
			line += "; " + attributes
		}
		header.Add("Set-Cookie", line)
	})
	body, err := bodyOf(result.Get("body"))
	return &Response{Status: status, Header: header, Body: body}, err
}

// bodyOf is the body of a response: a text, or data with its encoding.
func bodyOf(v goja.Value) (string, error) {
	if !isSet(v) {
		return "", nil
	}
	object, is := v.(*goja.Object)
	if !is {
		return v.String(), nil
	}
	data := textOf(object.Get("data"))
	if textOf(object.Get("encoding")) != "base64" {
		return data, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return "", invalid("its body is not base64: %v", err)
	}
	return string(decoded), nil
}

// headersOf reads headers that a function returned, the Host apart.
func headersOf(vm *goja.Runtime, v goja.Value) (header http.Header, host string, err error) {
	header = http.Header{}
	each(vm, v, func(name, value string, _ *goja.Object) {
		switch {
		case name != strings.ToLower(name):
			err = invalid("the header %s is not in lower case", name)
		case IsHidden(name):
			err = invalid("a function cannot set the header %s", name)
		case strings.ContainsAny(name+value, "\r\n\x00"):
			err = invalid("the header %s has characters that no header can have", name)
		case name == "host":
			host = value
		default:
			header.Add(name, value)
		}
	})
	return header, host, err
}

// each hands over every name with its values, of an object in the form of events.
func each(vm *goja.Runtime, v goja.Value, take func(name, value string, of *goja.Object)) {
	if !isSet(v) {
		return
	}
	object := v.ToObject(vm)
	for _, name := range object.Keys() {
		one := object.Get(name)
		if !isSet(one) {
			continue
		}
		of := one.ToObject(vm)
		multi := of.Get("multiValue")
		if !isSet(multi) {
			take(name, textOf(of.Get("value")), of)
			continue
		}
		list := multi.ToObject(vm)
		for _, i := range list.Keys() {
			element := list.Get(i).ToObject(vm)
			take(name, textOf(element.Get("value")), element)
		}
	}
}

func textOf(v goja.Value) string {
	if !isSet(v) {
		return ""
	}
	return v.String()
}
