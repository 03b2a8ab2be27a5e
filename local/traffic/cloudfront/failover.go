package cloudfront

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
)

// target is what a behavior asks: an origin, or a group of two.
type target struct {
	primary, secondary *origin // no secondary one unless it is a group
	statuses           []int   // of the primary one for which the secondary one is asked
}

// targets are the origins and the groups of a distribution by id.
func (f *Fleet) targets(d account.Distribution) (map[string]target, error) {
	out := map[string]target{}
	for i, o := range d.Origins {
		made, err := f.newOrigin(d, o)
		if err != nil {
			return nil, fmt.Errorf("origins[%d]: %w", i, err)
		}
		out[o.OriginID] = target{primary: made}
	}
	for i, g := range d.OriginGroups {
		if len(g.Members) != 2 {
			return nil, fmt.Errorf("originGroups[%d] must have two members, has %d", i, len(g.Members))
		}
		out[g.OriginID] = target{
			out[g.Members[0].OriginID].primary, out[g.Members[1].OriginID].primary, g.FailoverCriteria.StatusCodes,
		}
	}
	return out, nil
}

// failingOver sends a request to the primary origin of a group and, if that fails as the
// group says, to the secondary one.
type failingOver struct{ *exchange }

// RoundTrip implements http.RoundTripper.
func (x failingOver) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := x.transport().RoundTrip(r)
	if !x.failsOver(res, err) {
		return res, err
	}
	if err == nil {
		_ = res.Body.Close() // nobody wants it
	}
	x.origin = x.behavior.secondary
	again := r.Clone(r.Context())
	x.address(again)
	return x.transport().RoundTrip(again)
}

// failsOver reports whether a response or an error of the primary origin makes CloudFront
// ask the secondary one. A request with a body is not sent again here.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
func (x *exchange) failsOver(res *http.Response, err error) bool {
	methods := []string{http.MethodGet, http.MethodHead, http.MethodOptions}
	if x.behavior.secondary == nil || !slices.Contains(methods, x.in.Method) || x.in.ContentLength != 0 || x.in.Context().Err() != nil {
		return false
	}
	status := failoverStatus(err)
	if err == nil {
		status = res.StatusCode
	}
	return slices.Contains(x.behavior.statuses, status)
}

// failoverStatus is the status by which a group judges that its primary origin could not be
// asked: 503 for one that cannot be connected to, 504 for one that does not answer in time.
// Sourced: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
// Inferred: 502 for all else, such as TLS
func failoverStatus(err error) int {
	for _, unconnected := range []error{errName, errConnect, errDropped} {
		if errors.Is(err, unconnected) {
			return http.StatusServiceUnavailable
		}
	}
	return statusOf(err)
}
