// Package requestpath predicts what a viewer will get. It is a pure model of the
// request path on AWS: viewer, DNS, distribution (CloudFront), load balancer
// (Application Load Balancer), target. It needs no cloud and no Pulumi.
//
// A [Plan] describes what there is, as plain values in the shape of the
// resources: records, distributions, load balancers with listeners and rules,
// target groups, servers, security groups. A [Request] describes what is sent, and
// by whom. [Walk] takes the request through the plan and returns a [Trace]: every
// hop with what happens there, and the [Outcome] with its status, the hop that
// produced it, why, and the fix. [Follow] follows redirects and finds loops. [Check]
// walks every kind of request that a plan has to answer or to reject.
//
// The page docs/request-path.md says which of several faults decides, and what
// status the hops make of a connection that fails. A part that AWS refuses to
// create answers nothing: [RefusedByAWS] is then the reason.
//
// # What it goes by
//
// Every judgement carries its [Fact]: a source, and whether the rule is written
// there, was measured, or is inferred. Where sources disagree the model settles
// for one and says so in a [Warning] that names both statuses:
//
//   - the name rule of an origin's certificate: either name suffices, as
//     measured, and there is a warning when Host is forwarded and only the
//     origin's own name is covered;
//   - SNI towards an origin is the name in the Host header, as measured;
//   - a load balancer's own name as an HTTPS origin is 502, one report has 503;
//   - a dropped connection to an origin is 504, an older page has 502;
//   - an origin of TLS 1.3 alone is 502, another page of AWS names TLS 1.3:
//     of such an outcome there is an [Outcome.Dispute];
//   - two distributions in a row are 403, the quotas allow two.
//
// Left out is what a plan cannot know: caches (every answer is a miss), what an
// application answers to which path beside one that it redirects, load, and which of several healthy targets
// is next (the first is). Values of headers are compared and never repeated.
package requestpath
