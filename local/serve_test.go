package local_test

import (
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/portico-iac/portico/local"
	"github.com/portico-iac/portico/local/traffic/server"
	"github.com/portico-iac/portico/requestpath"
)

// seeded is the instance of the seed that is open to the world.
const seeded = "i-05eed00b300000001"

// named gives the seeded instance a name of its own.
func named(name string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		instance, err := ec2.LookupInstance(ctx, &ec2.LookupInstanceArgs{InstanceId: pulumi.StringRef(seeded)})
		if err != nil {
			return err
		}
		_, err = route53.NewRecord(ctx, "name", &route53.RecordArgs{
			ZoneId: pulumi.String("Z05EEDEXAMPLECOM0001"), Name: pulumi.String(name), Type: pulumi.String("A"),
			Ttl: pulumi.Int(60), Records: pulumi.StringArray{pulumi.String(instance.PublicIp)},
		})
		return err
	}
}

// A stack is asked what a viewer sees, as its resources are now.
func TestAStackIsAskedWhatAViewerSees(t *testing.T) {
	stack := local.New(t, named("one.example.com"), local.WithServers(map[string]server.Server{seeded: {Listeners: []server.Listener{
		{Port: 80, Answer: server.Answer{Status: 302, Location: "https://one.example.com/new?#{query}"}},
	}}}))
	stack.Up()
	seen := stack.Get("http://one.example.com/old?a=b")
	assert.Equal(t, 302, seen.Status)
	assert.Equal(t, "https://one.example.com/new?a=b", seen.Location)
	assert.Equal(t, requestpath.Refused, stack.Get("https://one.example.com/").Reason)
	assert.Equal(t, requestpath.NameNotFound, stack.Get("http://two.example.com/").Reason)
	inside := requestpath.Request{Scheme: "http", Name: "one.example.com", From: requestpath.Source{Kind: requestpath.FromVPC}}
	assert.Equal(t, 302, stack.Request(inside).Status)
	predicted := stack.Explain(requestpath.Request{Scheme: "http", Name: "one.example.com"})
	assert.Equal(t, 302, predicted.Traces[0].Outcome.Status, "predictions know what servers answer")

	stack.Use(named("two.example.com"))
	stack.Up()
	before := held(t)
	assert.Equal(t, 302, stack.Get("http://two.example.com:80/").Status)
	assertGivenBack(t, before) // by the world of the account as it was
	assert.Equal(t, requestpath.NameNotFound, stack.Get("http://one.example.com/").Reason)
	require.NotEmpty(t, stack.Serve().Entries())
}
