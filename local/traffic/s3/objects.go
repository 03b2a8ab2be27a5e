package s3

import (
	"crypto/md5" // what an ETag is
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/portico-iac/portico/local/traffic/account"
)

// Bucket is a bucket with what is in it.
type Bucket struct {
	account.Bucket
	// Policy is JSON. Default: none.
	Policy string
	// BlocksPublic refuses everybody but services of AWS, whatever the policy says.
	BlocksPublic bool
	// Objects are those of the account.
	Objects []account.BucketObject
	// Files are further objects: the path of a file is its key. They are read anew for
	// every request. Default: none.
	Files fs.FS
}

// object is an object of a bucket.
type object struct {
	key      string
	body     []byte
	header   http.Header
	modified time.Time
	// tag is the ETag, and algorithm that of the encryption.
	tag, algorithm string
}

// tagOf is the ETag of an object that is encrypted without a KMS key.
func tagOf(body []byte) string {
	sum := md5.Sum(body)
	return hex.EncodeToString(sum[:])
}

// find returns the object with a key. Files count before objects of the account.
func (b *bucket) find(key string) (object, bool, error) {
	o, err := b.file(key)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return o, err == nil, err
	}
	for _, registered := range b.Objects {
		if registered.Key == key {
			return object{key, registered.Body, registered.Header(), b.since, registered.ETag, registered.Algorithm}, true, nil
		}
	}
	return object{}, false, nil
}

// file reads an object that is a file. Its type follows from its name, as the AWS CLI does
// it.
// Sourced: https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html
func (b *bucket) file(key string) (object, error) {
	if b.Files == nil || !fs.ValidPath(key) {
		return object{}, fs.ErrNotExist
	}
	info, err := fs.Stat(b.Files, key)
	if err != nil {
		return object{}, err
	}
	if info.IsDir() {
		return object{}, fs.ErrNotExist
	}
	body, err := fs.ReadFile(b.Files, key)
	if err != nil {
		return object{}, fmt.Errorf("reading the object %s: %w", key, err)
	}
	o := object{key, body, http.Header{}, info.ModTime(), tagOf(body), "AES256"}
	if kind := mime.TypeByExtension(path.Ext(key)); kind != "" {
		o.header.Set("Content-Type", kind)
	}
	return o, nil
}

// all returns the objects of the bucket in the order of their keys.
func (b *bucket) all() ([]object, error) {
	keys := map[string]bool{}
	for _, o := range b.Objects {
		keys[o.Key] = true
	}
	if b.Files != nil {
		err := fs.WalkDir(b.Files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				keys[name] = true
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("listing the objects: %w", err)
		}
	}
	var out []object
	for key := range keys {
		if o, ok, err := b.find(key); err != nil {
			return nil, err
		} else if ok {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b object) int { return strings.Compare(a.key, b.key) })
	return out, nil
}
