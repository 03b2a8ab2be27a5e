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

// fileShape is what a file of servers holds. Where "" is allowed, it stands for the default.
var fileShape = entries("an object in braces, from the name of a server to what it answers", nil, record(map[string]shape{
	"health": oneOf("", requestpath.Unhealthy, requestpath.Draining),
	"listeners": listOf(record(map[string]shape{
		"port":     number("a whole number, 1-65535", 1, 65535),
		"protocol": oneOf("", requestpath.ProtocolHTTP, requestpath.ProtocolHTTPS),
		"certificates": listOf(record(map[string]shape{
			"names": listOf(text), "expired": truth,
			"trust": oneOf("", requestpath.SelfSigned, requestpath.UnknownIssuer, requestpath.IncompleteChain),
		})),
		"tls":              listOf(oneOf(requestpath.TLS10, requestpath.TLS11, requestpath.TLS12, requestpath.TLS13)),
		"versions":         listOf(oneOf(requestpath.HTTP11, requestpath.HTTP2, requestpath.GRPC)),
		"keepaliveSeconds": seconds,
		"requiredHeader":   record(map[string]shape{"name": text, "values": listOf(text)}),
		"answer": record(map[string]shape{
			"status": number("a whole number, 200-599", 200, 599), "location": text, "redirectPath": text, "cacheControl": text, "delaySeconds": seconds,
			"failure": oneOf("", requestpath.FailureReset, requestpath.FailureMalformed),
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

// record has the fields that it names.
func record(fields map[string]shape) shape { return entries("an object in braces", fields, nil) }

// entries are those of an object, no two of which have one key: the fields, or others
// where there is a shape for them.
func entries(want string, fields map[string]shape, other shape) shape {
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
			value, ok := fields[key]
			if !ok && other == nil {
				return fmt.Errorf("%s: there is no such field: there are %s", field(at, key), strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
			} else if !ok {
				value = other
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
	var quoted []string
	for _, t := range present(texts) {
		quoted = append(quoted, strconv.Quote(t))
	}
	return value(strings.Join(quoted, " or "), func(v any) bool {
		text, ok := v.(string)
		return ok && slices.Contains(texts, text)
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
