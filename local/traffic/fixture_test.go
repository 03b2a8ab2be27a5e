package traffic

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/internal/awstable"
	"github.com/portico-iac/portico/local/cloudtest"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/local/traffic/wire"
	"github.com/portico-iac/portico/local/traffic/wiretest"
)

// Pulumi types that the tests register.
const (
	subnetToken       = "aws:ec2/subnet:Subnet"
	vpcToken          = "aws:ec2/vpc:Vpc"
	routeToken        = "aws:ec2/route:Route"
	groupToken        = "aws:ec2/securityGroup:SecurityGroup"
	ingressToken      = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressToken       = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	instanceToken     = "aws:ec2/instance:Instance"
	serviceToken      = "aws:ecs/service:Service"
	targetGroupToken  = "aws:lb/targetGroup:TargetGroup"
	loadBalancerToken = "aws:lb/loadBalancer:LoadBalancer"
	certificateToken  = "aws:acm/certificate:Certificate"
	zoneToken         = "aws:route53/zone:Zone"
	recordToken       = "aws:route53/record:Record"
	distributionToken = "aws:cloudfront/distribution:Distribution"
)

// What every account is seeded with.
const (
	region   = "ap-northeast-1"
	seedVPC  = "vpc-05eed000000000001"
	seedZone = "Z05EEDEXAMPLECOM0001"
	legacy   = "i-05eed00b300000001"
)

var (
	publicSubnets  = []any{"subnet-05eed00000000000a", "subnet-05eed00000000000c"}
	privateSubnets = []any{"subnet-05eed00000000001a", "subnet-05eed00000000001c"}
)

type props = map[string]any

// site registers resources as a program would, and then serves them.
type site struct {
	t      *testing.T
	driver *cloudtest.Driver

	events wiretest.Events
}

func newSite(t *testing.T) *site {
	t.Helper()
	d, err := cloudtest.NewDriver(region)
	require.NoError(t, err)
	return &site{t: t, driver: d}
}

// resources are what is registered, as the traffic reads it.
func (s *site) resources() *account.Resources {
	s.t.Helper()
	r, err := account.Read(s.driver.Account())
	require.NoError(s.t, err)
	return r
}

// create registers a resource and returns its id and state.
func (s *site) create(token, name string, in props) (string, props) {
	s.t.Helper()
	return s.createIn(region, token, name, in)
}

func (s *site) createIn(region, token, name string, in props) (string, props) {
	s.t.Helper()
	id, state, err := s.driver.In(region).Create(token, name, in)
	require.NoError(s.t, err)
	return id, state
}

// text is a property that is a string.
func text(state props, key string) string {
	out, _ := state[key].(string)
	return out
}

// certificate is one of Certificate Manager that is issued.
func (s *site) certificate(region, name string) string {
	s.t.Helper()
	arn, state := s.createIn(region, certificateToken, "c-"+region+name, props{"domainName": name, "validationMethod": "DNS"})
	option := state["domainValidationOptions"].([]any)[0].(map[string]any)
	s.createIn(region, recordToken, "v-"+region+name, props{
		"zoneId": seedZone, "name": option["resourceRecordName"], "type": option["resourceRecordType"],
		"records": []any{option["resourceRecordValue"]}, "ttl": 60, "allowOverwrite": true,
	})
	s.createIn(region, "aws:acm/certificateValidation:CertificateValidation", "v-"+region+name, props{"certificateArn": arn})
	return arn
}

// group is a security group of the seeded VPC.
func (s *site) group(name string) string {
	s.t.Helper()
	id, _ := s.create(groupToken, name, props{"vpcId": seedVPC})
	return id
}

// rule lets TCP through on a port, in or out; peer names the other side.
func (s *site) rule(token, group string, port int, peer props) {
	s.t.Helper()
	in := props{"securityGroupId": group, "ipProtocol": "tcp", "fromPort": port, "toPort": port}
	for k, v := range peer {
		in[k] = v
	}
	s.create(token, "rule", in)
}

func (s *site) alias(name, kind string, target props, zone string) {
	s.t.Helper()
	at := text(target, "dnsName") + text(target, "domainName")
	s.create(recordToken, name+kind, props{"zoneId": seedZone, "name": name, "type": kind, "aliases": []any{
		props{"name": at, "zoneId": target[zone], "evaluateTargetHealth": false},
	}})
}

// image is the newest one of Amazon Linux.
func (s *site) image() string {
	s.t.Helper()
	out, err := s.driver.Invoke("aws:ssm/getParameter:getParameter", props{
		"name": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"})
	require.NoError(s.t, err)
	return text(out, "value")
}

// service is two containers that listen on 8080, registered with a target group.
func (s *site) service(targets, tasks string) {
	s.t.Helper()
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	role, state := s.create("aws:iam/role:Role", "execution", props{"assumeRolePolicy": trust})
	s.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "execution", props{
		"role": role, "policyArn": "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"})
	containers, err := json.Marshal([]props{{
		"name": "web", "image": "public.ecr.aws/nginx/nginx:latest", "essential": true,
		"portMappings": []props{{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}},
	}})
	require.NoError(s.t, err)
	_, definition := s.create("aws:ecs/taskDefinition:TaskDefinition", "web", props{
		"family": "web", "cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": []any{"FARGATE"},
		"executionRoleArn": state["arn"], "containerDefinitions": string(containers),
	})
	cluster, _ := s.create("aws:ecs/cluster:Cluster", "main", props{})
	s.create(serviceToken, "web", props{
		"name": "web", "cluster": cluster, "taskDefinition": definition["arn"], "desiredCount": 2, "launchType": "FARGATE",
		"networkConfiguration": props{"subnets": privateSubnets, "securityGroups": []any{tasks}},
		"loadBalancers":        []any{props{"targetGroupArn": targets, "containerName": "web", "containerPort": 8080}},
	})
}

// containers is CloudFront before a load balancer before containers: the load balancer
// admits CloudFront alone, and the containers the load balancer. version is the target
// group's, from whom else the load balancer's port 443 is open.
func (s *site) containers(version string, also ...props) {
	s.t.Helper()
	loadBalancers, tasks := s.group("web-alb"), s.group("web-tasks")
	for _, l := range ec2.PrefixLists(region) {
		if l.Name == awstable.CloudFrontPrefixList {
			also = append(also, props{"prefixListId": l.ID})
		}
	}
	for _, peer := range also {
		s.rule(ingressToken, loadBalancers, 443, peer)
	}
	s.rule(egressToken, loadBalancers, 8080, props{"referencedSecurityGroupId": tasks})
	s.rule(ingressToken, tasks, 8080, props{"referencedSecurityGroupId": loadBalancers})
	s.rule(egressToken, tasks, 443, props{"cidrIpv4": "0.0.0.0/0"})
	targets, _ := s.create(targetGroupToken, "web", props{
		"port": 8080, "protocol": "HTTP", "protocolVersion": version, "targetType": "ip", "vpcId": seedVPC,
	})
	lb, loadBalancer := s.create(loadBalancerToken, "web", props{
		"name": "web", "subnets": publicSubnets, "securityGroups": []any{loadBalancers}, "internal": false})
	s.create("aws:lb/listener:Listener", "https", props{
		"loadBalancerArn": lb, "port": 443, "protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
		"certificateArn": s.certificate(region, "alb.example.com"),
		"defaultActions": []any{props{"type": "forward", "targetGroupArn": targets}},
	})
	s.service(targets, tasks)
	s.alias("alb.example.com", "A", loadBalancer, "zoneId")
	s.distribution("alb.example.com")
}

// distribution is CloudFront at www.example.com before a custom origin.
func (s *site) distribution(origin string) {
	s.t.Helper()
	s.distributionBefore(props{"originId": "origin", "domainName": origin, "customOriginConfig": props{
		"httpPort": 80, "httpsPort": 443, "originProtocolPolicy": "https-only", "originSslProtocols": []any{"TLSv1.2"}}})
}

// distributionBefore is CloudFront at www.example.com before an origin.
func (s *site) distributionBefore(origin props) {
	s.t.Helper()
	_, distribution := s.create(distributionToken, "web", props{
		"enabled": true, "isIpv6Enabled": true, "aliases": []any{"www.example.com"}, "httpVersion": "http2and3",
		"viewerCertificate": props{"acmCertificateArn": s.certificate("us-east-1", "www.example.com"),
			"sslSupportMethod": "sni-only", "minimumProtocolVersion": "TLSv1.2_2021"},
		"origins": []any{origin},
		"defaultCacheBehavior": props{
			"targetOriginId": "origin", "viewerProtocolPolicy": "redirect-to-https",
			"allowedMethods": []any{"GET", "HEAD"}, "cachedMethods": []any{"GET", "HEAD"},
			"cachePolicyId": awstable.CachingDisabled,
		},
		"restrictions": props{"geoRestriction": props{"restrictionType": "none"}},
	})
	s.alias("www.example.com", "A", distribution, "hostedZoneId")
	s.alias("www.example.com", "AAAA", distribution, "hostedZoneId")
}

// serve serves what is registered, on a clock on which a second is 100 ms: no
// timeout of AWS comes before a busy machine has done its work.
func (s *site) serve(servers map[string]server.Server) *World {
	s.t.Helper()
	w, err := Serve(s.driver.Account(), Options{Clock: wire.Clock{Second: 100 * time.Millisecond}, Servers: servers, Sink: s.events.Note})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { assert.NoError(s.t, w.Close()) })
	return w
}

// requests are those for /asked so far, at any hop. Health checks are none.
func (s *site) requests() []wire.Event {
	return s.events.Where(func(e wire.Event) bool { return e.Kind == wire.Request && e.Path == "/asked" })
}

// viewer is a client that resolves, connects and trusts as the source does. It
// speaks HTTP/1.1, or HTTP/2 over TLS.
func viewer(t *testing.T, w *World, from wire.Source) *http.Client {
	t.Helper()
	transport := &http.Transport{
		ForceAttemptHTTP2: true,
		TLSClientConfig:   &tls.Config{RootCAs: w.Authority().Roots()},
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			found, ok := w.Resolve(host, from.Address.Is6(), from.Kind == wire.KindVPC)
			if !ok {
				return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
			}
			at, err := netip.ParseAddrPort(net.JoinHostPort(found[0].String(), port))
			if err != nil {
				return nil, err
			}
			return w.Network().Dial(ctx, from, at)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// reply is an answer that was read to its end.
type reply struct {
	status int
	proto  string
	header http.Header
	body   string
}

// ask sends one request, which has to be answered.
func ask(t *testing.T, c *http.Client, at string) reply {
	t.Helper()
	got, err := askFor(t, 30*time.Second, c, at)
	require.NoError(t, err, at)
	return got
}

// dropped asserts that a request gets nowhere and hears nothing.
func dropped(t *testing.T, c *http.Client, at string) {
	t.Helper()
	_, err := askFor(t, 100*time.Millisecond, c, at)
	require.ErrorIs(t, err, context.DeadlineExceeded, at)
}

func askFor(t *testing.T, patience time.Duration, c *http.Client, at string) (reply, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", at, nil)
	require.NoError(t, err)
	resp, err := c.Do(r)
	if err != nil {
		return reply{}, err
	}
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return reply{status: resp.StatusCode, proto: resp.Proto, header: resp.Header, body: string(body)}, nil
}
