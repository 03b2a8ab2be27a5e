// Package alb serves an Application Load Balancer on a simulated network:
// what is registered of it in the account answers and forwards requests as AWS
// documents it. Listeners with their certificates and security policies, rules by
// priority, the versions that a target group takes, health checks, and the
// connections to targets are all real; only addresses and the clock are simulated.
//
// What it answers itself carries "Server: awselb/2.0".
//
// Left out: stickiness, other algorithms than round robin, slow start, request
// tracing beyond its header and desync mitigation.
package alb
