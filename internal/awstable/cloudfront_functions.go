package awstable

// How large the code of a CloudFront function can be, and how many an account can have.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
const (
	MostFunctionBytes       = 10 * 1024
	MostFunctionsPerAccount = 100
)

// FunctionRuntimes are the runtimes of CloudFront functions, the recommended one last.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-features.html
var FunctionRuntimes = []string{"cloudfront-js-1.0", "cloudfront-js-2.0"}
