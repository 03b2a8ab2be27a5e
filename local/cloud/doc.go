// Package cloud is the local AWS as a whole: the catalog of its services, and a
// driver that runs resources through it without an engine.
//
// core is what services are built on, service has a package per AWS service, and
// provider serves the local AWS to Pulumi's engine.
package cloud
