package components_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// withPages is a front whose bucket answers what is below /assets/.
func withPages(t *testing.T, pages ...components.ErrorPageArgs) pulumi.RunFunc {
	return front(func(a *components.CloudFrontFrontArgs, p *frontParts) {
		a.StaticContent, a.ErrorPages = p.files(t), pages
		a.Behaviors = []*components.BehaviorArgs{{PathPattern: "/assets/*", ServedBy: components.ServedByStaticContent}}
	})
}

// Pages take the place of the time of 0 that their status has otherwise, and are warned about.
func TestErrorPages(t *testing.T) {
	g := componentstest.Deploy(t, withPages(t,
		components.ErrorPageArgs{Status: 404, PagePath: "/assets/index.html", ResponseStatus: 200},
		components.ErrorPageArgs{Status: 403, PagePath: "/assets/403.html", CachingSeconds: pulumi.IntRef(60)},
	))
	componentstest.AssertInvariants(t, g)
	got := map[any]map[string]any{}
	for _, response := range g.One(t, typeDistribution).Input("customErrorResponses").([]any) {
		got[response.(map[string]any)["errorCode"]] = response.(map[string]any)
	}
	assert.Len(t, got, 8)
	assert.Equal(t, map[string]any{"errorCode": 404, "errorCachingMinTtl": 0, "responseCode": 200, "responsePagePath": "/assets/index.html"}, got[404])
	assert.Equal(t, map[string]any{"errorCode": 403, "errorCachingMinTtl": 60, "responseCode": 403, "responsePagePath": "/assets/403.html"}, got[403])
	assert.Equal(t, map[string]any{"errorCode": 503, "errorCachingMinTtl": 0}, got[503])
	assert.Contains(t, strings.Join(g.Logs("warning"), "\n"), `errorPages: apply to what the origin answers too, such as an API: `+
		`404 becomes /assets/index.html with 200, 403 becomes /assets/403.html with 403`)
}

func TestWrongErrorPages(t *testing.T) {
	for want, page := range map[string]components.ErrorPageArgs{
		"status: must be one of 400, 403, 404":                 {Status: 401, PagePath: "/assets/a"},
		"responseStatus: must be 200 or one of 400":            {Status: 404, PagePath: "/assets/a", ResponseStatus: 302},
		"cachingSeconds: must be 0-31536000 s, got -1":         {Status: 404, PagePath: "/assets/a", CachingSeconds: pulumi.IntRef(-1)},
		"pagePath: is required":                                {Status: 404},
		`pagePath: must begin with /, got "a.html"`:            {Status: 404, PagePath: "a.html"},
		"pagePath: must be the path of one page":               {Status: 404, PagePath: "/assets/*"},
		"pagePath: must be a path that static content answers": {Status: 404, PagePath: "/404.html"},
	} {
		_, err := componentstest.TryDeploy(withPages(t, page))
		assert.ErrorContains(t, err, `CloudFrontFront "cdn": errorPages[0].`+want)
	}
	page := components.ErrorPageArgs{Status: 404, PagePath: "/assets/a"}
	_, err := componentstest.TryDeploy(withPages(t, page, page))
	assert.ErrorContains(t, err, "errorPages[1].status: is a duplicate of 404")
}
