package account

import "slices"

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

// ListenersOf are the listeners of a load balancer, by port.
func (r *Resources) ListenersOf(loadBalancer string) []Listener {
	out := where(r.Listeners, func(l Listener) bool { return l.LoadBalancerARN == loadBalancer })
	slices.SortFunc(out, func(a, b Listener) int { return a.Port - b.Port })
	return out
}

// ListenerRule is a rule of a listener.
type ListenerRule struct {
	ListenerARN string `json:"listenerArn"`
	Priority    int
	Actions     []Action
	Conditions  []Condition
}

// RulesOf are the rules of a listener, by priority.
func (r *Resources) RulesOf(listener string) []ListenerRule {
	out := where(r.ListenerRules, func(rule ListenerRule) bool { return rule.ListenerARN == listener })
	slices.SortFunc(out, func(a, b ListenerRule) int { return a.Priority - b.Priority })
	return out
}

// Condition is a condition of a rule, of which one block is given.
type Condition struct {
	HostHeader, PathPattern struct{ Values []string }
	HTTPRequestMethod       struct{ Values []string } `json:"httpRequestMethod"`
	HTTPHeader              struct {
		HTTPHeaderName string `json:"httpHeaderName"`
		Values         []string
	} `json:"httpHeader"`
	QueryStrings []QueryString
	SourceIP     struct{ Values []string } `json:"sourceIp"`
}

// QueryString is a pattern for a key and one for its value in a query string. Without
// a Key, any key will do.
type QueryString struct{ Key, Value string }

// Action is an action of a listener or a rule, of which the block of its type is
// given.
type Action struct {
	Type           string
	TargetGroupARN string `json:"targetGroupArn"`
	Forward        struct{ TargetGroups []Share }
	Redirect       Redirect
	FixedResponse  struct{ ContentType, MessageBody, StatusCode string }
}

// Share is a target group among those that an action forwards to. Its weight is 1
// when none is given.
type Share struct {
	ARN    string `json:"arn"`
	Weight *int
}

// Redirect is where a request is sent: the parts of a URL, in which #{protocol},
// #{host}, #{port}, #{path} and #{query} stand for those of the request. Empty
// parts stay as they are.
type Redirect struct{ Protocol, Host, Port, Path, Query, StatusCode string }

// ListenerCertificate is a certificate that was added to a listener.
type ListenerCertificate struct {
	ListenerARN    string `json:"listenerArn"`
	CertificateARN string `json:"certificateArn"`
}
