package cloud

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
)

// randomArea is the random provider. It keeps nothing in the account: what it
// makes lives in Pulumi's state, encrypted.
func randomArea() area {
	return area{kinds: []kind{passwordKind(), randomIDKind()}}
}

// Characters that a password is made of.
// Source: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password *sourced*
const (
	lowerChars   = "abcdefghijklmnopqrstuvwxyz"
	numericChars = "0123456789"
	specialChars = "!@#$%&*()-_=+[]{}<>:?"
)

func passwordKind() kind {
	return kind{
		token:     "random:index/randomPassword:RandomPassword",
		inputs:    random.RandomPasswordArgs{}.ElementType(),
		state:     reflect.TypeFor[random.RandomPassword](),
		stateless: true,
		changes: map[string]change{
			"keepers": replaces, "length": replaces,
			"lower": replaces, "upper": replaces, "numeric": replaces, "special": replaces,
			"minLower": replaces, "minUpper": replaces, "minNumeric": replaces, "minSpecial": replaces,
			"overrideSpecial": replaces,
		},
		defaults: object{
			"lower": true, "upper": true, "numeric": true, "special": true,
			"minLower": 0.0, "minUpper": 0.0, "minNumeric": 0.0, "minSpecial": 0.0,
		},
		rules: []rule{passwordLengthRule},
		create: func(_ *tx, in object) (string, object, error) {
			result, err := password(in)
			return "none", object{"result": result, "number": in.boolean("numeric")}, err
		},
	}
}

// passwordLengthRule is the rule that a password has room for the characters it
// must have.
// Source: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password *sourced*
func passwordLengthRule(in object) *refusal {
	if !in.known("length") {
		return nil
	}
	least := max(1, in.integer("minLower")+in.integer("minUpper")+in.integer("minNumeric")+in.integer("minSpecial"))
	if in.integer("length") < least {
		return invalidf("Invalid Attribute Value", "length", "must be at least %d, got %d", least, in.integer("length"))
	}
	return nil
}

// password draws the characters that every class needs, fills up from all
// classes, and shuffles.
func password(in object) (string, error) {
	special := specialChars
	if in.has("overrideSpecial") {
		special = in.str("overrideSpecial")
	}
	classes := []struct{ name, least, chars string }{
		{"lower", "minLower", lowerChars}, {"upper", "minUpper", strings.ToUpper(lowerChars)},
		{"numeric", "minNumeric", numericChars}, {"special", "minSpecial", special},
	}
	var all string
	var out []byte
	for _, c := range classes {
		if !in.boolean(c.name) {
			continue
		}
		all += c.chars
		drawn, err := draw(c.chars, in.integer(c.least))
		if err != nil {
			return "", err
		}
		out = append(out, drawn...)
	}
	rest, err := draw(all, in.integer("length")-len(out))
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

// randomIDKind is a random number in several ways of writing.
// Source: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/id
// *inferred*
func randomIDKind() kind {
	return kind{
		token:     "random:index/randomId:RandomId",
		inputs:    random.RandomIdArgs{}.ElementType(),
		state:     reflect.TypeFor[random.RandomId](),
		stateless: true,
		changes:   map[string]change{"byteLength": replaces, "keepers": replaces, "prefix": replaces},
		rules:     []rule{within("Invalid Attribute Value", "byteLength", 1, 1024)},
		create: func(_ *tx, in object) (string, object, error) {
			raw := make([]byte, in.integer("byteLength"))
			if _, err := rand.Read(raw); err != nil {
				return "", nil, fmt.Errorf("reading randomness: %w", err)
			}
			prefix := in.str("prefix")
			url := base64.RawURLEncoding.EncodeToString(raw)
			return url, object{
				"b64Std": prefix + base64.StdEncoding.EncodeToString(raw),
				"b64Url": prefix + url,
				"dec":    prefix + new(big.Int).SetBytes(raw).String(),
				"hex":    prefix + hex.EncodeToString(raw),
			}, nil
		},
	}
}
