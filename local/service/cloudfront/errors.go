package cloudfront

import (
	"regexp"

	"github.com/portico-iac/portico/local/core"
)

// errorCodes are the statuses that a distribution can treat in its own way.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
var errorCodes = []float64{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}

// errorRules are the rules of each custom error response.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
// *inferred*: the response codes and the longest time, which the console offers
func errorRules() []core.Rule {
	return []core.Rule{
		core.OneOfNumbers("InvalidErrorCode", "errorCode", errorCodes...),
		core.OneOfNumbers("InvalidResponseCode", "responseCode", append([]float64{200}, errorCodes...)...),
		core.Within("InvalidArgument", "errorCachingMinTtl", 0, 31536000),
		core.Needs("InvalidArgument", "responseCode", "responsePagePath"),
		core.Needs("InvalidArgument", "responsePagePath", "responseCode"),
		core.Matching("InvalidResponseCode", "responsePagePath", regexp.MustCompile("^($|/)"), "a path that begins with /"),
	}
}

// distinctErrorsRule refuses two custom error responses for one status.
// Source: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponses.html
// *inferred* (an element for each status; the code too)
func distinctErrorsRule(in core.Object) *core.Refusal {
	seen := map[float64]bool{}
	for _, response := range in.Blocks("customErrorResponses") {
		code, known := response.Num("errorCode")
		if known && seen[code] {
			return core.Invalid("InvalidArgument", "customErrorResponses", "must have each errorCode once, got %v twice", code)
		}
		seen[code] = true
	}
	return nil
}
