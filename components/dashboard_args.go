package components

import "github.com/portico-iac/portico/internal/fault"

// DashboardArgs configures a Dashboard: what it shows. At least one component is required.
type DashboardArgs struct {
	// Alarms whose states are shown on top. Default: none.
	Alarms []*Alarms `pulumi:"alarms"`
	// Fronts are distributions. Default: none.
	Fronts []*CloudFrontFront `pulumi:"fronts"`
	// WebAcls are web ACLs. Default: none.
	WebAcls []*WebAcl `pulumi:"webAcls"`
	// LoadBalancers are shown with all their routes. Register the dashboard after the
	// routes. Default: none.
	LoadBalancers []*SecuredALB `pulumi:"loadBalancers"`
	// Routes are further routes, those on another stack's load balancer. Default: none.
	Routes []*ServiceRoute `pulumi:"routes"`
	// Services are shown with their routes and tasks. How many tasks run is shown if the
	// cluster has Container Insights. Default: none.
	Services []*PrivateFargateService `pulumi:"services"`
	// Instances are instances with a certificate of their own. Default: none.
	Instances []*TLSInstance `pulumi:"instances"`
	// Domains are certificates of ACM. Default: none.
	Domains []*CertifiedDomain `pulumi:"domains"`
}

func (a *DashboardArgs) validate(l *fault.List) {
	checkGiven(l, a)
	if len(a.Fronts)+len(a.LoadBalancers)+len(a.Routes)+len(a.Services)+len(a.Instances)+len(a.Domains)+len(a.WebAcls) == 0 {
		l.Addf("loadBalancers", "or something else to show is required: routes, services, instances, domains, webAcls or fronts")
	}
}

// routes are those of the load balancers and the services, and the further ones.
func (a *DashboardArgs) routes() []*ServiceRoute {
	return routesOf(a.LoadBalancers, a.Services, a.Routes)
}
