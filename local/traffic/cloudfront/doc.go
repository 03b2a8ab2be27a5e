// Package cloudfront is CloudFront on the simulated network: all distributions of an
// account, served by one [Fleet], which chooses the distribution by SNI and by
// the Host header as CloudFront does. It is written from AWS's documentation
// alone and knows nothing of any model, so that the two can disagree.
//
// A request is checked in this order: 414 and 494 if it is too long, 403 for a Host
// that no distribution has, 403 if it comes from another distribution or from a
// restricted country, web ACL, viewer protocol policy, allowed methods, 403 for a GET with
// a body. Then the behavior's function runs, which may answer or change it, then the cache
// is asked, then the origin. The function for responses runs on what is sent to the viewer
// unless it is an error.
//
// Responses and errors of an origin are cached as the behavior's cache policy says. An
// object whose time is over is asked for anew instead of being validated, requests for one
// object at the same time all go to the origin, and parts of an object are not put together.
// A fleet is one edge location and begins with an empty cache.
//
// Times follow the network's clock. An origin that does not answer in time is asked
// once. CloudFront retries GET and HEAD, which makes a viewer wait longer for the same
// response.
//
// Logs and price classes are ignored. Responses are compressed with gzip, never with Brotli.
// WebSockets pass over HTTP/1.1. [Serve] refuses other properties that the account can
// have and the fleet does not serve, by name.
package cloudfront
