// Package cloud puts the services of the local AWS together.
package cloud

import (
	"maps"
	"slices"
	"sync"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/acm"
	"github.com/portico-iac/portico/local/service/autoscaling"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/cloudwatch"
	"github.com/portico-iac/portico/local/service/ec2"
	"github.com/portico-iac/portico/local/service/ecs"
	"github.com/portico-iac/portico/local/service/elb"
	"github.com/portico-iac/portico/local/service/events"
	"github.com/portico-iac/portico/local/service/iam"
	"github.com/portico-iac/portico/local/service/lambda"
	"github.com/portico-iac/portico/local/service/random"
	"github.com/portico-iac/portico/local/service/region"
	"github.com/portico-iac/portico/local/service/route53"
	"github.com/portico-iac/portico/local/service/s3"
	"github.com/portico-iac/portico/local/service/sns"
	"github.com/portico-iac/portico/local/service/ssm"
	"github.com/portico-iac/portico/local/service/wafv2"
)

// Catalog is everything that the local AWS knows.
var Catalog = sync.OnceValues(func() (*core.Catalog, error) {
	return core.NewCatalog(slices.Collect(maps.Keys(region.Regions)),
		acm.Service(), autoscaling.Service(), cloudfront.Service(), cloudwatch.Service(), ec2.Service(), ecs.Service(),
		elb.Service(), events.Service(), iam.Service(), lambda.Service(), random.Service(), region.Service(), route53.Service(), s3.Service(), sns.Service(),
		ssm.Service(), wafv2.Service(),
	)
})
