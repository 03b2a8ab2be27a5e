// Package random is the provider random in the local AWS: passwords and ids.
package random

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
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
// Source: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password
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

// passwordLengthRule requires room for the characters that a password must have.
// Source: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password
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
	classes := []struct{ name, least, chars string }{
		{"lower", "minLower", lowerChars}, {"upper", "minUpper", strings.ToUpper(lowerChars)},
		{"numeric", "minNumeric", numericChars}, {"special", "minSpecial", cmp.Or(in.Str("overrideSpecial"), specialChars)},
	}
	var all string
	var out []byte
	for _, c := range classes {
		if in.Bool(c.name) {
			all += c.chars
			out = append(out, draw(c.chars, in.Int(c.least))...)
		}
	}
	if all == "" {
		return "", errors.New("no characters are allowed to make a password of")
	}
	out = append(out, draw(all, in.Int("length")-len(out))...)
	for i := range out {
		j := below(i + 1)
		out[i], out[j] = out[j], out[i]
	}
	return string(out), nil
}

// draw takes n characters at random.
func draw(chars string, n int) []byte {
	var out []byte
	for range n {
		out = append(out, chars[below(len(chars))])
	}
	return out
}

// below is a random number in [0, n).
func below(n int) int {
	i, _ := rand.Int(rand.Reader, big.NewInt(int64(n))) // rand.Reader never fails
	return int(i.Int64())
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
