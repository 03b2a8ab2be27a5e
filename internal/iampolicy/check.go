package iampolicy

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// maxRolePolicy is how many characters the policies written into a role may have, white
// space not counted.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxRolePolicy = 10240

// Check refuses what IAM would not take as a policy of a role: IAM does so when the role
// is made already. It does not know which actions there are.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func Check(policy string) error {
	var doc struct {
		Version, ID string
		Statement   oneOrMore[statement]
	}
	if err := decode(policy, &doc); err != nil {
		return fmt.Errorf("must be an IAM policy in JSON: %w", err)
	}
	switch doc.Version {
	case "", "2012-10-17", "2008-10-17":
	default:
		return fmt.Errorf("must have the Version 2012-10-17, got %q", doc.Version)
	}
	if len(doc.Statement) == 0 {
		return errors.New("must have a Statement, got none")
	}
	for i, s := range doc.Statement {
		if err := s.check(); err != nil {
			return fmt.Errorf("must be an IAM policy, but in Statement[%d] %w", i, err)
		}
	}
	visible := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, policy)
	if len(visible) > maxRolePolicy {
		return fmt.Errorf("must be at most %d characters, white space not counted, got %d; name actions and resources by wildcards", maxRolePolicy, len(visible))
	}
	return nil
}

// check refuses a statement that belongs into no policy of a role.
func (s statement) check() error {
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return fmt.Errorf("the Effect must be Allow or Deny, got %q", s.Effect)
	case (len(s.Action) == 0) == (len(s.NotAction) == 0):
		return errors.New("there must be either Action or NotAction")
	case (len(s.Resource) == 0) == (len(s.NotResource) == 0):
		return errors.New("there must be either Resource or NotResource")
	}
	return nil
}
