package accesslog

import (
	"fmt"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/requestpath"
)

// failures are the codes of connections that failed.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
var failures = map[string]cause{
	"ClientCertMaxChainDepthExceeded": {"the chain of the client's certificate is too long", "let the client send a shorter chain"},
	"ClientCertMaxSizeExceeded":       {"the client's certificate is too large", "use a smaller certificate"},
	"ClientCertCrlHit":                {"the client's certificate is revoked", "give the client another certificate"},
	"ClientCertCrlProcessingError":    {"the revocation list could not be processed", "look at the revocation list of the trust store"},
	"ClientCertUntrusted":             {"the client's certificate is of an authority that the trust store does not have", "add the authority to the trust store, or give the client a certificate of one that it has"},
	"ClientCertNotYetValid":           {"the client's certificate is not valid yet", "look at the client's clock and certificate"},
	"ClientCertExpired":               {"the client's certificate has expired", "give the client a new certificate"},
	"ClientCertTypeUnsupported":       {"the type of the client's certificate is not supported", "use an X.509v3 certificate with a key that is supported"},
	"ClientCertInvalid":               {"the client's certificate is not valid", "give the client another certificate"},
	"ClientCertPurposeInvalid":        {"the client's certificate is not one for clients", "give the client a certificate for client authentication"},
	"ClientCertRejected":              {"the load balancer rejected the client's certificate", "give the client another certificate"},
	"ClientCertIncompatible":          {"the client's certificate does not fit the security policy of the listener", "change the certificate's key or the security policy"},
}

// ofConnection says how a connection to a load balancer ended. listener is the one of the
// plan, or nil.
func (l Line) ofConnection(listener *requestpath.Listener) finding {
	f := finding{by: requestpath.HopLoadBalancer, source: albConnPage}
	status := l.get("tls_verify_status")
	code, failed := strings.CutPrefix(status, "Failed:")
	switch {
	case status == "Success":
		f.why = fmt.Sprintf("TLS was agreed on: %s, %s", l.get("tls_protocol"), l.get("tls_cipher"))
		f.missing = []string{"the line does not say which requests came on the connection: lines of the access log with " + l.get("conn_trace_id") + " do"}
		return f
	case !failed:
		f.why = "the connection was made, without TLS"
		f.missing = []string{"the line does not say which requests came on the connection: lines of the access log with " + l.get("conn_trace_id") + " do"}
		return f
	}
	if c, ok := failures[code]; ok {
		f.why, f.fix = c.why, c.fix
		return f
	}
	f.why = "TLS was not agreed on: the client left the handshake, as it does when the certificate is not for the name it asked for or from an authority that it does not know, or there was no common version or cipher"
	f.fix = "ask for a name that the certificate covers, with a TLS version of the security policy"
	if listener != nil {
		f.fix = fmt.Sprintf("ask for a name that is on a certificate of the listener (%s), with a TLS version of its security policy %s (%s)",
			strings.Join(namesOf(listener), ", "), listener.SecurityPolicy, policyVersions(listener.SecurityPolicy))
	}
	f.missing = []string{"the line does not say which name the client asked for (SNI), nor which side gave up"}
	return f
}

func namesOf(l *requestpath.Listener) []string {
	var names []string
	for _, c := range l.Certificates {
		names = append(names, c.Names...)
	}
	return names
}

func policyVersions(policy string) string {
	oldest, newest, ok := awstable.LoadBalancerPolicyTLS(policy)
	if !ok {
		return "not a policy of AWS's"
	}
	return oldest + " to " + newest
}
