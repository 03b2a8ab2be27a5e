package registered

import (
	"maps"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// conditions are those of a rule. Where they are encrypted as a whole, they are
// taken to want the header that the distribution adds, with its value.
func (r *reader) conditions(rule *resource) []requestpath.Condition {
	if rule.secret("conditions") {
		header := r.values.secretHeader()
		r.note(rule, "conditions", "they are encrypted as a whole: taken to want the header that the distribution adds, with its value, and nothing else")
		return []requestpath.Condition{{Field: requestpath.FieldHeader, Header: header, Values: []string{r.values.secretID(header)}}}
	}
	var out []requestpath.Condition
	for _, c := range rule.blocks("conditions") {
		out = append(out, r.condition(rule, c)...)
	}
	return out
}

// condition is one block, which has one kind of condition.
func (r *reader) condition(rule *resource, c object) []requestpath.Condition {
	for property, field := range map[string]string{
		"hostHeader": requestpath.FieldHost, "pathPattern": requestpath.FieldPath,
		"httpRequestMethod": requestpath.FieldMethod, "sourceIp": requestpath.FieldSourceIP,
	} {
		if block := c.block(property); block != nil {
			if len(block.strs("regexValues")) > 0 {
				r.doubt(rule, "conditions."+property+".regexValues", "regular expressions are not described: whether a request matches is not known")
			}
			return []requestpath.Condition{{Field: field, Values: block.strs("values")}}
		}
	}
	if header := c.block("httpHeader"); header != nil {
		return []requestpath.Condition{r.headerCondition(header)}
	}
	if queries := c.blocks("queryStrings"); len(queries) > 0 {
		query := requestpath.Condition{Field: requestpath.FieldQuery}
		for _, q := range queries {
			query.Values = append(query.Values, strings.TrimPrefix(q.str("key")+"="+q.str("value"), "="))
		}
		return []requestpath.Condition{query}
	}
	for _, property := range slices.Sorted(maps.Keys(c)) {
		if list, ok := c[property].([]any); c[property] == nil || ok && len(list) == 0 {
			continue
		}
		r.doubt(rule, "conditions."+property, "conditions of this kind are not described: whether a request matches is not known")
		return []requestpath.Condition{{Field: property}}
	}
	return nil
}

// headerCondition replaces the values of headers that distributions add.
func (r *reader) headerCondition(block object) requestpath.Condition {
	name := block.str("httpHeaderName")
	out := requestpath.Condition{Field: requestpath.FieldHeader, Header: name}
	if !r.values.guards(name) {
		out.Values = block.strs("values")
		return out
	}
	for _, v := range valuesOf(block) {
		if _, encrypted := v.(Secret); encrypted {
			out.Values = append(out.Values, r.values.secretID(name))
		} else {
			out.Values = append(out.Values, r.values.pattern(name, textOf(v))...)
		}
	}
	out.Values = present(out.Values)
	return out
}

// valuesOf are the values of a header condition, encrypted ones among them.
func valuesOf(block object) []any {
	if list, ok := block["values"].([]any); ok {
		return list
	}
	if block.secret("values") {
		return []any{Secret{}}
	}
	return nil
}
