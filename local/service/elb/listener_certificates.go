package elb

import (
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
)

// listenerCertificateType is a certificate of a listener beside its default one.
func listenerCertificateType() core.Type {
	return core.Type{
		Token:  ListenerCertificateToken,
		Inputs: []string{"certificateArn", "listenerArn"},
		ID:     "{listenerArn}_{certificateArn}",
		References: []core.Reference{
			{Input: "listenerArn", To: []string{ListenerToken}, Code: "ListenerNotFound", Cascades: true},
			{Input: "certificateArn", To: []string{acm.CertificateToken}, Code: "CertificateNotFound"},
		},
		FreeToDelete: "nothing refers to it",
		Create:       addCertificate,
	}
}

// addCertificate refuses certificates for listeners of other protocols than HTTPS, and
// limits those of a load balancer, the default ones not counted.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddListenerCertificates.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced* (code and words about the protocol are inferred)
func addCertificate(t *core.Tx, _ string, in core.Object) (core.Object, error) {
	listener, _ := t.Get(ListenerToken, in.Str("listenerArn"))
	if listener.Str("protocol") != "HTTPS" {
		return nil, core.Refuse(invalid, "Certificates can be added to HTTPS listeners only")
	}
	if err := checkLoadBalancerCertificate(t, in.Str("certificateArn")); err != nil {
		return nil, err
	}
	if len(partsOf(t, ListenerCertificateToken, listener.Str("loadBalancerArn"))) >= 25 {
		return nil, core.Refuse("TooManyCertificates", "The maximum number of certificates per load balancer has been reached: 25")
	}
	return nil, nil
}

// checkLoadBalancerCertificate refuses a certificate that was not issued. One of another
// Region does not exist for a load balancer.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
// *sourced* (the Region is inferred)
func checkLoadBalancerCertificate(t *core.Tx, arn string) error {
	certificate, _ := t.Get(acm.CertificateToken, arn)
	if status := certificate.Str("status"); status != "ISSUED" {
		return core.Refuse("UnsupportedCertificate", "The certificate '%s' must have a fully-qualified domain name, "+
			"a supported signature, and a supported key size: its status is %s", arn, status)
	}
	return nil
}
