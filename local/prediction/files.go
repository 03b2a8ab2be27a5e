package prediction

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/core"
	"github.com/portico-iac/portico/local/service/cloudfront"
	"github.com/portico-iac/portico/local/service/s3"
)

// FilesOf are the objects of the buckets that distributions ask, beside those of the account:
// most are uploaded otherwise, and a prediction takes every one to exist. So does this, with a
// stand-in for each, unless the files of a bucket are given.
func FilesOf(account *core.Account, given map[string]fs.FS) map[string]fs.FS {
	out := map[string]fs.FS{}
	for _, distribution := range account.All(cloudfront.DistributionToken) {
		for _, origin := range core.BlocksAt(distribution, "origins") {
			name, _, isBucket := strings.Cut(origin.Block.Str("domainName"), ".s3.")
			if isBucket && account.Get(s3.BucketToken, name) != nil {
				out[name] = standIns{registered: keysIn(account, name)}
			}
		}
	}
	maps.Copy(out, named(account, given))
	return out
}

// keysIn are the keys of the objects that the account has in a bucket.
func keysIn(account *core.Account, bucket string) map[string]bool {
	keys := map[string]bool{}
	for _, state := range account.All(s3.ObjectToken) {
		if o := core.Object(state); o.Str("bucket") == bucket {
			keys[o.Str("key")] = true
		}
	}
	return keys
}

// standIns has a file of every name but of registered keys, and tells of none.
type standIns struct{ registered map[string]bool }

// Open opens a file whose content is its name.
func (s standIns) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if name == "." {
		return folder{}, nil
	}
	if s.registered[name] {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &standIn{info{name, int64(len(name))}, bytes.NewReader([]byte(name))}, nil
}

type standIn struct {
	info
	*bytes.Reader
}

func (s *standIn) Stat() (fs.FileInfo, error) { return s.info, nil }
func (s *standIn) Close() error               { return nil }
func (s *standIn) Size() int64                { return s.size }

// info describes a stand-in.
type info struct {
	name string
	size int64
}

func (i info) Name() string     { return i.name[strings.LastIndex(i.name, "/")+1:] }
func (i info) Size() int64      { return i.size }
func (info) Mode() fs.FileMode  { return 0o444 }
func (info) ModTime() time.Time { return time.Time{} }
func (info) IsDir() bool        { return false }
func (info) Sys() any           { return nil }

// folder is the root, which looks empty.
type folder struct{}

func (folder) Stat() (fs.FileInfo, error)         { return folderInfo{info{".", 0}}, nil }
func (folder) Read([]byte) (int, error)           { return 0, io.EOF }
func (folder) Close() error                       { return nil }
func (folder) ReadDir(int) ([]fs.DirEntry, error) { return nil, nil }

type folderInfo struct{ info }

func (folderInfo) Mode() fs.FileMode { return fs.ModeDir | 0o555 }
func (folderInfo) IsDir() bool       { return true }
