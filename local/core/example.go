package core

// sample stands in an example for the example of another type.
type sample struct {
	token, region string
	own           bool
}

// Sample stands in an example for the example of another type: for its id, or for
// the property that the reference at that place holds.
func Sample(token string) any { return sample{token: token} }

// Another is Sample for a resource of this example alone.
func Another(token string) any { return sample{token: token, own: true} }

// SampleIn is Sample for a resource in another Region.
func SampleIn(region, token string) any { return sample{token: token, region: region} }

// SampleOf is what a value of an example stands for; ok is false for an ordinary
// value, region "" for the Region of the example itself.
func SampleOf(v any) (token, region string, own, ok bool) {
	s, ok := v.(sample)
	return s.token, s.region, s.own, ok
}
