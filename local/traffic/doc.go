// Package traffic makes the registered resources of the local AWS carry traffic on
// loopback: Route 53 answers, CloudFront and load balancers ask WAF and pass requests on, S3
// answers for buckets, and
// small web servers stand for containers and instances. Security groups and routes
// decide which connections are opened; package wire says how, and what loopback cannot
// show.
//
// It is written from AWS's documentation and knows nothing of the model that
// predicts what a request meets, so that prediction and observation can disagree.
// It sees what is registered, as AWS does, and listens at 127.0.0.1 on ports that
// the kernel chooses; nothing leaves the machine.
package traffic
