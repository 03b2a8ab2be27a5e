package requestpath

// Session is several requests in a row: a later one meets what distributions keep of the
// ones before it. Time stands still but for Pass.
type Session struct {
	plan  *Plan
	cache map[string]cached
	now   int
}

// NewSession begins with empty caches.
func NewSession(plan Plan) *Session {
	return &Session{plan: plan.withDefaults(), cache: map[string]cached{}}
}

// Pass lets seconds pass before the next request.
func (s *Session) Pass(seconds int) { s.now += seconds }

// Walk sends one request through the plan. It follows no redirects; Follow does.
func (s *Session) Walk(request Request) Trace {
	request = request.withDefaults()
	w := &walker{plan: s.plan, cache: s.cache, now: s.now}
	a := w.send(request.call())
	trace := Trace{Request: request, Outcome: a.Outcome}
	trace.Outcome.Warnings = w.warnings
	for _, h := range w.hops {
		trace.Hops = append(trace.Hops, *h)
	}
	return trace
}
