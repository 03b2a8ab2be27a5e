// Package core is what every service of the local AWS is built on: an account of
// resources, the table of what a resource type is, and the operations that check,
// create, read, update and delete resources by that table.
//
// A service (../service/...) declares its resource types as values of Type. The
// properties of types are in schema.json, generated from the Pulumi SDK, what the real
// provider does with them in facts.json. What is in neither is refused.
//
// The package knows neither Pulumi's protocol (../provider) nor any service.
package core
