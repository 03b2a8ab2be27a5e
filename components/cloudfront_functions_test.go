package components_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
	"github.com/portico-iac/portico/internal/edgefunction"
	"github.com/portico-iac/portico/requestpath"
)

const someFunction = "arn:aws:cloudfront::123456789012:function/headers"

// Every behavior runs the one function of the redirects, and those of its own.
func TestRedirectsAndFunctions(t *testing.T) {
	const code = "function handler(event) { return event.response; }"
	g := componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, _ *frontParts) {
		a.Redirects = &components.RedirectsArgs{Www: components.WwwToWww, TrailingSlash: components.TrailingSlashAdd}
		a.Behaviors = []*components.BehaviorArgs{{PathPattern: "/api/*", Functions: []components.FunctionArgs{
			{Event: components.FunctionViewerResponse, Code: code},
		}}}
		a.DefaultBehavior = &components.BehaviorArgs{Functions: []components.FunctionArgs{
			{Event: components.FunctionViewerResponse, Arn: pulumi.String(someFunction)},
		}}
	}))
	componentstest.AssertInvariants(t, g)
	assert.Len(t, g.OfType(typeFunction), 2)
	redirects := g.Get(t, typeFunction, "cdn-redirects")
	rules, own := edgefunction.Recognize(redirects.Input("code").(string))
	assert.True(t, own)
	assert.Equal(t, edgefunction.Rules{Names: map[string]string{"example.com": "www.example.com"}, TrailingSlash: "add"}, rules)
	assert.Equal(t, "cloudfront-js-2.0", redirects.Input("runtime"))
	assert.Equal(t, true, redirects.Input("publish"))
	assert.Equal(t, "https://www.example.com", g.Output("url"), "no viewer is sent to a redirect")

	d := g.One(t, typeDistribution)
	associations := func(of any) map[string]any {
		all := map[string]any{}
		for _, association := range of.(map[string]any)["functionAssociations"].([]any) {
			all[association.(map[string]any)["eventType"].(string)] = association.(map[string]any)["functionArn"]
		}
		return all
	}
	arn := redirects.Output("arn")
	assert.Equal(t, map[string]any{"viewer-request": arn, "viewer-response": someFunction}, associations(d.Input("defaultCacheBehavior")))
	behavior := associations(d.Input("orderedCacheBehaviors").([]any)[0])
	assert.Equal(t, arn, behavior["viewer-request"])
	for _, f := range g.OfType(typeFunction) {
		if f.Name != "cdn-redirects" {
			assert.Regexp(t, `^cdn-response-api-[0-9a-f]{8}$`, f.Name)
			assert.Equal(t, code, f.Input("code"))
			assert.Equal(t, f.Output("arn"), behavior["viewer-response"])
		}
	}
}

// Files have no slash added, so that a bucket behind such redirects answers.
func TestSlashesAreAddedBesideFiles(t *testing.T) {
	files, err := components.PlanStaticContent("files", nil)
	require.NoError(t, err)
	_, err = components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{
		OriginDomainName: "origin.example.com", StaticContent: files, Redirects: &components.RedirectsArgs{TrailingSlash: components.TrailingSlashAdd},
		Behaviors: []*components.BehaviorArgs{{PathPattern: "/assets/*", ServedBy: components.ServedByStaticContent}},
	})
	assert.NoError(t, err)
}

// An application of one page has a function that makes the redirects too; other behaviors,
// such as that of an API, only redirect.
func TestSinglePage(t *testing.T) {
	g := componentstest.Deploy(t, front(func(a *components.CloudFrontFrontArgs, p *frontParts) {
		a.StaticContent, a.Redirects = p.files(t), &components.RedirectsArgs{TrailingSlash: components.TrailingSlashRemove}
		a.Behaviors = []*components.BehaviorArgs{{PathPattern: "/api/*"}}
		a.DefaultBehavior = &components.BehaviorArgs{ServedBy: components.ServedByStaticContent, SinglePage: "/app.html"}
	}))
	componentstest.AssertInvariants(t, g)
	assert.Len(t, g.OfType(typeFunction), 2)
	page, redirects, d := g.Get(t, typeFunction, "cdn-page-default"), g.Get(t, typeFunction, "cdn-redirects"), g.One(t, typeDistribution)
	rules, own := edgefunction.Recognize(page.Input("code").(string))
	assert.True(t, own)
	assert.Equal(t, edgefunction.Rules{TrailingSlash: "remove", SinglePage: "/app.html"}, rules)
	assert.Equal(t, page.Output("arn"), d.Input("defaultCacheBehavior.functionAssociations[0].functionArn"))
	assert.Equal(t, redirects.Output("arn"), d.Input("orderedCacheBehaviors[0].functionAssociations[0].functionArn"))
	assert.Equal(t, "app.html", d.Input("defaultRootObject"))

	files, err := components.PlanStaticContent("files", nil)
	require.NoError(t, err)
	cdn, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{
		OriginDomainName: "origin.example.com", StaticContent: files,
		Behaviors:       []*components.BehaviorArgs{{PathPattern: "/api/*"}},
		DefaultBehavior: &components.BehaviorArgs{ServedBy: components.ServedByStaticContent, SinglePage: "/app.html"},
	})
	require.NoError(t, err)
	plan := cdn.Plan()
	assert.Equal(t, &requestpath.Function{SinglePage: "/app.html"}, plan.Distributions[0].Default.Function)
	assert.Nil(t, plan.Distributions[0].Behaviors[0].Function)
}

func TestRedirectsRefusals(t *testing.T) {
	behavior := func(functions ...components.FunctionArgs) func(*components.CloudFrontFrontArgs, *frontParts) {
		return func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.DefaultBehavior = &components.BehaviorArgs{Functions: functions}
		}
	}
	redirects := func(r components.RedirectsArgs, aliases ...string) func(*components.CloudFrontFrontArgs, *frontParts) {
		return func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.Redirects = &r
			if aliases != nil {
				a.Aliases = aliases
			}
		}
	}
	singlePage := func(page string, failover *components.FailoverArgs) func(*components.CloudFrontFrontArgs, *frontParts) {
		return func(a *components.CloudFrontFrontArgs, p *frontParts) {
			a.StaticContent = p.files(t)
			a.Behaviors = []*components.BehaviorArgs{{PathPattern: "/app/*", ServedBy: "static-content", SinglePage: page, Failover: failover}}
		}
	}
	const code = "function handler(event) { return event.request; }"
	for name, tc := range map[string]struct {
		change func(*components.CloudFrontFrontArgs, *frontParts)
		want   string
	}{
		"which":    {redirects(components.RedirectsArgs{}), "redirects: must say which"},
		"www":      {redirects(components.RedirectsArgs{Www: "apex"}), `redirects.www: must be one of "to-apex", "to-www", got "apex"`},
		"one name": {redirects(components.RedirectsArgs{Www: "to-apex"}, "www.example.com"), `redirects.www: must be left out unless a name and the same with www. are among aliases, got "to-apex" and the aliases www.example.com`},
		"slash":    {redirects(components.RedirectsArgs{TrailingSlash: "yes"}), `redirects.trailingSlash: must be one of "add", "remove", got "yes"`},
		"event":    {behavior(components.FunctionArgs{Event: "origin-request", Code: code}), `defaultBehavior.functions[0].event: must be one of "viewer-request", "viewer-response"`},
		"nothing":  {behavior(components.FunctionArgs{Event: "viewer-request"}), "functions[0].code: or arn is required"},
		"both":     {behavior(components.FunctionArgs{Event: "viewer-request", Code: code, Arn: pulumi.String(someFunction)}), "functions[0].code: must not be given beside arn"},
		"two":      {behavior(components.FunctionArgs{Event: "viewer-request", Code: code}, components.FunctionArgs{Event: "viewer-request", Code: code}), `functions[1].event: is a duplicate of "viewer-request"`},
		"a Lambda": {behavior(components.FunctionArgs{Event: "viewer-request", Arn: pulumi.String("arn:aws:lambda:us-east-1:123456789012:function:x")}), "functions[0].arn: must be the ARN of a CloudFront function"},
		"too much": {behavior(components.FunctionArgs{Event: "viewer-request", Code: code + strings.Repeat(" ", 10240)}), "functions[0].code: must have at most 10240 bytes"},
		"beside redirects": {func(a *components.CloudFrontFrontArgs, p *frontParts) {
			behavior(components.FunctionArgs{Event: "viewer-request", Code: code})(a, p)
			a.Redirects = &components.RedirectsArgs{TrailingSlash: "add"}
		}, `functions[0].event: must not be "viewer-request" with redirects`},
		"beside a single page": {func(a *components.CloudFrontFrontArgs, p *frontParts) {
			behavior(components.FunctionArgs{Event: "viewer-request", Code: code})(a, p)
			a.DefaultBehavior.SinglePage = "/index.html"
		}, `functions[0].event: must not be "viewer-request" with singlePage`},
		"a single page of the service": {func(a *components.CloudFrontFrontArgs, _ *frontParts) {
			a.DefaultBehavior = &components.BehaviorArgs{SinglePage: "/index.html"}
		}, `defaultBehavior.singlePage: must be left out where the origin answers, got "/index.html"`},
		"a single page with failover": {singlePage("/index.html", &components.FailoverArgs{}), `behaviors[0].singlePage: must be left out where the origin answers`},
		"no single page":              {singlePage("index.html", nil), `behaviors[0].singlePage: must begin with /, got "index.html"`},
		"no root object":              {singlePage("//app.html", nil), `behaviors[0].singlePage: must begin with a single /, got "//app.html"`},
		"a folder for a single page":  {singlePage("/app/", nil), `behaviors[0].singlePage: must be the path of a file, got "/app/", which ends with /`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := componentstest.TryDeploy(front(tc.change))
			require.ErrorContains(t, err, `CloudFrontFront "cdn": `)
			assert.ErrorContains(t, err, tc.want)
		})
	}
	_, err := components.PlanCloudFrontFront("cdn", &components.CloudFrontFrontArgs{
		OriginDomainName: "origin.example.com", Redirects: &components.RedirectsArgs{Www: "to-www"},
	})
	assert.ErrorContains(t, err, `redirects.www: must be left out without aliases, got "to-www"`)
}
