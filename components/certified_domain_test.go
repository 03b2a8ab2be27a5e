package components_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

const (
	certificateToken = "aws:acm/certificate:Certificate"
	validationToken  = "aws:acm/certificateValidation:CertificateValidation"
	recordToken      = "aws:route53/record:Record"
	zoneCall         = "aws:route53/getZone:getZone"
	regionCall       = "aws:index/getRegion:getRegion"

	tokyoARN    = "arn:aws:acm:ap-northeast-1:123456789012:certificate/aaaa"
	virginiaARN = "arn:aws:acm:us-east-1:123456789012:certificate/bbbb"
)

func exampleZone() *components.HostedZoneArgs { return &components.HostedZoneArgs{Name: "example.com"} }

func domainProgram(args *components.CertifiedDomainArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		d, err := components.NewCertifiedDomain(ctx, "app", args)
		if err != nil {
			return err
		}
		ctx.Export("arn", d.CertificateArn)
		ctx.Export("zone", d.ZoneId)
		return nil
	}
}

func TestCertifiedDomainMakesExactlyTheseResources(t *testing.T) {
	for name, tt := range map[string]struct {
		args    *components.CertifiedDomainArgs
		records []string
	}{
		"one name": {
			&components.CertifiedDomainArgs{DomainName: "app.example.com", HostedZone: exampleZone()},
			[]string{"app-validation-app.example.com"},
		},
		"apex and wildcard share a record": {
			&components.CertifiedDomainArgs{
				DomainName: "example.com", SubjectAlternativeNames: []string{"*.example.com", "www.example.com"}, HostedZone: exampleZone(),
			},
			[]string{"app-validation-example.com", "app-validation-www.example.com"},
		},
		"wildcard alone": {
			&components.CertifiedDomainArgs{DomainName: "*.example.com", HostedZone: exampleZone()},
			[]string{"app-validation-example.com"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string]int{certificateToken: 1, validationToken: 1, recordToken: len(tt.records)}
			for _, g := range []*componentstest.Graph{
				componentstest.Deploy(t, domainProgram(tt.args)), componentstest.Preview(t, domainProgram(tt.args)),
			} {
				assert.Equal(t, want, g.Counts())
				componentstest.AssertInvariants(t, g)
				componentstest.AssertParentedTo(t, g.One(t, components.TokenCertifiedDomain), g.Custom()...)
				for _, record := range tt.records {
					g.Get(t, recordToken, record)
				}
			}
		})
	}
}

// shuffled makes a certificate come back with its validation options in another
// order than its names.
func shuffled(inputs resource.PropertyMap) resource.PropertyMap {
	names := []string{inputs["domainName"].StringValue()}
	for _, n := range inputs["subjectAlternativeNames"].ArrayValue() {
		names = append(names, n.StringValue())
	}
	slices.Reverse(names)
	var options []any
	for _, n := range names {
		base := strings.TrimPrefix(n, "*.")
		options = append(options, map[string]any{
			"domainName": n, "resourceRecordName": "_x." + base + ".", "resourceRecordType": "CNAME",
			"resourceRecordValue": "_y-" + base + ".acm-validations.aws.",
		})
	}
	return resource.NewPropertyMapFromMap(map[string]any{"domainValidationOptions": options})
}

func TestCertifiedDomainMatchesRecordsByDomain(t *testing.T) {
	g := componentstest.Deploy(t, domainProgram(&components.CertifiedDomainArgs{
		DomainName: "example.com", SubjectAlternativeNames: []string{"www.example.com", "*.example.com", "*.api.example.com"},
		HostedZone: exampleZone(),
	}), componentstest.WithOutputs(certificateToken, shuffled))
	certificate := g.One(t, certificateToken)
	assert.Equal(t, "app", certificate.Name)
	assert.Equal(t, "example.com", certificate.Input("domainName"))
	assert.Equal(t, []any{"example.com", "www.example.com", "*.example.com", "*.api.example.com"}, certificate.Input("subjectAlternativeNames"),
		"all names, as ACM returns them")
	assert.Equal(t, "DNS", certificate.Input("validationMethod"))
	assert.Equal(t, "RSA_2048", certificate.Input("keyAlgorithm"))
	var fqdns []any
	for _, base := range []string{"example.com", "www.example.com", "api.example.com"} {
		record := g.Get(t, recordToken, "app-validation-"+base)
		assert.Equal(t, "_x."+base+".", record.Input("name"))
		assert.Equal(t, "CNAME", record.Input("type"))
		assert.Equal(t, []any{"_y-" + base + ".acm-validations.aws."}, record.Input("records"))
		assert.Equal(t, componentstest.ZoneID("example.com"), record.Input("zoneId"))
		assert.Equal(t, false, record.Input("allowOverwrite"))
		fqdns = append(fqdns, record.Output("fqdn"))
	}
	validation := g.One(t, validationToken)
	assert.Equal(t, fqdns, validation.Input("validationRecordFqdns"))
	assert.Equal(t, certificate.Output("arn"), validation.Input("certificateArn"))
	assert.Equal(t, validation.Output("certificateArn"), g.Output("arn"))
	assert.Equal(t, componentstest.ZoneID("example.com"), g.Output("zone"))
}

func TestCertifiedDomainRefusesACertificateWithoutARecordForAName(t *testing.T) {
	_, err := componentstest.TryDeploy(domainProgram(&components.CertifiedDomainArgs{
		DomainName: "app.example.com", HostedZone: exampleZone(),
	}), componentstest.WithOutputs(certificateToken, func(resource.PropertyMap) resource.PropertyMap {
		return resource.NewPropertyMapFromMap(map[string]any{"domainValidationOptions": []any{map[string]any{"domainName": "x.example.com"}}})
	}))
	assert.ErrorContains(t, err, `ACM named no validation record for "app.example.com"`)
}

func TestCertifiedDomainCanTakeRecordsOver(t *testing.T) {
	g := componentstest.Deploy(t, domainProgram(&components.CertifiedDomainArgs{
		DomainName: "app.example.com", HostedZone: exampleZone(), OverwriteExistingRecords: true, KeyAlgorithm: "EC_prime256v1",
	}))
	assert.Equal(t, true, g.One(t, recordToken).Input("allowOverwrite"))
	assert.Equal(t, "EC_prime256v1", g.One(t, certificateToken).Input("keyAlgorithm"))
}

func TestCertifiedDomainWhatItSaysOfItself(t *testing.T) {
	componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		d, err := components.NewCertifiedDomain(ctx, "app", &components.CertifiedDomainArgs{
			DomainName: "example.com", SubjectAlternativeNames: []string{"*.example.com", "www.example.com"}, HostedZone: exampleZone(),
		})
		require.NoError(t, err)
		assert.Equal(t, "example.com", d.DomainName())
		assert.Equal(t, []string{"example.com", "*.example.com", "www.example.com"}, d.Names())
		assert.Equal(t, []string{"example.com", "www.example.com"}, d.HostNames())
		assert.True(t, d.HasZone())
		assert.False(t, d.ForCloudFront())
		assert.True(t, d.Covers("api.example.com"))
		assert.False(t, d.Covers("a.api.example.com"))
		d.Names()[0] = "changed"
		assert.Equal(t, "example.com", d.DomainName())
		return nil
	})
}

// twoCertificates is a regional certificate and one in us-east-1 for CloudFront
// that shares its validation.
func twoCertificates(ctx *pulumi.Context) error {
	regional, err := components.NewCertifiedDomain(ctx, "alb", &components.CertifiedDomainArgs{
		DomainName: "app.example.com", SubjectAlternativeNames: []string{"*.example.com"}, HostedZone: exampleZone(),
	})
	if err != nil {
		return err
	}
	virginia, err := components.USEast1Provider(ctx, "virginia")
	if err != nil {
		return err
	}
	_, err = components.NewCertifiedDomain(ctx, "cdn", &components.CertifiedDomainArgs{
		DomainName: "app.example.com", SubjectAlternativeNames: []string{"example.com", "www.example.com"},
		HostedZone: exampleZone(), ForCloudFront: true, SharesValidationWith: regional,
	}, pulumi.Provider(virginia))
	return err
}

func TestCertifiedDomainSharesValidationAcrossRegions(t *testing.T) {
	g := componentstest.Deploy(t, twoCertificates)
	componentstest.AssertInvariants(t, g)
	assert.Equal(t, map[string]int{certificateToken: 2, validationToken: 2, recordToken: 3}, g.Counts())
	app := g.Get(t, recordToken, "alb-validation-app.example.com")
	apex := g.Get(t, recordToken, "alb-validation-example.com")
	www := g.Get(t, recordToken, "cdn-validation-www.example.com")
	validation := g.Get(t, validationToken, "cdn")
	assert.Equal(t, []any{app.Output("fqdn"), apex.Output("fqdn"), www.Output("fqdn")}, validation.Input("validationRecordFqdns"))
	for _, record := range []*componentstest.Resource{app, apex, www} {
		assert.True(t, validation.DependsOn(record), record.Name)
	}
}

func TestCertifiedDomainUsesTheProviderItWasGiven(t *testing.T) {
	g := componentstest.Deploy(t, twoCertificates)
	virginia := g.One(t, "pulumi:providers:aws")
	for _, r := range g.Custom() {
		want := ""
		if strings.HasPrefix(r.Name, "cdn") {
			want = virginia.URN
		}
		assert.Equal(t, want, r.Provider, r.URN)
	}
	assert.Contains(t, g.Get(t, certificateToken, "cdn").Output("arn"), ":us-east-1:")
	calls := map[string][]string{}
	for _, call := range g.Calls() {
		calls[call.Token] = append(calls[call.Token], call.Provider)
	}
	assert.Equal(t, map[string][]string{regionCall: {"", virginia.URN}, zoneCall: {"", virginia.URN}}, calls)
}

func TestCertifiedDomainOfAStackInUsEast1NeedsNoProvider(t *testing.T) {
	g := componentstest.Deploy(t, domainProgram(&components.CertifiedDomainArgs{
		DomainName: "app.example.com", HostedZone: exampleZone(), ForCloudFront: true,
	}), componentstest.WithRegion("us-east-1"))
	assert.Empty(t, g.OfType("pulumi:providers:aws"))
	assert.Len(t, g.Custom(), 3)
}

func TestCertifiedDomainZoneById(t *testing.T) {
	id := componentstest.ZoneID("example.com")
	args := func(domain string) *components.CertifiedDomainArgs {
		return &components.CertifiedDomainArgs{DomainName: domain, HostedZone: &components.HostedZoneArgs{Id: pulumi.String(id)}}
	}
	g := componentstest.Deploy(t, domainProgram(args("app.example.com")))
	assert.Equal(t, id, g.One(t, recordToken).Input("zoneId"))
	assert.Equal(t, id, g.Output("zone"))

	_, err := componentstest.TryDeploy(domainProgram(args("app.example.org")))
	assert.ErrorContains(t, err, `app: hostedZone.id: "app.example.org" does not lie in hosted zone "example.com"`)
	_, err = componentstest.TryPreview(domainProgram(args("app.example.org")))
	assert.ErrorContains(t, err, "does not lie in hosted zone")
}

func TestCertifiedDomainRefusesAPrivateZone(t *testing.T) {
	_, err := componentstest.TryDeploy(domainProgram(&components.CertifiedDomainArgs{
		DomainName: "app.example.com", HostedZone: &components.HostedZoneArgs{Id: pulumi.String("ZPRIVATE")},
	}), componentstest.WithInvoke(zoneCall, func(resource.PropertyMap) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(map[string]any{"zoneId": "ZPRIVATE", "name": "example.com", "privateZone": true}), nil
	}))
	assert.ErrorContains(t, err, `hostedZone.id: must be a public zone, got "ZPRIVATE", which is private`)
}

func TestCertifiedDomainNamesTheZoneThatIsNotThere(t *testing.T) {
	g, err := componentstest.TryDeploy(domainProgram(&components.CertifiedDomainArgs{
		DomainName: "app.example.org", HostedZone: &components.HostedZoneArgs{Name: "example.org"},
	}))
	assert.ErrorContains(t, err, `app: looking up hosted zone "example.org"`)
	assert.Empty(t, g.Custom())
}

func TestCertifiedDomainAdoptsWithoutMakingAnything(t *testing.T) {
	for name, tt := range map[string]struct {
		args *components.CertifiedDomainArgs
		zone string
	}{
		"regional": {&components.CertifiedDomainArgs{
			DomainName: "app.example.com", ExistingCertificateArn: pulumi.String(tokyoARN), HostedZone: exampleZone(),
		}, componentstest.ZoneID("example.com")},
		"without a zone": {&components.CertifiedDomainArgs{
			DomainName: "app.example.com", ExistingCertificateArn: pulumi.String(tokyoARN),
		}, ""},
		"for CloudFront, from any stack": {&components.CertifiedDomainArgs{
			DomainName: "app.example.com", ExistingCertificateArn: pulumi.String(virginiaARN), ForCloudFront: true,
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, g := range []*componentstest.Graph{
				componentstest.Deploy(t, domainProgram(tt.args)), componentstest.Preview(t, domainProgram(tt.args)),
			} {
				assert.Len(t, g.All(), 1)
				componentstest.AssertInvariants(t, g)
				assert.Equal(t, string(tt.args.ExistingCertificateArn.(pulumi.String)), g.Output("arn"))
				assert.Equal(t, tt.zone, g.Output("zone"))
			}
		})
	}
}

// The ARN of another resource is refused as soon as it is known.
func TestCertifiedDomainChecksAnArnThatComesLater(t *testing.T) {
	program := func(forCloudFront bool) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			regional, err := components.NewCertifiedDomain(ctx, "made", &components.CertifiedDomainArgs{
				DomainName: "app.example.com", HostedZone: exampleZone(),
			})
			if err != nil {
				return err
			}
			return domainProgram(&components.CertifiedDomainArgs{
				DomainName: "app.example.com", ExistingCertificateArn: regional.CertificateArn, ForCloudFront: forCloudFront,
			})(ctx)
		}
	}
	componentstest.Deploy(t, program(false))
	assert.Equal(t, componentstest.Unknown, componentstest.Preview(t, program(true)).Output("arn"))
	_, err := componentstest.TryDeploy(program(true))
	assert.ErrorContains(t, err, `CertifiedDomain "app": existingCertificateArn: must be a certificate of us-east-1, got one of ap-northeast-1`)
}

// What only the provider's region tells is refused before any resource of AWS.
func TestCertifiedDomainRefusesTheWrongRegion(t *testing.T) {
	for name, tt := range map[string]struct {
		args    *components.CertifiedDomainArgs
		wantErr string
	}{
		"for CloudFront outside us-east-1": {
			&components.CertifiedDomainArgs{DomainName: "app.example.com", HostedZone: exampleZone(), ForCloudFront: true},
			`forCloudFront: must be made in us-east-1, where CloudFront takes its certificates from, got a provider in "ap-northeast-1"; ` +
				"pass pulumi.Provider with the result of USEast1Provider",
		},
		"for a load balancer elsewhere": {
			&components.CertifiedDomainArgs{DomainName: "app.example.com", ExistingCertificateArn: pulumi.String(virginiaARN)},
			"existingCertificateArn: must be a certificate of ap-northeast-1, where its load balancer is, got one of us-east-1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, try := range []func(pulumi.RunFunc, ...componentstest.Option) (*componentstest.Graph, error){
				componentstest.TryDeploy, componentstest.TryPreview,
			} {
				g, err := try(domainProgram(tt.args))
				assert.ErrorContains(t, err, `CertifiedDomain "app": `+tt.wantErr)
				assert.Empty(t, g.Custom())
			}
		})
	}
}

func TestCertifiedDomainRefusesBadArgs(t *testing.T) {
	good := func(change func(*components.CertifiedDomainArgs)) *components.CertifiedDomainArgs {
		a := &components.CertifiedDomainArgs{DomainName: "app.example.com", HostedZone: exampleZone()}
		change(a)
		return a
	}
	for name, tt := range map[string]struct {
		args    *components.CertifiedDomainArgs
		wantErr string
	}{
		"nil args":    {nil, "args are required"},
		"no domain":   {good(func(a *components.CertifiedDomainArgs) { a.DomainName = "" }), "domainName: must be a domain name"},
		"upper case":  {good(func(a *components.CertifiedDomainArgs) { a.DomainName = "App.example.com" }), `domainName: must be in lower case, got "App.example.com"; use "app.example.com"`},
		"name of AWS": {good(func(a *components.CertifiedDomainArgs) { a.DomainName = "x.cloudfront.net" }), "domainName: must be a domain of your own"},
		"bad alternative": {good(func(a *components.CertifiedDomainArgs) { a.SubjectAlternativeNames = []string{"a.*.example.com"} }),
			"subjectAlternativeNames[0]: must have its wildcard in place of the whole leftmost label"},
		"name twice": {good(func(a *components.CertifiedDomainArgs) { a.SubjectAlternativeNames = []string{"app.example.com"} }),
			`subjectAlternativeNames[0]: "app.example.com" is on the certificate already`},
		"no zone":      {good(func(a *components.CertifiedDomainArgs) { a.HostedZone = nil }), "hostedZone: is required"},
		"empty zone":   {good(func(a *components.CertifiedDomainArgs) { a.HostedZone = &components.HostedZoneArgs{} }), "hostedZone: must be given by id or by name, got neither"},
		"zone by both": {good(func(a *components.CertifiedDomainArgs) { a.HostedZone.Id = pulumi.String("Z1") }), "hostedZone: must be given by id or by name, got both"},
		"empty zone id": {good(func(a *components.CertifiedDomainArgs) {
			a.HostedZone = &components.HostedZoneArgs{Id: pulumi.String("")}
		}), "hostedZone.id: must not be empty"},
		"zone id with its path": {good(func(a *components.CertifiedDomainArgs) {
			a.HostedZone = &components.HostedZoneArgs{Id: pulumi.String("/hostedzone/Z0ABC")}
		}), `hostedZone.id: must be the id alone, got "/hostedzone/Z0ABC"; use "Z0ABC"`},
		"zone id of 33 characters": {good(func(a *components.CertifiedDomainArgs) {
			a.HostedZone = &components.HostedZoneArgs{Id: pulumi.String(strings.Repeat("Z", 33))}
		}), "hostedZone.id: must be the id of a hosted zone"},
		"zone name no DNS": {good(func(a *components.CertifiedDomainArgs) { a.HostedZone.Name = "example.com." }), `hostedZone.name: must have no trailing dot, got "example.com."; use "example.com"`},
		"domain outside the zone": {good(func(a *components.CertifiedDomainArgs) { a.SubjectAlternativeNames = []string{"app.example.org"} }),
			`hostedZone.name: "app.example.org" does not lie in hosted zone "example.com"`},
		"unknown key": {good(func(a *components.CertifiedDomainArgs) { a.KeyAlgorithm = "RSA_4096" }), "keyAlgorithm: must be one of"},
		"key that CloudFront does not take": {good(func(a *components.CertifiedDomainArgs) { a.KeyAlgorithm, a.ForCloudFront = "EC_secp384r1", true }),
			"keyAlgorithm: must be"},
		"no ARN": {good(func(a *components.CertifiedDomainArgs) { a.ExistingCertificateArn = pulumi.String("aaaa") }),
			"existingCertificateArn: must be the ARN of an ACM certificate"},
		"ARN in another region than CloudFront's": {good(func(a *components.CertifiedDomainArgs) {
			a.ExistingCertificateArn, a.ForCloudFront = pulumi.String(tokyoARN), true
		}), "existingCertificateArn: must be a certificate of us-east-1, got one of ap-northeast-1"},
		"key of an adopted certificate": {good(func(a *components.CertifiedDomainArgs) {
			a.ExistingCertificateArn, a.KeyAlgorithm = pulumi.String(tokyoARN), "RSA_2048"
		}), "keyAlgorithm: must not be given beside existingCertificateArn"},
		"records of an adopted certificate": {good(func(a *components.CertifiedDomainArgs) {
			a.ExistingCertificateArn, a.OverwriteExistingRecords = pulumi.String(tokyoARN), true
		}), "overwriteExistingRecords: must not be given beside existingCertificateArn"},
	} {
		t.Run(name, func(t *testing.T) { assertRefused(t, domainProgram(tt.args), `CertifiedDomain "app": `+tt.wantErr) })
	}
}

func TestCertifiedDomainSharesNothingWithAnAdoptedOne(t *testing.T) {
	g, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		adopted, err := components.NewCertifiedDomain(ctx, "old", &components.CertifiedDomainArgs{
			DomainName: "app.example.com", ExistingCertificateArn: pulumi.String(tokyoARN),
		})
		if err != nil {
			return fmt.Errorf("adopting: %w", err)
		}
		return domainProgram(&components.CertifiedDomainArgs{
			DomainName: "app.example.com", HostedZone: exampleZone(), SharesValidationWith: adopted,
		})(ctx)
	})
	assert.ErrorContains(t, err, `CertifiedDomain "app": sharesValidationWith: must be a certificate that this program requests, got an adopted one`)
	assert.Len(t, g.All(), 1)
}

// AWS documents the length of a zone's id alone. Emulators make ids without a Z.
func TestZoneIdsOfEmulatorsAreAccepted(t *testing.T) {
	for _, id := range []string{"Z0123456789ABCDEFGHIJ", "QX6YJ41MWBR0DTK", strings.Repeat("A", 32)} {
		_, err := components.PlanCertifiedDomain("app", &components.CertifiedDomainArgs{
			DomainName: "app.example.com", HostedZone: &components.HostedZoneArgs{Id: pulumi.String(id)},
		})
		assert.NoError(t, err, id)
	}
}
