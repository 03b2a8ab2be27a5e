package cloud

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What is in use cannot be deleted, whatever its kind; what can be says why.
func TestDeletingWhatIsInUse(t *testing.T) {
	s := newSamples(t)
	for _, victim := range s.sorted() {
		how, known := deletion[victim.token]
		if !assert.True(t, known, "%s: may it be deleted while it is in use?", victim.token) {
			continue
		}
		s.apart(func(c *testCloud) {
			c.pkg, _, _ = strings.Cut(victim.token, ":")
			err := c.tryDelete(victim.token, victim.id)
			if how.code == "" {
				assert.NoError(t, err, "%s: %s", victim.token, how.because)
				return
			}
			assert.ErrorContains(t, err, how.code, victim.token)
			assert.ErrorContains(t, err, fmt.Sprintf("deleting %s %s", victim.token, victim.id))
		})
	}
}

// deletion is what AWS says to the deletion of each kind while something uses it,
// or why nothing is in the way.
var deletion = map[string]struct{ code, because string }{
	certificateToken:                 {code: "ResourceInUseException"},
	certificateValidationToken:       {because: "AWS knows nothing of it"},
	defaultSecurityGroupToken:        {because: "the group stays, it is only given up"},
	distributionToken:                {because: "records may point to what is gone; the provider disables it first"},
	ecsClusterToken:                  {code: "ClusterContainsServicesException"},
	ecsDefinitionToken:               {because: "a running service keeps its revision"},
	ecsServiceToken:                  {because: "its tasks go with it"},
	egressRuleToken:                  {because: "nothing refers to a rule"},
	eipAssociationToken:              {because: "nothing refers to an association"},
	eipToken:                         {code: "InvalidIPAddress.InUse"},
	groupAttachmentToken:             {because: "nothing refers to an attachment"},
	iamAttachmentToken:               {because: "nothing refers to an attachment"},
	iamPolicyToken:                   {code: "DeleteConflict"},
	iamProfileToken:                  {because: "instances lose their role"},
	iamRolePolicyToken:               {because: "nothing refers to a policy in a role"},
	iamRoleToken:                     {code: "DeleteConflict"},
	ingressRuleToken:                 {because: "nothing refers to a rule"},
	instanceToken:                    {because: "target groups lose a target"},
	internetGatewayToken:             {code: "DependencyViolation"},
	listenerCertificateToken:         {because: "nothing refers to it"},
	listenerRuleToken:                {because: "nothing refers to a rule"},
	listenerToken:                    {because: "its rules and certificates go with it"},
	loadBalancerToken:                {because: "its listeners go with it"},
	logGroupToken:                    {because: "tasks lose their log"},
	natGatewayToken:                  {because: "routes to it become black holes"},
	networkInterfaceToken:            {code: "InvalidParameterValue"},
	recordToken:                      {because: "what is issued stays issued"},
	routeTableAssociationToken:       {because: "the subnet falls back to the main table"},
	routeTableToken:                  {code: "DependencyViolation"},
	routeToken:                       {because: "nothing refers to a route"},
	scalingPolicyToken:               {because: "nothing refers to a policy"},
	scalingTargetToken:               {because: "its policies go with it"},
	securityGroupToken:               {code: "DependencyViolation"},
	subnetToken:                      {code: "DependencyViolation"},
	targetGroupAttachmentToken:       {because: "nothing refers to an attachment"},
	targetGroupToken:                 {code: "ResourceInUse"},
	vpcEndpointToken:                 {because: "nothing refers to an endpoint"},
	vpcToken:                         {code: "DependencyViolation"},
	zoneToken:                        {code: "HostedZoneNotEmpty"},
	"random:index/randomId:RandomId": {because: "it lives in Pulumi's state alone"},
	"random:index/randomPassword:RandomPassword": {because: "it lives in Pulumi's state alone"},
}
