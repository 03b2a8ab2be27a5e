package registered

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

type listener = requestpath.ServerListener

// named are the certificates with lists of names that are there.
func named(certificates []requestpath.Certificate) []requestpath.Certificate {
	out := slices.Clone(certificates)
	for i := range out {
		out[i].Names = append([]string{}, out[i].Names...)
	}
	return out
}

// member is one key of an object of a file, in the order of the file.
type member struct {
	key   string
	value any
}

// parse is what a JSON text holds: []member, []any, string, json.Number, bool or
// nil. A key that comes twice in an object is an error.
func parse(raw []byte) (any, error) {
	var any any
	if err := json.Unmarshal(raw, &any); err != nil {
		line := 1
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line += bytes.Count(raw[:min(int(syntax.Offset), len(raw))], []byte("\n"))
		}
		return nil, fmt.Errorf("line %d: it is not JSON: %w", line, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return next(decoder, "")
}

func next(decoder *json.Decoder, at string) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return members(decoder, at)
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			e, err := next(decoder, element(at, len(list)))
			if err != nil {
				return nil, err
			}
			list = append(list, e)
		}
		_, err = decoder.Token()
		return list, err
	}
	return token, nil
}

func members(decoder *json.Decoder, at string) (any, error) {
	out := []member{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string) // a key of an object is one
		if slices.ContainsFunc(out, func(m member) bool { return m.key == key }) {
			return nil, fmt.Errorf("%s: it is there twice: keep one of the two", field(at, key))
		}
		value, err := next(decoder, field(at, key))
		if err != nil {
			return nil, err
		}
		out = append(out, member{key, value})
	}
	_, err := decoder.Token()
	return out, err
}

func field(at, key string) string { return strings.TrimPrefix(at+"."+key, ".") }

func element(at string, i int) string { return fmt.Sprintf("%s[%d]", at, i) }

// shape is what a value of a file may be; its check names the first value that
// is something else, with its place at.
type shape interface {
	check(at string, v any) error
}

type (
	// record has the fields that it names.
	record map[string]shape
	// byName has any keys.
	byName struct{ each shape }
	listOf struct{ each shape }
	// oneOf is a text; without any it is any text.
	oneOf []string
	// choice is oneOf, where "" stands for the default.
	choice []string
	within struct{ from, to int }
	truth  struct{}
	// ports is a list of listeners no two of which have one port.
	ports struct{ each shape }
)

// noEnd is a bound that nobody gets to, in seconds 68 years.
const noEnd = 1<<31 - 1

// fileShape is what a file of servers holds.
var fileShape = byName{record{
	"health": choice{requestpath.Unhealthy, requestpath.Draining},
	"listeners": ports{record{
		"port":     within{1, 65535},
		"protocol": choice{requestpath.ProtocolHTTP, requestpath.ProtocolHTTPS},
		"certificates": listOf{record{
			"names": listOf{oneOf{}}, "expired": truth{},
			"trust": choice{requestpath.SelfSigned, requestpath.UnknownIssuer, requestpath.IncompleteChain},
		}},
		"tls":              listOf{oneOf{requestpath.TLS10, requestpath.TLS11, requestpath.TLS12, requestpath.TLS13}},
		"versions":         listOf{oneOf{requestpath.HTTP11, requestpath.HTTP2, requestpath.GRPC}},
		"keepaliveSeconds": within{0, noEnd},
		"answer": record{
			"status": within{200, 599}, "location": oneOf{}, "delaySeconds": within{0, noEnd},
			"failure": choice{requestpath.FailureReset, requestpath.FailureMalformed},
		},
	}},
}}

func (s record) check(at string, v any) error {
	fields, ok := v.([]member)
	if !ok {
		return wrong(at, "an object in braces", v)
	}
	for _, m := range fields {
		of, ok := s[m.key]
		if !ok {
			return fmt.Errorf("%s: there is no such field: there are %s", field(at, m.key), strings.Join(sortedKeys(s), ", "))
		}
		if err := of.check(field(at, m.key), m.value); err != nil {
			return err
		}
	}
	return nil
}

func (s byName) check(at string, v any) error {
	entries, ok := v.([]member)
	if !ok {
		return wrong(at, "an object in braces, from the name of a server to what it answers", v)
	}
	for _, m := range entries {
		if err := s.each.check(field(at, m.key), m.value); err != nil {
			return err
		}
	}
	return nil
}

func (s listOf) check(at string, v any) error {
	list, ok := v.([]any)
	if !ok {
		return wrong(at, "a list in brackets", v)
	}
	for i, e := range list {
		if err := s.each.check(element(at, i), e); err != nil {
			return err
		}
	}
	return nil
}

func (s ports) check(at string, v any) error {
	if err := listOf(s).check(at, v); err != nil {
		return err
	}
	seen := map[int]bool{}
	list, _ := v.([]any) // the check above has seen to it
	for i, e := range list {
		port := 0
		fields, _ := e.([]member)
		for _, m := range fields {
			if m.key == "port" {
				port = whole(m.value)
			}
		}
		if port == 0 {
			return fmt.Errorf("%s.port: it is missing: a listener needs a port, 1-65535", element(at, i))
		}
		if seen[port] {
			return fmt.Errorf("%s.port: %d is listened on twice: keep one listener for each port", element(at, i), port)
		}
		seen[port] = true
	}
	return nil
}

func (s oneOf) check(at string, v any) error {
	text, ok := v.(string)
	switch {
	case !ok && len(s) == 0:
		return wrong(at, "a text in quotes", v)
	case !ok || len(s) > 0 && !slices.Contains(s, text):
		return wrong(at, quoted(s), v)
	}
	return nil
}

func (s choice) check(at string, v any) error {
	if v == "" {
		return nil
	}
	return oneOf(s).check(at, v)
}

func (s within) check(at string, v any) error {
	if n := whole(v); n >= s.from && n <= s.to {
		return nil
	}
	if s.to == noEnd {
		return wrong(at, fmt.Sprintf("a whole number of seconds from %d on", s.from), v)
	}
	return wrong(at, fmt.Sprintf("a whole number, %d-%d", s.from, s.to), v)
}

func (truth) check(at string, v any) error {
	if _, ok := v.(bool); !ok {
		return wrong(at, "true or false", v)
	}
	return nil
}

// whole is the number, or one that is nowhere allowed.
func whole(v any) int {
	number, _ := v.(json.Number)
	n, err := strconv.Atoi(number.String())
	if err != nil {
		return -1
	}
	return n
}

// wrong says what a value must be and what it is.
func wrong(at, want string, v any) error {
	got := fmt.Sprint(v)
	switch v := v.(type) {
	case []member:
		got = "an object"
	case []any:
		got = "a list"
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

func quoted(texts []string) string {
	var out []string
	for _, t := range texts {
		out = append(out, strconv.Quote(t))
	}
	return strings.Join(out, " or ")
}

func sortedKeys(s record) []string {
	var keys []string
	for key := range s {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
