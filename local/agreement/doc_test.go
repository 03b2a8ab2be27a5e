// Package agreement registers plans of requestpath in the local AWS and compares
// the model's predictions with real traffic.
//
// A plan is not made of resources: it already has the names that AWS assigns, and it
// may have things that AWS does not. [Adapt] changes it to one that resources can
// express, or says why none can; [Register] registers the resources through the
// provider's Check and Create, in process, and returns the plan with the names and
// addresses that AWS assigned. The model predicts a request on that plan, and the
// traffic carries the same request.
package agreement
