// Package random is the provider random in the local AWS: passwords and ids.
package random

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"github.com/portico-iac/portico/local/core"
)

// Service is the provider random. It stores nothing in the account: its resources
// exist in Pulumi's state alone, encrypted.
func Service() core.Service {
	return core.Service{Types: []core.Type{passwordType(), randomIDType()}}
}

// Characters that a password is made of.
// Source: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password *sourced*
const (
	lowerChars   = "abcdefghijklmnopqrstuvwxyz"
	numericChars = "0123456789"
	specialChars = "!@#$%&*()-_=+[]{}<>:?"
)

func passwordType() core.Type {
	return core.Type{
		Token:     "random:index/randomPassword:RandomPassword",
		Stateless: true,
		Inputs: []string{
			"keepers", "length", "lower", "minLower", "minNumeric", "minSpecial", "minUpper", "numeric",
			"overrideSpecial", "special", "upper",
		},
		Defaults: core.Object{
			"lower": true, "upper": true, "numeric": true, "special": true,
			"minLower": 0.0, "minUpper": 0.0, "minNumeric": 0.0, "minSpecial": 0.0,
		},
		ID:           "none",
		FreeToDelete: "it exists in Pulumi's state alone",
		Rules:        []core.Rule{passwordLengthRule},
		Create: func(_ *core.Tx, _ string, in core.Object) (core.Object, error) {
			result, err := password(in)
			return core.Object{"result": result, "number": in.Bool("numeric")}, err
		},
	}
}

// passwordLengthRule is the rule that a password has room for the characters it
// must have.
// Source: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password *sourced*
func passwordLengthRule(in core.Object) *core.Refusal {
	if !in.Known("length") {
		return nil
	}
	least := max(1, in.Int("minLower")+in.Int("minUpper")+in.Int("minNumeric")+in.Int("minSpecial"))
	if in.Int("length") < least {
		return core.Invalid("Invalid Attribute Value", "length", "must be at least %d, got %d", least, in.Int("length"))
	}
	return nil
}

// password draws the characters that every class needs, fills up from all
// classes, and shuffles.
func password(in core.Object) (string, error) {
	special := specialChars
	if in.Has("overrideSpecial") {
		special = in.Str("overrideSpecial")
	}
	classes := []struct{ name, least, chars string }{
		{"lower", "minLower", lowerChars}, {"upper", "minUpper", strings.ToUpper(lowerChars)},
		{"numeric", "minNumeric", numericChars}, {"special", "minSpecial", special},
	}
	var all string
	var out []byte
	for _, c := range classes {
		if !in.Bool(c.name) {
			continue
		}
		all += c.chars
		drawn, err := draw(c.chars, in.Int(c.least))
		if err != nil {
			return "", err
		}
		out = append(out, drawn...)
	}
	rest, err := draw(all, in.Int("length")-len(out))
	if err != nil {
		return "", err
	}
	out = append(out, rest...)
	for i := len(out) - 1; i > 0; i-- {
		j, err := below(i + 1)
		if err != nil {
			return "", err
		}
		out[i], out[j] = out[j], out[i]
	}
	return string(out), nil
}

// draw takes n characters at random.
func draw(chars string, n int) ([]byte, error) {
	if n > 0 && chars == "" {
		return nil, fmt.Errorf("no characters are allowed to make a password of")
	}
	var out []byte
	for range n {
		i, err := below(len(chars))
		if err != nil {
			return nil, err
		}
		out = append(out, chars[i])
	}
	return out, nil
}

// below is a random number in [0, n).
func below(n int) (int, error) {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		return 0, fmt.Errorf("reading randomness: %w", err)
	}
	return int(i.Int64()), nil
}

// randomIDType is a random number, written in several ways. Its id is one of them.
// Source: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/id *inferred*
func randomIDType() core.Type {
	return core.Type{
		Token:        "random:index/randomId:RandomId",
		Stateless:    true,
		Inputs:       []string{"byteLength", "keepers", "prefix"},
		FreeToDelete: "it exists in Pulumi's state alone",
		Rules:        []core.Rule{core.Within("Invalid Attribute Value", "byteLength", 1, 1024)},
		NewID: func(_ *core.Tx, in core.Object) (string, error) {
			raw := make([]byte, in.Int("byteLength"))
			_, err := rand.Read(raw)
			return base64.RawURLEncoding.EncodeToString(raw), err
		},
		Create: func(_ *core.Tx, id string, in core.Object) (core.Object, error) {
			raw, err := base64.RawURLEncoding.DecodeString(id)
			prefix := in.Str("prefix")
			return core.Object{
				"b64Std": prefix + base64.StdEncoding.EncodeToString(raw),
				"b64Url": prefix + id,
				"dec":    prefix + new(big.Int).SetBytes(raw).String(),
				"hex":    prefix + hex.EncodeToString(raw),
			}, err
		},
	}
}
