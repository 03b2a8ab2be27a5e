package firstboot

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
)

const (
	namespace = "https://route53.amazonaws.com/doc/2013-04-01/"
	requestID = "00000000-0000-0000-0000-000000000000"
)

// failure is an error that the caller sees.
type failure struct {
	status        int
	code, message string
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func refuse(status int, code, format string, a ...any) error {
	return &failure{status, code, fmt.Sprintf(format, a...)}
}

// asFailure turns any other error into AWS's internal error.
func asFailure(err error) *failure {
	var f *failure
	if errors.As(err, &f) {
		return f
	}
	return &failure{http.StatusInternalServerError, "InternalFailure", err.Error()}
}

type errorResponse struct {
	XMLName   xml.Name `xml:"ErrorResponse"`
	Namespace string   `xml:"xmlns,attr"`
	Error     struct {
		Type, Code, Message string
	}
	RequestID string `xml:"RequestId"`
}

func writeError(w http.ResponseWriter, err error) {
	f := asFailure(err)
	out := errorResponse{Namespace: namespace, RequestID: requestID}
	out.Error.Type, out.Error.Code, out.Error.Message = "Sender", f.code, f.message
	if f.status >= http.StatusInternalServerError {
		out.Error.Type = "Receiver"
	}
	writeXML(w, f.status, out)
}

func writeXML(w http.ResponseWriter, status int, body any) {
	raw, err := xml.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("x-amzn-RequestId", requestID)
	w.WriteHeader(status)
	// The caller may be gone.
	_, _ = w.Write(append([]byte(xml.Header), raw...))
}

// Requests and answers of the actions, as in the API reference.

type zoneXML struct {
	ID              string `xml:"Id"`
	Name            string
	CallerReference string
	Config          struct{ PrivateZone bool }
	RecordCount     int `xml:"ResourceRecordSetCount"`
}

type listZonesXML struct {
	XMLName     xml.Name  `xml:"ListHostedZonesResponse"`
	Namespace   string    `xml:"xmlns,attr"`
	HostedZones []zoneXML `xml:"HostedZones>HostedZone"`
	Marker      string    `xml:",omitempty"`
	IsTruncated bool
	NextMarker  string `xml:",omitempty"`
	MaxItems    int
}

type listByNameXML struct {
	XMLName          xml.Name  `xml:"ListHostedZonesByNameResponse"`
	Namespace        string    `xml:"xmlns,attr"`
	HostedZones      []zoneXML `xml:"HostedZones>HostedZone"`
	DNSName          string    `xml:",omitempty"`
	HostedZoneID     string    `xml:"HostedZoneId,omitempty"`
	IsTruncated      bool
	NextDNSName      string `xml:",omitempty"`
	NextHostedZoneID string `xml:"NextHostedZoneId,omitempty"`
	MaxItems         int
}

type getZoneXML struct {
	XMLName    xml.Name `xml:"GetHostedZoneResponse"`
	Namespace  string   `xml:"xmlns,attr"`
	HostedZone zoneXML
}

type valueXML struct{ Value string }

type aliasXML struct {
	HostedZoneID         string `xml:"HostedZoneId"`
	DNSName              string
	EvaluateTargetHealth bool
}

type recordXML struct {
	Name            string
	Type            string
	SetIdentifier   string     `xml:",omitempty"`
	TTL             *int64     `xml:",omitempty"`
	ResourceRecords []valueXML `xml:"ResourceRecords>ResourceRecord,omitempty"`
	AliasTarget     *aliasXML  `xml:",omitempty"`
}

type listRecordsXML struct {
	XMLName            xml.Name    `xml:"ListResourceRecordSetsResponse"`
	Namespace          string      `xml:"xmlns,attr"`
	ResourceRecordSets []recordXML `xml:"ResourceRecordSets>ResourceRecordSet"`
	IsTruncated        bool
	NextRecordName     string `xml:",omitempty"`
	NextRecordType     string `xml:",omitempty"`
	MaxItems           int
}

type changeXML struct {
	Action            string
	ResourceRecordSet recordXML
}

type changeRequestXML struct {
	XMLName     xml.Name `xml:"ChangeResourceRecordSetsRequest"`
	ChangeBatch struct {
		Comment string
		Changes []changeXML `xml:"Changes>Change"`
	}
}

type changeInfoXML struct {
	ID          string `xml:"Id"`
	Status      string
	SubmittedAt string
	Comment     string `xml:",omitempty"`
}

type changeRecordsXML struct {
	XMLName    xml.Name `xml:"ChangeResourceRecordSetsResponse"`
	Namespace  string   `xml:"xmlns,attr"`
	ChangeInfo changeInfoXML
}

type getChangeXML struct {
	XMLName    xml.Name `xml:"GetChangeResponse"`
	Namespace  string   `xml:"xmlns,attr"`
	ChangeInfo changeInfoXML
}
