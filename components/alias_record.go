package components

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// aliasRecords is the alias records of one endpoint, a load balancer or a
// distribution.
type aliasRecords struct {
	// zoneID is the hosted zone that holds every one of names.
	zoneID pulumi.StringInput
	names  []string
	// targetName and targetZoneID are the endpoint's own DNS name and the zone
	// that AWS keeps it in.
	targetName, targetZoneID pulumi.StringInput
	// ipv6 adds an AAAA record to each A record.
	ipv6 bool
	// overwrite takes over records that exist already.
	overwrite bool
	// after are what answers at the endpoint: viewers are sent there only then, and
	// sent there no more before it goes.
	after []pulumi.Resource
}

// newAliasRecords makes the records, named after the DNS name they are for and
// never after its place in the list. The target's health is not evaluated: there
// is one record per name, so no other answer to fall back to, and CloudFront
// does not offer it.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
func newAliasRecords(ctx *pulumi.Context, parent pulumi.Resource, name string, r aliasRecords) ([]*route53.Record, error) {
	var records []*route53.Record
	types := []string{"A"}
	if r.ipv6 {
		types = append(types, "AAAA")
	}
	for _, host := range r.names {
		for _, recordType := range types {
			record, err := route53.NewRecord(ctx, aliasRecordName(name, recordType, host), &route53.RecordArgs{
				ZoneId:         r.zoneID,
				Name:           pulumi.String(host),
				Type:           pulumi.String(recordType),
				AllowOverwrite: pulumi.Bool(r.overwrite),
				Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
					Name:                 r.targetName,
					ZoneId:               r.targetZoneID,
					EvaluateTargetHealth: pulumi.Bool(false),
				}},
			}, pulumi.Parent(parent), pulumi.DependsOn(r.after))
			if err != nil {
				return nil, err
			}
			records = append(records, record)
		}
	}
	return records, nil
}

func aliasRecordName(name, recordType, host string) string {
	return strings.Join([]string{name, strings.ToLower(recordType), strings.Replace(host, "*", "wildcard", 1)}, "-")
}
