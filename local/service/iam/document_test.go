package iam_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// allow is a policy document with one statement.
func allow(statement string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + statement + `}]}`
}

func TestPolicyDocuments(t *testing.T) {
	const fine = `"Action":"s3:GetObject","Resource":"*"`
	const identityPolicy, trustPolicy = "policy", "assumeRolePolicy"
	c := cloudtest.New(t)
	tests := map[string]struct {
		document string
		property string
		wantErr  string
	}{
		"identity":        {allow(fine), identityPolicy, ""},
		"single object":   {`{"Version":"2012-10-17","Statement":{"Effect":"Deny",` + fine + `}}`, identityPolicy, ""},
		"route53 ARN":     {allow(`"Action":["route53:GetChange"],"Resource":"arn:aws:route53:::hostedzone/Z1"`), identityPolicy, ""},
		"everything else": {allow(`"NotAction":"iam:*","NotResource":"arn:aws:s3:::x"`), identityPolicy, ""},
		"condition": {allow(fine + `,"Condition":{"ForAllValues:StringEquals":` +
			`{"route53:ChangeResourceRecordSetsRecordTypes":["TXT"]}}`), identityPolicy, ""},
		"trust": {cloudtest.TrustOf("ecs-tasks.amazonaws.com"), trustPolicy, ""},

		"no JSON":           {`{"Version"`, identityPolicy, "This policy contains invalid Json"},
		"two documents":     {allow(fine) + `{}`, identityPolicy, "This policy contains invalid Json"},
		"empty":             {``, identityPolicy, "This policy contains invalid Json"},
		"null":              {`null`, identityPolicy, "This policy contains invalid Json"},
		"misspelt element":  {`{"Version":"2012-10-17","Statements":[]}`, identityPolicy, "unknown element Statements"},
		"wrong version":     {`{"Version":"2020-01-01","Statement":[]}`, identityPolicy, "must contain a valid version string"},
		"no statement":      {`{"Version":"2012-10-17"}`, identityPolicy, "Missing required field Statement"},
		"statement's kind":  {`{"Version":"2012-10-17","Statement":["x"]}`, identityPolicy, "must be an object"},
		"misspelt field":    {allow(fine + `,"Resources":"*"`), identityPolicy, "unknown element Resources"},
		"effect":            {`{"Version":"2012-10-17","Statement":{"Effect":"allow",` + fine + `}}`, identityPolicy, "Effect must be Allow or Deny"},
		"sid":               {allow(`"Sid":"a b",` + fine), identityPolicy, "must be alpha-numeric"},
		"sid twice":         {`{"Statement":[{"Sid":"a","Effect":"Allow",` + fine + `},{"Sid":"a","Effect":"Allow",` + fine + `}]}`, identityPolicy, "must be unique"},
		"no action":         {allow(`"Resource":"*"`), identityPolicy, "must contain actions"},
		"empty actions":     {allow(`"Action":[],"Resource":"*"`), identityPolicy, "must contain actions"},
		"no vendor":         {allow(`"Action":"GetObject","Resource":"*"`), identityPolicy, "prefaced by a vendor"},
		"no resource":       {allow(`"Action":"s3:GetObject"`), identityPolicy, "must contain resources"},
		"no ARN":            {allow(`"Action":"s3:GetObject","Resource":"bucket"`), identityPolicy, "must be in ARN format"},
		"a principal":       {allow(fine + `,"Principal":"*"`), identityPolicy, "should not specify a principal"},
		"operator":          {allow(fine + `,"Condition":{"StringEqual":{"aws:x":"y"}}`), identityPolicy, "Invalid Condition type : StringEqual."},
		"condition key":     {allow(fine + `,"Condition":{"StringEquals":{"x":"y"}}`), identityPolicy, "prefaced by a vendor"},
		"condition's kind":  {allow(fine + `,"Condition":"x"`), identityPolicy, "Condition must be an object"},
		"trusts nobody":     {allow(`"Action":"sts:AssumeRole"`), trustPolicy, "a Principal is required"},
		"trusts no service": {cloudtest.TrustOf("ecs-tasks"), trustPolicy, `Invalid principal in policy: "SERVICE":"ecs-tasks"`},
		"kind of principal": {allow(`"Action":"sts:AssumeRole","Principal":{"Role":"x"}`), trustPolicy, "invalid principal: Role"},
		"trust on what":     {allow(`"Action":"sts:AssumeRole","Principal":"*","Resource":"*"`), trustPolicy, "Has prohibited field Resource"},
		"trust to do":       {allow(`"Action":"s3:GetObject","Principal":"*"`), trustPolicy, "may only specify STS AssumeRole actions"},
		"not principal":     {allow(`"Action":"sts:AssumeRole","NotPrincipal":{"AWS":"*"}`), trustPolicy, "cannot specify NotPrincipal"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			token := map[string]string{identityPolicy: iam.PolicyToken, trustPolicy: iam.RoleToken}[tt.property]
			got := c.For(t).FaultsOf(token, core.Object{tt.property: tt.document})
			if tt.wantErr == "" {
				assert.Empty(t, got)
			} else {
				assert.Contains(t, got, "MalformedPolicyDocument")
				assert.Contains(t, got, tt.wantErr)
			}
		})
	}
}

func TestTrusts(t *testing.T) {
	role := core.Object{"assumeRolePolicy": cloudtest.TrustOf("ec2.amazonaws.com")}
	assert.True(t, iam.Trusts(role, "ec2.amazonaws.com"))
	assert.False(t, iam.Trusts(role, "ecs-tasks.amazonaws.com"))
	assert.False(t, iam.Trusts(nil, "ec2.amazonaws.com"))
}

func TestPoliciesOfResources(t *testing.T) {
	const who, what = `"Principal":{"AWS":"123456789012"}`, `"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`
	rule := iam.DocumentRule("MalformedPolicy", "policy", iam.ResourcePolicy)
	for document, want := range map[string]string{
		allow(who + "," + what):                 "",
		allow(`"NotPrincipal":"*",` + what):     "",
		allow(what):                             "MalformedPolicy: Missing required field Principal",
		allow(who + `,"Action":"s3:GetObject"`): "MalformedPolicy: Policy statement must contain resources.",
	} {
		if got := rule(core.Object{"policy": document}); want == "" {
			assert.Nil(t, got, document)
		} else {
			assert.EqualError(t, got, want)
		}
	}
	assert.Nil(t, rule(core.Object{"policy": core.Unknown{}}), "not known at preview")
}
