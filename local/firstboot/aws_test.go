//go:build firstboot

package firstboot_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local/firstboot"
)

// awsAPI answers what the AWS CLI asks of Systems Manager and CloudWatch, if the
// instance's role may ask it.
type awsAPI struct {
	url      string
	instance *instance
	header   string // the secret's, "" without one

	mu      sync.Mutex
	values  string
	version int
	metrics []string // values of CertificateDaysLeft
}

func startAWS(t *testing.T, i *instance) *awsAPI {
	a := &awsAPI{instance: i, values: i.secret, version: 1}
	if i.secret != "" {
		a.header = between(t, i.parameters, "export PORTICO_SECRET_HEADER='", "'", "")
	}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// set stores new accepted values, the one that is sent first.
func (a *awsAPI) set(values ...string) (version int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.values = strings.Join(values, ",")
	a.version++
	return a.version
}

// sends is what a distribution sends that has the first of the accepted values.
func (a *awsAPI) sends() http.Header {
	a.mu.Lock()
	defer a.mu.Unlock()
	value, _, _ := strings.Cut(a.values, ",")
	return a.with(value)
}

func (a *awsAPI) with(value string) http.Header {
	if a.header == "" {
		return http.Header{}
	}
	return http.Header{a.header: {value}}
}

func (a *awsAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.Header.Get("X-Amz-Target") == "AmazonSSM.GetParameter" {
		a.getParameter(w, r)
		return
	}
	a.putMetric(w, r)
}

// getParameter is documented at
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
func (a *awsAPI) getParameter(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name           string
		WithDecryption bool
	}
	err := json.NewDecoder(r.Body).Decode(&in)
	allowed, denied := a.instance.may(firstboot.Call{Action: "ssm:GetParameter", Resource: in.Name})
	if err != nil || denied != nil || !allowed || in.Name != a.instance.parameter || !in.WithDecryption {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"__type":"AccessDeniedException","message":"not authorized"}`)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(map[string]any{"Parameter": map[string]any{
		"ARN": in.Name, "Type": "SecureString", "Value": a.values, "Version": a.version,
	}})
}

// putMetric is documented at
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
func (a *awsAPI) putMetric(w http.ResponseWriter, r *http.Request) {
	namespace := r.FormValue("Namespace")
	allowed, err := a.instance.may(firstboot.Call{
		Action: "cloudwatch:PutMetricData", Resource: "*", Context: map[string][]string{"cloudwatch:namespace": {namespace}},
	})
	if err != nil || !allowed || r.FormValue("Action") != "PutMetricData" || r.FormValue("MetricData.member.1.Dimensions.member.1.Name") != "Origin" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	a.metrics = append(a.metrics, r.FormValue("MetricData.member.1.Value"))
	_, _ = fmt.Fprint(w, `<PutMetricDataResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"/>`)
}

// assertDaysLeft checks that every report has arrived: of each boot and each renewal.
func (a *awsAPI) assertDaysLeft(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	assert.GreaterOrEqual(t, len(a.metrics), 4)
	for _, value := range a.metrics {
		days, err := strconv.ParseFloat(value, 64)
		require.NoError(t, err)
		assert.Greater(t, days, 14.0)
	}
}
