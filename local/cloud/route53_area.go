package cloud

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
)

const (
	zoneToken   = "aws:route53/zone:Zone"
	recordToken = "aws:route53/record:Record"
)

// route53Area is what is supported of Route 53: public hosted zones and simple
// records.
func route53Area() area {
	return area{
		kinds: []kind{zoneKind(), recordKind()},
		invokes: []invoke{
			{
				token:     "aws:route53/getZone:getZone",
				inputs:    reflect.TypeOf(route53.LookupZoneArgs{}),
				supported: []string{"name", "privateZone", "zoneId"},
				run:       lookUpZone,
			},
			{
				token:  "aws:route53/getRecords:getRecords",
				inputs: reflect.TypeOf(route53.GetRecordsArgs{}),
				run:    lookUpRecords,
			},
		},
	}
}

// recordKind is one resource record set with simple routing.
// Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
// *sourced*
func recordKind() kind {
	return kind{
		token:  recordToken,
		inputs: route53.RecordArgs{}.ElementType(),
		state:  reflect.TypeOf(route53.Record{}),
		global: true,
		changes: map[string]change{
			"aliases":        updates,
			"allowOverwrite": updates,
			"name":           replaces,
			"records":        updatesSetOnly,
			"ttl":            updates,
			"type":           updates,
			"zoneId":         replaces,
		},
		keeps:     []string{"allowOverwrite"},
		overrides: sameRecordName,
		rules: []rule{
			oneOf(unsupported, "type", "A", "AAAA", "CAA", "CNAME", "TXT"),
			recordNameRule,
			aliasOrRecordsRule,
			ttlRule,
			aliasTypeRule,
			recordCountRule,
			recordValuesRule,
		},
		create: createRecord,
		update: updateRecord,
	}
}
