package registered

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// fileShape is what a file of servers holds.
var fileShape = byName(record(map[string]shape{
	"health": choice(requestpath.Unhealthy, requestpath.Draining),
	"listeners": listOf(record(map[string]shape{
		"port":     number("a whole number, 1-65535", 1, 65535),
		"protocol": choice(requestpath.ProtocolHTTP, requestpath.ProtocolHTTPS),
		"certificates": listOf(record(map[string]shape{
			"names": listOf(text), "expired": truth,
			"trust": choice(requestpath.SelfSigned, requestpath.UnknownIssuer, requestpath.IncompleteChain),
		})),
		"tls":              listOf(oneOf(requestpath.TLS10, requestpath.TLS11, requestpath.TLS12, requestpath.TLS13)),
		"versions":         listOf(oneOf(requestpath.HTTP11, requestpath.HTTP2, requestpath.GRPC)),
		"keepaliveSeconds": seconds,
		"answer": record(map[string]shape{
			"status": number("a whole number, 200-599", 200, 599), "location": text, "delaySeconds": seconds,
			"failure": choice(requestpath.FailureReset, requestpath.FailureMalformed),
		}),
	})),
}))

// checkShape holds a file against fileShape.
func checkShape(raw []byte) error {
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		line := 1
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line += bytes.Count(raw[:min(int(syntax.Offset), len(raw))], []byte("\n"))
		}
		return fmt.Errorf("line %d: it is not JSON: %w", line, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return fileShape(decoder, "")
}

// shape reads the next value of a file. Its error names the first value that is
// something else than it must be, with its place at.
type shape func(decoder *json.Decoder, at string) error

// byName has any keys.
func byName(each shape) shape {
	return entries("an object in braces, from the name of a server to what it answers",
		func(string) (shape, error) { return each, nil })
}

// record has the fields that it names.
func record(fields map[string]shape) shape {
	return entries("an object in braces", func(key string) (shape, error) {
		if of, ok := fields[key]; ok {
			return of, nil
		}
		return nil, fmt.Errorf("there is no such field: there are %s", strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
	})
}

// entries are those of an object, no two of which have one key.
func entries(want string, of func(key string) (shape, error)) shape {
	return func(decoder *json.Decoder, at string) error {
		if err := opens(decoder, at, want, '{'); err != nil {
			return err
		}
		seen := map[string]bool{}
		for decoder.More() {
			token, err := decoder.Token()
			if err != nil {
				return err
			}
			key, _ := token.(string) // a key of an object is one
			if seen[key] {
				return fmt.Errorf("%s: it is there twice: keep one of the two", field(at, key))
			}
			seen[key] = true
			value, err := of(key)
			if err != nil {
				return fmt.Errorf("%s: %w", field(at, key), err)
			}
			if err := value(decoder, field(at, key)); err != nil {
				return err
			}
		}
		_, err := decoder.Token()
		return err
	}
}

func listOf(each shape) shape {
	return func(decoder *json.Decoder, at string) error {
		if err := opens(decoder, at, "a list in brackets", '['); err != nil {
			return err
		}
		for i := 0; decoder.More(); i++ {
			if err := each(decoder, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		_, err := decoder.Token()
		return err
	}
}

func opens(decoder *json.Decoder, at, want string, delim json.Delim) error {
	return value(want, func(v any) bool { return v == delim })(decoder, at)
}

func field(at, key string) string { return strings.TrimPrefix(at+"."+key, ".") }

var (
	text    = value("a text in quotes", func(v any) bool { _, ok := v.(string); return ok })
	truth   = value("true or false", func(v any) bool { _, ok := v.(bool); return ok })
	seconds = number("a whole number of seconds from 0 on", 0, 1<<31-1)
)

func oneOf(texts ...string) shape {
	return value(quoted(texts), func(v any) bool {
		text, ok := v.(string)
		return ok && slices.Contains(texts, text)
	})
}

// choice is oneOf, where "" stands for the default.
func choice(texts ...string) shape {
	return value(quoted(texts), func(v any) bool {
		text, ok := v.(string)
		return ok && (text == "" || slices.Contains(texts, text))
	})
}

func number(want string, from, to int) shape {
	return value(want, func(v any) bool {
		digits, _ := v.(json.Number)
		n, err := strconv.Atoi(digits.String())
		return err == nil && n >= from && n <= to
	})
}

// value is one token that fits.
func value(want string, fits func(v any) bool) shape {
	return func(decoder *json.Decoder, at string) error {
		v, err := decoder.Token()
		if err != nil || fits(v) {
			return err
		}
		got := fmt.Sprint(v)
		switch v := v.(type) {
		case json.Delim:
			got = map[json.Delim]string{'{': "an object", '[': "a list"}[v]
		case string:
			got = strconv.Quote(v)
		case nil:
			got = "null"
		}
		if at == "" {
			return fmt.Errorf("it must be %s, got %s", want, got)
		}
		return fmt.Errorf("%s: must be %s, got %s", at, want, got)
	}
}

func quoted(texts []string) string {
	var out []string
	for _, t := range texts {
		out = append(out, strconv.Quote(t))
	}
	return strings.Join(out, " or ")
}
