// Package route53 is Route 53: hosted zones and records with simple routing.
package route53

import "github.com/portico-iac/portico/local/core"

// Tokens of the types.
const (
	ZoneToken   = "aws:route53/zone:Zone"
	RecordToken = "aws:route53/record:Record"
)

// Service is what the local AWS has of Route 53.
func Service() core.Service {
	return core.Service{
		Types: []core.Type{zoneType(), recordType()},
		Functions: []core.Function{
			{
				Token:  "aws:route53/getZone:getZone",
				Inputs: []string{"name", "privateZone", "tags", "vpcId", "zoneId"},
				Run:    lookUpZone,
			},
			{
				Token: "aws:route53/getRecords:getRecords",
				Run:   lookUpRecords,
			},
		},
	}
}
