package cloudfront_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudfront"
)

// siteOrigin is the origin "site", a bucket.
func siteOrigin(more core.Object) core.Object {
	return core.Object{"originId": "site", "domainName": "site.s3.eu-west-1.amazonaws.com"}.With(more)
}

// twoOrigins are the inputs of a distribution before "app" and "site".
func twoOrigins(site core.Object, more core.Object) core.Object {
	return cloudtest.DistributionInputs(core.Object{"origins": []any{cloudtest.OriginInputs(nil), siteOrigin(site)}}).With(more)
}

func TestOriginAccessControls(t *testing.T) {
	c := cloudtest.New(t)
	control := func(more core.Object) core.Object {
		return core.Object{"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"}.With(more)
	}
	id, state := c.Create(cloudfront.OriginAccessControlToken, "site", control(nil))
	assert.Regexp(t, "^site-[0-9a-f]{7}$", state.Str("name"))
	assert.Equal(t, "arn:aws:cloudfront::123456789012:origin-access-control/"+id, state.Str("arn"))
	assert.Equal(t, "Managed by Pulumi", state.Str("description"))
	c.Refused(cloudfront.OriginAccessControlToken, "other", control(core.Object{"name": state.Str("name")}), "OriginAccessControlAlreadyExists")
	for property, value := range map[string]any{"originAccessControlOriginType": "bucket", "signingBehavior": "maybe", "signingProtocol": "sigv2"} {
		assert.Contains(t, c.FaultsOf(cloudfront.OriginAccessControlToken, control(core.Object{property: value})), property+" must be one of")
	}

	c.Refused(cloudfront.DistributionToken, "none", twoOrigins(core.Object{"originAccessControlId": "E0"}, nil), "InvalidOriginAccessControl: The origin access control is not valid.")
	c.Refused(cloudfront.DistributionToken, "custom", cloudtest.DistributionInputs(core.Object{
		"origins": []any{cloudtest.OriginInputs(core.Object{"originAccessControlId": id})},
	}), "InvalidOriginAccessControl")
	lambda, _ := c.Create(cloudfront.OriginAccessControlToken, "lambda", control(core.Object{"originAccessControlOriginType": "lambda"}))
	c.Refused(cloudfront.DistributionToken, "lambda", twoOrigins(core.Object{"originAccessControlId": lambda}, nil), "InvalidOriginAccessControl")

	distribution, _ := c.Create(cloudfront.DistributionToken, "d", twoOrigins(core.Object{"originAccessControlId": id}, nil))
	assert.ErrorContains(t, c.TryDelete(cloudfront.OriginAccessControlToken, id), "OriginAccessControlInUse")
	c.Update(cloudfront.DistributionToken, distribution, twoOrigins(nil, nil))
	c.Delete(cloudfront.OriginAccessControlToken, id)
}

func TestOriginGroups(t *testing.T) {
	c := cloudtest.New(t)
	group := func(codes []any, members ...string) core.Object {
		var all []any
		for _, id := range members {
			all = append(all, core.Object{"originId": id})
		}
		return core.Object{"originId": "either", "failoverCriteria": core.Object{"statusCodes": codes}, "members": all}
	}
	codes := []any{500.0, 404.0}
	readOnly := core.Object{"defaultCacheBehavior": cloudtest.BehaviorInputs(core.Object{
		"targetOriginId": "either", "allowedMethods": core.List("GET", "HEAD", "OPTIONS"),
	})}
	for name, tc := range map[string]struct {
		groups []any
		more   core.Object
		want   string
	}{
		"fine":          {[]any{group(codes, "app", "site")}, readOnly, ""},
		"all methods":   {[]any{group(codes, "app", "site")}, core.Object{"defaultCacheBehavior": cloudtest.BehaviorInputs(core.Object{"targetOriginId": "either"})}, "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group."},
		"no group":      {nil, readOnly, "NoSuchOrigin: defaultCacheBehavior.targetOriginId"},
		"one member":    {[]any{group(codes, "app")}, nil, "originGroups[0].members must be two, got 1"},
		"three members": {[]any{group(codes, "app", "site", "app")}, nil, "originGroups[0].members must be two, got 3"},
		"one twice":     {[]any{group(codes, "app", "app")}, nil, `originGroups[0].members must differ, got "app" twice`},
		"no such":       {[]any{group(codes, "app", "web")}, nil, "NoSuchOrigin: originGroups[0].members"},
		"no statuses":   {[]any{group([]any{}, "app", "site")}, nil, "originGroups[0].failoverCriteria.statusCodes is required"},
		"status":        {[]any{group([]any{401.0}, "app", "site")}, nil, "statusCodes must be among [400 403 404 416 429 500 502 503 504], got 401"},
		"two alike":     {[]any{group(codes, "app", "site"), group(codes, "site", "app")}, nil, `originGroups.originId must differ, got "either" twice`},
		"an origin's":   {[]any{group(codes, "app", "site").With(core.Object{"originId": "app"})}, nil, `originGroups[0].originId must not be the id of an origin, got "app"`},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.For(t).FaultsOf(cloudfront.DistributionToken, twoOrigins(nil, core.Object{"originGroups": tc.groups}).With(tc.more))
			if tc.want == "" {
				assert.Empty(t, got)
			}
			assert.Contains(t, got, tc.want)
		})
	}
}
