package elb

import "github.com/portico-iac/portico/local/core"

// What the seeded account has, for the examples of types.
const (
	seededVpc     = "vpc-05eed000000000001"
	seededSubnetA = "subnet-05eed00000000000a"
	seededSubnetC = "subnet-05eed00000000000c"
)

// exampleActions are actions of every kind, one for each example of a type.
func exampleActions() []any {
	group := core.Sample(TargetGroupToken)
	return []any{
		core.Object{"type": "forward", "targetGroupArn": group},
		core.Object{"type": "forward", "order": 1.0, "forward": core.Object{
			"targetGroups": []any{core.Object{"arn": group, "weight": 1.0}},
			"stickiness":   core.Object{"enabled": true, "duration": 60.0},
		}},
		core.Object{"type": "redirect", "redirect": core.Object{
			"host": "www.example.com", "path": "/#{path}", "port": "443", "protocol": "HTTPS", "query": "#{query}",
			"statusCode": "HTTP_301",
		}},
		core.Object{"type": "fixed-response", "fixedResponse": core.Object{
			"contentType": "text/plain", "messageBody": "gone", "statusCode": "410",
		}},
	}
}
