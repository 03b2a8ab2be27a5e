package account

import "encoding/json"

// LoadBalancer is a load balancer.
type LoadBalancer struct {
	ARN                                   string `json:"arn"`
	Name                                  string
	DNSName                               string `json:"dnsName"`
	VPCID                                 string `json:"vpcId"`
	IPAddressType                         string `json:"ipAddressType"`
	LoadBalancerType                      string
	Internal                              bool
	Subnets, SecurityGroups               []string
	IdleTimeout, ClientKeepAlive          float64
	EnableHTTP2                           bool `json:"enableHttp2"`
	PreserveHostHeader                    bool
	DropInvalidHeaderFields               bool
	EnableXffClientPort                   bool
	EnableTLSVersionAndCipherSuiteHeaders bool `json:"enableTlsVersionAndCipherSuiteHeaders"`
	XffHeaderProcessingMode               string
}

// Listener is a listener of a load balancer.
type Listener struct {
	ARN                  string `json:"arn"`
	LoadBalancerARN      string `json:"loadBalancerArn"`
	Port                 int
	Protocol             string
	SSLPolicy            string `json:"sslPolicy"`
	CertificateARN       string `json:"certificateArn"`
	DefaultActions       []Action
	MutualAuthentication struct{ Mode string }
}

// ListenerRule is a rule of a listener. Conditions are by the property that holds
// them, as they are registered.
type ListenerRule struct {
	ListenerARN string `json:"listenerArn"`
	Priority    int
	Actions     []Action
	Conditions  []map[string]json.RawMessage
}

// Action is an action of a listener or a rule.
type Action struct {
	Type           string
	TargetGroupARN string `json:"targetGroupArn"`
	Forward        struct {
		TargetGroups []struct {
			ARN    string `json:"arn"`
			Weight *int
		}
	}
	Redirect      struct{ Protocol, Host, Port, Path, Query, StatusCode string }
	FixedResponse struct{ ContentType, MessageBody, StatusCode string }
}

// ListenerCertificate is a certificate that was added to a listener.
type ListenerCertificate struct {
	ListenerARN    string `json:"listenerArn"`
	CertificateARN string `json:"certificateArn"`
}
