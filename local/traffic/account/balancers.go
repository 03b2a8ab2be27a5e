package account

// LoadBalancer is a load balancer.
type LoadBalancer struct {
	ARN                                   string `json:"arn"`
	Name                                  string
	DNSName                               string `json:"dnsName"`
	VPCID                                 string `json:"vpcId"`
	IPAddressType                         string `json:"ipAddressType"`
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
	ARN             string `json:"arn"`
	LoadBalancerARN string `json:"loadBalancerArn"`
	Port            int
	Protocol        string
	SSLPolicy       string `json:"sslPolicy"`
	CertificateARN  string `json:"certificateArn"`
	DefaultActions  []Action
}

// ListenerRule is a rule of a listener.
type ListenerRule struct {
	ListenerARN string `json:"listenerArn"`
	Priority    int
	Actions     []Action
	Conditions  []Condition
}

// Condition is a condition of a rule, of which one block is given.
type Condition struct {
	HostHeader, PathPattern struct{ Values []string }
	HTTPRequestMethod       struct{ Values []string } `json:"httpRequestMethod"`
	HTTPHeader              struct {
		HTTPHeaderName string `json:"httpHeaderName"`
		Values         []string
	} `json:"httpHeader"`
	QueryStrings []struct{ Key, Value string }
	SourceIP     struct{ Values []string } `json:"sourceIp"`
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
