// Package provider speaks the protocol of Pulumi's engine for the local AWS: as
// plug-ins in processes of their own, and in the process of an engine.
package provider
