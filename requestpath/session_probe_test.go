package requestpath_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/requestpath"
)

// A probe meets what was cached of those before it in the session, and nothing outside one.
func TestProbesInASession(t *testing.T) {
	plan := requestpath.Plan{
		Records: []requestpath.Record{{Name: "www.example.com", Alias: requestpath.AssignedDistributionName}},
		Distributions: []requestpath.Distribution{{
			Name: "cdn", DomainName: requestpath.AssignedDistributionName, Aliases: []string{"www.example.com"},
			Certificate: &requestpath.Certificate{Names: []string{"www.example.com"}}, MinimumTLS: "TLSv1.2_2021", DefaultRootObject: "index.html",
			Default: requestpath.Behavior{
				ViewerProtocolPolicy: requestpath.RedirectToHTTPS,
				Cache:                requestpath.CachePolicy{MinTTLSeconds: 1, DefaultTTLSeconds: 60, MaxTTLSeconds: 60},
			},
			Origins: []requestpath.Origin{{DomainName: "site.s3.us-east-1.amazonaws.com", S3: true, AccessControl: requestpath.SignAlways}},
		}},
		Buckets: []requestpath.Bucket{{
			Name: "site", OtherKeys: true, Grants: []requestpath.Grant{{Distribution: "cdn", Get: true, List: true}},
		}},
	}
	probe := requestpath.Probe{Want: requestpath.WantAnswer, Request: requestpath.Request{Name: "www.example.com"}}
	session := requestpath.NewSession(plan)
	for i, want := range []string{requestpath.XCacheMiss, requestpath.XCacheHit} {
		result := probe.WalkIn(session)
		assert.True(t, result.OK, "%d: %s", i, result.Chain.Outcome.Why)
		assert.Equal(t, want, result.Chain.Outcome.XCache, i)
		assert.Equal(t, requestpath.XCacheMiss, probe.Walk(plan).Chain.Outcome.XCache)
	}
}
