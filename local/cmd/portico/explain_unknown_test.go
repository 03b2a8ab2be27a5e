package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deploymentFile writes what is registered as `pulumi stack export` would.
func (s shell) deploymentFile(resources ...map[string]any) string {
	s.t.Helper()
	for _, r := range resources {
		r["custom"] = true
	}
	raw, err := json.Marshal(map[string]any{"version": 3, "deployment": map[string]any{"resources": resources}})
	require.NoError(s.t, err)
	return s.file("adopted.json", string(raw))
}

// exported is the account of the stack dev as `pulumi stack export` would write what it has.
func (s shell) exported() string {
	s.t.Helper()
	var all []map[string]any
	account := s.account()
	for _, kind := range account.Types() {
		for _, state := range account.All(kind) {
			all = append(all, map[string]any{"type": kind, "id": state["id"], "urn": "urn:pulumi:dev::p::" + kind + "::" + fmt.Sprint(state["id"]), "outputs": state})
		}
	}
	return s.deploymentFile(all...)
}

// adopted is a load balancer in a security group that the deployment did not make,
// which forwards to an instance that it did not make.
func adopted() []map[string]any {
	one := func(kind, id string, outputs map[string]any) map[string]any {
		return map[string]any{"type": kind, "id": id, "urn": "urn:pulumi:dev::p::" + kind + "::" + id, "outputs": outputs}
	}
	return []map[string]any{
		one("aws:route53/zone:Zone", "Z1", map[string]any{"name": "example.com"}),
		one("aws:route53/record:Record", "www", map[string]any{
			"zoneId": "Z1", "fqdn": "www.example.com", "type": "CNAME", "records": []any{"web-1.eu-west-1.elb.amazonaws.com"},
		}),
		one("aws:lb/loadBalancer:LoadBalancer", "arn:lb", map[string]any{
			"name": "web", "dnsName": "web-1.eu-west-1.elb.amazonaws.com", "loadBalancerType": "application", "securityGroups": []any{"sg-before"},
		}),
		one("aws:lb/targetGroup:TargetGroup", "arn:tg", map[string]any{"name": "app", "protocol": "HTTP", "port": 80}),
		one("aws:lb/targetGroupAttachment:TargetGroupAttachment", "a", map[string]any{"targetGroupArn": "arn:tg", "targetId": "i-before", "port": 80}),
		one("aws:acm/certificate:Certificate", "arn:certificate", map[string]any{"domainName": "www.example.com", "status": "ISSUED"}),
		one("aws:lb/listener:Listener", "arn:secure", map[string]any{
			"loadBalancerArn": "arn:lb", "port": 443, "protocol": "HTTPS", "certificateArn": "arn:certificate",
			"sslPolicy":      "ELBSecurityPolicy-TLS13-1-2-2021-06",
			"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": "arn:tg"}},
		}),
		one("aws:lb/listener:Listener", "arn:listener", map[string]any{
			"loadBalancerArn": "arn:lb", "port": 80, "protocol": "HTTP",
			"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": "arn:tg"}},
		}),
	}
}

// What a deployment does not tell is neither right nor wrong.
func TestExplainWhatADeploymentCannotKnow(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	file := sh.deploymentFile(adopted()...)
	out := sh.must("explain", "--deployment", file, "--all")
	assertNarrow(t, out)
	assert.Contains(t, out, "\n  ??  an answer")
	assert.Contains(t, out, "?? not known: http://www.example.com/")
	assert.Contains(t, flat(out), "security group sg-before is not among the resources")
	assert.Contains(t, flat(out), "its addresses are not known")
	assert.NotContains(t, out, "NOT ")
	var all struct {
		OK       bool
		Unknown  int
		Requests []struct {
			OK, Unknown bool
			Want        string
			Undescribed []struct{ Text string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(sh.must("explain", "--deployment", file, "--all", "--json")), &all))
	assert.False(t, all.OK)
	assert.Equal(t, strings.Count(out, "  ??  "), all.Unknown)
	for _, r := range all.Requests {
		assert.False(t, r.OK && r.Unknown)
		assert.Equal(t, r.Unknown, len(r.Undescribed) > 0)
	}
	code, stdout, stderr := sh.run("explain", "--deployment", file, "http://www.example.com", "--json")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stdout, `"unknown": true`)
	assert.Contains(t, stderr, "it is not known whether")
}

func TestExplainOfWhatIsNoDeployment(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	for text, want := range map[string]string{"": "it is empty", "no JSON": "it is not JSON", "[]": "something else", "{}": "has no resources"} {
		file := sh.file("none.json", text)
		code, stdout, stderr := sh.run("explain", "--deployment", file)
		assert.Equal(t, exitUsage, code)
		assert.Contains(t, stderr, "--deployment "+file+": ")
		assert.Contains(t, stderr, want)
		assert.Empty(t, stdout)
	}
}

// A rule that never gets its requests is named, by whatever program it was made.
func TestExplainShadowedRules(t *testing.T) {
	t.Parallel()
	resources := adopted()
	for priority, path := range map[int]string{10: "/*", 20: "/api/*"} {
		group, id := fmt.Sprintf("arn:tg-%d", priority), fmt.Sprintf("arn:rule-%d", priority)
		resources = append(resources, map[string]any{
			"type": "aws:lb/listenerRule:ListenerRule", "id": id, "urn": "urn:pulumi:dev::p::aws:lb/listenerRule:ListenerRule::" + id,
			"outputs": map[string]any{
				"listenerArn": "arn:listener", "priority": priority,
				"actions":    []any{map[string]any{"type": "forward", "targetGroupArn": group}},
				"conditions": []any{map[string]any{"pathPattern": map[string]any{"values": []any{path}}}},
			},
		})
	}
	sh := newProject(t)
	file := sh.deploymentFile(resources...)
	out := sh.must("explain", "--deployment", file, "--all")
	assertNarrow(t, out)
	assert.Contains(t, out, "Listener rules that never get the requests they are for:\n  - aws:lb/listenerRule:ListenerRule arn:rule-20")
	assert.Contains(t, flat(out), "www.example.com/api/any to port 80 of load balancer web is answered by the rule of priority 10")
	var all struct {
		Shadowed []struct{ Resource, Text string }
	}
	require.NoError(t, json.Unmarshal([]byte(sh.must("explain", "--deployment", file, "--all", "--json")), &all))
	require.Len(t, all.Shadowed, 1)
	assert.Contains(t, all.Shadowed[0].Text, "give this rule a priority below 10")
}

// An alarm that watches nothing is named, by whatever program it was made.
func TestExplainAlarmsThatNeverFire(t *testing.T) {
	t.Parallel()
	const id = "errors-0cba81f"
	resources := append(adopted(), map[string]any{
		"type": "aws:cloudwatch/metricAlarm:MetricAlarm", "id": id, "urn": "urn:pulumi:dev::p::aws:cloudwatch/metricAlarm:MetricAlarm::errors",
		"outputs": map[string]any{
			"arn": "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:" + id, "namespace": "AWS/CloudFront", "metricName": "5xxErrorRate",
			"dimensions": map[string]any{"DistributionId": "E1"},
		},
	})
	sh := newProject(t)
	file := sh.deploymentFile(resources...)
	out := sh.must("explain", "--deployment", file, "--all")
	assertNarrow(t, out)
	assert.Contains(t, out, "Alarms that never fire:\n  - aws:cloudwatch/metricAlarm:MetricAlarm errors-0cba81f")
	var all struct {
		Silent []struct{ Resource, Property, Text string }
	}
	require.NoError(t, json.Unmarshal([]byte(sh.must("explain", "--deployment", file, "--all", "--json")), &all))
	require.Len(t, all.Silent, 1)
	assert.Equal(t, "dimensions", all.Silent[0].Property)
	assert.Contains(t, all.Silent[0].Text, `it watches nothing, so it never fires: `)
}

// The value of a header may be a secret, however it is written.
func TestExplainHeadersAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	sh := newProject(t)
	file := sh.deploymentFile(adopted()...)
	for _, header := range []string{"X-Secret=s3cr3t: a=b", "X-Secret: s3cr3t=a", "X-Secret:s3cr3t"} {
		_, stdout, stderr := sh.run("explain", "--deployment", file, "http://www.example.com", "--header", header, "--json")
		assert.Contains(t, stdout, `"X-Secret"`)
		assert.NotContains(t, stdout+stderr, "s3cr3t")
	}
	for _, header := range []string{"s3cr3t", "=s3cr3t", ": s3cr3t", "s3 cr3t=s3cr3t", "X: s3cr3t\r\nY: z"} {
		code, stdout, stderr := sh.run("explain", "--deployment", file, "http://www.example.com", "--header", header)
		assert.Equal(t, exitUsage, code, header)
		assert.Contains(t, stderr, `"name: value"`)
		assert.NotContains(t, stdout+stderr, "s3")
	}
	value := &explainOptions{}
	require.NoError(t, value.addHeader("A=b: c"))
	require.NoError(t, value.addHeader("B:  c=d"))
	assert.Equal(t, "b: c", value.headers[0].Value)
	assert.Equal(t, "c=d", value.headers[1].Value)
}

// Every command checks the file of servers alike.
func TestServersAreCheckedAlike(t *testing.T) {
	t.Parallel()
	sh := registeredProject(t, exampleE)
	commands := []string{"explain", "verify", "serve", "up"}
	for text, want := range map[string]string{
		"": "it is empty", `{"app": {}} x`: "it is not JSON",
		`{"app": {"listeners": [{"port": 80, "protocol": "TCP"}]}}`: `app.listeners[0].protocol: must be "HTTP" or "HTTPS", got "TCP"`,
		`{"nobody": {"listeners": []}}`:                             "nobody: no instance has that id or Name tag and no ECS service that name: there are i-05eed002000000001, ",
	} {
		servers := sh.file("servers.json", text)
		for _, command := range commands {
			if command == "up" && strings.Contains(text, "nobody") {
				continue // up has yet to make the servers when it reads the file
			}
			code, stdout, stderr := sh.run(command, "--servers", servers)
			assert.Equal(t, exitUsage, code, command)
			assert.Contains(t, stderr, "--servers "+servers+": ", command)
			assert.Contains(t, stderr, want, command)
			assert.Empty(t, stdout, command)
		}
	}
	servers := sh.file("servers.json", `{"app": {"listeners": [{"port": 80, "answer": {"status": 503}}]}}`)
	for _, command := range []string{"explain", "verify"} {
		_, stdout, stderr := sh.run(command, "--servers", servers, "--json")
		assert.Contains(t, stdout, "503", "%s: the name needs no suffix: %s", command, stderr)
	}
}

// A failure on which AWS's pages disagree is not known to be one, and both are named.
func TestExplainWhatSourcesDisagreeOn(t *testing.T) {
	t.Parallel()
	resources := adopted()
	for _, r := range resources {
		outputs := r["outputs"].(map[string]any)
		if outputs["sslPolicy"] != nil {
			outputs["sslPolicy"] = "ELBSecurityPolicy-TLS13-1-3-2021-06"
		}
		if outputs["type"] == "CNAME" {
			outputs["fqdn"] = "alb.example.com"
		}
		if outputs["domainName"] == "www.example.com" {
			outputs["domainName"] = "alb.example.com"
		}
	}
	one := func(kind, id string, outputs map[string]any) map[string]any {
		return map[string]any{"type": kind, "id": id, "urn": "urn:pulumi:dev::p::" + kind + "::" + id, "outputs": outputs}
	}
	resources = append(resources,
		one("aws:ec2/securityGroup:SecurityGroup", "sg-before", map[string]any{"vpcId": "vpc-1"}),
		one("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "sgr-1", map[string]any{
			"securityGroupId": "sg-before", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0",
		}),
		one("aws:cloudfront/distribution:Distribution", "E1", map[string]any{
			"domainName": "d1.cloudfront.net", "enabled": true, "httpVersion": "http2",
			"origins": []any{map[string]any{"originId": "o", "domainName": "alb.example.com", "customOriginConfig": map[string]any{
				"httpPort": 80, "httpsPort": 443, "originProtocolPolicy": "https-only", "originSslProtocols": []any{"TLSv1.2"},
			}}},
			"defaultCacheBehavior": map[string]any{
				"targetOriginId": "o", "viewerProtocolPolicy": "redirect-to-https", "allowedMethods": []any{"GET", "HEAD"},
				"cachedMethods": []any{"GET", "HEAD"}, "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
			},
			"viewerCertificate": map[string]any{"cloudfrontDefaultCertificate": true},
			"restrictions":      map[string]any{"geoRestriction": map[string]any{"restrictionType": "none"}},
		}))
	sh := newProject(t)
	_, out, _ := sh.run("explain", "--deployment", sh.deploymentFile(resources...), "--all")
	assertNarrow(t, out)
	assert.Contains(t, out, "?? not known: https://d1.cloudfront.net/")
	for _, part := range []string{"AWS's pages disagree on TLS 1.3", "API_OriginSslProtocols.html: 502", "RequestAndResponseBehaviorCustomOrigin.html: 200"} {
		assert.Contains(t, flat(out), part)
	}
}
