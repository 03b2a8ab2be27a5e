// Package account reads those resources of an account that carry traffic. It is the
// only place that knows their Pulumi types and property names; what they mean for
// a request is up to the packages that serve them.
package account

import (
	"errors"
	"slices"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/ecs"
	"github.com/portico-iac/portico/local/service/s3"
)

// Resources are the registered resources by type, each list in the order of Region
// and id.
type Resources struct {
	VPCs              []VPC
	Subnets           []Subnet
	Routes            []Route
	TableAssociations []TableAssociation
	SecurityGroups    []SecurityGroup
	IngressRules      []SecurityGroupRule
	EgressRules       []SecurityGroupRule
	Interfaces        []Interface
	NATGateways       []Interface
	Instances         []Instance
	Parameters        []Parameter

	Services     []Service
	Tasks        []Task
	TargetGroups []TargetGroup
	Attachments  []Attachment

	LoadBalancers        []LoadBalancer
	Listeners            []Listener
	ListenerRules        []ListenerRule
	ListenerCertificates []ListenerCertificate

	Certificates  []Certificate
	Zones         []Zone
	Records       []Record
	Distributions []Distribution
	VPCOrigins    []VPCOrigin
	Functions     []Function

	CachePolicies           []CachePolicy
	OriginRequestPolicies   []OriginRequestPolicy
	OriginAccessControls    []OriginAccessControl
	ResponseHeadersPolicies []ResponseHeadersPolicy

	Buckets            []Bucket
	BucketPolicies     []BucketPolicy
	PublicAccessBlocks []PublicAccessBlock
	Objects            []BucketObject

	WebACLs            []WebACL
	WebACLAssociations []WebACLAssociation
	IPSets             []IPSet

	// CloudFrontLists and CloudFrontIPv6Lists are the ids of the prefix lists of the
	// addresses from which CloudFront connects to origins, one for each Region in
	// which the account has anything.
	CloudFrontLists, CloudFrontIPv6Lists []string
}

// Read reads an account.
func Read(a *core.Account) (*Resources, error) {
	r := &Resources{}
	err := errors.Join(
		read(a, "aws:ec2/vpc:Vpc", &r.VPCs),
		read(a, "aws:ec2/subnet:Subnet", &r.Subnets),
		read(a, "aws:ec2/route:Route", &r.Routes),
		read(a, "aws:ec2/routeTableAssociation:RouteTableAssociation", &r.TableAssociations),
		read(a, "aws:ec2/securityGroup:SecurityGroup", &r.SecurityGroups),
		read(a, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", &r.IngressRules),
		read(a, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", &r.EgressRules),
		read(a, "aws:ec2/networkInterface:NetworkInterface", &r.Interfaces),
		read(a, "aws:ec2/natGateway:NatGateway", &r.NATGateways),
		read(a, "aws:ec2/instance:Instance", &r.Instances),
		read(a, "aws:ssm/parameter:Parameter", &r.Parameters),
		read(a, "aws:ecs/service:Service", &r.Services),
		read(a, ecs.TaskToken, &r.Tasks),
		readTargetGroups(a, &r.TargetGroups),
		read(a, "aws:lb/targetGroupAttachment:TargetGroupAttachment", &r.Attachments),
		read(a, "aws:lb/loadBalancer:LoadBalancer", &r.LoadBalancers),
		read(a, "aws:lb/listener:Listener", &r.Listeners),
		read(a, "aws:lb/listenerRule:ListenerRule", &r.ListenerRules),
		read(a, "aws:lb/listenerCertificate:ListenerCertificate", &r.ListenerCertificates),
		read(a, "aws:acm/certificate:Certificate", &r.Certificates),
		read(a, "aws:route53/zone:Zone", &r.Zones),
		read(a, "aws:route53/record:Record", &r.Records),
		read(a, "aws:cloudfront/distribution:Distribution", &r.Distributions),
		read(a, "aws:cloudfront/vpcOrigin:VpcOrigin", &r.VPCOrigins),
		read(a, "aws:cloudfront/cachePolicy:CachePolicy", &r.CachePolicies),
		read(a, "aws:cloudfront/originRequestPolicy:OriginRequestPolicy", &r.OriginRequestPolicies),
		read(a, "aws:cloudfront/originAccessControl:OriginAccessControl", &r.OriginAccessControls),
		read(a, "aws:s3/bucketV2:BucketV2", &r.Buckets),
		read(a, s3.StoredToken, &r.Objects),
		read(a, "aws:s3/bucketPolicy:BucketPolicy", &r.BucketPolicies),
		read(a, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", &r.PublicAccessBlocks),
		read(a, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", &r.ResponseHeadersPolicies),
		read(a, "aws:cloudfront/function:Function", &r.Functions),
		read(a, "aws:wafv2/webAcl:WebAcl", &r.WebACLs),
		read(a, "aws:wafv2/webAclAssociation:WebAclAssociation", &r.WebACLAssociations),
		read(a, "aws:wafv2/ipSet:IpSet", &r.IPSets),
	)
	slices.SortStableFunc(r.Tasks, func(a, b Task) int { return a.StartedAs - b.StartedAs })
	for _, region := range a.Regions() {
		for _, l := range ec2.PrefixLists(region) {
			switch l.Name {
			case awstable.CloudFrontPrefixList:
				r.CloudFrontLists = append(r.CloudFrontLists, l.ID)
			case awstable.CloudFrontIPv6PrefixList:
				r.CloudFrontIPv6Lists = append(r.CloudFrontIPv6Lists, l.ID)
			}
		}
	}
	return r, err
}

// read fills a list with all resources of a type.
func read[T any](a *core.Account, token string, into *[]T) error {
	var err error
	*into, err = core.States[T](a, token)
	return err
}

// find is the first of some resources that meets a condition.
func find[T any](all []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	var none T
	return none, false
}

// where are those of some resources that meet a condition.
func where[T any](all []T, is func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return !is(one) })
}
