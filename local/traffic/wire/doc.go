// Package wire is the network between the parts of the local AWS that carry
// traffic. Every address and port that somebody listens on is one loopback
// socket; whoever connects goes through [Network.Dial], which asks routes and
// security groups first, as a VPC would.
//
// A connection that security groups or routes do not allow is dropped: nothing
// comes back until the dialler's own time is over. A port on which nobody
// listens refuses at once. An address at which there is nobody drops.
//
// Who connected is known by the loopback port of the connecting socket. A
// connection from outside the process, such as curl's, counts as the internet's.
// Loopback cannot show everything: the kernel has accepted such a connection
// before the security groups are asked, so one that they do not admit is left
// without a byte until its owner closes it.
package wire
