package registered

import (
	"cmp"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"github.com/portico-iac/portico/requestpath"
)

// readInstances describes the instances with the listeners known by themselves.
func (r *reader) readInstances() {
	for _, i := range r.all[typeInstance] {
		s := requestpath.Server{
			Name: i.id, Addresses: r.addresses(i), Listeners: r.firstBoot(i.object),
			SecurityGroups: r.groupsOf(i, "vpcSecurityGroupIds", r.groupIDsOf(i)),
		}
		if given, ok := r.given(i.object, i.id); ok {
			s.Listeners = given.Listeners
		}
		if !running(i.object) {
			s.Listeners = nil
		}
		if i.secret("userData") || i.secret("userDataBase64") {
			r.note(i, "userData", "it is encrypted: what the instance answers is taken from its target groups")
		}
		r.Plan.Servers = append(r.Plan.Servers, s)
		r.stands[i.id] = []string{i.str("subnetId")}
		for _, eni := range r.interfaces(i) {
			r.stands[i.id] = append(r.stands[i.id], r.get(typeInterface, eni).str("subnetId"))
		}
	}
}

// answerByDefault has an instance listen of which nothing says what it answers.
func (r *reader) answerByDefault(i *resource) {
	s := r.server(i.id)
	if _, given := r.given(i.object, i.id); given || len(s.Listeners) > 0 || !running(i.object) {
		return
	}
	s.Listeners = []requestpath.ServerListener{
		{Port: 80, Protocol: requestpath.ProtocolHTTP, Versions: []string{requestpath.HTTP11}},
		{Port: 443, Protocol: requestpath.ProtocolHTTPS, Versions: []string{requestpath.HTTP11}, Certificates: []requestpath.Certificate{localhost}},
	}
}

// interfaces are the ids of the network interfaces of an instance.
func (r *reader) interfaces(i *resource) []string {
	ids := append([]string{i.str("primaryNetworkInterfaceId")}, pluck(i.blocks("networkInterfaces"), "networkInterfaceId")...)
	for _, n := range r.all[typeInterface] {
		if slices.Contains(pluck(n.blocks("attachments"), "instance"), i.id) {
			ids = append(ids, n.id)
		}
	}
	return present(ids)
}

// present are the distinct texts that are not empty, in their order.
func present(texts []string) []string {
	var out []string
	for _, t := range texts {
		if t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}

// addresses are the private ones first, then the public one: an Elastic IP takes
// the place of the one that the instance started with. Without a route to an
// internet gateway an address is public in name alone.
// Sourced: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
// Sourced: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
func (r *reader) addresses(i *resource) []string {
	private, public := []string{i.str("privateIp")}, i.str("publicIp")
	v6 := i.strs("ipv6Addresses")
	for _, id := range r.interfaces(i) {
		n := r.get(typeInterface, id)
		private = append(append(private, n.str("privateIp")), n.strs("privateIps")...)
		v6 = append(v6, n.strs("ipv6Addresses")...)
	}
	public = cmp.Or(r.elastic(i), public)
	if r.inland(i.str("subnetId")) {
		public = ""
	}
	return present(append(append(private, public), v6...))
}

// elastic is the Elastic IP of an instance, "" when it has none.
func (r *reader) elastic(i *resource) string {
	ids := append(r.interfaces(i), i.id)
	for _, a := range r.all["aws:ec2/eipAssociation:EipAssociation"] {
		if !slices.Contains(ids, a.str("networkInterfaceId")) && !slices.Contains(ids, a.str("instanceId")) {
			continue
		}
		if ip := cmp.Or(a.str("publicIp"), r.get(typeEip, a.str("allocationId")).str("publicIp")); ip != "" {
			return ip
		}
	}
	for _, eip := range r.all[typeEip] {
		if slices.Contains(ids, eip.str("instance")) || slices.Contains(ids, eip.str("networkInterface")) {
			return eip.str("publicIp")
		}
	}
	return ""
}

// groupIDsOf are those of an instance and of its network interfaces.
func (r *reader) groupIDsOf(i *resource) []string {
	ids := i.strs("vpcSecurityGroupIds")
	for _, eni := range r.interfaces(i) {
		ids = append(ids, r.get(typeInterface, eni).strs("securityGroups")...)
		ids = append(ids, pluck(r.where("aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment", "networkInterfaceId", eni), "securityGroupId")...)
	}
	return present(ids)
}

// parameter is a line of the user data with which Portico's first boot begins.
var parameter = regexp.MustCompile(`(?m)^export (PORTICO_[A-Z_]+)='([^']*)'$`)

// firstBoot is what an instance answers that sets itself up as Portico's do, with
// nginx and a certificate of its own; none for another one. A staging directory of
// an ACME authority issues certificates that nobody trusts.
func (r *reader) firstBoot(i object) []requestpath.ServerListener {
	text := i.str("userData")
	for _, encoded := range []string{text, i.str("userDataBase64")} {
		if raw, err := base64.StdEncoding.DecodeString(encoded); err == nil && len(raw) > 0 {
			text = string(raw)
		}
	}
	parameters := map[string]string{}
	for _, m := range parameter.FindAllStringSubmatch(text, -1) {
		parameters[m[1]] = m[2]
	}
	names := parameters["PORTICO_CERTIFICATE_NAMES"]
	if names == "" {
		return nil
	}
	certificate := requestpath.Certificate{Names: strings.Split(names, ",")}
	if strings.Contains(parameters["PORTICO_ACME_URL"], "staging") {
		certificate.Trust = requestpath.UnknownIssuer
	}
	return []requestpath.ServerListener{{
		Port: 443, Protocol: requestpath.ProtocolHTTPS, Certificates: []requestpath.Certificate{certificate},
		RequiredHeader: r.requiredHeader(parameters["PORTICO_SECRET_HEADER"], parameters["PORTICO_SECRET_PARAMETER"]),
		TLS:            []string{requestpath.TLS12, requestpath.TLS13}, Versions: []string{requestpath.HTTP11, requestpath.HTTP2},
	}}
}

// requiredHeader is the header that an instance wants, with stand-ins for the values
// that the parameter with the given ARN holds; nil without a parameter. What a parameter
// holds that cannot be read is taken to be what the distribution adds.
func (r *reader) requiredHeader(name, parameter string) *requestpath.RequiredHeader {
	if parameter == "" {
		return nil
	}
	required := &requestpath.RequiredHeader{Name: name}
	r.values.guard(name, true)
	for _, p := range r.where(typeParameter, "arn", parameter) {
		if p.secret("value") {
			r.note(p, "value", "it is encrypted: taken to hold the value of header "+name+" that the distribution adds")
			required.Values = append(required.Values, r.values.secretID(name))
			continue
		}
		for value := range strings.SplitSeq(p.str("value"), ",") {
			required.Values = append(required.Values, r.values.id(name, value))
		}
	}
	return required
}

// withHiddenValues replaces the values of headers that distributions add.
func (r *reader) withHiddenValues(s Server) Server {
	s.Listeners = slices.Clone(s.Listeners)
	for i, l := range s.Listeners {
		if l.RequiredHeader == nil || !r.values.guards(l.RequiredHeader.Name) {
			continue
		}
		hidden := requestpath.RequiredHeader{Name: l.RequiredHeader.Name}
		for _, value := range l.RequiredHeader.Values {
			hidden.Values = append(hidden.Values, r.values.id(hidden.Name, value))
		}
		s.Listeners[i].RequiredHeader = &hidden
	}
	return s
}
