package cloud

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
)

// listenerCertificateKind is a certificate of a listener beside its default one.
func listenerCertificateKind() kind {
	return kind{
		token:  listenerCertificateToken,
		inputs: lb.ListenerCertificateArgs{}.ElementType(),
		state:  reflect.TypeOf(lb.ListenerCertificate{}),
		changes: map[string]change{
			"certificateArn": replaces,
			"listenerArn":    replaces,
		},
		create: func(t *tx, in object) (string, object, error) {
			listener, err := t.mustExist(listenerToken, in.str("listenerArn"), "ListenerNotFound")
			if err != nil {
				return "", nil, err
			}
			if err := checkSecureListener(listener); err != nil {
				return "", nil, err
			}
			if err := checkBalancerCertificate(t, in.str("certificateArn")); err != nil {
				return "", nil, err
			}
			if err := checkCertificateCount(t, in.str("listenerArn")); err != nil {
				return "", nil, err
			}
			return in.str("listenerArn") + "_" + in.str("certificateArn"), nil, nil
		},
	}
}

// checkSecureListener is that certificates are for HTTPS listeners.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddListenerCertificates.html
// *sourced* (code and words are inferred)
func checkSecureListener(listener object) error {
	if listener.str("protocol") != "HTTPS" {
		return refuse("ValidationError", "Certificates can be added to HTTPS listeners only")
	}
	return nil
}

// checkCertificateCount is how many certificates a load balancer has, its
// listeners' default ones not counted.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
// *sourced*
func checkCertificateCount(t *tx, listenerArn string) error {
	listener, _ := t.get(listenerToken, listenerArn)
	count := 0
	for _, l := range t.where(listenerToken, "loadBalancerArn", listener.str("loadBalancerArn")) {
		count += len(t.where(listenerCertificateToken, "listenerArn", l.str("id")))
	}
	if count >= 25 {
		return refuse("TooManyCertificates", "The maximum number of certificates per load balancer has been reached: 25")
	}
	return nil
}

// checkBalancerCertificate is that a listener can use a certificate: it exists in
// the load balancer's Region and was issued.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
// *sourced* (the Region is inferred)
func checkBalancerCertificate(t *tx, arn string) error {
	certificate, ok := t.get(certificateToken, arn)
	if !ok {
		return refuse("CertificateNotFound", "Certificate '%s' not found in %s", arn, t.region)
	}
	if status := certificate.str("status"); status != "ISSUED" {
		return refuse("UnsupportedCertificate", "The certificate '%s' must have a fully-qualified domain name, "+
			"a supported signature, and a supported key size: its status is %s", arn, status)
	}
	return nil
}
