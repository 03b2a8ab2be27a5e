package prediction

import (
	"fmt"
	"io/fs"
	"regexp"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/s3"
)

// suffixed is the name of a bucket with the random suffix that Pulumi adds.
var suffixed = regexp.MustCompile(`^(.+)-[0-9a-f]{7}$`)

// named returns given files by the names of the buckets in the account, which may be given
// without the suffix. Names of no bucket stay as they are.
func named(account *core.Account, given map[string]fs.FS) map[string]fs.FS {
	names := map[string]string{}
	for _, state := range account.All(s3.BucketToken) {
		name, _ := state["bucket"].(string)
		if parts := suffixed.FindStringSubmatch(name); parts != nil {
			names[parts[1]] = name
		}
	}
	out := map[string]fs.FS{}
	for name, files := range given {
		if full, ok := names[name]; ok && account.Get(s3.BucketToken, name) == nil {
			name = full
		}
		out[name] = files
	}
	return out
}

// keysOf returns the keys of the given files.
func keysOf(account *core.Account, given map[string]fs.FS) (map[string][]string, error) {
	out := map[string][]string{}
	for name, files := range named(account, given) {
		out[name] = []string{}
		err := fs.WalkDir(files, ".", func(key string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				out[name] = append(out[name], key)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("reading the objects of bucket %s: %w", name, err)
		}
	}
	return out, nil
}
