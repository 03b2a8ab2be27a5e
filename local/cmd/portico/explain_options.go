package main

import (
	"cmp"
	"flag"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/portico-iac/portico/internal/awsrule"
	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/local/observe"
	"github.com/portico-iac/portico/requestpath"
)

type explainOptions struct {
	all                                    bool
	method, from, version, connectTo, host string
	headers                                []requestpath.Header
	wrongHeader                            error
	country                                string
	bodyBytes                              int
	insecure                               bool
	deployment                             string
	logLine                                string
	originFacing                           []string
}

func explainFlags(o *options, flags *flag.FlagSet) {
	e := &o.explain
	serversFlag(o, flags)
	flags.BoolVar(&e.all, "all", false, "every request that should be answered or rejected, with its outcome")
	flags.StringVar(&e.method, "method", "", "`method` of the request (default GET, POST with --version grpc)")
	flags.StringVar(&e.from, "from", "", "`sender` of the request: internet, cloudfront (any account's distribution), vpc, or an address (default internet)")
	flags.StringVar(&e.version, "version", "", "newest HTTP `version` that the client offers: http/1.1, http/2, http/3 or grpc (default http/2)")
	flags.StringVar(&e.connectTo, "connect-to", "", "`name` or address to connect to instead of the URL's")
	flags.StringVar(&e.host, "host", "", "Host `header` (default: the URL's host)")
	flags.Func("header", "`name=value` of a header, or name: value; the value is compared and never printed; may be repeated", e.addHeader)
	flags.StringVar(&e.country, "country", "", "`code` of the country that the request comes from, such as JP, for the rules of a web ACL (default: not known)")
	flags.IntVar(&e.bodyBytes, "body-bytes", 0, "`size` of the request's body, for the rules of a web ACL (default: no body)")
	flags.BoolVar(&e.insecure, "insecure", false, "accept any certificate")
	flags.StringVar(&e.deployment, "deployment", "", "`file` with the output of pulumi stack export, or - for standard input, instead of a local stack; export with --show-secrets so that nothing has to be guessed")
	flags.StringVar(&e.logLine, "log-line", "", "`line` of an access log instead of a request: which hop answered it, why, and the fix; - reads lines from standard input. "+
		"The logs are an Application Load Balancer's access log and connection log, and CloudFront's standard log")
	flags.Func("origin-facing", "`id` of CloudFront's origin-facing prefix list in the deployment's Region; may be repeated (default: taken from the rules' descriptions)",
		func(id string) error { e.originFacing = append(e.originFacing, id); return nil })
}

// addHeader accepts name=value, and name: value as curl does. It keeps its error
// for check, since the package flag would print the value.
func (e *explainOptions) addHeader(pair string) error {
	i := strings.IndexAny(pair, "=:")
	name, value := pair[:max(0, i)], pair[i+1:]
	if i > 0 && pair[i] == ':' {
		value = strings.TrimLeft(value, " \t")
	}
	switch {
	case i < 0 || !token(name) || strings.ContainsFunc(value, unicode.IsControl):
		e.wrongHeader = fmt.Errorf("%w: --header: must be name=value or \"name: value\"; the value given is neither, and is not printed since it may be a secret", errUsage)
	case strings.EqualFold(name, "Host"):
		e.wrongHeader = fmt.Errorf("%w: --header: use --host for the Host header", errUsage)
	}
	e.headers = append(e.headers, requestpath.Header{Name: name, Value: value})
	return nil
}

// token says whether a text can be a method or the name of a header.
// Sourced: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func token(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

func (s *session) checkExplain() error {
	e := &s.explain
	one := s.argument != "" || slices.ContainsFunc([]string{"method", "from", "version", "connect-to", "host", "header", "country", "body-bytes", "insecure"},
		func(name string) bool { return s.given[name] })
	if err := s.checkRequest(); err != nil {
		return err
	}
	switch {
	case s.given["deployment"] && e.deployment == "":
		return fmt.Errorf("%w: --deployment: must be a file, or - for standard input", errUsage)
	case s.given["deployment"] && s.given["stack"]:
		return fmt.Errorf("%w: --deployment replaces the local stack: it cannot be combined with --stack", errUsage)
	case e.originFacing != nil && e.deployment == "":
		return fmt.Errorf("%w: --origin-facing goes with --deployment: the prefix lists of a local account are known", errUsage)
	case s.given["log-line"]:
		return e.checkLogLine(one)
	case e.all && one:
		return fmt.Errorf("%w: --all is about every request: it cannot be combined with a URL or an option about one request", errUsage)
	}
	return nil
}

// checkRequest checks the URL and the options about one request.
func (s *session) checkRequest() error {
	e := &s.explain
	switch {
	case e.wrongHeader != nil:
		return e.wrongHeader
	case s.given["method"] && !token(e.method):
		return fmt.Errorf("%w: --method: must be a method such as GET, without spaces, got %q", errUsage, e.method)
	case s.given["country"] && !awsrule.IsCountry(e.country):
		return fmt.Errorf("%w: --country: must be a two-letter code in capitals, such as JP, got %q", errUsage, e.country)
	case e.bodyBytes < 0:
		return fmt.Errorf("%w: --body-bytes: must be 0 or more, got %d", errUsage, e.bodyBytes)
	}
	if _, err := e.source(); err != nil {
		return err
	}
	if _, ok := versions[strings.ToLower(e.version)]; !ok {
		return fmt.Errorf("%w: --version: must be http/1.1, http/2, http/3 or grpc, got %q", errUsage, e.version)
	}
	if s.argument != "" {
		if _, err := observe.RequestFor(s.argument); err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
	}
	return nil
}

// checkLogLine checks --log-line. one says that there is a URL or an option about one
// request.
func (e *explainOptions) checkLogLine(one bool) error {
	switch {
	case strings.TrimSpace(e.logLine) == "":
		return fmt.Errorf("%w: --log-line: must be a line of an access log, or - for standard input", errUsage)
	case one || e.all:
		return fmt.Errorf("%w: --log-line has a request of its own: it cannot be combined with a URL, --all or an option about one request", errUsage)
	case e.logLine == "-" && e.deployment == "-":
		return fmt.Errorf("%w: --log-line and --deployment cannot both be read from standard input: name a file for the deployment", errUsage)
	}
	return nil
}

var versions = map[string]string{
	"": "", "http/1.1": requestpath.HTTP11, "http/2": requestpath.HTTP2, "http/3": requestpath.HTTP3, "grpc": requestpath.GRPC,
}

// request is the one to explain: the URL's, or else the first that viewers send.
func (e *explainOptions) request(argument string, model *registered.Model) (requestpath.Request, error) {
	r, err := observe.RequestFor(argument)
	if argument == "" {
		r, err = ordinary(model.Fronted())
	}
	if err != nil {
		return r, err
	}
	r.Method, r.Version, r.ConnectTo, r.Host = e.method, versions[strings.ToLower(e.version)], e.connectTo, e.host
	r.IgnoreCertificate, r.BodyBytes = e.insecure, e.bodyBytes
	if e.from != "" {
		if r.From, err = e.source(); err != nil {
			return r, err
		}
	}
	r.From.Country = cmp.Or(e.country, r.From.Country)
	if r.Version == requestpath.GRPC && r.Method == "" {
		r.Method = "POST"
	}
	for _, h := range e.headers {
		r.Headers = append(r.Headers, model.Header(h.Name, h.Value))
	}
	return r, nil
}

// source is who sends the request. A private address is in the VPC.
func (e *explainOptions) source() (requestpath.Source, error) {
	if slices.Contains([]string{"", requestpath.FromInternet, requestpath.FromCloudFront, requestpath.FromVPC}, e.from) {
		return requestpath.Source{Kind: e.from}, nil
	}
	address, err := netip.ParseAddr(e.from)
	if err != nil {
		return requestpath.Source{}, fmt.Errorf("%w: --from: must be internet, cloudfront, vpc or an address, got %q", errUsage, e.from)
	}
	if address.IsPrivate() {
		return requestpath.Source{Kind: requestpath.FromVPC, Address: e.from}, nil
	}
	return requestpath.Source{Kind: requestpath.FromInternet, Address: e.from}, nil
}

// ordinary is the first request that viewers send, preferably over HTTPS.
func ordinary(plan requestpath.Plan) (requestpath.Request, error) {
	probes := slices.DeleteFunc(requestpath.Probes(plan), func(p requestpath.Probe) bool { return p.Want != requestpath.WantAnswer })
	if len(probes) == 0 {
		return requestpath.Request{}, fmt.Errorf("%w: no name leads to a distribution or a load balancer: name a URL", errUsage)
	}
	secure := slices.IndexFunc(probes, func(p requestpath.Probe) bool { return p.Request.Scheme == requestpath.SchemeHTTPS })
	return probes[max(0, secure)].Request, nil
}
