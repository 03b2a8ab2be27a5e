package registered

import (
	"github.com/portico-iac/portico/internal/edgefunction"
	"github.com/portico-iac/portico/requestpath"
)

// function describes what a behaviour's function does with viewers' requests, if Portico
// wrote its code.
func (r *reader) function(behavior object) *requestpath.Function {
	for _, association := range behavior.blocks("functionAssociations") {
		if rules, own := r.ownRules(association); own {
			return &requestpath.Function{Names: rules.Names, TrailingSlash: rules.TrailingSlash, SinglePage: rules.SinglePage}
		}
	}
	return nil
}

// ownFunctions is how many of a behaviour's functions are described.
func (r *reader) ownFunctions(behavior object) int {
	count := 0
	for _, association := range behavior.blocks("functionAssociations") {
		if _, own := r.ownRules(association); own {
			count++
		}
	}
	return count
}

// ownRules are those of a function on viewers' requests whose code is exactly what Portico
// writes; a function that is not among the resources is somebody else's.
func (r *reader) ownRules(association object) (edgefunction.Rules, bool) {
	if association.str("eventType") != "viewer-request" {
		return edgefunction.Rules{}, false
	}
	return edgefunction.Recognize(r.get(typeFunction, association.str("functionArn")).str("code"))
}
