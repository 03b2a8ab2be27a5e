package components

import (
	"context"
	"fmt"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/portico-iac/portico/internal/dnsname"
	"github.com/portico-iac/portico/internal/fault"
)

// HostedZoneArgs identifies the public Route 53 hosted zone for the records of a
// component. Exactly one of its fields is required.
type HostedZoneArgs struct {
	// Id of the zone, for example "Z0123456789ABC". As soon as the id is known,
	// the zone is looked up to verify that every domain is in it.
	Id pulumi.StringInput `pulumi:"id"`
	// Name of the zone, in lower case, without a trailing dot, for example
	// "example.com". Exactly one public zone must have this name.
	Name string `pulumi:"name"`
}

// AWS documents at most 32 characters. Its own ids begin with Z, those of emulators need
// not.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html
var zoneID = regexp.MustCompile(`^[A-Z0-9]{1,32}$`)

// check records what is wrong with z, whose path is given, as the zone of the
// domains. Nil is wrong as well.
func (z *HostedZoneArgs) check(l *fault.List, path string, domains ...string) {
	if z == nil {
		l.Addf(path, "is required: give the id or the name of the public hosted zone that holds the domain")
		return
	}
	switch id, known := literal(z.Id); {
	case known && id == "":
		l.Addf(path+".id", "must not be empty; leave it out to look the zone up by name")
	case known && zoneID.MatchString(strings.TrimPrefix(id, "/hostedzone/")) && !zoneID.MatchString(id):
		l.Addf(path+".id", "must be the id alone, got %q; use %q", id, strings.TrimPrefix(id, "/hostedzone/"))
	case known && !zoneID.MatchString(id):
		l.Addf(path+".id", "must be the id of a hosted zone such as Z0123456789ABCDEFGHIJ, got %q; to look the zone up by name, give name instead", id)
	case z.Id != nil && z.Name != "":
		l.Addf(path, "must be given by id or by name, got both; leave out name %q or the id", z.Name)
	case z.Id == nil && z.Name == "":
		l.Addf(path, "must be given by id or by name, got neither")
	case z.Id == nil && dnsname.Check(z.Name) != nil:
		l.Check(path+".name", dnsname.Check(z.Name))
	case z.Id == nil:
		for _, d := range domains {
			l.Check(path+".name", dnsname.CheckWithin(d, z.Name))
		}
	}
}

// resolveZone is the id of the zone, for parent. A zone given by name is looked up at
// once; check has compared its name with the domains before. One given by id is
// looked up when the id is known, and refused then unless it is public and holds
// the domains: whoever uses the id meets the refusal.
func resolveZone(
	ctx *pulumi.Context, parent pulumi.Resource, z *HostedZoneArgs, domains ...string,
) (id pulumi.StringOutput, err error) {
	if z.Id == nil {
		found, err := route53.LookupZone(ctx, &route53.LookupZoneArgs{
			Name: pulumi.StringRef(z.Name), PrivateZone: pulumi.BoolRef(false),
		}, pulumi.Parent(parent))
		if err != nil {
			return id, fmt.Errorf("%s: %w", parent.PulumiResourceName(), lookupFailed(err, "hosted zone %q", z.Name))
		}
		warnIfUndelegated(ctx, found.Name, found.NameServers)
		return pulumi.String(found.ZoneId).ToStringOutput(), nil
	}
	found := route53.LookupZoneOutput(ctx, route53.LookupZoneOutputArgs{
		ZoneId: z.Id.ToStringOutput().ToStringPtrOutput(),
	}, pulumi.Parent(parent))
	return pulumi.All(z.Id, found).ApplyT(func(v []any) (string, error) {
		zone := v[1].(route53.LookupZoneResult)
		if err := checkFoundZone(zone, domains); err != nil {
			return "", fmt.Errorf("%s: hostedZone.id: %w", parent.PulumiResourceName(), err)
		}
		warnIfUndelegated(ctx, zone.Name, zone.NameServers)
		return v[0].(string), nil
	}).(pulumi.StringOutput), nil
}

// delegationTimeout is how long public DNS may take to answer.
const delegationTimeout = 3 * time.Second

// warnIfUndelegated warns of a zone that public DNS does not lead to: ACM and Let's Encrypt
// would wait for its records in vain, ACM for 75 minutes.
func warnIfUndelegated(ctx *pulumi.Context, zone string, servers []string) {
	wait, cancel := context.WithTimeout(ctx.Context(), delegationTimeout)
	defer cancel()
	if text := dnsname.Undelegated(wait, net.DefaultResolver, strings.TrimSuffix(zone, "."), servers); text != "" {
		_ = ctx.Log.Warn(text, nil) // the engine is gone when it cannot be told
	}
}

func checkFoundZone(found route53.LookupZoneResult, domains []string) error {
	if found.PrivateZone != nil && *found.PrivateZone {
		return fmt.Errorf("must be a public zone, got %q, which is private; "+
			"neither viewers nor ACM resolve names in it", found.ZoneId)
	}
	for _, d := range domains {
		if err := dnsname.CheckWithin(d, found.Name); err != nil {
			return err
		}
	}
	return nil
}
