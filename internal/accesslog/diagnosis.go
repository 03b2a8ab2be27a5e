package accesslog

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/portico-iac/portico/internal/registered"
	"github.com/portico-iac/portico/requestpath"
)

// Diagnosis is what a line says, and what the plan says about it.
type Diagnosis struct {
	// Log is the format of the line.
	Log  string `json:"log"`
	Time string `json:"time,omitempty"`
	// Request is what was asked for, and by whom.
	Request string `json:"request"`
	// Status is the one that the line has: 0 for a connection, and when nothing was
	// answered.
	Status int `json:"status"`
	// By is the kind of hop that answered, empty when neither the line nor the plan says;
	// ByName is its name.
	By     requestpath.HopKind `json:"by,omitempty"`
	ByName string              `json:"byName,omitempty"`
	Why    string              `json:"why"`
	// Fix is empty when nothing is wrong. Field is the place in the plan, if it is known.
	Fix    string `json:"fix,omitempty"`
	Field  string `json:"field,omitempty"`
	Source string `json:"source"`
	// Plan compares the line with what the plan predicts for its request.
	Plan string `json:"plan"`
	// Agrees says that the plan predicts what the line has, so that the cause is still there.
	Agrees bool `json:"agrees"`
	// Missing are what the line does not say.
	Missing []string `json:"missing,omitempty"`
}

// Explain says what a line tells, against the resources that are registered.
func Explain(l Line, model *registered.Model) Diagnosis {
	switch l.Format {
	case FormatConnection:
		return l.explainConnection(model)
	case FormatCloudFront:
		return l.explainDistribution(model)
	}
	return l.explainLoadBalancer(model)
}

// diagnosis is a finding as the start of a diagnosis.
func (f finding) diagnosis(l Line) Diagnosis {
	return Diagnosis{Log: l.Format, By: f.by, Why: f.why, Fix: f.fix, Source: f.source, Missing: f.missing}
}

func (l Line) explainLoadBalancer(model *registered.Model) Diagnosis {
	f := l.atLoadBalancer()
	d := f.diagnosis(l)
	d.Time, d.Status, d.ByName = l.get("time"), l.status("elb_status_code"), l.loadBalancer()
	if d.By == requestpath.HopTarget {
		d.ByName = l.get("target:port")
	}
	client, _ := addressOf(l.get("client:port"))
	method, at := l.request()
	if at == nil {
		d.Request = "a request that could not be read, from " + client.String()
		d.Plan = "not compared: the line has no request"
		return d
	}
	d.Request = fmt.Sprintf("%s %s from %s", method, at, client)
	d.compare(l.replays(model, method, at, client), f.forwarded)
	return d
}

func (l Line) explainDistribution(model *registered.Model) Diagnosis {
	d := l.atDistribution().diagnosis(l)
	d.Time, d.Status = strings.TrimSpace(l.get("date")+" "+l.get("time")), l.status("sc-status")
	host := cmp.Or(l.decoded("x-host-header"), l.get("cs(Host)"))
	at := url.URL{Scheme: scheme(l.get("cs-protocol")), Host: host, Path: "/", RawQuery: l.decoded("cs-uri-query")}
	if given, err := url.Parse(l.decoded("cs-uri-stem")); err == nil && strings.HasPrefix(given.Path, "/") {
		at.Path, at.RawPath = given.Path, given.RawPath
	}
	d.Request = fmt.Sprintf("%s %s from %s", l.get("cs-method"), &at, cmp.Or(l.get("c-ip"), "an address that is not logged"))
	if d.By == requestpath.HopDistribution {
		d.ByName = cmp.Or(l.get("cs(Host)"), host)
	}
	if d.Status == 0 {
		d.Plan = "not compared: the viewer left before there was an answer"
		return d
	}
	d.compare(l.viewed(model, &at), false)
	return d
}

// scheme is the one of a protocol in a CloudFront log.
func scheme(protocol string) string {
	if protocol == "http" || protocol == "ws" {
		return requestpath.SchemeHTTP
	}
	return requestpath.SchemeHTTPS
}

func (l Line) explainConnection(model *registered.Model) Diagnosis {
	b, listener := l.listener(model)
	d := l.ofConnection(listener).diagnosis(l)
	d.Time, d.ByName = l.get("timestamp"), l.loadBalancer()
	d.Request = fmt.Sprintf("a connection to port %s from %s", l.get("listener_port"), l.get("client_ip"))
	if b != nil {
		d.ByName = b.Name
	}
	switch {
	case listener == nil && d.ByName == "":
		d.Plan = "not compared: the line does not say which load balancer it is about"
	case listener == nil:
		d.Plan = fmt.Sprintf("has no load balancer %s with a listener on port %s", d.ByName, l.get("listener_port"))
	default:
		d.Plan = fmt.Sprintf("has the listener on port %d of load balancer %s, with protocol %s", listener.Port, b.Name, listener.Protocol)
	}
	return d
}

// listener is the listener of the plan at which a connection came; nil when the line
// leaves it open.
func (l Line) listener(model *registered.Model) (*requestpath.LoadBalancer, *requestpath.Listener) {
	port, _ := strconv.Atoi(l.get("listener_port")) // check has read it
	var foundAt *requestpath.LoadBalancer
	var found *requestpath.Listener
	for i := range model.Plan.LoadBalancers {
		b := &model.Plan.LoadBalancers[i]
		if name := l.loadBalancer(); name != "" && name != b.Name {
			continue
		}
		for j := range b.Listeners {
			if b.Listeners[j].Port != port {
				continue
			}
			if found != nil {
				return nil, nil
			}
			foundAt, found = b, &b.Listeners[j]
		}
	}
	return foundAt, found
}
