// Package wire is the network between the parts of the local AWS that carry
// traffic. Every port of a place that is listened on is one loopback socket;
// connections to it are opened by [Network.Dial], which asks routes and security
// groups first, as a VPC would.
//
// A connection that security groups or routes do not allow is dropped: nothing
// comes back until the dialler's own timeout. A port on which nothing listens
// refuses at once. An address that belongs to no place drops.
//
// The source of a connection is known by the loopback port of the connecting
// socket. A connection from outside the process, such as curl's, counts as the
// internet's. Loopback cannot show everything: the kernel has accepted such a
// connection before the security groups are asked, so one that they do not admit
// gets no byte until its client closes it.
package wire
