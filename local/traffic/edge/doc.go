// Package edge is CloudFront on the simulated network: all distributions of an
// account, served by one [Fleet], which chooses the distribution by SNI and by
// the Host header as CloudFront does. It is written from AWS's documentation
// alone and knows nothing of any model, so that the two can disagree.
//
// What it does with a request, in this order: 414 and 494 for what is too long,
// 403 for a Host that no distribution has, 403 for what comes from another
// distribution, viewer protocol policy, allowed methods, 403 for a GET with a
// body, and then the origin. Nothing is ever taken from a cache: every answer is
// a miss.
//
// All times are those of the network's clock. An origin that does not answer in
// time is asked once; CloudFront asks again for GET and HEAD, which changes how
// long a viewer waits and not what it gets.
//
// Left out, without an error: what a web ACL refuses (it lets everything pass),
// logs, price classes, compression. WebSockets pass over HTTP/1.1. What else the
// account can have and the fleet cannot do, [Serve] refuses by name.
package edge
