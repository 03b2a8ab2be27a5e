package components_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/components"
	"github.com/portico-iac/portico/components/componentstest"
)

// Types of the resources that make up an instance.
const (
	typeInstance   = "aws:ec2/instance:Instance"
	typeInterface  = "aws:ec2/networkInterface:NetworkInterface"
	typeEIPLink    = "aws:ec2/eipAssociation:EipAssociation"
	typeProfile    = "aws:iam/instanceProfile:InstanceProfile"
	typeAttachedTo = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"

	typeAssociation = "aws:ssm/association:Association"
	typeParameter   = "aws:ssm/parameter:Parameter"
	typeAlarm       = "aws:cloudwatch/metricAlarm:MetricAlarm"
)

// tlsInstance is a program with one TLSInstance named origin in a network
// without NAT.
func tlsInstance(changes ...func(*components.TLSInstanceArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		network, err := components.NewNetwork(ctx, "net", &components.NetworkArgs{
			Nat: components.NatNone, InterfaceEndpoints: []string{},
		})
		if err != nil {
			return err
		}
		args := &components.TLSInstanceArgs{
			Network:          network,
			OriginDomainName: "origin.example.com",
			HostedZone:       &components.HostedZoneArgs{Name: "example.com"},
		}
		for _, change := range changes {
			change(args)
		}
		origin, err := components.NewTLSInstance(ctx, "origin", args)
		if err != nil {
			return err
		}
		ctx.Export("originDomainName", pulumi.String(origin.OriginDomainName()))
		ctx.Export("ingressRule", origin.IngressRule.URN())
		return nil
	}
}

func hostHeader(names ...string) func(*components.TLSInstanceArgs) {
	return func(a *components.TLSInstanceArgs) {
		a.CertificatePattern, a.ViewerNames = components.CertificatePatternHostHeader, names
	}
}

func TestTLSInstance(t *testing.T) {
	for name, run := range map[string]func(testing.TB, pulumi.RunFunc, ...componentstest.Option) *componentstest.Graph{
		"deploy": componentstest.Deploy, "preview": componentstest.Preview,
	} {
		t.Run(name, func(t *testing.T) {
			g := run(t, tlsInstance())
			componentstest.AssertInvariants(t, g)
			origin := g.One(t, components.TokenTLSInstance)
			assert.Equal(t, map[string]int{
				typeInstance: 1, typeInterface: 1, eipToken: 1, typeEIPLink: 1, typeRecord: 1, typeGroup: 1,
				typeIngress: 1, typeEgress: 1, typeRole: 1, typeProfile: 1, typeRolePolicy: 2, typeAttachedTo: 1,
				typeAssociation: 1, typeAlarm: 1,
			}, childTypes(g, origin))

			instance := g.Get(t, typeInstance, "origin")
			assert.Equal(t, "t4g.small", instance.Input("instanceType"))
			assert.Equal(t, map[string]any{
				"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1,
			}, instance.Input("metadataOptions"))
			assert.Equal(t, map[string]any{"volumeType": "gp3", "volumeSize": 16, "encrypted": true}, instance.Input("rootBlockDevice"))
			assert.Equal(t, true, instance.Input("userDataReplaceOnChange"))
			for _, none := range []string{"keyName", "associatePublicIpAddress", "subnetId", "vpcSecurityGroupIds"} {
				assert.False(t, instance.Has(none), none)
			}
			assert.Equal(t, "origin.example.com", g.Output("originDomainName"))
			assert.Equal(t, g.One(t, typeIngress).URN, g.Output("ingressRule"))
		})
	}
}

func TestAddressPrecedesTheInstance(t *testing.T) {
	g := componentstest.Deploy(t, tlsInstance())
	instance, link := g.One(t, typeInstance), g.One(t, typeEIPLink)
	eni, eip := g.One(t, typeInterface), g.One(t, eipToken)
	assert.Equal(t, eni.ID, instance.Input("networkInterfaces[0].networkInterfaceId"))
	assert.Equal(t, 0, instance.Input("networkInterfaces[0].deviceIndex"))
	assert.Equal(t, eni.ID, link.Input("networkInterfaceId"))
	assert.Equal(t, eip.Output("allocationId"), link.Input("allocationId"))
	assert.True(t, instance.DependsOn(link))
	assert.False(t, link.DependsOn(instance))
	assert.Contains(t, eni.PropertyDependencies["subnetId"], g.Get(t, "aws:ec2/subnet:Subnet", "net-public-ap-northeast-1c").URN)
	assert.Equal(t, []any{g.Get(t, typeGroup, "origin-instance").ID}, eni.Input("securityGroups"))
	// Two instances cannot hold one interface.
	assert.True(t, instance.DeleteBeforeReplace)

	record := g.One(t, typeRecord)
	assert.Equal(t, "origin.example.com", record.Input("name"))
	assert.Equal(t, "A", record.Input("type"))
	assert.Equal(t, []any{eip.Output("publicIp")}, record.Input("records"))
	assert.Equal(t, false, record.Input("allowOverwrite"))
	assert.Equal(t, componentstest.ZoneID("example.com"), record.Input("zoneId"))
	assert.False(t, record.DependsOn(instance))

	origin := g.One(t, components.TokenTLSInstance)
	assert.Equal(t, eip.Output("publicIp"), origin.Output("publicIp"))
	assert.Equal(t, instance.ID, origin.Output("instanceId"))
	assert.Equal(t, g.Get(t, typeGroup, "origin-instance").ID, origin.Output("securityGroupId"))
}

func TestFirstBootFindsItsPermissionsAndWaysOut(t *testing.T) {
	g := componentstest.Deploy(t, tlsInstance())
	instance := g.One(t, typeInstance)
	for _, token := range []string{typeEgress, typeAttachedTo, typeProfile} {
		assert.True(t, instance.DependsOn(g.One(t, token)), token)
	}
	for _, policy := range g.OfType(typeRolePolicy) {
		assert.True(t, instance.DependsOn(policy), policy.Name)
	}
	assert.Equal(t, g.One(t, typeProfile).Output("name"), instance.Input("iamInstanceProfile"))
	assert.Equal(t, "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", g.One(t, typeAttachedTo).Input("policyArn"))
	assert.Contains(t, g.One(t, typeRole).Input("assumeRolePolicy"), `"Service":"ec2.amazonaws.com"`)
}

func TestOnlyCloudFrontReachesTheInstance(t *testing.T) {
	g := componentstest.Deploy(t, tlsInstance())
	in, out := g.One(t, typeIngress), g.One(t, typeEgress)
	for _, rule := range []*componentstest.Resource{in, out} {
		assert.Equal(t, "tcp", rule.Input("ipProtocol"))
		assert.Equal(t, 443, rule.Input("fromPort"))
		assert.Equal(t, 443, rule.Input("toPort"))
		assert.Equal(t, g.Get(t, typeGroup, "origin-instance").ID, rule.Input("securityGroupId"))
	}
	assert.Contains(t, in.Input("prefixListId"), "pl-")
	assert.False(t, in.Has("cidrIpv4"))
	assert.Equal(t, "0.0.0.0/0", out.Input("cidrIpv4"))
}

func TestTheInstanceEntersTheEndpointsOfItsNetwork(t *testing.T) {
	g := componentstest.Deploy(t, tlsInstance())
	assert.Len(t, g.OfType(typeIngress), 1, "no endpoints, no rule")

	g = componentstest.Deploy(t, func(ctx *pulumi.Context) error {
		network, err := components.NewNetwork(ctx, "net", &components.NetworkArgs{
			Nat: components.NatNone, InterfaceEndpoints: []string{"ssm", "ssmmessages"},
		})
		if err != nil {
			return err
		}
		_, err = components.NewTLSInstance(ctx, "origin", &components.TLSInstanceArgs{
			Network: network, OriginDomainName: "origin.example.com", HostedZone: &components.HostedZoneArgs{Name: "example.com"},
		})
		return err
	})
	admits := g.Get(t, typeIngress, "origin-endpoints")
	assert.Equal(t, g.Get(t, typeGroup, "net-endpoints").ID, admits.Input("securityGroupId"))
	assert.Equal(t, g.Get(t, typeGroup, "origin-instance").ID, admits.Input("referencedSecurityGroupId"))
	assert.True(t, g.One(t, typeInstance).DependsOn(admits))
}

func TestImageIsChosenOnceUnlessGiven(t *testing.T) {
	parameter := func(g *componentstest.Graph) (asked []string) {
		for _, call := range g.Calls() {
			if call.Token == "aws:ssm/getParameter:getParameter" {
				asked = append(asked, call.Args["name"].StringValue())
			}
		}
		return asked
	}
	g := componentstest.Deploy(t, tlsInstance())
	assert.Equal(t, []string{"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"}, parameter(g))
	assert.Contains(t, g.One(t, typeInstance).Input("ami"), "ami-")
	assert.Equal(t, []string{"ami"}, g.One(t, typeInstance).IgnoreChanges)

	g = componentstest.Deploy(t, tlsInstance(func(a *components.TLSInstanceArgs) { a.InstanceType = "t3.small" }))
	assert.Equal(t, []string{"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"}, parameter(g))

	g = componentstest.Deploy(t, tlsInstance(image(pulumi.String("ami-0mine"))), componentstest.WithImage("ami-0mine", "arm64"))
	assert.Empty(t, parameter(g))
	assert.Equal(t, "ami-0mine", g.One(t, typeInstance).Input("ami"))
	assert.Empty(t, g.One(t, typeInstance).IgnoreChanges)
}

func image(id pulumi.StringInput) func(*components.TLSInstanceArgs) {
	return func(a *components.TLSInstanceArgs) { a.AmiId = id }
}

// AWS would refuse them only after the instance that they replace is gone.
func TestImagesThatCannotStartAreRefused(t *testing.T) {
	for id, want := range map[string]string{
		"ami-0intel": `amiId: must be an image for arm64, which t4g.small is, got "ami-0intel" for x86_64`,
		"ami-0none":  `amiId: must be an image of the region that the account may use, got "ami-0none"; leave it out`,
	} {
		intel := componentstest.WithImage("ami-0intel", "x86_64")
		g, err := componentstest.TryPreview(tlsInstance(image(pulumi.String(id))), intel)
		assert.ErrorContains(t, err, `TLSInstance "origin": `+want)
		assert.Empty(t, g.Children(g.One(t, components.TokenTLSInstance)))

		g, err = componentstest.TryPreview(tlsInstance(image(pulumi.String(id).ToStringOutput())), intel)
		assert.ErrorContains(t, err, `TLSInstance "origin": `+want)
		assert.Empty(t, g.OfType(typeInstance))
	}
}

func TestCertificatePatterns(t *testing.T) {
	for name, c := range map[string]struct {
		program    pulumi.RunFunc
		names      string
		mine, them string // challenges that the role may and may not answer
	}{
		"origin domain": {tlsInstance(), "origin.example.com",
			"_acme-challenge.origin.example.com", "_acme-challenge.www.example.com"},
		"host header": {tlsInstance(hostHeader("www.example.com", "*.shop.example.com")), "www.example.com,*.shop.example.com",
			"_acme-challenge.shop.example.com", "_acme-challenge.origin.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			g := componentstest.Deploy(t, c.program)
			assert.Contains(t, g.One(t, typeInstance).Input("userData"), "export PORTICO_CERTIFICATE_NAMES='"+c.names+"'\n")
			policy := policyOf(t, g, "origin-certbot")
			zone := "arn:aws:route53:::hostedzone/" + componentstest.ZoneID("example.com")
			change := func(action, recordType, name string) bool {
				return allows(t, policy, "route53:ChangeResourceRecordSets", zone, map[string][]string{
					"route53:ChangeResourceRecordSetsNormalizedRecordNames": {name},
					"route53:ChangeResourceRecordSetsRecordTypes":           {recordType},
					"route53:ChangeResourceRecordSetsActions":               {action},
				})
			}
			// What certbot-dns-route53 calls, in its order.
			assert.True(t, allows(t, policy, "route53:ListHostedZones", "*", nil))
			assert.True(t, change("UPSERT", "TXT", c.mine))
			assert.True(t, allows(t, policy, "route53:GetChange", "arn:aws:route53:::change/C0", nil))
			assert.True(t, change("DELETE", "TXT", c.mine))
			// What it must not.
			assert.False(t, change("UPSERT", "TXT", c.them))
			assert.False(t, change("UPSERT", "A", "origin.example.com"))
			assert.False(t, change("UPSERT", "A", c.mine))
		})
	}
}

func TestUserDataCarriesTheSettings(t *testing.T) {
	g := componentstest.Deploy(t, tlsInstance(func(a *components.TLSInstanceArgs) {
		a.AcmeDirectoryUrl, a.AcmeEmail, a.AppPort = components.AcmeLetsEncryptStaging, "admin@example.com", 8080
		a.RootVolumeGiB, a.OverwriteExistingRecords, a.PathCheck = 20, true, "warn"
	}))
	instance := g.One(t, typeInstance)
	for _, want := range []string{
		"export PORTICO_ACME_URL='https://acme-staging-v02.api.letsencrypt.org/directory'",
		"export PORTICO_ACME_EMAIL='admin@example.com'",
		"export PORTICO_APP_PORT='8080'",
	} {
		assert.Contains(t, instance.Input("userData"), want)
	}
	assert.Equal(t, 20, instance.Input("rootBlockDevice.volumeSize"))
	assert.Equal(t, true, g.One(t, typeRecord).Input("allowOverwrite"))
}

func TestTLSInstanceRefuses(t *testing.T) {
	many := make([]string, 90)
	for i := range many {
		many[i] = fmt.Sprintf("%s-%d.example.com", strings.Repeat("n", 60), i)
	}
	for name, c := range map[string]struct {
		change  func(*components.TLSInstanceArgs)
		wantErr string
	}{
		"no network":               {func(a *components.TLSInstanceArgs) { a.Network = nil }, `network: is required`},
		"no name":                  {func(a *components.TLSInstanceArgs) { a.OriginDomainName = "" }, `originDomainName: is required`},
		"no zone":                  {func(a *components.TLSInstanceArgs) { a.HostedZone = nil }, `hostedZone: is required`},
		"another zone":             {func(a *components.TLSInstanceArgs) { a.OriginDomainName = "origin.example.net" }, `hostedZone.name: `},
		"a pattern":                {func(a *components.TLSInstanceArgs) { a.CertificatePattern = "host" }, `certificatePattern: must be one of "originDomain", "hostHeader", got "host"`},
		"no viewers":               {hostHeader(), `viewerNames: is required when certificatePattern is "hostHeader"`},
		"viewers":                  {func(a *components.TLSInstanceArgs) { a.ViewerNames = []string{"www.example.com"} }, `viewerNames: must be empty unless certificatePattern is "hostHeader"`},
		"a loop":                   {hostHeader("origin.example.com"), `originDomainName: must not be "origin.example.com": a request for https://origin.example.com/ would get 403`},
		"a viewer name":            {hostHeader("WWW.example.com"), `viewerNames[0]: must be in lower case`},
		"a viewer in another zone": {hostHeader("www.example.net"), `hostedZone.name: `},
		"long user data":           {hostHeader(many...), `viewerNames: must make user data of at most 16384 bytes, got `},
		"a directory": {func(a *components.TLSInstanceArgs) { a.AcmeDirectoryUrl = "http://acme.test" },
			`acmeDirectoryUrl: must be the https address of an ACME directory such as "https://acme-v02.api.letsencrypt.org/directory", got "http://acme.test"`},
		"a mail":   {func(a *components.TLSInstanceArgs) { a.AcmeEmail = "$(reboot)" }, `acmeEmail: must be an e-mail address such as "admin@example.com", or empty, got "$(reboot)"`},
		"a type":   {func(a *components.TLSInstanceArgs) { a.InstanceType = "small" }, `instanceType: must be an instance type that runs Linux such as "t4g.small", got "small"`},
		"a volume": {func(a *components.TLSInstanceArgs) { a.RootVolumeGiB = 4 }, `rootVolumeGiB: must be 8-16384 GiB, got 4`},
		"a port":   {func(a *components.TLSInstanceArgs) { a.AppPort = 443 }, `appPort: must not be 443`},
		"an authority that nobody trusts": {func(a *components.TLSInstanceArgs) { a.AcmeDirectoryUrl = components.AcmeLetsEncryptStaging },
			`acmeDirectoryUrl: must not be "https://acme-staging-v02.api.letsencrypt.org/directory": a request through CloudFront would get 502`},
		"a short wait": {func(a *components.TLSInstanceArgs) { a.ReadyTimeoutSeconds = 59 }, `readyTimeoutSeconds: must be 60-172500 s, got 59`},
		"a topic": {func(a *components.TLSInstanceArgs) { a.AlarmTopicArns = pulumi.ToStringArray([]string{"oncall"}) },
			`alarmTopicArns[0]: must be the ARN of a standard SNS topic such as`},
		"a quota": {func(a *components.TLSInstanceArgs) { a.SecurityGroupRuleQuota = -1 }, `securityGroupRuleQuota: must be 1-`},
	} {
		t.Run(name, func(t *testing.T) {
			g, err := componentstest.TryDeploy(tlsInstance(c.change))
			assert.ErrorContains(t, err, `TLSInstance "origin": `)
			assert.ErrorContains(t, err, c.wantErr)
			assert.Empty(t, g.OfType(components.TokenTLSInstance))
		})
	}
}

func TestTLSInstanceRefusesAPrefixListThatDoesNotFit(t *testing.T) {
	g, err := componentstest.TryDeploy(tlsInstance(func(a *components.TLSInstanceArgs) { a.SecurityGroupRuleQuota = 50 }))
	assert.ErrorContains(t, err, `TLSInstance "origin": securityGroupRuleQuota: `)
	assert.ErrorContains(t, err, "1 rule x 55 entries = 55 IPv4 rules, the quota is 50")
	assert.Empty(t, g.Children(g.One(t, components.TokenTLSInstance)))
}

func TestTLSInstanceRefusesAZoneFoundByID(t *testing.T) {
	_, err := componentstest.TryDeploy(tlsInstance(func(a *components.TLSInstanceArgs) {
		a.HostedZone = &components.HostedZoneArgs{Id: pulumi.String(componentstest.ZoneID("example.net"))}
	}), componentstest.WithHostedZone("example.com", "example.net"))
	assert.ErrorContains(t, err, "hostedZone.id")
}

func TestTLSInstanceSaysWhichLookupFailed(t *testing.T) {
	_, err := componentstest.TryDeploy(tlsInstance(), componentstest.WithInvoke("aws:ssm/getParameter:getParameter",
		func(resource.PropertyMap) (resource.PropertyMap, error) { return nil, fmt.Errorf("access denied") }))
	require.Error(t, err)
	assert.ErrorContains(t, err, `TLSInstance "origin": looking up the image by parameter "/aws/service/ami-amazon-linux-latest/`)
	assert.ErrorContains(t, err, "access denied")
}

func TestTLSInstanceWithoutArgs(t *testing.T) {
	_, err := componentstest.TryDeploy(func(ctx *pulumi.Context) error {
		_, err := components.NewTLSInstance(ctx, "origin", nil)
		return err
	})
	assert.ErrorContains(t, err, `TLSInstance "origin": args are required`)
}
