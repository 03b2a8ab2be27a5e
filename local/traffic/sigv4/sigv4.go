// Package sigv4 signs requests of CloudFront to S3, and verifies them there. The secret
// key is one of the process: as on AWS, nobody else can sign in CloudFront's name.
package sigv4

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Caller is who signed a request: a service on behalf of a resource.
type Caller struct {
	// Service is the service's name as a principal, such as cloudfront.amazonaws.com.
	Service string
	// SourceARN is the resource for which the service asks.
	SourceARN string
}

const (
	algorithm = "AWS4-HMAC-SHA256"
	signed    = "host;x-amz-content-sha256;x-amz-date;x-amz-source-arn"
	timeForm  = "20060102T150405Z"
)

// Headers of a signed request besides Authorization.
const (
	dateHeader    = "X-Amz-Date"
	payloadHeader = "X-Amz-Content-Sha256"
	sourceHeader  = "X-Amz-Source-Arn"
)

// secret is made at the first use.
var secret = sync.OnceValue(func() []byte {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return key[:]
})

// Sign signs a request to a host in a Region. A signature of the viewer's is replaced.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
func Sign(r *http.Request, by Caller, host, region string) {
	r.Header.Set(dateHeader, time.Now().UTC().Format(timeForm))
	r.Header.Set(payloadHeader, "UNSIGNED-PAYLOAD")
	r.Header.Set(sourceHeader, by.SourceARN)
	scope := by.Service + "/" + r.Header.Get(dateHeader)[:8] + "/" + region + "/s3/aws4_request"
	r.Header.Set("Authorization", fmt.Sprintf("%s Credential=%s, SignedHeaders=%s, Signature=%s", algorithm, scope, signed, signature(r, host, scope)))
}

// Verify returns who signed a request. The error says why the signature does not hold.
func Verify(r *http.Request) (Caller, error) {
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), algorithm+" ")
	if !ok {
		return Caller{}, errors.New("the authorization mechanism you have provided is not supported")
	}
	given := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		given[name] = value
	}
	want := signature(r, r.Host, given["Credential"])
	if given["SignedHeaders"] != signed || !hmac.Equal([]byte(given["Signature"]), []byte(want)) {
		return Caller{}, errors.New("the request signature we calculated does not match the signature you provided")
	}
	service, _, _ := strings.Cut(given["Credential"], "/")
	return Caller{Service: service, SourceARN: r.Header.Get(sourceHeader)}, nil
}

// signature is that of a request, with the scope in which the key holds.
func signature(r *http.Request, host, scope string) string {
	canonical := strings.Join([]string{
		r.Method, r.URL.EscapedPath(), r.URL.RawQuery, "host:" + host, "x-amz-content-sha256:" + r.Header.Get(payloadHeader),
		"x-amz-date:" + r.Header.Get(dateHeader), "x-amz-source-arn:" + r.Header.Get(sourceHeader), "", signed, r.Header.Get(payloadHeader),
	}, "\n")
	hash := sha256.Sum256([]byte(canonical))
	key := append([]byte("AWS4"), secret()...)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, algorithm+"\n"+r.Header.Get(dateHeader)+"\n"+scope+"\n"+hex.EncodeToString(hash[:])))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
