package alb

import (
	"net/http"
	"strings"
)

// Versions that a target group may expect, beside HTTP2.
const (
	versionHTTP1 = "HTTP1"
	versionGRPC  = "GRPC"
)

// acceptsVersion says whether a group of a protocol version takes a request:
//
//	request   HTTP1  HTTP2  GRPC
//	HTTP/1.1  yes    no     no
//	HTTP/2    yes    yes    POST only
//	gRPC      no     yes    yes
//
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
func acceptsVersion(version string, req *http.Request) bool {
	if req.ProtoMajor < 2 {
		return version == versionHTTP1
	}
	switch version {
	case versionHTTP1:
		return !isGRPC(req)
	case versionGRPC:
		return req.Method == http.MethodPost
	}
	return true
}

// isGRPC says whether a request is one of gRPC: a POST over HTTP/2 of that type of
// content.
// Sourced: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
func isGRPC(req *http.Request) bool {
	if req.ProtoMajor < 2 || req.Method != http.MethodPost {
		return false
	}
	rest, ok := strings.CutPrefix(strings.ToLower(req.Header.Get("Content-Type")), "application/grpc")
	return ok && (rest == "" || rest[0] == '+' || rest[0] == ';')
}

// protocolName is the HTTP version of a request as an event has it.
func protocolName(req *http.Request) string {
	if req.ProtoMajor >= 2 {
		return "HTTP/2"
	}
	return "HTTP/1.1"
}
