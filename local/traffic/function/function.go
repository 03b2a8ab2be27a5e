// Package function runs CloudFront functions: their JavaScript, with the events of AWS.
package function

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dop251/goja"
)

// longest is how long a function may run. AWS limits the share of the time that it may
// have instead, which is less than a millisecond.
// Inferred: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const longest = time.Second

// Function is the code of one function.
type Function struct{ program *goja.Program }

// Compile reads the code of a function. It refuses what this engine does not have, such
// as modules.
func Compile(name, code string) (*Function, error) {
	program, err := goja.Compile(name, code, false)
	if err != nil {
		return nil, fmt.Errorf("the code of the function %s cannot be run here: %w", name, err)
	}
	return &Function{program}, nil
}

// Errors of functions, which viewers see as 503 and 502.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
var (
	ErrExecution  = errors.New("the CloudFront function associated with the distribution failed to run")
	ErrValidation = errors.New("the CloudFront function returned what CloudFront does not take")
)

// Request is what a function sees of a viewer's request and can change, except Method.
type Request struct {
	Method, Path, Query string
	HasQuery            bool // a URL with ? and nothing behind it has an empty one
	Header              http.Header
	Host, IP            string
}

// Response is an answer of a function, or what it makes of the origin's.
type Response struct {
	Status int
	Header http.Header
	Body   string
}

// OnRequest runs the function on a viewer's request. It returns the request for the
// origin, or the answer for the viewer.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
func (f *Function) OnRequest(in Request) (Request, *Response, error) {
	vm, result, err := f.run("viewer-request", in, nil)
	if err != nil {
		return in, nil, err
	}
	if status := result.Get("statusCode"); isSet(status) {
		response, err := responseOf(vm, result)
		return in, response, err
	}
	out, err := requestOf(vm, result, in)
	return out, nil, err
}

// OnResponse runs the function on an answer for a viewer.
func (f *Function) OnResponse(in Request, response Response) (*Response, error) {
	vm, result, err := f.run("viewer-response", in, &response)
	if err != nil {
		return nil, err
	}
	return responseOf(vm, result)
}

// run calls the handler, in an engine of its own, as AWS keeps nothing between calls.
func (f *Function) run(event string, in Request, response *Response) (*goja.Runtime, *goja.Object, error) {
	vm := goja.New()
	timer := time.AfterFunc(longest, func() { vm.Interrupt("it took too long") })
	defer timer.Stop()
	if _, err := vm.RunProgram(f.program); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrExecution, err)
	}
	handler, ok := goja.AssertFunction(vm.Get("handler"))
	if !ok {
		return nil, nil, fmt.Errorf("%w: it has no function named handler", ErrExecution)
	}
	argument := map[string]any{
		"version": "1.0",
		"context": map[string]any{"eventType": event},
		"viewer":  map[string]any{"ip": in.IP},
		"request": in.event(vm),
	}
	if response != nil {
		argument["response"] = response.event(vm)
	}
	result, err := handler(goja.Undefined(), deeply(vm, argument))
	if promise, is := exported(result).(*goja.Promise); is && err == nil {
		if result = promise.Result(); promise.State() != goja.PromiseStateFulfilled {
			err = fmt.Errorf("its promise was not kept: %v", result)
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrExecution, err)
	}
	object, ok := result.(*goja.Object)
	if !ok {
		return nil, nil, fmt.Errorf("%w: it returned no object", ErrValidation)
	}
	return vm, object, nil
}

func exported(v goja.Value) any {
	if v == nil {
		return nil
	}
	return v.Export()
}

func isSet(v goja.Value) bool { return v != nil && !goja.IsUndefined(v) && !goja.IsNull(v) }

// deeply makes objects of JavaScript's own of maps, so that a function can change them.
func deeply(vm *goja.Runtime, v any) goja.Value {
	switch v := v.(type) {
	case map[string]any:
		object := vm.NewObject()
		for _, key := range slices.Sorted(maps.Keys(v)) {
			_ = object.Set(key, deeply(vm, v[key])) // a new object takes every property
		}
		return object
	case fields:
		object := vm.NewObject()
		for _, f := range v {
			_ = object.Set(f.name, deeply(vm, f.value))
		}
		return object
	case []any:
		all := make([]any, len(v))
		for i, element := range v {
			all[i] = deeply(vm, element)
		}
		return vm.NewArray(all...)
	}
	return vm.ToValue(v)
}

// fields are properties in an order of their own.
type fields []struct {
	name  string
	value any
}

func (f *fields) add(name string, value any) {
	*f = append(*f, struct {
		name  string
		value any
	}{name, value})
}

// event is the request as functions see it.
func (r Request) event(vm *goja.Runtime) any {
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	cookies := cookiesOf(header)
	header.Del("Cookie")
	headers := valuesOf(header)
	headers["host"] = map[string]any{"value": r.Host}
	raw := func(goja.FunctionCall) goja.Value {
		if !r.HasQuery {
			return goja.Undefined()
		}
		return vm.ToValue(r.Query)
	}
	return map[string]any{
		"method": r.Method, "uri": r.Path, "querystring": queryOf(r.Query), "headers": headers, "cookies": cookies,
		"rawQueryString": raw,
	}
}

// event is the response as functions see it.
func (r Response) event(*goja.Runtime) any {
	header := r.Header.Clone()
	header.Del("Set-Cookie")
	cookies := map[string]any{}
	for _, cookie := range (&http.Response{Header: r.Header}).Cookies() {
		_, attributes, _ := strings.Cut(cookie.Raw, ";")
		cookies[cookie.Name] = map[string]any{"value": cookie.Value, "attributes": strings.TrimSpace(attributes)}
	}
	return map[string]any{
		"statusCode": r.Status, "statusDescription": http.StatusText(r.Status), "headers": valuesOf(header), "cookies": cookies,
	}
}

// valuesOf is headers in the form of events: names in lower case.
func valuesOf(header http.Header) map[string]any {
	all := map[string]any{}
	for name, values := range header {
		if len(values) > 0 && !IsHidden(name) {
			all[strings.ToLower(name)] = valueOf(values)
		}
	}
	return all
}

func valueOf(values []string) any {
	one := map[string]any{"value": values[0]}
	if len(values) > 1 {
		var multi []any
		for _, v := range values {
			multi = append(multi, map[string]any{"value": v})
		}
		one["multiValue"] = multi
	}
	return one
}

func cookiesOf(header http.Header) any {
	var pairs []pair
	for _, line := range header.Values("Cookie") {
		for cookie := range strings.SplitSeq(line, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(cookie), "=")
			pairs = append(pairs, pair{name, value})
		}
	}
	return grouped(pairs)
}

// queryOf is a query in the form of events, encoded as it came.
func queryOf(query string) any {
	var pairs []pair
	for parameter := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		pairs = append(pairs, pair{name, value})
	}
	return grouped(pairs)
}

type pair struct{ name, value string }

func grouped(pairs []pair) fields {
	var out fields
	var names []string
	values := map[string][]string{}
	for _, p := range pairs {
		if p.name == "" {
			continue
		}
		if values[p.name] == nil {
			names = append(names, p.name)
		}
		values[p.name] = append(values[p.name], p.value)
	}
	for _, name := range names {
		out.add(name, valueOf(values[name]))
	}
	return out
}
