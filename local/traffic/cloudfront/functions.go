package cloudfront

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/portico-iac/portico/local/traffic/accesslog"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/function"
)

// Events at which behaviors run functions.
const (
	viewerRequest  = "viewer-request"
	viewerResponse = "viewer-response"
)

// functionsOf compiles the functions of a behavior, by event.
func (f *Fleet) functionsOf(b account.CacheBehavior) (map[string]*function.Function, error) {
	all := map[string]*function.Function{}
	for _, association := range b.FunctionAssociations {
		i := slices.IndexFunc(f.opts.Functions, func(known account.Function) bool { return known.ARN == association.FunctionARN })
		if i < 0 {
			return nil, fmt.Errorf("functionAssociations: there is no function %q", association.FunctionARN)
		}
		compiled, err := function.Compile(f.opts.Functions[i].Name, f.opts.Functions[i].Code)
		if err != nil {
			return nil, fmt.Errorf("functionAssociations: %w", err)
		}
		all[association.EventType] = compiled
	}
	return all, nil
}

// seen is the viewer's request as functions see it.
func (x *exchange) seen() function.Request {
	r := x.in
	return function.Request{
		Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, HasQuery: r.URL.RawQuery != "" || r.URL.ForceQuery,
		Header: r.Header, Host: r.Host, IP: hostName(r.RemoteAddr),
	}
}

// answeredByFunction runs the behavior's function on the viewer's request. It may answer,
// or change the request; the behavior stays the same whatever the path is then.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
// Inferred: that it comes after what CloudFront refuses or redirects itself
func (x *exchange) answeredByFunction(w http.ResponseWriter) bool {
	run := x.behavior.functions[viewerRequest]
	if run == nil {
		return false
	}
	request, response, err := run.OnRequest(x.seen())
	switch {
	case err != nil:
		x.sendFunctionError(w, err)
		return true
	case response != nil:
		x.sendGenerated(w, response)
		return true
	}
	changed, err := url.ParseRequestURI(request.Path)
	if err != nil {
		x.sendFunctionError(w, fmt.Errorf("%w: its uri is no path: %w", function.ErrValidation, err))
		return true
	}
	out := x.in.Clone(x.in.Context())
	out.URL.Path, out.URL.RawPath = changed.Path, changed.RawPath
	out.URL.RawQuery, out.URL.ForceQuery = request.Query, request.HasQuery && request.Query == ""
	out.Header = request.Header
	x.in = out
	return false
}

// sendGenerated sends a response that a function made.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-tutorial.html
func (x *exchange) sendGenerated(w http.ResponseWriter, response *function.Response) {
	h := w.Header()
	maps.Copy(h, response.Header)
	h.Set("Server", "CloudFront")
	h.Set("Content-Length", fmt.Sprint(len(response.Body)))
	x.addHeaders(h, generated)
	x.emit(response.Status, true)
	w.WriteHeader(response.Status)
	if x.in.Method != http.MethodHead {
		_, _ = w.Write([]byte(response.Body)) // fails only if the viewer is gone
	}
}

// sendFunctionError answers in place of a function that failed.
func (x *exchange) sendFunctionError(w http.ResponseWriter, err error) {
	status, detail := functionFailure(err)
	x.detail = detail
	x.sendError(w, status, err.Error())
}

// functionFailure returns the status of a function that failed, and how logs call it.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html
func functionFailure(err error) (status int, detail string) {
	switch {
	case errors.Is(err, function.ErrExecution):
		return http.StatusServiceUnavailable, accesslog.FunctionExecutionError
	case errors.Is(err, function.ErrValidation):
		return http.StatusBadGateway, accesslog.FunctionValidationError
	}
	return 0, ""
}

// afterFunction runs the behavior's function on a response for the viewer, unless it is an
// error, and returns its status. The body stays as it is.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
func (x *exchange) afterFunction(status int, h http.Header) (int, error) {
	run := x.behavior.functions[viewerResponse]
	if run == nil || x.forPage || status < 200 || status >= 400 {
		return status, nil
	}
	response, err := run.OnResponse(x.seen(), function.Response{Status: status, Header: h})
	if err != nil {
		return status, err
	}
	for name := range h {
		if !function.IsHidden(name) && name != "Content-Length" && name != "Transfer-Encoding" {
			h.Del(name)
		}
	}
	for name, values := range response.Header {
		if name != "Content-Length" && name != "Transfer-Encoding" {
			h[name] = values
		}
	}
	return response.Status, nil
}
