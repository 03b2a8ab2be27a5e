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
// Hops of a distribution are of kind edge, those of a load balancer of kind
// balancer.
//
// # An example
//
// CloudFront stands before a balancer whose target group is of version HTTP2.
// The viewer speaks HTTP/2 and asks for https://www.example.com/:
//
//	dns       www.example.com          leads to the edge site
//	edge      www.example.com:443      HTTP/2, sends HTTP/1.1 to alb.example.com:443 over HTTPS
//	dns       alb.example.com          leads to the balancer web
//	balancer  alb.example.com:443      SNI alb.example.com, rule 10, answers 464
//
//	464 by the balancer, X-Cache: Error from cloudfront
//	why  the request is HTTP/1.1 and target group app takes version HTTP2:
//	     CloudFront speaks HTTP/1.1 to its origins, whatever the viewer speaks
//	fix  set the target group's protocol version to HTTP1 (targetGroups[app].protocolVersion)
//
// # What is judged first
//
// A request has one outcome, so of several faults the one that it meets first
// decides. At every hop that is: the name (does it resolve for whoever asks),
// the route (private addresses), the sender's security groups, the receiver's,
// the listener on the port, TLS version, certificate (names, expiry, issuer),
// HTTP version; after that
//
//   - at the edge: the Host header, viewer protocol policy, method, the path to
//     the origin, the origin's answer, the time it took;
//   - at the balancer: the method, rules by priority, the 464 table, registered
//     targets, the path to the target, its answer, the time it took.
//
// A part that AWS refuses to create answers nothing; [RefusedByAWS] is then the
// reason, as soon as a request reaches that part.
//
// # How failures translate
//
// A connection that fails has no status: the viewer sees the [Reason]. The next
// hop towards the viewer makes a status of it: the edge and the balancer answer
// 504 when packets are dropped and 502 to everything else. Errors of the
// balancer pass through the edge with their status and with X-Cache "Error from
// cloudfront".
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
//   - a balancer's own name as an HTTPS origin is 502, one report has 503;
//   - a dropped connection to an origin is 504, an older page has 502;
//   - an origin of TLS 1.3 alone is 502, another page of AWS names TLS 1.3;
//   - two distributions in a row are 403, the quotas allow two.
//
// Left out is what a plan cannot know: caches (every answer is a miss), what an
// application answers to which path, load, and which of several healthy targets
// is next (the first is). Values of headers are compared and never repeated.
package requestpath
