package ecs

import (
	"strconv"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/iam"
)

// definitionType is a task definition. Its id here is its ARN, which names the
// revision too; the real provider's is the family, which revisions share.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
// *sourced*
func definitionType() core.Type {
	return core.Type{
		Token: DefinitionToken,
		Inputs: []string{
			"containerDefinitions", "cpu", "ephemeralStorage.sizeInGib", "executionRoleArn", "family", "memory", "networkMode",
			"requiresCompatibilities", "runtimePlatform.cpuArchitecture", "runtimePlatform.operatingSystemFamily", "skipDestroy",
			"tags", "taskRoleArn", "volumes.name",
		},
		Defaults: core.Object{"skipDestroy": false, "trackLatest": false},
		Fills: core.Object{
			"arn":                  "{id}",
			"arnWithoutRevision":   "arn:aws:ecs:{region}:{account}:task-definition/{family}",
			"enableFaultInjection": false,
		},
		References:   []core.Reference{roleReference("executionRoleArn"), roleReference("taskRoleArn")},
		FreeToDelete: "a running service keeps its revision",
		Same:         map[string]func(was, is any) bool{"containerDefinitions": core.SameJSON},
		Rules: []core.Rule{
			core.Matching(clientException, "family", ecsName, ecsNameForm),
			core.OneOf(clientException, "requiresCompatibilities", "FARGATE", "EC2"),
			fargateOnlyRule,
			fargateSizeRule,
			networkModeRule,
			core.InBlocks("runtimePlatform",
				core.OneOf(clientException, "cpuArchitecture", "X86_64", "ARM64"),
				core.OneOf(clientException, "operatingSystemFamily", "LINUX", "WINDOWS_SERVER_2019_FULL",
					"WINDOWS_SERVER_2019_CORE", "WINDOWS_SERVER_2022_FULL", "WINDOWS_SERVER_2022_CORE"),
				noWindowsOnARMRule),
			// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html *sourced*
			core.InBlocks("ephemeralStorage", core.Within(clientException, "sizeInGib", 21, 200)),
			containersRule,
		},
		NewID: nextRevision,
		Create: func(_ *core.Tx, id string, _ core.Object) (core.Object, error) {
			revision, err := strconv.Atoi(id[strings.LastIndex(id, ":")+1:])
			return core.Object{"revision": float64(revision)}, err
		},
		Delete: deregister,
	}
}

// RevisionToken is the type of the account's records of revisions whose task definition a
// program has deleted: the definition as it was, and its status. AWS keeps them.
var RevisionToken = core.KeptRecord("aws:ecs/revision:Revision", "arn", "family", "revision", "status", "containerDefinitions")

// inactive is the status of a revision that no service can be given any more.
const inactive = "INACTIVE"

// deregister makes a revision inactive, unless the program said to skip that.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
// *sourced*
func deregister(t *core.Tx, id string, state core.Object) error {
	status := inactive
	if state.Bool("skipDestroy") {
		status = "ACTIVE"
	}
	t.Set(RevisionToken, id, state.With(core.Object{"status": status}))
	return nil
}

// revisions are all revisions of a family.
func revisions(t *core.Tx, family string) []core.Object {
	return append(t.Where(DefinitionToken, "family", family), t.Where(RevisionToken, "family", family)...)
}

// roleReference is a role of a task, which can be deleted all the same.
func roleReference(input string) core.Reference {
	return core.Reference{
		Input: input, To: []string{iam.RoleToken}, By: "arn", Code: clientException, Loose: true,
		Message: func(_ *core.Tx, arn string) string { return "Role is not valid: " + input + " " + arn },
	}
}

// nextRevision is the ARN of the next revision of a family. AWS never uses a number
// again.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
// *sourced*
func nextRevision(t *core.Tx, in core.Object) (string, error) {
	revision := 1
	for _, other := range revisions(t, in.Str("family")) {
		revision = max(revision, other.Int("revision")+1)
	}
	return t.ARN("ecs", "task-definition/"+in.Str("family")+":"+strconv.Itoa(revision)), nil
}

// findDefinition finds a task definition by its ARN, by family and revision, or
// the newest active one of a family.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
// *sourced*
func findDefinition(t *core.Tx, ref string) (core.Object, bool) {
	family, revision, _ := strings.Cut(strings.TrimPrefix(ref, t.ARN("ecs", "task-definition/")), ":")
	var found core.Object
	for _, d := range revisions(t, family) {
		meant := revision == "" && d.Str("status") != inactive || revision == strconv.Itoa(d.Int("revision"))
		if meant && d.Int("revision") > found.Int("revision") {
			found = d
		}
	}
	return found, found != nil
}

// isActive tells whether a service can be given a task definition. A service that has
// it already can go on without.
// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deregister-task-definition-v2.html
// *sourced*
func isActive(t *core.Tx, ref string) bool {
	definition, ok := findDefinition(t, ref)
	return ok && definition.Str("status") != inactive
}
