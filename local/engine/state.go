package engine

import "io/fs"

// readTree reads every file below a folder.
func readTree(dir fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(dir, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(dir, path)
		files[path] = raw
		return err
	})
	return files, err
}
