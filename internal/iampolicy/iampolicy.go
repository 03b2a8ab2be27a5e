// Package iampolicy writes the IAM policies of the components: small typed
// documents with a deterministic JSON form, so that an unchanged program has
// an unchanged policy.
package iampolicy

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Document is one policy.
type Document []Statement

// Statement allows actions on resources, or, in a trust policy, a service to
// assume the role; or it denies.
type Statement struct {
	Deny      bool              `json:"-"`
	Sid       string            `json:",omitempty"`
	Principal map[string]string `json:",omitempty"`
	Action    []string
	Resource  []string  `json:",omitempty"`
	Condition Condition `json:",omitempty"`
}

// Condition maps an operator to a condition key to the values that satisfy it.
type Condition map[string]map[string][]string

// Allow permits actions on resources.
func Allow(actions []string, resources ...string) Statement {
	return Statement{Action: actions, Resource: resources}
}

// TrustService lets an AWS service, "ecs-tasks.amazonaws.com", assume a role.
func TrustService(service string, when Condition) Document {
	return Document{{
		Principal: map[string]string{"Service": service},
		Action:    []string{"sts:AssumeRole"},
		Condition: when,
	}}
}

// JSON is the document as IAM takes it. Equal documents give equal text:
// members are in a fixed order, condition keys sorted.
func (d Document) JSON() (string, error) {
	type statement struct {
		Effect string
		Statement
	}
	out := struct {
		Version   string
		Statement []statement
	}{Version: "2012-10-17", Statement: make([]statement, len(d))}
	for i, s := range d {
		out.Statement[i] = statement{Effect: "Allow", Statement: s}
		if s.Deny {
			out.Statement[i].Effect = "Deny"
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// Partition is the first part of the ARNs of a region: "aws", except in China
// and in GovCloud.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func Partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}
