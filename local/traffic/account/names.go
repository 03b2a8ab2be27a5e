package account

// Zone is a hosted zone. One that has VPCs is private.
type Zone struct {
	ID          string `json:"id"`
	Name        string
	NameServers []string
	VPCs        []struct {
		ID string `json:"vpcId"`
	} `json:"vpcs"`
}

// Record is a record set of a hosted zone.
type Record struct {
	ZoneID  string `json:"zoneId"`
	FQDN    string `json:"fqdn"`
	Type    string
	TTL     int `json:"ttl"`
	Records []string
	Aliases []struct{ Name string }
}

// Certificate is a certificate of Certificate Manager. Only imported ones have a
// body.
type Certificate struct {
	ARN                     string `json:"arn"`
	DomainName              string
	Status                  string
	SubjectAlternativeNames []string
	CertificateBody         string
	PrivateKey              string
	CertificateChain        string
}
