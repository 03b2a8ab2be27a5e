// Package agreement puts plans of requestpath into the local AWS and compares
// what the model predicts of them with what they really do.
//
// A plan is not made of resources: names that AWS assigns stand in it beforehand,
// and it may say things in ways that AWS does not have. [Adapt] says the same in
// AWS's way, or why it cannot be said; [Register] registers the resources through
// the provider's Check and Create, in process, and hands back the plan with the
// names and addresses that AWS assigned. The model then walks that plan, and the
// traffic carries the same request.
package agreement
