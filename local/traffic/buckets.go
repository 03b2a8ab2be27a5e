package traffic

import (
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"regexp"
	"slices"

	"github.com/portico-iac/portico/local/traffic/account"
	"github.com/portico-iac/portico/local/traffic/s3"
	"github.com/portico-iac/portico/local/traffic/wire"
)

// serveBuckets starts S3 in every Region that has buckets. Files for a bucket that does not
// exist are an error.
func (b *builder) serveBuckets() error {
	files, err := filesOf(b.opts.Objects, b.account.Buckets)
	if err != nil {
		return err
	}
	regions := map[string][]s3.Bucket{}
	for _, bucket := range b.account.Buckets {
		regions[bucket.Region] = append(regions[bucket.Region], s3.Bucket{
			Bucket: bucket, Policy: b.account.PolicyOf(bucket.Name), BlocksPublic: b.account.BlocksPublic(bucket.Name),
			Objects: b.account.ObjectsIn(bucket.Name), Files: files[bucket.Name],
		})
	}
	for _, region := range slices.Sorted(maps.Keys(regions)) {
		if err := b.serveRegion(region, regions[region]); err != nil {
			return fmt.Errorf("S3 in %s: %w", region, err)
		}
	}
	return nil
}

func (b *builder) serveRegion(region string, buckets []s3.Bucket) error {
	addresses := []netip.Addr{b.pools.s3.take()}
	place := wire.Place{Name: "s3." + region + ".amazonaws.com", Kind: EntryBuckets, Addresses: addresses, Open: true}
	for _, bucket := range buckets {
		for _, name := range bucket.Names() {
			b.assigned[name] = addresses
		}
	}
	running, err := s3.Serve(b.network, s3.Options{Region: region, Place: place, Buckets: buckets, Authority: b.ca, Sink: b.opts.Sink})
	if err != nil {
		return err
	}
	b.closers = append(b.closers, running.Close)
	b.parts = append(b.parts, part{kind: EntryBuckets, name: place.Name, addresses: addresses, ports: s3.Ports})
	return nil
}

// suffixed is the name of a bucket that was named after the logical name.
var suffixed = regexp.MustCompile(`^(.+)-[0-9a-f]{7}$`)

// filesOf returns the files by the names of their buckets.
func filesOf(given map[string]fs.FS, buckets []account.Bucket) (map[string]fs.FS, error) {
	out := map[string]fs.FS{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		var found []string
		for _, b := range buckets {
			logical := suffixed.FindStringSubmatch(b.Name)
			if b.Name == name || logical != nil && logical[1] == name {
				found = append(found, b.Name)
			}
		}
		if len(found) != 1 {
			return nil, fmt.Errorf("objects[%s]: the account has %d buckets of that name, want 1", name, len(found))
		}
		out[found[0]] = given[name]
	}
	return out, nil
}
