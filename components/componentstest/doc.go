// Package componentstest runs Pulumi programs in a unit test and hands back the
// resources they would create. It is meant for programs that use package
// components, and works for any other Pulumi program on AWS too.
//
//	g := componentstest.Deploy(t, program, componentstest.WithConfig(map[string]string{"shop:size": "2"}))
//	rule := g.One(t, "aws:lb/listenerRule:ListenerRule")
//	assert.Equal(t, 100, rule.Input("priority"))
//	componentstest.AssertInvariants(t, g)
//
// Package components has a whole example, "unitTest".
//
// Deploy runs the program as `pulumi up` would, Preview as `pulumi preview`
// would: what only AWS can tell (ids, ARNs, DNS names) is then unknown. Both
// fail the test when the program fails; TryDeploy and TryPreview return the
// error instead, for tests of what a program refuses.
//
// The program talks over loopback to a stand-in for Pulumi's engine, not to the
// SDK's own mocks, because those hide what tests need to see: unknown inputs,
// secrets among outputs, which component registered its outputs, and log lines.
// Like the real engine it refuses a second resource of the same URN, runs
// transforms, keeps secrets secret and marks a whole output secret when a part of
// it is. No network, credentials, CLI or plugins are needed.
//
// What a passing test does not prove: that AWS accepts the inputs. Resources
// come back with made-up ids and ARNs of the right shape, and nothing checks
// that a referenced resource exists.
package componentstest
