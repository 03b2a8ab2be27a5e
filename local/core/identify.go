package core

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// placeholder stands for a value in the form of an id, an ARN or a message, hexDigits
// for new hex digits.
var (
	placeholder = regexp.MustCompile(`\{(\w+)\}`)
	hexDigits   = regexp.MustCompile(`\{(hex|HEX)(\d+)\}`)
)

// identify makes the id and the ARN of a new resource by its type's forms.
func (t *Tx) identify(k *Type, in Object) (id, arn string, err error) {
	switch {
	case k.NewID != nil:
		id, err = k.NewID(t, in)
	case k.ID != "":
		id = t.form(k.ID, in)
	case k.ARN == "":
		err = fmt.Errorf("the type %s says nothing of its id", k.Token)
	}
	if err != nil || k.ARN == "" {
		return id, "", err
	}
	service, resource, _ := strings.Cut(t.form(k.ARN, in.With(Object{"id": id})), ":")
	arn = t.ARN(service, resource)
	if id == "" {
		id = arn
	}
	return id, arn, nil
}

// form puts values in place of the placeholders of a form: properties, {account},
// {region}, {now}, and {hex17} or {HEX17} for that many new hex digits.
func (t *Tx) form(form string, in Object) string {
	form = hexDigits.ReplaceAllStringFunc(form, func(found string) string {
		count, _ := strconv.Atoi(found[len("{hex") : len(found)-1]) // digits, by the pattern
		digits := t.Hex(count)
		if found[1] == 'H' {
			return strings.ToUpper(digits)
		}
		return digits
	})
	return fill(form, in.With(Object{
		"account": t.AccountID(), "region": t.region, "now": t.Now().Format(time.RFC3339),
	}))
}

// filled are outputs in whose texts values stand in place of placeholders.
func (t *Tx) filled(outputs, in Object) Object {
	for key, v := range outputs {
		if text, ok := v.(string); ok {
			outputs[key] = t.form(text, in)
		}
	}
	return outputs
}

// fill puts the values of properties in place of {property}.
func fill(form string, in Object) string {
	return placeholder.ReplaceAllStringFunc(form, func(found string) string {
		if v := in[strings.Trim(found, "{}")]; v != nil {
			return fmt.Sprint(v)
		}
		return found
	})
}
