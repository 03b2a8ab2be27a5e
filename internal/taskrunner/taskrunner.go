// Package taskrunner is the code of the Lambda function that runs one ECS task to its end.
package taskrunner

import _ "embed"

// Source is the function's only file, index.py; its handler is index.handler.
//
//go:embed index.py
var Source string

// Runtime is the function's: among those that the provider knows, one that is supported
// longest.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
const Runtime = "python3.13"
