package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/portico-iac/portico/components/componentstest"
)

const listenerArn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener/app/apps/50dc6c495c0c9188/f2f7dc8efc522ab2"

// stack is what the stack of one service runs against.
func stack(name, priority string) []componentstest.Option {
	subnet := func(id, zone, block string) componentstest.Subnet {
		return componentstest.Subnet{ID: id, Zone: "ap-northeast-1" + zone, CidrBlock: block}
	}
	return []componentstest.Option{
		componentstest.WithStack("team", name),
		componentstest.WithConfig(map[string]string{
			"team:platform": "acme/platform/prod", "team:priority": priority,
			"team:image": "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/" + name + ":1.0",
		}),
		componentstest.WithStackReference("acme/platform/prod", map[string]any{
			"listenerArn": listenerArn, "vpcId": "vpc-1",
			"publicSubnetIds":  []any{"subnet-pub-a", "subnet-pub-c"},
			"privateSubnetIds": []any{"subnet-a", "subnet-c"},
		}),
		componentstest.WithVpc("vpc-1",
			subnet("subnet-pub-a", "a", "10.0.0.0/24"), subnet("subnet-pub-c", "c", "10.0.1.0/24"),
			subnet("subnet-a", "a", "10.0.2.0/24"), subnet("subnet-c", "c", "10.0.3.0/24")),
	}
}

func TestTwoServicesShareAListener(t *testing.T) {
	for name, priority := range map[string]string{"orders": "100", "search": "200"} {
		t.Run(name, func(t *testing.T) {
			g := componentstest.Deploy(t, team, stack(name, priority)...)
			componentstest.AssertInvariants(t, g)
			componentstest.AssertSameGraph(t, g, componentstest.Preview(t, team, stack(name, priority)...))

			rule := g.One(t, "aws:lb/listenerRule:ListenerRule")
			assert.Equal(t, listenerArn, rule.Input("listenerArn"))
			assert.Equal(t, []any{name + ".apps.example.com"}, rule.Input("conditions[0].hostHeader.values"))
			assert.Equal(t, priority, fmt.Sprint(rule.Input("priority")))

			// Nothing of the platform is made a second time.
			counts := g.Counts()
			for _, token := range []string{"aws:ec2/vpc:Vpc", "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"} {
				assert.Zero(t, counts[token], token)
			}
			assert.Equal(t, []any{"subnet-a", "subnet-c"},
				g.One(t, "aws:ecs/service:Service").Input("networkConfiguration.subnets"))
		})
	}
}
