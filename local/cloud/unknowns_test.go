package cloud

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
)

// At preview much is not known yet. A rule that refuses what it cannot see would
// fail a program that is right.
func TestRulesWaitForWhatIsNotKnown(t *testing.T) {
	secure := balanced{}.listenerInputs(443, object{"protocol": "HTTPS", "certificateArn": "arn"})
	redirect := object{"type": "redirect", "redirect": object{"statusCode": "HTTP_301", "protocol": "HTTPS", "port": "443"}}
	alias := aliased("arn:aws:acm:us-east-1:1:certificate/1", "www.example.com")
	for token, inputs := range map[string][]object{
		loadBalancerToken: {balancerInputs(object{"securityGroups": list("a"), "idleTimeout": 60.0})},
		targetGroupToken: {
			groupInputs(object{"healthCheck": object{"timeout": 5.0, "interval": 30.0, "matcher": "200", "port": "80"}}),
			groupInputs(object{"stickiness": object{"type": "app_cookie", "cookieName": "a"}, "slowStart": 30.0}),
		},
		listenerToken: {
			secure, secure.with(object{"defaultActions": []any{forwardTo("a", "b")}}),
			balanced{}.listenerInputs(80, object{"defaultActions": []any{redirect}}),
		},
		listenerRuleToken: {
			balanced{}.ruleInputs("arn", 1),
			balanced{}.ruleInputs("arn", 1).with(object{"conditions": []any{
				header("X-A", "b"), values("hostHeader", "a.bc"), query("a"), values("sourceIp", "10.0.0.0/8"),
			}}),
		},
		certificateToken: {certificateInputs(object{"subjectAlternativeNames": list("a.example.com")})},
		recordToken:      {recordInputs("www", nil), aliasInputs("www", "a.bc", "Z0", nil)},
		distributionToken: {
			distributionInputs(alias), distributionInputs(nil),
			distributionInputs(object{
				"origins":              []any{originInputs(object{"customHeaders": []any{object{"name": "X-A", "value": "b"}}})},
				"restrictions":         object{"geoRestriction": object{"restrictionType": "whitelist", "locations": list("JP")}},
				"customErrorResponses": []any{object{"errorCode": 404.0, "responseCode": 200.0, "responsePagePath": "/a"}},
			}),
		},
	} {
		k := newTestCloud(t).catalog.kinds[token]
		for _, in := range inputs {
			effective := k.defaults.with(asObject(plain(in)))
			for path, variant := range withOneUnknown(effective) {
				for _, r := range k.rules {
					assert.Nil(t, r(variant), "%s with %s not known", token, path)
				}
			}
		}
	}
}

// withOneUnknown are the variants of an object in which one value somewhere is not
// known, by the path of that value.
func withOneUnknown(in object) map[string]object {
	out := map[string]object{}
	for _, key := range in.keys() {
		out[key] = in.with(object{key: unknown{}})
		for path, v := range unknownInside(in[key]) {
			out[key+path] = in.with(object{key: v})
		}
	}
	return out
}

func unknownInside(v any) map[string]any {
	out := map[string]any{}
	if l, ok := v.([]any); ok {
		for i := range l {
			for path, e := range unknownInside(l[i]) {
				out[fmt.Sprintf("[%d]%s", i, path)] = replaced(l, i, e)
			}
			out[fmt.Sprintf("[%d]", i)] = replaced(l, i, unknown{})
		}
		return out
	}
	if reflect.ValueOf(v).Kind() == reflect.Map {
		for path, o := range withOneUnknown(asObject(v)) {
			out["."+path] = map[string]any(o)
		}
	}
	return out
}

func replaced(l []any, i int, v any) []any {
	out := append([]any{}, l...)
	out[i] = v
	return out
}
