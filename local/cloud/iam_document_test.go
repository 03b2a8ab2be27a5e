package cloud

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// allow is a policy document with one statement.
func allow(statement string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + statement + `}]}`
}

// trustOf is the trust policy that lets a service be a role.
func trustOf(service string) string {
	return allow(`"Action":"sts:AssumeRole","Principal":{"Service":"` + service + `"}`)
}

func TestCheckDocument(t *testing.T) {
	const fine = `"Action":"s3:GetObject","Resource":"*"`
	tests := map[string]struct {
		document string
		kind     documentKind
		wantErr  string
	}{
		"identity":        {allow(fine), identityPolicy, ""},
		"single object":   {`{"Version":"2012-10-17","Statement":{"Effect":"Deny",` + fine + `}}`, identityPolicy, ""},
		"route53 ARN":     {allow(`"Action":["route53:GetChange"],"Resource":"arn:aws:route53:::hostedzone/Z1"`), identityPolicy, ""},
		"everything else": {allow(`"NotAction":"iam:*","NotResource":"arn:aws:s3:::x"`), identityPolicy, ""},
		"condition": {allow(fine + `,"Condition":{"ForAllValues:StringEquals":` +
			`{"route53:ChangeResourceRecordSetsRecordTypes":["TXT"]}}`), identityPolicy, ""},
		"trust": {trustOf("ecs-tasks.amazonaws.com"), trustPolicy, ""},

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
		"trusts no service": {trustOf("ecs-tasks"), trustPolicy, `Invalid principal in policy: "SERVICE":"ecs-tasks"`},
		"kind of principal": {allow(`"Action":"sts:AssumeRole","Principal":{"Role":"x"}`), trustPolicy, "invalid principal: Role"},
		"trust on what":     {allow(`"Action":"sts:AssumeRole","Principal":"*","Resource":"*"`), trustPolicy, "Has prohibited field Resource"},
		"trust to do":       {allow(`"Action":"s3:GetObject","Principal":"*"`), trustPolicy, "may only specify STS AssumeRole actions"},
		"not principal":     {allow(`"Action":"sts:AssumeRole","NotPrincipal":{"AWS":"*"}`), trustPolicy, "cannot specify NotPrincipal"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := checkDocument(tt.document, tt.kind)
			if tt.wantErr == "" {
				assert.Empty(t, got)
			} else {
				assert.Contains(t, got, tt.wantErr)
			}
		})
	}
}

func TestTrusts(t *testing.T) {
	role := object{"assumeRolePolicy": trustOf("ec2.amazonaws.com")}
	assert.True(t, trusts(role, "ec2.amazonaws.com"))
	assert.False(t, trusts(role, "ecs-tasks.amazonaws.com"))
	assert.False(t, trusts(nil, "ec2.amazonaws.com"))
}

func TestSameJSON(t *testing.T) {
	assert.True(t, sameJSON(`{"a":1,"b":[2]}`, ` { "b": [2], "a": 1 } `))
	assert.False(t, sameJSON(`[1,2]`, `[2,1]`))
	assert.False(t, sameJSON(`{}`, `x`))
	assert.True(t, sameJSON(`x`, `x`))
}
