// Package wire is the network between the parts of the local AWS that carry
// traffic. [Network.Dial] opens connections between them, if routes and security
// groups allow it, as in a VPC. Every port that is listened on has a loopback socket
// for programs outside the process.
//
// A connection that security groups or routes do not allow is dropped: nothing
// comes back until the dialler's own timeout. A port on which nothing listens
// refuses at once. An address that belongs to no place drops.
//
// A connection from outside the process, such as curl's, counts as the internet's.
// The kernel accepts it before the security groups are asked, so one that they do
// not admit gets no byte until its client closes it.
package wire
