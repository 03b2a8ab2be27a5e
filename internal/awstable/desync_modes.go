package awstable

// DesyncDefensive is the desync mitigation mode of a load balancer for which none is given.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
const DesyncDefensive = "defensive"

// DesyncModes are the desync mitigation modes of load balancers, the most lenient first.
// Sourced: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode
var DesyncModes = []string{"monitor", DesyncDefensive, "strictest"}
