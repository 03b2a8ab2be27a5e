package s3

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/portico-iac/portico/local/traffic/pki"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// Options are what S3 in a Region needs besides the network.
type Options struct {
	// Region is where the buckets are, Place where they answer.
	Region  string
	Place   wire.Place
	Buckets []Bucket
	// Authority issues S3's certificate. Required.
	Authority *pki.Authority
	// Sink gets the events. Default: none.
	Sink wire.Sink
}

// Ports are those on which S3 listens.
var Ports = []int{80, 443}

// S3 serves buckets until it is closed.
type S3 struct {
	opts    Options
	buckets map[string]*bucket // by every name of their endpoints
	serving wire.Serving
}

// bucket is a bucket with its policy.
type bucket struct {
	Bucket
	policy *policy
	since  time.Time // that the objects of the account are said to have been there
}

// Names are those of a bucket's REST endpoints.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
func (b Bucket) Names() []string {
	return []string{b.Name + ".s3." + b.Region + ".amazonaws.com", b.Name + ".s3.amazonaws.com"}
}

// Serve serves the buckets of a Region. The error names what of a policy is not served.
func Serve(n *wire.Network, opts Options) (*S3, error) {
	s := &S3{opts: opts, buckets: map[string]*bucket{}}
	for _, b := range opts.Buckets {
		p, err := parsePolicy(b.Policy)
		if err != nil {
			return nil, fmt.Errorf("bucket %s: %w", b.Name, err)
		}
		for _, name := range b.Names() {
			s.buckets[name] = &bucket{b, p, time.Now().Truncate(time.Second)}
		}
	}
	endpoint := "s3." + opts.Region + ".amazonaws.com"
	certificate, err := opts.Authority.Certificate(pki.Spec{Names: []string{endpoint, "*." + endpoint, "s3.amazonaws.com", "*.s3.amazonaws.com"}})
	if err != nil {
		return nil, err
	}
	for _, port := range Ports {
		if err := s.listen(n, port, certificate); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// listen serves HTTP/1.1 on a port, over TLS on 443.
// Sourced: https://docs.aws.amazon.com/AmazonS3/latest/userguide/network-isolation.html (TLS from 1.2 on)
func (s *S3) listen(n *wire.Network, port int, certificate *tls.Certificate) error {
	inner, err := s.serving.Listen(n, s.opts.Place, port)
	if err != nil {
		return err
	}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	srv := &http.Server{
		Handler: s, Protocols: &protocols, ErrorLog: log.New(io.Discard, "", 0),
	}
	serve := srv.Serve
	if port == 443 {
		own := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*certificate}}
		srv.TLSConfig = &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			s.opts.Sink.Emit(wire.Event{Hop: wire.HopBucket, Name: s.name(h.ServerName), Kind: wire.Handshake, SNI: h.ServerName})
			return own, nil
		}}
		serve = func(l net.Listener) error { return srv.ServeTLS(l, "", "") }
	}
	s.serving.Serve(srv, serve, inner)
	return nil
}

// Close stops serving and cuts the connections.
func (s *S3) Close() error { return s.serving.Close() }
