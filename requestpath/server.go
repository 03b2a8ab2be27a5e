package requestpath

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portico-iac/portico/internal/awstable"
)

// atServer is a request that reaches a target, an origin, or around both.
func (w *walker) atServer(c call, kind HopKind, at place) *answer {
	s := at.server
	h := w.arrive(kind, s.Name, c)
	h.Resolved = at.address.String()
	g := gate{field: part("servers", s.Name), groups: s.SecurityGroups, private: isPrivate(at.address), egressTo: at.address}
	if dropped := w.pass(h, c, g); dropped != nil {
		return dropped
	}
	l := find(s.Listeners, func(l *ServerListener) bool { return l.Port == c.port })
	if l == nil {
		return h.closed(Refused, "refuses the connection: nothing listens", g.field)
	}
	field := fieldOf(g.field, part("listeners", l.Port))
	c, refusal := w.enter(h, c, door{
		field: field, secure: l.Protocol == ProtocolHTTPS,
		certificates: l.Certificates, tls: l.TLS, versions: l.Versions, minimumTLS: factTLSVersion, tlsField: field + ".tls",
	})
	if refusal != nil {
		return refusal
	}
	w.warnOfKeepalive(c, s, l)
	if l.RequiredHeader != nil && !l.RequiredHeader.isIn(c.headers) {
		return h.answers(403, cause{
			fact: factRequiredHeader, field: field + ".requiredHeader",
			why: fmt.Sprintf("%s wants header %s with another value than the request has, if it has any", s.Name, l.RequiredHeader.Name),
			fix: fmt.Sprintf("send header %s with a value that %s accepts", l.RequiredHeader.Name, s.Name),
		})
	}
	return w.respond(h, c, s, l, field)
}

func (w *walker) respond(h *Hop, c call, s *Server, l *ServerListener, field string) *answer {
	if broken := l.Answer.broken(); broken != "" {
		a := h.fails(Reset, broken, cause{
			fact: factConnectionReset, field: field + ".answer",
			why: fmt.Sprintf("%s %s", s.Name, broken),
			fix: "fix the application: it has to answer in HTTP and to keep the connection until it has",
		})
		a.delay = l.Answer.DelaySeconds
		return a
	}
	if c.version == GRPC && !slices.Contains(l.Versions, GRPC) {
		w.warn(factTargetNotGRPC, nil, "%s does not speak gRPC: what it answers is of no use to a gRPC client", s.Name)
	}
	status, location := l.Answer.Status, l.Answer.Location
	if l.Answer.RedirectPath != "" && l.Answer.RedirectPath != c.path {
		status, location = 200, ""
	}
	a := h.answers(status, cause{fact: factAnswered, why: fmt.Sprintf("%s answers %d itself", s.Name, status)})
	a.delay, a.cacheControl = l.Answer.DelaySeconds, l.Answer.CacheControl
	if a.Status >= 400 {
		a.Field = field + ".answer.status"
		a.Fix = fmt.Sprintf("fix the application: it answers %d to %s %s", a.Status, c.method, c.path)
	}
	if a.Status < 400 && location != "" {
		a.Location = keywords(c, l.Protocol, l.Port).Replace(location)
	}
	return a
}

// isIn says whether one of some headers has one of the values.
func (r *RequiredHeader) isIn(headers []Header) bool {
	return slices.ContainsFunc(headers, func(h Header) bool {
		return strings.EqualFold(h.Name, r.Name) && slices.Contains(r.Values, h.Value)
	})
}

// broken says how the answer is none.
func (a Answer) broken() string {
	switch {
	case a.Failure == FailureReset:
		return "cuts the connection"
	case a.Failure != "":
		return "answers something that is not HTTP"
	case a.Status < 200 || a.Status > 599:
		return fmt.Sprintf("answers with status %d, which is none", a.Status)
	}
	return ""
}

// warnOfKeepalive speaks up when a server closes idle connections before whoever
// keeps them: a request sent at that moment gets 502.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
func (w *walker) warnOfKeepalive(c call, s *Server, l *ServerListener) {
	if l.KeepaliveSeconds <= 0 {
		return
	}
	const text = "%s closes idle connections after %d s, the %s after %d s: now and then a request gets 502; let the server wait longer"
	if b := c.from.loadBalancer; b != nil && l.KeepaliveSeconds <= b.IdleTimeoutSeconds {
		w.warn(factTargetKeepalive, []int{200, 502}, text, s.Name, l.KeepaliveSeconds, "load balancer", b.IdleTimeoutSeconds)
	}
	if f := c.from.fetch; f != nil && l.KeepaliveSeconds <= f.origin.KeepaliveTimeoutSeconds {
		w.warn(factOriginKeepalive, []int{200, 502}, text, s.Name, l.KeepaliveSeconds, "distribution", f.origin.KeepaliveTimeoutSeconds)
	}
}

// neverStarts says why a container cannot get its image, or nil.
func (w *walker) neverStarts(s *Server) *cause {
	if s.Image == nil {
		return nil
	}
	why, fix := w.imageUnreachable(s, s.Image)
	if why == "" {
		return nil
	}
	return &cause{
		fact: factImage, field: part("servers", s.Name) + ".image",
		why: fmt.Sprintf("%s never starts, so it is never registered: %s", s.Name, why), fix: fix,
	}
}

// imageUnreachable says what keeps a container from what it needs to start: the image
// and the log. A service that has an endpoint is reached through it and nowhere
// else; every other one is reached over the internet.
// Sourced: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
func (w *walker) imageUnreachable(s *Server, i *Image) (why, fix string) {
	outside, outsideFix := w.byInternet(s, i)
	services := awstable.FargateServices
	switch {
	case i.Private:
	case outside == "":
		services = []string{"logs"}
	case len(i.Endpoints) > 0:
		return "endpoints reach private repositories alone, and its image is in a public registry",
			"copy the image into ECR, or route the subnet through a NAT gateway"
	default:
		return outside, outsideFix
	}
	var absent []string
	for _, name := range services {
		if slices.Contains(i.Endpoints, name) {
			why, fix = w.byEndpoint(s, i, name)
		} else if outside != "" {
			absent = append(absent, name)
		}
		if why != "" {
			return why, fix
		}
	}
	switch {
	case len(absent) == 0:
		return "", ""
	case len(i.Endpoints) == 0:
		return outside, outsideFix
	}
	return fmt.Sprintf("the VPC lacks endpoints for %s", strings.Join(absent, ", ")), "add those endpoints"
}

// internet is anywhere outside the VPC.
var internet = Source{}.withDefaults().peer()

// byInternet says what keeps the image from coming by the default route.
// Sourced: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
func (w *walker) byInternet(s *Server, i *Image) (why, fix string) {
	switch {
	case i.DefaultRoute == RouteInternetGateway && !i.PublicAddress:
		return "its route to the image registry is an internet gateway, which is of no use without a public address",
			"route the subnet through a NAT gateway, or give the task a public address"
	case i.DefaultRoute == "":
		return "it has no route to the image registry",
			"route the subnet through a NAT gateway, or add endpoints for ecr.api, ecr.dkr, s3 and logs"
	case !w.admits(s.SecurityGroups, egress, awstable.HTTPSPort, internet):
		return "its security groups let nothing out to the image registry",
			"add an egress rule for port 443 to 0.0.0.0/0"
	}
	return "", ""
}

// byEndpoint says what keeps a container from the VPC's endpoint for a service.
// Sourced: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
func (w *walker) byEndpoint(s *Server, i *Image, service string) (why, fix string) {
	if service == "s3" {
		layers := internet
		layers.lists = []string{i.S3PrefixList}
		if !w.admits(s.SecurityGroups, egress, awstable.HTTPSPort, layers) {
			return "its security groups keep it from the s3 endpoint, where the image's layers are",
				"add an egress rule for port 443 to the prefix list of s3"
		}
		return "", ""
	}
	inside := Source{Kind: FromVPC}.withDefaults().peer()
	endpoint, task := inside, inside
	endpoint.groups, task.groups = i.EndpointGroups, s.SecurityGroups
	if a := s.privateAddress(); a.IsValid() {
		task.address = a
	}
	if !w.admits(s.SecurityGroups, egress, awstable.HTTPSPort, endpoint) || !w.admits(i.EndpointGroups, ingress, awstable.HTTPSPort, task) {
		return "security groups keep it from the endpoint for " + service,
			"add rules for port 443 from the task's group to the endpoints' group, on both"
	}
	return "", ""
}
