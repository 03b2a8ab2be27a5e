package ssm

import (
	"slices"
	"strings"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/region"
)

// al2023Parameter is the path under which AWS publishes the newest image of
// Amazon Linux 2023; the architecture follows.
// Source: https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
const al2023Parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"

// getParameter reads a parameter of the account, or one of AWS's public ones.
// Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
func getParameter(t *core.Tx, in core.Object) (core.Object, error) {
	name := in.Str("name")
	value, kind, version := publicParameter(t.Region(), name), "String", 1
	if own, ok := t.Get(ParameterToken, name); ok {
		value, kind, version = own.Str("value"), own.Str("type"), own.Int("version")
	}
	if value == "" {
		return nil, core.Refuse("ParameterNotFound", "couldn't find SSM parameter %q", name)
	}
	out := core.Object{
		"id": name, "name": name, "type": kind, "version": float64(version),
		"value": value, "insecureValue": value, "withDecryption": true,
		"arn": parameterARN(t, name),
	}
	if strings.HasPrefix(name, "/aws/service/") { // AWS's own belong to no account
		out["arn"] = "arn:aws:ssm:" + t.Region() + "::parameter" + name
	}
	if kind == "SecureString" {
		delete(out, "insecureValue")
	}
	return out, nil
}

// publicParameter is the value of one of AWS's public parameters; "" when there
// is none of that name.
func publicParameter(regionName, name string) string {
	arch, ok := strings.CutPrefix(name, al2023Parameter)
	if !ok || !slices.Contains(region.Architectures, arch) {
		return ""
	}
	newest := region.Al2023Releases[len(region.Al2023Releases)-1]
	return region.Al2023Image(regionName, newest, arch).ID
}
