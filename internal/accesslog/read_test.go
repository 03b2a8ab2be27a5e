package accesslog

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// AWS's own examples.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
const (
	exampleHTTP = `http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 ` +
		`"GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 ` +
		`"Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90 "-" "-" "-"`
	exampleHTTPS = `https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 ` +
		`"GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 ` +
		`"Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012" ` +
		`1 2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90 "m.example.com" "-" "TransformSuccess"`
	exampleRedirect = `h2 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 10.0.1.252:48160 10.0.0.66:9000 0.000 0.002 0.000 200 200 5 257 ` +
		`"GET https://10.0.2.105:773/ HTTP/2.0" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 ` +
		`"Root=1-58337327-72bd00b0343d75b906739c42" "-" "-" 1 2018-07-02T22:22:48.364000Z "redirect" "https://example.com:80/" "-" 10.0.0.66:9000 200 "-" "-"`
	exampleWebSocket = `wss 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 10.0.0.140:44244 10.0.0.171:8010 0.000 0.001 0.000 101 101 218 786 ` +
		`"GET https://10.0.0.30:443/ HTTP/1.1" "-" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 ` +
		`"Root=1-58337364-23a8c76965a2ef7629b185e3" "-" "-" 1 2018-07-02T22:22:48.364000Z "forward" "-" "-" 10.0.0.171:8010 101 "-" "-"`
	exampleLambda = `http 2018-11-30T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 - 0.000 0.001 0.000 502 - 34 366 ` +
		`"GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 ` +
		`"Root=1-58337364-23a8c76965a2ef7629b185e3" "-" "-" 0 2018-11-30T22:22:48.364000Z "forward" "-" "LambdaInvalidResponse" "-" "-" "-" "-"`
)

// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
const (
	exampleConnection = `2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 4.036 ` +
		`"CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US" NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z ` +
		`FEF257372D5C14D4 Success TID_3180a73013c8ca4bac2f731159d4b0fe`
	exampleFailed = `2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 - ` +
		`"CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US" NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z ` +
		`FEF257372D5C14D4 Failed:ClientCertUntrusted TID_1c71a68d70587445ad5127ff8b2687d7`
)

// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
const exampleCloudFront = "2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111111abcdef8.cloudfront.net\t/index.html\t200\t-\t" +
	"Mozilla/5.0%20(Windows%20NT%2010.0;%20Win64;%20x64)%20AppleWebKit/537.36%20(KHTML,%20like%20Gecko)%20Chrome/78.0.3904.108%20Safari/537.36\t" +
	"-\t-\tHit\tSOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==\td111111abcdef8.cloudfront.net\thttps\t23\t0.001\t-\tTLSv1.2\t" +
	"ECDHE-RSA-AES128-GCM-SHA256\tHit\tHTTP/2.0\t-\t-\t11040\t0.001\tHit\ttext/html\t78\t-\t-"

// nothing is a model without resources.
func nothing(t *testing.T) *registered.Model {
	t.Helper()
	m, err := registered.Read(nil, registered.Options{})
	require.NoError(t, err)
	return m
}

func read(t *testing.T, text string) Line {
	t.Helper()
	l, ok, err := (&Reader{}).Read(text)
	require.NoError(t, err, text)
	require.True(t, ok, text)
	return l
}

func TestAWSsOwnExamples(t *testing.T) {
	for text, want := range map[string]Diagnosis{
		exampleHTTP: {Log: FormatAccess, Status: 200, By: requestpath.HopTarget, ByName: "10.0.0.1:80",
			Request: "GET http://www.example.com:80/ from 192.168.131.39", Why: "the target 10.0.0.1:80 answered 200, and the load balancer passed that on"},
		exampleHTTPS: {Log: FormatAccess, Status: 200, By: requestpath.HopTarget, ByName: "10.0.0.1:80",
			Request: "GET https://www.example.com:443/ from 192.168.131.39", Why: "the target 10.0.0.1:80 answered 200, and the load balancer passed that on"},
		exampleRedirect: {Log: FormatAccess, Status: 200, By: requestpath.HopTarget, ByName: "10.0.0.66:9000",
			Request: "GET https://10.0.2.105:773/ from 10.0.1.252", Why: "the target 10.0.0.66:9000 answered 200, and the load balancer passed that on"},
		exampleWebSocket: {Log: FormatAccess, Status: 101, By: requestpath.HopTarget, ByName: "10.0.0.171:8010",
			Request: "GET https://10.0.0.30:443/ from 10.0.0.140", Why: "the target 10.0.0.171:8010 answered 101, and the load balancer passed that on"},
		exampleLambda: {Log: FormatAccess, Status: 502, By: requestpath.HopLoadBalancer, ByName: "my-loadbalancer",
			Request: "GET http://www.example.com:80/ from 192.168.131.39", Why: "the Lambda function gave no response that can be passed on: LambdaInvalidResponse"},
		exampleConnection: {Log: FormatConnection, By: requestpath.HopLoadBalancer,
			Request: "a connection to port 443 from 203.0.113.1", Why: "TLS was agreed on: TLSv1.2, ECDHE-RSA-AES128-GCM-SHA256"},
		exampleFailed: {Log: FormatConnection, By: requestpath.HopLoadBalancer,
			Request: "a connection to port 443 from 203.0.113.1", Why: "the client's certificate is of an authority that the trust store does not have"},
		exampleCloudFront: {Log: FormatCloudFront, Status: 200, By: requestpath.HopDistribution, ByName: "d111111abcdef8.cloudfront.net",
			Request: "GET https://d111111abcdef8.cloudfront.net/index.html from 192.0.2.100", Why: "CloudFront answered from its cache"},
	} {
		d := Explain(read(t, text), nothing(t))
		assert.Equal(t, want, Diagnosis{Log: d.Log, Status: d.Status, By: d.By, ByName: d.ByName, Request: d.Request, Why: d.Why})
		assert.NotEmpty(t, d.Time)
		assert.NotEmpty(t, d.Source)
		assert.NotEmpty(t, d.Plan, "it says that nothing is registered")
		assert.Equal(t, strings.Contains(text, " 502 ") || strings.Contains(text, "Failed"), d.Fix != "", text)
	}
}

func TestCloudFrontsOtherForms(t *testing.T) {
	r := &Reader{}
	for _, head := range []string{"#Version: 1.0", "#Fields: date time sc-status cs-method x-edge-result-type x-edge-detailed-result-type x-host-header cs-uri-stem", "", "   "} {
		_, ok, err := r.Read(head)
		require.NoError(t, err)
		assert.False(t, ok)
	}
	l, _, err := r.Read("2019-12-04\t21:02:31\t502\tGET\tError\tOriginDnsError\twww.example.com\t/a%2520b\r\n")
	require.NoError(t, err)
	d := Explain(l, nothing(t))
	assert.Equal(t, 502, d.Status)
	assert.Equal(t, requestpath.HopDistribution, d.By)
	assert.Contains(t, d.Why, "could not resolve")
	assert.Contains(t, d.Request, "GET https://www.example.com/a%20b from an address that is not logged")
	_, _, err = r.Read(exampleCloudFront)
	require.ErrorContains(t, err, "33 fields, not 8")

	l = read(t, `{"date":"2019-12-04","time":"21:02:31","sc-status":"403","cs-method":"DELETE","x-edge-result-type":"Error","x-edge-detailed-result-type":"InvalidRequestMethod","x-host-header":"www.example.com","cs-uri-stem":"/"}`)
	assert.Contains(t, Explain(l, nothing(t)).Why, "does not allow the method")
}

func TestLinesThatAreRefused(t *testing.T) {
	for text, why := range map[string]string{
		"hello": "no format that is known",
		`203.0.113.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326`:                                                                       "no format that is known",
		"tls 2.0 2018-12-20T02:59:40 net/my-network-loadbalancer/c6e77e28c25b2234 g3d4b5e8bb8464cd 72.21.218.154:51341 172.100.100.185:443 5 2 98 246": "no format that is known",
		"2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29":                          "no format that is known",
		exampleHTTP[:200]:                                "cut off",
		exampleHTTP[:330]:                                "cut off",
		exampleConnection[:60]:                           "cut off",
		exampleCloudFront[:100]:                          "has tabs and 11 fields, not 33",
		strings.ReplaceAll(exampleCloudFront, "\t", " "): "spaces where the log of CloudFront has tabs",
		`{"date":`:                                       "begins as JSON and is none",
		`{"a":"b"}`:                                      `field cs-method cannot be ""`,
		strings.Replace(exampleHTTP, " 200 200 ", " OK 200 ", 1):         `field elb_status_code cannot be "OK"`,
		strings.Replace(exampleHTTP, "192.168.131.39:2817", "nobody", 1): `field client:port cannot be "nobody"`,
	} {
		_, ok, err := (&Reader{}).Read(text)
		assert.True(t, ok)
		require.ErrorContains(t, err, why, text)
		for _, form := range []string{"29 to 34 fields", "12 to 15 fields", "33 fields with tabs", "app/my-loadbalancer/50dc6c495c0c9188"} {
			assert.ErrorContains(t, err, form)
		}
	}
}

func TestValuesThatNeedCare(t *testing.T) {
	l := read(t, strings.Replace(exampleHTTP, `"curl/7.46.0"`, `"a \"b\" c"`, 1))
	assert.Equal(t, `a "b" c`, l.get("user_agent"))
	assert.Equal(t, "200", l.get("elb_status_code"))
	l = read(t, strings.Replace(exampleHTTP, `"curl/7.46.0"`, `"a "b"c d"`, 1))
	assert.Equal(t, "forward", l.get("actions_executed"), "marks that are not escaped")
	for _, client := range []string{"[2001:db8::7]:2817", "2001:db8::7:2817"} {
		l = read(t, strings.Replace(exampleHTTP, "192.168.131.39:2817", client, 1))
		assert.Contains(t, Explain(l, nothing(t)).Request, "from 2001:db8::7", client)
	}
	l = read(t, strings.Replace(exampleHTTP, "curl/7.46.0", "\x1b[31mred", 1))
	assert.Equal(t, "?[31mred", l.get("user_agent"), "nothing that a terminal would obey")
	l = read(t, strings.Replace(exampleHTTP, "GET http://www.example.com:80/ HTTP/1.1", "- http://www.example.com:80- -", 1))
	assert.Contains(t, Explain(l, nothing(t)).Request, "could not be read")
	l = read(t, exampleHTTP+` 192.0.2.1 "something new"`)
	assert.Equal(t, "192.0.2.1", l.get("ip_address"), "fields of later versions are left out")
}

// No line makes the reader fail in another way than by an error.
func TestMangledLines(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	examples := []string{exampleHTTP, exampleHTTPS, exampleLambda, exampleConnection, exampleFailed, exampleCloudFront}
	m, understood := nothing(t), 0
	for range 20000 {
		text := []byte(examples[random.IntN(len(examples))])
		for range 1 + random.IntN(4) {
			if len(text) == 0 {
				break
			}
			switch i := random.IntN(len(text)); random.IntN(8) {
			case 0, 1, 2, 3:
				text[i] = " \"\t-:/\\%0é{"[random.IntN(11)]
			case 4, 5, 6:
				text = append(text[:i:i], text[i+1:]...)
			default:
				text = text[:max(i, 1)]
			}
		}
		if l, ok, err := (&Reader{}).Read(string(text)); ok && err == nil {
			understood++
			assert.NotEmpty(t, Explain(l, m).Why, string(text))
		}
	}
	assert.Greater(t, understood, 1000)
}
