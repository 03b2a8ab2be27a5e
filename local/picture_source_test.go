package local_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// pictureSource is the picture of a plan in the language of d2 (https://d2lang.com):
// every probe of the plan as a line from its sender through the hops it takes.
// Rejected requests are dashed lines that say how they end. Names that AWS chooses
// are left out, so that one architecture always has one picture.
func pictureSource(plan requestpath.Plan) string {
	d := &drawing{plan: &plan, links: map[link][]string{}}
	for _, r := range requestpath.Check(plan) {
		if r.Want == requestpath.WantRejection {
			d.rejected(r)
			continue
		}
		for _, w := range r.Chain.Traces {
			d.travelled(w)
		}
	}
	return d.String()
}

// pictureMark is the comment at the end of a rendered picture that says from which
// source it was drawn.
func pictureMark(source string) string {
	return fmt.Sprintf("<!-- source sha256 %x -->", sha256.Sum256([]byte(source)))
}

// drawing is a picture in progress. Nodes and links stand in the order in which
// they are first needed.
type drawing struct {
	plan  *requestpath.Plan
	nodes []node
	order []link
	links map[link][]string // the lines of each link's label
}

type node struct{ id, label, shape string }

type link struct {
	from, to string
	closed   bool
}

func (d *drawing) add(n node) string {
	if !slices.ContainsFunc(d.nodes, func(known node) bool { return known.id == n.id }) {
		d.nodes = append(d.nodes, n)
	}
	return n.id
}

func (d *drawing) connect(l link, line string) {
	if _, known := d.links[l]; !known {
		d.order = append(d.order, l)
	}
	if !slices.Contains(d.links[l], line) {
		d.links[l] = append(d.links[l], line)
	}
}

// sender is whoever a request comes from.
func (d *drawing) sender(s requestpath.Source) string {
	switch s.Kind {
	case requestpath.FromCloudFront:
		return d.add(node{"stranger", "somebody else's\ndistribution", "cloud"})
	case requestpath.FromVPC:
		return d.add(node{"machine", "a machine\nin the VPC", "rectangle"})
	}
	return d.add(node{"viewer", "viewer", "person"})
}

// travelled draws a trace that ends in an answer.
func (d *drawing) travelled(w requestpath.Trace) {
	from := d.sender(w.Request.From)
	for _, h := range w.Hops {
		if h.Kind == requestpath.HopDNS || h.Name == "" {
			continue
		}
		to := d.add(d.node(h))
		line := arrival(h)
		if h.Kind == w.Outcome.By && w.Outcome.Location != "" {
			line += fmt.Sprintf(": %d to %s", w.Outcome.Status, scheme(w.Outcome.Location))
		}
		d.connect(link{from: from, to: to}, line)
		from = to
	}
}

// rejected draws a trace that is closed, from its sender to where it ends.
func (d *drawing) rejected(r requestpath.Result) {
	trace := r.Chain.Traces[0]
	for _, h := range slices.Backward(trace.Hops) {
		if h.Kind == requestpath.HopDNS || h.Name == "" {
			continue
		}
		what := string(r.Chain.Outcome.Reason)
		if r.Chain.Outcome.Status != 0 {
			what = fmt.Sprint(r.Chain.Outcome.Status)
		}
		from := d.sender(trace.Request.From)
		d.connect(link{from: from, to: d.add(d.node(h)), closed: r.OK}, what)
		return
	}
}

// arrival is how a request arrives at a hop.
func arrival(h requestpath.Hop) string {
	if h.TLS == "" {
		return fmt.Sprintf("HTTP %d", h.Port)
	}
	line := fmt.Sprintf("HTTPS %d, %s", h.Port, h.Protocol)
	if h.SNI != "" && h.Kind != requestpath.HopDistribution {
		line += "\nSNI " + h.SNI
	}
	return line
}

func scheme(location string) string {
	name, _, _ := strings.Cut(location, ":")
	return strings.ToUpper(name)
}

func (d *drawing) String() string {
	var b strings.Builder
	b.WriteString("direction: right\n")
	for _, n := range d.nodes {
		fmt.Fprintf(&b, "%s: %q {shape: %s}\n", n.id, n.label, n.shape)
	}
	for _, l := range d.order {
		style := ""
		if l.closed {
			style = " {style: {stroke: \"#c0392b\"; stroke-dash: 4; font-color: \"#c0392b\"}}"
		}
		fmt.Fprintf(&b, "%s -> %s: %q%s\n", l.from, l.to, strings.Join(d.links[l], "\n"), style)
	}
	return b.String()
}
