package account

// WebACL is a web ACL of AWS WAF.
type WebACL struct {
	ARN                  string `json:"arn"`
	Name                 string
	Scope                string
	RuleJSON             string `json:"ruleJson"`
	DefaultAction        DefaultAction
	Rules                []WebACLRule
	CustomResponseBodies []struct{ Key, Content, ContentType string }
	AssociationConfig    struct {
		RequestBodies []struct {
			CloudFronts []struct{ DefaultSizeInspectionLimit string } `json:"cloudfronts"`
		}
	}
}

// DefaultAction is done with what no rule decides about. One is given.
type DefaultAction struct {
	Allow *struct{}
	Block *BlockAction
}

// BlockAction is an answer in place of the one that a request asks for.
type BlockAction struct {
	CustomResponse *struct {
		ResponseCode          int
		CustomResponseBodyKey string
		ResponseHeaders       []Header
	}
}

// WebACLRule is a rule of a web ACL. One that refers to a group of rules has an
// OverrideAction, any other one an Action.
type WebACLRule struct {
	Name     string
	Priority int
	Action   struct {
		Allow, Count, Captcha, Challenge *struct{}
		Block                            *BlockAction
	}
	OverrideAction struct{ Count, None *struct{} }
	Statement      Statement
}

// Statement is a statement of a rule. One is given; another kind than these is not read.
type Statement struct {
	AndStatement, OrStatement, NotStatement *struct{ Statements []Statement }
	ByteMatchStatement                      *struct {
		FieldToMatch                       FieldToMatch
		PositionalConstraint, SearchString string
		TextTransformations                []TextTransformation
	}
	SizeConstraintStatement *struct {
		FieldToMatch        FieldToMatch
		ComparisonOperator  string
		Size                int
		TextTransformations []TextTransformation
	}
	GeoMatchStatement *struct {
		CountryCodes      []string
		ForwardedIPConfig *struct{ HeaderName string } `json:"forwardedIpConfig"`
	}
	IPSetReferenceStatement *struct {
		ARN               string                       `json:"arn"`
		ForwardedIPConfig *struct{ HeaderName string } `json:"ipSetForwardedIpConfig"`
	} `json:"ipSetReferenceStatement"`
	ManagedRuleGroupStatement *struct {
		Name, Version       string
		ScopeDownStatement  *Statement
		RuleActionOverrides []struct {
			Name        string
			ActionToUse struct{ Block *struct{} }
		}
	}
	RateBasedStatement *struct {
		Limit               int
		EvaluationWindowSec int
		AggregateKeyType    string
		ScopeDownStatement  *Statement
	}
}

// FieldToMatch is what a statement looks at. One is given; another kind than these is not
// read.
type FieldToMatch struct {
	URIPath      *struct{} `json:"uriPath"`
	QueryString  *struct{}
	Method       *struct{}
	SingleHeader *struct{ Name string }
	Body         *struct{ OversizeHandling string }
}

// TextTransformation changes what a statement looks at.
type TextTransformation struct {
	Priority int
	Type     string
}

// WebACLAssociation puts a web ACL before a load balancer.
type WebACLAssociation struct {
	ResourceARN string `json:"resourceArn"`
	WebACLARN   string `json:"webAclArn"`
}

// IPSet is a set of addresses.
type IPSet struct {
	ARN       string `json:"arn"`
	Addresses []string
}

// WebACLBefore is the ARN of the web ACL that is before a load balancer, "" without one.
func (r *Resources) WebACLBefore(loadBalancer string) string {
	a, _ := find(r.WebACLAssociations, func(a WebACLAssociation) bool { return a.ResourceARN == loadBalancer })
	return a.WebACLARN
}
