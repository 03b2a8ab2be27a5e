package acm

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// lookUpCertificate finds a certificate by its first name and its tags. Unless told
// otherwise it considers issued certificates with RSA keys only.
// Source: https://www.pulumi.com/registry/packages/aws/api-docs/acm/getcertificate/
// *sourced* (the words are the real provider's)
func lookUpCertificate(t *core.Tx, in core.Object) (core.Object, error) {
	if !in.Has("domain") && !in.Has("tags") {
		return nil, errors.New("one of domain, tags must be specified")
	}
	candidates := t.All(CertificateToken)
	if in.Has("domain") {
		candidates = t.Where(CertificateToken, "domainName", in.Str("domain"))
	}
	var found []core.Object
	for _, c := range candidates {
		if core.HasTags(c, in.Block("tags")) &&
			among(c.Str("status"), in.Strs("statuses"), "ISSUED") &&
			among(c.Str("keyAlgorithm"), in.Strs("keyTypes"), "RSA_1024", "RSA_2048") &&
			among(c.Str("type"), in.Strs("types"), c.Str("type")) {
			found = append(found, c)
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("no ACM Certificate matching domain (%s)", in.Str("domain"))
	case len(found) > 1 && !in.Bool("mostRecent"):
		return nil, fmt.Errorf("multiple ACM Certificates matching domain (%s)", in.Str("domain"))
	}
	newest := slices.MaxFunc(found, func(a, b core.Object) int { return strings.Compare(a.Str("notBefore"), b.Str("notBefore")) })
	return core.Object{
		"arn":              newest.Str("arn"),
		"certificate":      "",
		"certificateChain": "",
		"domain":           newest.Str("domainName"),
		"id":               newest.Str("arn"),
		"status":           newest.Str("status"),
		"tags":             newest["tagsAll"],
	}, nil
}

// among tells whether a value is one of those asked for, or of the standard ones
// when none are asked for.
func among(value string, wanted []string, standard ...string) bool {
	if len(wanted) == 0 {
		wanted = standard
	}
	return slices.Contains(wanted, value)
}
