package cloud

import (
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
)

// ssmParameterToken is where an account keeps parameters of its own. A record
// under the name of one of AWS's public parameters stands in its place: that is
// how a test makes a new image appear.
const ssmParameterToken = "aws:ssm/parameter:Parameter"

// al2023Parameter is the path under which AWS publishes the newest image of
// Amazon Linux 2023; the architecture follows.
// Source: https://docs.aws.amazon.com/linux/al2023/ug/ec2.html
// *sourced*
const al2023Parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"

// ssmArea is what is supported of Systems Manager.
func ssmArea() area {
	return area{invokes: []invoke{{
		token:  "aws:ssm/getParameter:getParameter",
		inputs: reflect.TypeOf(ssm.LookupParameterArgs{}),
		run:    getParameter,
	}}}
}

// getParameter reads a parameter of the account, or one of AWS's public ones.
// Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
// *sourced*
func getParameter(t *tx, in object) (object, error) {
	name := in.str("name")
	value, kind, version := publicParameter(t.region, name), "String", 1
	if own, ok := t.get(ssmParameterToken, name); ok {
		value, kind, version = own.str("value"), own.str("type"), own.integer("version")
	}
	if value == "" {
		return nil, refuse("ParameterNotFound", "couldn't find SSM parameter %q", name)
	}
	out := object{
		"id": name, "name": name, "type": kind, "version": float64(version),
		"value": value, "insecureValue": value, "withDecryption": true,
		"arn": t.arn("ssm", "parameter"+name),
	}
	if strings.HasPrefix(name, "/aws/service/") { // AWS's own belong to no account
		out["arn"] = "arn:aws:ssm:" + t.region + "::parameter" + name
	}
	if kind == "SecureString" {
		delete(out, "insecureValue")
	}
	return out.with(in), nil
}

// publicParameter is the value of one of AWS's public parameters; "" when there
// is none of that name.
func publicParameter(region, name string) string {
	arch, ok := strings.CutPrefix(name, al2023Parameter)
	if !ok || !slices.Contains(architectures, arch) {
		return ""
	}
	return al2023Image(region, al2023Releases[len(al2023Releases)-1], arch).id
}
