package awsrule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// ErrorStatus refuses a status for which a distribution cannot have a page.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
func ErrorStatus(status int) error {
	return unless(slices.Contains(awstable.ErrorPageStatuses, status), "must be one of %s, got %d", numbers(awstable.ErrorPageStatuses), status)
}

// ErrorPageStatus refuses a status that viewers cannot get with a page.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html
func ErrorPageStatus(status int) error {
	if status == 200 {
		return nil
	}
	return unless(slices.Contains(awstable.ErrorPageStatuses, status), "must be 200 or one of %s, got %d", numbers(awstable.ErrorPageStatuses), status)
}

func numbers(all []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(all), "[]"), " ", ", ")
}

// ErrorCaching refuses a time for which CloudFront cannot keep an error.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
func ErrorCaching(seconds int) error {
	const year = 31536000
	return Between(seconds, 0, year, "s")
}

// ErrorPagePath refuses what is no path of a page.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
func ErrorPagePath(path string) error {
	if path == "" {
		return fmt.Errorf("is required: where the page is, such as /errors/404.html")
	}
	return PagePath(path)
}

// PagePath refuses what is no path of a file.
func PagePath(path string) error {
	switch {
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("must begin with /, got %q", path)
	case strings.HasPrefix(path, "//"):
		return fmt.Errorf("must begin with a single /, got %q", path)
	case strings.ContainsAny(path, "*? #"):
		return fmt.Errorf("must be the path of one page without * and query, got %q", path)
	case strings.HasSuffix(path, "/"):
		return fmt.Errorf("must be the path of a file, got %q, which ends with /", path)
	}
	return nil
}
