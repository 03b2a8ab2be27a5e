// Package cloud is a local AWS for Pulumi: the providers aws and random on an
// account that is one file. It knows the resources of a request path and AWS's
// own rules about them, and refuses everything it has no rules for.
//
// A kind (kind.go) is one resource type, put together from small rules that each
// name their source and say whether they are *sourced* or *inferred*. provider.go
// runs kinds on the account, server.go speaks the engine's protocol, plugin.go
// serves it from any binary that is named like a provider.
package cloud
