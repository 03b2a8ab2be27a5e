package components_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// tagged are args with the tags, unless they adopt something and make nothing, not even
// a flow log, or have no tags at all.
func tagged[A any](args *A, tags map[string]string) *A {
	if args == nil {
		args = new(A)
	}
	v := reflect.ValueOf(args).Elem()
	for _, adopts := range []string{"Existing", "ExistingCertificateArn", "ExistingBucketName"} {
		logs := v.FieldByName("LogBucket")
		makesFlowLog := logs.IsValid() && !logs.IsNil()
		if field := v.FieldByName(adopts); field.IsValid() && !field.IsNil() && !makesFlowLog {
			return args
		}
	}
	if field := v.FieldByName("Tags"); field.IsValid() {
		field.Set(reflect.ValueOf(tags))
	}
	return args
}

// taggableRaw are the types with tags of which the SDK is not imported.
var taggableRaw = map[string]bool{"aws:sns/topic:Topic": true, "aws:s3/bucketV2:BucketV2": true, "aws:wafv2/webAcl:WebAcl": true, "aws:lambda/function:Function": true}

// TestTagsReachEveryTaggableChild: in every use every component is given the tags, but
// not those that it makes itself. A resource is taggable if its type in the SDK has
// tags.
func TestTagsReachEveryTaggableChild(t *testing.T) {
	tags := map[string]string{"team": "shop", "stage": "live"}
	takers := map[string]bool{}
	for name, body := range uses {
		g, made := deployRecorded(t, use{t: t, tags: tags}, body)
		taggable := map[string]bool{}
		for _, component := range made {
			for _, r := range resourcesIn(component) {
				_, taggable[r.PulumiResourceType()] = reflect.TypeOf(r).Elem().FieldByName("Tags")
				if _, raw := r.(*components.RawResource); raw {
					taggable[r.PulumiResourceType()] = taggableRaw[r.PulumiResourceType()]
				}
			}
		}
		for _, r := range g.Custom() {
			if !taggable[r.Type] {
				assert.False(t, r.Has("tags"), "%s: %s", name, r.Type)
				continue
			}
			takers[g.ByURN(r.Parent).Type] = true
			got, _ := r.Input("tags").(map[string]any)
			for key, value := range tags {
				assert.Equal(t, value, got[key], "%s: tag %s of %s %q", name, key, r.Type, r.Name)
			}
		}
	}
	args := argsStructs(t)
	for _, token := range tokens(t) {
		component := token[strings.LastIndex(token, ":")+1:]
		takes := false
		for _, f := range args[component+"Args"].fields {
			takes = takes || f.name == "Tags"
		}
		// An InstanceTarget's tags are for its route.
		assert.Equal(t, takers[token] || component == "InstanceTarget", takes, "Tags of %s", component)
	}
}

// TestTagsOfWhatIsNoChild: a root volume and tasks have no resource of their own.
func TestTagsOfWhatIsNoChild(t *testing.T) {
	assert.Equal(t, "shop", deployUse(t, "TLSInstance, most").One(t, "aws:ec2/instance:Instance").Input("rootBlockDevice.tags.team"))
	assert.Equal(t, "SERVICE", deployUse(t, "PrivateFargateService, most").One(t, "aws:ecs/service:Service").Input("propagateTags"))
	assert.Equal(t, "SERVICE", deployUse(t, "PrivateFargateService, least").One(t, "aws:ecs/service:Service").Input("propagateTags"),
		"the provider's default tags get to the tasks too")
}

// TestTagsOfARouteComeFirst: of the same key, the route's own tag is the one.
func TestTagsOfARouteComeFirst(t *testing.T) {
	g := componentstest.Deploy(t, use{t: t}.program(func(u use) {
		made(u, components.NewPrivateFargateService, "app", &components.PrivateFargateServiceArgs{
			Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Tags: map[string]string{"team": "shop", "stage": "live"},
			Route: &components.ServiceRouteArgs{LoadBalancer: u.alb(), Tags: map[string]string{"team": "edge"}},
		})
	}), existing()...)
	assert.Equal(t, map[string]any{"team": "edge", "stage": "live"}, g.One(t, typeTargetGroup).Input("tags"))
	assert.Equal(t, map[string]any{"team": "shop", "stage": "live"}, g.One(t, "aws:ecs/cluster:Cluster").Input("tags"))
}

func TestRefusedTags(t *testing.T) {
	many := map[string]string{}
	for i := range 51 {
		many[strings.Repeat("k", i+1)] = "v"
	}
	for name, tt := range map[string]struct {
		tags map[string]string
		want string
	}{
		"an empty key": {map[string]string{"": "x"}, `Network "x": tags: must have keys of 1-128 characters, got ""`},
		"a long key": {map[string]string{strings.Repeat("é", 129): "x"},
			`Network "x": tags: must have keys of 1-128 characters, got "` + strings.Repeat("é", 129) + `"`},
		"a long value": {map[string]string{"team": strings.Repeat("x", 257)},
			`Network "x": tags: must have values of at most 256 characters, got 257 for "team"`},
		"a key of AWS's": {map[string]string{"AWS:team": "x"},
			`Network "x": tags: must not have the key "AWS:team": keys that begin with "aws:" belong to AWS; remove it`},
		"a name":   {map[string]string{"Name": "x"}, `Network "x": tags: must not have the key "Name", which the network sets; remove it`},
		"too many": {many, `Network "x": tags: must be at most 50 tags on a resource, got 52; remove some`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := components.PlanNetwork("x", &components.NetworkArgs{Tags: maps.Clone(tt.tags)})
			assert.EqualError(t, err, tt.want)
		})
	}
}

// TestNameIsATagLikeAnyOther where no name is set.
func TestNameIsATagLikeAnyOther(t *testing.T) {
	name := map[string]string{"Name": "x"}
	_, err := components.PlanCertifiedDomain("x", &components.CertifiedDomainArgs{
		DomainName: "app.example.com", HostedZone: useZone(), Tags: name,
	})
	assert.NoError(t, err)
	_, err = components.PlanPrivateFargateService("x", &components.PrivateFargateServiceArgs{
		Image: pulumi.String("public.ecr.aws/nginx/nginx:stable"), Tags: name,
	})
	assert.EqualError(t, err, `PrivateFargateService "x": tags: must not have the key "Name", which the network made here sets; remove it`)
	_, err = components.PlanCertifiedDomain("x", &components.CertifiedDomainArgs{
		DomainName: "app.example.com", ExistingCertificateArn: pulumi.String(someCertificate), Tags: name,
	})
	assert.EqualError(t, err, `CertifiedDomain "x": tags: must not be given beside existingCertificateArn, which requests nothing; leave out one of them`)
}
