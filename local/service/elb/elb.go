// Package elb is Elastic Load Balancing in the local AWS: Application Load
// Balancers with targets that are instances or addresses.
package elb

import "github.com/portico-iac/portico/local/core"

// Tokens of the types.
const (
	LoadBalancerToken          = "aws:lb/loadBalancer:LoadBalancer"
	TargetGroupToken           = "aws:lb/targetGroup:TargetGroup"
	TargetGroupAttachmentToken = "aws:lb/targetGroupAttachment:TargetGroupAttachment"
	ListenerToken              = "aws:lb/listener:Listener"
	ListenerRuleToken          = "aws:lb/listenerRule:ListenerRule"
	ListenerCertificateToken   = "aws:lb/listenerCertificate:ListenerCertificate"
)

// invalid is the code of most refusals.
const invalid = "ValidationError"

// Service is what the local AWS has of Elastic Load Balancing.
func Service() core.Service {
	return core.Service{
		Types: []core.Type{
			loadBalancerType(),
			targetGroupType(),
			targetGroupAttachmentType(),
			listenerType(),
			listenerRuleType(),
			listenerCertificateType(),
		},
		Functions: []core.Function{
			{
				Token:  "aws:lb/getLoadBalancer:getLoadBalancer",
				Inputs: []string{"arn", "name", "tags"},
				Run:    lookUpLoadBalancer,
			},
			{
				Token:  "aws:lb/getListener:getListener",
				Inputs: []string{"arn", "loadBalancerArn", "port"},
				Run:    lookUpListener,
			},
		},
	}
}
