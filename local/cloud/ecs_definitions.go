package cloud

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecs"
)

// ecsDefinitionKind is a task definition. Its id here is its ARN, which names the
// revision too; the real provider's is the family, which revisions share.
func ecsDefinitionKind() kind {
	return kind{
		token:  ecsDefinitionToken,
		inputs: ecs.TaskDefinitionArgs{}.ElementType(),
		state:  reflect.TypeOf(ecs.TaskDefinition{}),
		changes: map[string]change{
			"containerDefinitions":    replaces,
			"cpu":                     replaces,
			"ephemeralStorage":        replaces,
			"executionRoleArn":        replaces,
			"family":                  replaces,
			"memory":                  replaces,
			"networkMode":             replaces,
			"requiresCompatibilities": replacesSet,
			"runtimePlatform":         replaces,
			"tags":                    updates,
			"taskRoleArn":             replaces,
		},
		defaults:  object{"skipDestroy": false, "trackLatest": false},
		overrides: sameDocument("containerDefinitions"),
		rules: []rule{
			familyRule,
			compatibilityRule,
			fargateSizeRule,
			networkModeRule,
			platformRule,
			storageRule,
			containersRule,
		},
		create: createDefinition,
	}
}

// familyRule is what a family can be called.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
// *sourced*
func familyRule(in object) *refusal {
	if name, ok := in["family"].(string); ok && !ecsName.MatchString(name) {
		return invalidf("ClientException", "family",
			"must have 1-255 of the characters A-Z a-z 0-9 and _-, got %q", name)
	}
	return nil
}

// createDefinition registers the next revision of a family. (AWS goes on
// counting when all revisions are gone; here it begins again at 1.)
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
// *sourced*
func createDefinition(t *tx, in object) (string, object, error) {
	for _, p := range []string{"executionRoleArn", "taskRoleArn"} {
		if _, ok := roleByArn(t, in.str(p)); in.has(p) && !ok {
			return "", nil, refuse("ClientException", "Role is not valid: %s %s", p, in.str(p))
		}
	}
	revision := 1
	for _, other := range t.where(ecsDefinitionToken, "family", in.str("family")) {
		revision = max(revision, other.integer("revision")+1)
	}
	family := t.arn("ecs", "task-definition/"+in.str("family"))
	arn := family + ":" + strconv.Itoa(revision)
	out := object{"arn": arn, "arnWithoutRevision": family, "revision": float64(revision), "enableFaultInjection": false}
	return arn, out, nil
}

// findDefinition finds a task definition by its ARN, by family and revision, or
// the newest of a family.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*, the wording inferred
func findDefinition(t *tx, ref string) (object, error) {
	name := ref[strings.LastIndex(ref, "/")+1:]
	family, revision, _ := strings.Cut(name, ":")
	var found object
	for _, d := range t.where(ecsDefinitionToken, "family", family) {
		newest := found == nil || d.integer("revision") > found.integer("revision")
		if revision == "" && newest || revision == fmt.Sprint(d.integer("revision")) {
			found = d
		}
	}
	if found == nil || strings.HasPrefix(ref, "arn:") && !strings.HasPrefix(found.str("arn"), ref) {
		return nil, refuse("ClientException", "TaskDefinition not found: %s", ref)
	}
	return found, nil
}

// containersOf are the containers of a registered task definition.
func containersOf(definition object) []container {
	containers, err := parseContainers(definition.str("containerDefinitions"))
	if err != nil {
		return nil // the rules let none through that does not parse
	}
	return containers
}
